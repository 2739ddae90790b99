package io.perdure.zip;

/** A zip that is not to be unpacked; the message says why and names the entry. No stack trace. */
public final class BrokenZipException extends Exception {
  private static final long serialVersionUID = 1L;

  BrokenZipException(String message) {
    super(message, null, false, false);
  }
}
