package io.perdure.runtime.managed;

import io.perdure.invocation.RunError;
import io.vertx.core.buffer.Buffer;

/** An instance could not be started, and whose doing that is. Without a stack trace. */
public final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient RunError error;
  private final transient Buffer result;

  public StartFailure(RunError.Kind kind, String type, String message) {
    this(new RunError(kind, type, message));
  }

  public StartFailure(RunError error) {
    this(error, Buffer.buffer());
  }

  /**
   * With what is to be kept as the result of calls that fail for it.
   *
   * @param result as in {@link Conversation.Answer.Raised}; may be empty
   */
  public StartFailure(RunError error, Buffer result) {
    super(error.type() + ": " + error.message(), null, false, false);
    this.error = error;
    this.result = result;
  }

  public RunError error() {
    return error;
  }

  public Buffer result() {
    return result;
  }
}
