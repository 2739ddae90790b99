package io.perdure.api.scf.sdk;

import com.tencentcloudapi.common.AbstractModel;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.util.List;

/** Fills the SDK's model classes by their setters, which otherwise takes a line for each field. */
final class Models {
  private Models() {}

  /**
   * A model with these fields.
   *
   * @param namesAndValues names and values in turn; a list stands for an array, numbers of any type
   *     for those of the setter
   * @throws AssertionError when the SDK has no such field
   */
  static <M extends AbstractModel> M of(Class<M> type, Object... namesAndValues) {
    try {
      M model = type.getConstructor().newInstance();
      for (int i = 0; i < namesAndValues.length; i += 2) {
        Method setter = setter(type, (String) namesAndValues[i]);
        setter.invoke(model, converted(namesAndValues[i + 1], setter.getParameterTypes()[0]));
      }
      return model;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type + " is not what it was", e);
    }
  }

  private static Method setter(Class<?> type, String field) {
    for (Method method : type.getMethods()) {
      if (method.getName().equals("set" + field) && method.getParameterCount() == 1) {
        return method;
      }
    }
    throw new AssertionError(type.getSimpleName() + " has no field " + field);
  }

  private static Object converted(Object value, Class<?> wanted) {
    if (value instanceof List<?> list && wanted.isArray()) {
      Object array = Array.newInstance(wanted.getComponentType(), list.size());
      for (int i = 0; i < list.size(); i++) {
        Array.set(array, i, converted(list.get(i), wanted.getComponentType()));
      }
      return array;
    }
    if (value instanceof Number number) {
      return wanted == Float.class ? (Object) number.floatValue() : (Object) number.longValue();
    }
    return value;
  }
}
