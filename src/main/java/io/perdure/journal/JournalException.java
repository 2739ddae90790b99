package io.perdure.journal;

/** A commit failed, or was refused because an earlier one had, or the journal is closed. */
public final class JournalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean refused;

  /** Says what failed; {@code cause} may be null. What became of the batch is not known. */
  public JournalException(String message, Throwable cause) {
    this(message, cause, false);
  }

  private JournalException(String message, Throwable cause, boolean refused) {
    super(message, cause);
    this.refused = refused;
  }

  /** The failure of a batch that has not come into force because of {@code why}, and never will. */
  public static JournalException refused(JournalException why) {
    return new JournalException(why.getMessage(), why, true);
  }

  /** Whether the batch has not come into force for certain, and never will; else nobody knows. */
  public boolean isRefused() {
    return refused;
  }
}
