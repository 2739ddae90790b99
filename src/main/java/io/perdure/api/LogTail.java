package io.perdure.api;

import java.util.Arrays;

/** The end of what a run logged, as answers to its caller have it. */
public final class LogTail {
  /** As long as both clouds make it. */
  public static final int BYTES = 4 * 1024;

  private LogTail() {}

  /** The last {@code most} bytes of {@code log}, without half a character of UTF-8 in front. */
  public static byte[] of(byte[] log, int most) {
    int from = Math.max(0, log.length - most);
    while (from > 0 && from < log.length && (log[from] & 0xC0) == 0x80) {
      from++;
    }
    return Arrays.copyOfRange(log, from, log.length);
  }
}
