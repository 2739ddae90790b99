package io.perdure.runtime.managed;

import io.perdure.invocation.RunError;

/** An instance could not be started, and whose doing that is. Without a stack trace. */
final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient RunError error;

  StartFailure(RunError.Kind kind, String type, String message) {
    this(new RunError(kind, type, message));
  }

  StartFailure(RunError error) {
    super(error.type() + ": " + error.message(), null, false, false);
    this.error = error;
  }

  RunError error() {
    return error;
  }
}
