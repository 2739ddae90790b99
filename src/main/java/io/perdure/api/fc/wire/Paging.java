package io.perdure.api.fc.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/**
 * Which part of a list of resources is wanted (spec alibaba-fc, section 2).
 *
 * @param limit most items, 1 to 100
 * @param prefix of the names, or null
 * @param after exclusive: only names behind it; null for the start
 */
public record Paging(int limit, String prefix, String after) {
  /** Most items of one page. */
  public static final int LIMIT_MAX = 100;

  private static final int LIMIT_DEFAULT = 20;
  private static final char BEHIND_ALL = '\uffff';

  /** Reads {@code limit}, {@code prefix}, {@code startKey} and {@code nextToken}. */
  public static Paging of(Query query) {
    Long limit = query.number("limit", 1, LIMIT_MAX);
    String token = query.text("nextToken");
    String start = query.text("startKey");
    return new Paging(
        limit == null ? LIMIT_DEFAULT : limit.intValue(),
        query.text("prefix"),
        token == null ? before(start) : read(token));
  }

  /** What the caller hands back for the page behind {@code last}. */
  public static String token(String last) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(last.getBytes(UTF_8));
  }

  private static String read(String token) {
    try {
      return new String(Base64.getUrlDecoder().decode(token), UTF_8);
    } catch (IllegalArgumentException e) {
      throw FcError.invalid("nextToken", "the token of the page before, unchanged");
    }
  }

  /** What comes right before {@code start}, which itself is wanted: all names are ASCII. */
  private static String before(String start) {
    if (start == null) {
      return null;
    }
    int last = start.length() - 1;
    return start.substring(0, last) + (char) (start.charAt(last) - 1) + BEHIND_ALL;
  }
}
