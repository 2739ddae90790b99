package io.perdure.api.scf.action;

import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/** Which requests the filter of a list of logs lets through (spec tencent-scf, 5.2). */
enum LogOutcome {
  ANY(""),
  SUCCESS("is0"),
  FAILURE("not0"),
  TIME_LIMIT("TimeLimitExceeded"),
  RESOURCE_LIMIT("ResourceLimitExceeded"),
  USER_CODE("UserCodeException");

  private final String value;

  LogOutcome(String value) {
    this.value = value;
  }

  /** What the filter may say. */
  static String[] names() {
    return Stream.of(values())
        .filter(outcome -> outcome != ANY)
        .map(outcome -> outcome.value)
        .toArray(String[]::new);
  }

  /** The one that is written as {@code value}. */
  static LogOutcome of(String value) {
    return Stream.of(values())
        .filter(outcome -> outcome.value.equals(value))
        .findFirst()
        .orElse(ANY);
  }

  /** What such requests have come to; empty for anything. */
  Set<Status> statuses() {
    return switch (this) {
      case ANY -> Set.of();
      case SUCCESS -> EventState.FINISHED.statuses();
      case FAILURE, TIME_LIMIT, RESOURCE_LIMIT, USER_CODE -> {
        Set<Status> failed = EnumSet.copyOf(EventState.FAILED.statuses());
        failed.addAll(EventState.ABORTED.statuses());
        yield failed;
      }
    };
  }

  /** True when the status alone decides. */
  boolean byStatus() {
    return this == ANY || this == SUCCESS || this == FAILURE;
  }

  /** Whether one that has such a status is let through. */
  boolean wants(Invocation invocation) {
    return switch (this) {
      case ANY, SUCCESS, FAILURE -> true;
      case TIME_LIMIT -> StatusCode.of(invocation) == StatusCode.TIME_LIMIT;
      case RESOURCE_LIMIT ->
          StatusCode.of(invocation) == StatusCode.RESOURCE_LIMIT
              || StatusCode.of(invocation) == StatusCode.MEMORY_LIMIT;
      case USER_CODE -> StatusCode.of(invocation) == StatusCode.USER_CODE;
    };
  }
}
