package io.perdure.api.scf.action;

import io.perdure.invocation.Status;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** States of an asynchronous event (spec tencent-scf, 6.1). */
enum EventState {
  /** From its acceptance to its end, whatever it waits for. */
  RUNNING,
  /** It returned. */
  FINISHED,
  /** A user terminated it. */
  ABORTED,
  /** It ended in an error, or never could begin. */
  FAILED;

  static EventState of(Status status) {
    return switch (status) {
      case ENQUEUED, RUNNING, RETRYING, STOPPING -> RUNNING;
      case SUCCEEDED -> FINISHED;
      case STOPPED -> ABORTED;
      case FAILED, EXPIRED, INVALID -> FAILED;
    };
  }

  /** What it comprises. */
  Set<Status> statuses() {
    return Arrays.stream(Status.values())
        .filter(status -> of(status) == this)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The names that a filter may have. */
  static String[] names() {
    return Arrays.stream(values()).map(EventState::name).toArray(String[]::new);
  }
}
