package io.perdure.runtime;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The {@code traceparent} header of W3C Trace Context (level 1): {@code 00-<trace id, 32 hex
 * digits>-<parent id, 16>-<flags, 2>}.
 */
public final class TraceParent {
  private static final int LENGTH = 55;
  private static final int PARENT_AT = 36;
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private TraceParent() {}

  /**
   * The header for a call made on behalf of {@code received}: same trace and flags, an id of its
   * own. Empty when nothing was received or it is not of version 00: a broken trace is not carried
   * on.
   */
  public static Optional<String> child(String received) {
    if (received == null || !valid(received)) {
      return Optional.empty();
    }
    char[] text = received.toCharArray();
    long id = ThreadLocalRandom.current().nextLong();
    id = id == 0 ? 1 : id; // all zeroes means "none"
    for (int i = 0; i < 16; i++) {
      text[PARENT_AT + i] = HEX[(int) (id >>> (60 - 4 * i)) & 15];
    }
    return Optional.of(new String(text));
  }

  private static boolean valid(String text) {
    return text.length() == LENGTH
        && text.startsWith("00-")
        && text.charAt(35) == '-'
        && text.charAt(52) == '-'
        && hex(text, 3, 35, true)
        && hex(text, PARENT_AT, 52, true)
        && hex(text, 53, LENGTH, false);
  }

  private static boolean hex(String text, int from, int to, boolean notZero) {
    boolean zero = true;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
      zero &= c == '0';
    }
    return !(notZero && zero);
  }
}
