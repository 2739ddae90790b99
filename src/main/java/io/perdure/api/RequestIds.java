package io.perdure.api;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The id of a request, sent back as {@code X-Request-Id} with every answer. */
public final class RequestIds {
  private static final CharSequence HEADER = HttpHeaders.createOptimized("X-Request-Id");
  private static final int LENGTH_MAX = 128;
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private RequestIds() {}

  /**
   * The id of this request, which is put on its answer: the caller's own when it is made of at most
   * 128 of {@code A-Z a-z 0-9 . _ -}, else a random one.
   */
  public static String of(HttpServerRequest request) {
    String known = request.response().headers().get(HEADER);
    if (known != null) {
      return known;
    }
    String given = request.headers().get(HEADER);
    String id = given != null && usable(given) ? given : random();
    request.response().headers().set(HEADER, id);
    return id;
  }

  /** A random one in the form of a UUID, as the clouds have theirs. */
  public static String uuid() {
    ThreadLocalRandom random = ThreadLocalRandom.current(); // unique is enough: it is no secret
    long high = (random.nextLong() & ~0xF000L) | 0x4000L; // version 4
    long low = (random.nextLong() >>> 2) | (1L << 63); // variant of RFC 9562
    return new UUID(high, low).toString();
  }

  private static boolean usable(String id) {
    if (id.isEmpty() || id.length() > LENGTH_MAX) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean other = (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
      if (!letter && !other) {
        return false;
      }
    }
    return true;
  }

  /** 128 random bits: unique, and no secret. */
  private static String random() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    char[] text = new char[32];
    for (int word = 0; word < 2; word++) {
      long bits = random.nextLong();
      for (int i = 0; i < 16; i++) {
        text[word * 16 + i] = HEX[(int) (bits >>> (4 * i)) & 15];
      }
    }
    return new String(text);
  }
}
