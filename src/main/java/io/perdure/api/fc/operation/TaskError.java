package io.perdure.api.fc.operation;

import io.perdure.invocation.AttemptView;
import io.perdure.invocation.AttemptView.Outcome;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;

/**
 * How an attempt failed, as a record and its events tell it.
 *
 * @param type {@code HandledInvocationError} or {@code UnhandledInvocationError} when the function
 *     failed, else what the platform failed by
 * @param message may be empty
 */
record TaskError(String type, String message) {
  private static final String HANDLED = "HandledInvocationError";
  private static final String UNHANDLED = "UnhandledInvocationError";

  /** Of the last attempt that failed, null when there is none. */
  static TaskError of(Invocation task) {
    RunError error = task.error();
    return switch (task.status()) {
      case EXPIRED, INVALID -> null; // why it was not run: its last event says it
      default -> error == null ? null : of(error);
    };
  }

  /** Of {@code attempt}, which failed. Of an earlier one it is not known whether it was handled. */
  static TaskError of(AttemptView attempt, RunError latest) {
    if (attempt.outcome() == Outcome.PLATFORM_FAILED) {
      return new TaskError(attempt.errorType(), attempt.errorMessage());
    }
    boolean handled =
        latest != null
            && latest.handled()
            && latest.type().equals(attempt.errorType())
            && latest.message().equals(attempt.errorMessage());
    return new TaskError(handled ? HANDLED : UNHANDLED, attempt.errorMessage());
  }

  private static TaskError of(RunError error) {
    String type =
        switch (error.kind()) {
          case FUNCTION, TIMEOUT, CRASH, BAD_RESPONSE -> error.handled() ? HANDLED : UNHANDLED;
          case PLATFORM -> error.type();
        };
    return new TaskError(type, error.message());
  }

  /** Both in a line. */
  String text() {
    return message.isEmpty() ? type : type + ": " + message;
  }
}
