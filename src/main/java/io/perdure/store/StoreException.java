package io.perdure.store;

/** The store could not be read or written: the disk, its content or its format is at fault. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what failed; {@code cause} may be null. */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
