package io.perdure.cron;

/** A text is no cron expression; the message says where and what was expected. */
public final class InvalidCronException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** The message is for whoever wrote the expression. */
  InvalidCronException(String message) {
    super(message);
  }
}
