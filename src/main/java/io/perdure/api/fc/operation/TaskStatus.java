package io.perdure.api.fc.operation;

import io.perdure.invocation.Event;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The statuses that clients know (spec alibaba-fc, section 7.1). What the platform failed is back
 * in the queue and waits for an instance, which is {@code Dequeued}: {@code Retrying} is only what
 * the function failed, so that there are as many of these as retries.
 */
enum TaskStatus {
  ENQUEUED("Enqueued", Status.ENQUEUED),
  DEQUEUED("Dequeued", Status.RETRYING),
  RUNNING("Running", Status.RUNNING),
  RETRYING("Retrying", Status.RETRYING),
  STOPPING("Stopping", Status.STOPPING),
  STOPPED("Stopped", Status.STOPPED),
  SUCCEEDED("Succeeded", Status.SUCCEEDED),
  FAILED("Failed", Status.FAILED),
  EXPIRED("Expired", Status.EXPIRED),
  INVALID("Invalid", Status.INVALID);

  private static final List<String> NAMES = Arrays.stream(values()).map(TaskStatus::shown).toList();

  private final String shown;
  private final Status status;

  TaskStatus(String shown, Status status) {
    this.shown = shown;
    this.status = status;
  }

  /** As clients know it. */
  String shown() {
    return shown;
  }

  /** What an invocation with it has; of another one, too, where that is told by {@link #of}. */
  Status status() {
    return status;
  }

  /** As clients know them. */
  static List<String> names() {
    return NAMES;
  }

  /** The one that clients know by this name, which must be one of {@link #names()}. */
  static TaskStatus named(String shown) {
    return values()[NAMES.indexOf(shown)];
  }

  /** Of an invocation as it is. */
  static TaskStatus of(Invocation task) {
    return switch (task.status()) {
      case ENQUEUED -> ENQUEUED;
      case RUNNING -> RUNNING;
      case RETRYING -> task.platformFailures() > 0 ? DEQUEUED : RETRYING;
      case STOPPING -> STOPPING;
      case STOPPED -> STOPPED;
      case SUCCEEDED -> SUCCEEDED;
      case FAILED -> FAILED;
      case EXPIRED -> EXPIRED;
      case INVALID -> INVALID;
    };
  }

  /** What a task came to by that event; empty for events that clients are not told of. */
  static Optional<TaskStatus> after(Event.Type event) {
    return switch (event) {
      case ENQUEUED -> Optional.of(ENQUEUED);
      case RUNNING -> Optional.of(RUNNING);
      case RETRYING -> Optional.of(RETRYING);
      case PLATFORM_RETRY -> Optional.of(DEQUEUED);
      case STOPPING -> Optional.of(STOPPING);
      case STOPPED -> Optional.of(STOPPED);
      case SUCCEEDED -> Optional.of(SUCCEEDED);
      case FAILED -> Optional.of(FAILED);
      case EXPIRED -> Optional.of(EXPIRED);
      case INVALID -> Optional.of(INVALID);
      case STOP_REQUESTED,
          STOP_DELIVERED,
          STOP_ACKNOWLEDGED,
          STOP_GONE,
          RESULT_DISCARDED,
          REDRIVEN,
          DELIVERED,
          DELIVERY_RETRY,
          DELIVERY_FAILED ->
          Optional.empty();
    };
  }
}
