package io.perdure.runtime;

import io.perdure.invocation.Traceparent;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The {@code traceparent} header of W3C Trace Context (level 1): {@code 00-<trace id, 32 hex
 * digits>-<parent id, 16>-<flags, 2>}.
 */
public final class TraceParent {
  private static final int PARENT_AT = 36;
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private TraceParent() {}

  /**
   * The header for a call made on behalf of {@code received}: same trace and flags, an id of its
   * own. Empty when nothing was received or it is not of version 00: a broken trace is not carried
   * on.
   */
  public static Optional<String> child(String received) {
    if (received == null || !received.equals(Traceparent.orNull(received))) {
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
}
