package io.perdure.api.fc.operation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.Kept;
import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import io.perdure.invocation.FunctionBuilder;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a function is to scale to, by qualifier, as it is kept beside the function (spec alibaba-fc,
 * 9.4). Immutable.
 *
 * <p>Two kinds bound how many attempts run at once. The node bounds that for all versions of a
 * function together, so the least of what was asked for holds for the whole function: no version
 * ever runs more than it may.
 */
final class Scaling {
  /** Where it is kept; the cloud has no property that is called like that. */
  private static final String KEPT = "$scaling";

  private static final String MARK = '"' + KEPT + '"';

  /** What is set. */
  enum Kind {
    /** How many instances there may be at most: {@code maximumInstanceCount}. */
    ON_DEMAND("onDemand"),
    /** How many attempts may run at once: {@code reservedConcurrency}. */
    RESERVED("reserved"),
    /** How many instances are to be there ahead of time. */
    PROVISION("provision"),
    /** The same in the words of newer clients. */
    MINIMUM("minimum");

    private final String key;

    Kind(String key) {
      this.key = key;
    }
  }

  /** Property of {@link Kind#ON_DEMAND}. */
  static final String INSTANCES_MAX = "maximumInstanceCount";

  /** Property of {@link Kind#RESERVED}. */
  static final String AT_ONCE_MAX = "reservedConcurrency";

  /** Instances that a function may have when nothing bounds it: what an account has. */
  private static final int INSTANCES_DEFAULT = 100;

  /** Most attempts of a function at once, and so most instances. */
  static final int CONCURRENCY_MAX = 100_000;

  private final Function function;
  private final ObjectNode kept;

  private Scaling(Function function, ObjectNode kept) {
    this.function = function;
    this.kept = kept;
  }

  /** That of {@code function}, which is the latest: versions freeze none of it. */
  static Scaling of(Function function) {
    return new Scaling(function, Kept.parse(function.about().extra()));
  }

  /** True when there may be some; told without reading all that is kept. */
  static boolean isKept(Function function) {
    return function.about().extra().contains(MARK);
  }

  /** What was set for a qualifier. */
  Optional<ObjectNode> get(Kind kind, String qualifier) {
    return Optional.ofNullable(all(kind).get(qualifier));
  }

  /** By qualifier. */
  Map<String, ObjectNode> all(Kind kind) {
    return all(kept, kind);
  }

  private static Map<String, ObjectNode> all(ObjectNode kept, Kind kind) {
    Map<String, ObjectNode> all = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : kept.path(KEPT).path(kind.key).properties()) {
      if (entry.getValue() instanceof ObjectNode value) {
        all.put(entry.getKey(), value);
      }
    }
    return all;
  }

  /**
   * The function with that set; its concurrency follows.
   *
   * @param value null for nothing
   */
  Function with(Kind kind, String qualifier, ObjectNode value) {
    ObjectNode next = kept.deepCopy();
    ObjectNode ofKind = next.withObjectProperty(KEPT).withObjectProperty(kind.key);
    if (value == null) {
      ofKind.remove(qualifier);
    } else {
      ofKind.set(qualifier, value);
    }
    if (next.withObjectProperty(KEPT).valueStream().allMatch(JsonNode::isEmpty)) {
      next.remove(KEPT);
    }
    About about = function.about();
    FunctionBuilder builder = new FunctionBuilder(function);
    builder.about = new About(about.description(), about.tags(), Kept.text(next));
    if (kind == Kind.ON_DEMAND || kind == Kind.RESERVED) {
      builder.concurrency = concurrency(next, instanceConcurrency(function));
    }
    return builder.build();
  }

  private static int instanceConcurrency(Function function) {
    return function.runtime() instanceof Managed managed ? managed.instanceConcurrency() : 1;
  }

  /**
   * How many attempts may run at once.
   *
   * @param kept of the function
   * @param instanceConcurrency how many run in one instance
   */
  static int concurrency(ObjectNode kept, int instanceConcurrency) {
    long most = (long) INSTANCES_DEFAULT * instanceConcurrency;
    boolean bounded = false;
    for (ObjectNode value : all(kept, Kind.ON_DEMAND).values()) {
      long bound = value.path(INSTANCES_MAX).asLong() * instanceConcurrency;
      most = bounded ? Math.min(most, bound) : bound;
      bounded = true;
    }
    for (ObjectNode value : all(kept, Kind.RESERVED).values()) {
      long bound = value.path(AT_ONCE_MAX).asLong();
      most = bounded ? Math.min(most, bound) : bound;
      bounded = true;
    }
    return (int) Math.min(CONCURRENCY_MAX, most);
  }
}
