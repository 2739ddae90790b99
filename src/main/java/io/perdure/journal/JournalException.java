package io.perdure.journal;

/** A commit failed, or was refused because an earlier one had, or the journal is closed. */
public final class JournalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what failed; {@code cause} may be null. */
  public JournalException(String message, Throwable cause) {
    super(message, cause);
  }
}
