package io.perdure.bus;

import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RunError;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** Makes records of any kind that a message is built of, with random content. */
final class AnyMessage {
  /** Beyond this depth lists are empty: a message may hold messages. */
  private static final int DEPTH_MAX = 4;

  private static final String[] TEXTS = {
    "", "a", "ns/fn", "\"quoted\" \\ and\nlines", "\u0000\u0007", "größer 调用", "\uD83D\uDE00", "@t"
  };

  private final Random random;
  private final boolean withNulls;

  /**
   * A maker of random records.
   *
   * @param withNulls whether what may be null sometimes is
   */
  AnyMessage(Random random, boolean withNulls) {
    this.random = random;
    this.withNulls = withNulls;
  }

  /** All records of a sealed family. */
  static Stream<Class<?>> records(Class<?> sealed) {
    return sealed.isRecord()
        ? Stream.of(sealed)
        : Arrays.stream(sealed.getPermittedSubclasses()).flatMap(AnyMessage::records);
  }

  /** One of {@code type}, a record. */
  <T> T of(Class<T> type) {
    return type.cast(any(type, 0));
  }

  private Object any(Type type, int depth) {
    if (type instanceof ParameterizedType generic) {
      return collection(generic, depth);
    }
    Class<?> plain = (Class<?>) type;
    if (plain == int.class) {
      return random.nextBoolean() ? random.nextInt() : random.nextInt(100);
    } else if (plain == long.class || plain == Long.class) {
      return random.nextBoolean() ? random.nextLong() : random.nextLong(2_000_000_000_000L);
    } else if (plain == boolean.class || plain == Boolean.class) {
      return random.nextBoolean();
    } else if (plain == double.class || plain == Double.class) {
      return random.nextDouble();
    } else if (plain == String.class) {
      return TEXTS[random.nextInt(TEXTS.length)];
    } else if (plain == byte[].class) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      return bytes;
    } else if (plain.isEnum()) {
      return plain.getEnumConstants()[random.nextInt(plain.getEnumConstants().length)];
    } else if (plain == InvocationId.class) {
      var minter = new InvocationId.Minter(random.nextInt(InvocationId.SHARDS_MAX), random);
      return minter.next(random.nextLong(InvocationId.MILLIS_MAX));
    } else if (plain == RetryPolicy.class) {
      return retryPolicy();
    } else if (plain == RetentionPolicy.class) {
      long most = RetentionPolicy.MILLIS_MAX;
      return new RetentionPolicy(random.nextLong(most), random.nextLong(most));
    } else if (plain.isRecord()) {
      return record(plain, depth);
    } else if (plain.isSealed()) {
      var kinds = records(plain).toList();
      boolean deep = plain == Message.class && depth > DEPTH_MAX;
      return deep ? Done.DONE : any(kinds.get(random.nextInt(kinds.size())), depth);
    }
    throw new IllegalArgumentException("no way is known to make a " + type);
  }

  private RetryPolicy retryPolicy() {
    long first = random.nextInt(10_000);
    Set<RunError.Kind> retryOn = EnumSet.allOf(RunError.Kind.class);
    retryOn.removeIf(kind -> random.nextBoolean());
    return new RetryPolicy(
        1 + random.nextInt(RetryPolicy.ATTEMPTS_MAX),
        first,
        first + random.nextInt(10_000),
        random.nextDouble(),
        retryOn);
  }

  private Object collection(ParameterizedType type, int depth) {
    int size = depth > DEPTH_MAX ? 0 : random.nextInt(4);
    Type[] arguments = type.getActualTypeArguments();
    if (type.getRawType() == List.class || type.getRawType() == Set.class) {
      var values = type.getRawType() == List.class ? new ArrayList<>() : new LinkedHashSet<>();
      for (int i = 0; i < size; i++) {
        values.add(any(arguments[0], depth + 1));
      }
      return values;
    } else if (type.getRawType() == Map.class) {
      Map<Object, Object> values = new LinkedHashMap<>();
      for (int i = 0; i < size; i++) {
        values.put(any(arguments[0], depth + 1), any(arguments[1], depth + 1));
      }
      return values;
    }
    throw new IllegalArgumentException("no way is known to make a " + type);
  }

  private Object record(Class<?> type, int depth) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = any(components[i].getGenericType(), depth + 1);
    }
    Object whole = make(type, values);
    for (int i = 0; withNulls && i < values.length; i++) {
      if (!components[i].getType().isPrimitive() && random.nextInt(3) == 0) {
        Object kept = values[i];
        values[i] = null;
        try {
          whole = make(type, values);
        } catch (NullPointerException neverNull) {
          values[i] = kept;
        }
      }
    }
    return whole;
  }

  private static Object make(Class<?> type, Object[] values) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof NullPointerException neverNull) {
        throw neverNull;
      }
      throw new IllegalArgumentException("cannot make a " + type, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("cannot make a " + type, e);
    }
  }

  /** Whether two values are equal, arrays of bytes by their content. */
  static boolean same(Object a, Object b) {
    if (a instanceof byte[] bytes) {
      return b instanceof byte[] others && Arrays.equals(bytes, others);
    }
    if (a instanceof List<?> list && b instanceof List<?> other) {
      return list.size() == other.size()
          && Stream.iterate(0, i -> i + 1)
              .limit(list.size())
              .allMatch(i -> same(list.get(i), other.get(i)));
    }
    if (a instanceof Record && b != null && a.getClass() == b.getClass()) {
      return Arrays.stream(a.getClass().getRecordComponents())
          .allMatch(component -> same(value(component, a), value(component, b)));
    }
    return Objects.equals(a, b);
  }

  /** The value of a record's component. */
  static Object value(RecordComponent component, Object of) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("cannot read " + component, e);
    }
  }
}
