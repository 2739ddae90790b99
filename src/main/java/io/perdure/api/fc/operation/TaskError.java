package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.FcError;
import io.perdure.invocation.AttemptView;
import io.perdure.invocation.AttemptView.Outcome;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;

/**
 * How an attempt failed, as a record and its events tell it.
 *
 * @param type {@code HandledInvocationError} or {@code UnhandledInvocationError} when the function
 *     failed, else the code of the platform's failure
 * @param message may be empty
 */
record TaskError(String type, String message) {

  /** Of the last attempt that failed, null when there is none. */
  static TaskError of(Invocation task) {
    RunError error = task.error();
    return switch (task.status()) {
      case EXPIRED, INVALID -> null; // why it was not run: its last event says it
      default -> error == null ? null : of(error);
    };
  }

  /**
   * Of {@code attempt}, which failed.
   *
   * @param latest error of the task, or null: of earlier ones it is not known whether they were
   *     handled
   */
  static TaskError of(AttemptView attempt, RunError latest) {
    boolean handled =
        latest != null
            && latest.handled()
            && latest.type().equals(attempt.errorType())
            && latest.message().equals(attempt.errorMessage());
    Kind kind = attempt.outcome() == Outcome.PLATFORM_FAILED ? Kind.PLATFORM : Kind.FUNCTION;
    return of(new RunError(kind, attempt.errorType(), attempt.errorMessage(), handled));
  }

  private static TaskError of(RunError error) {
    return error.kind() == Kind.PLATFORM
        ? new TaskError(
            RunErrors.ofApi(error, null).map(FcError::code).orElseThrow(), error.describe())
        : new TaskError(RunErrors.type(error), error.message());
  }

  /** Both in a line. */
  String text() {
    return message.isEmpty() ? type : type + ": " + message;
  }
}
