package io.perdure.router;

import io.perdure.bus.Criteria;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.InvocationId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where a list goes on: a position and what list it belongs to. Opaque to callers: base64url of
 * (version 1, flags, hash of the filter and account, 16 bytes of position). The hash is no secret:
 * it keeps a cursor from being used with another filter by mistake; what a caller may see is
 * decided anew with every page.
 *
 * @param after exclusive position, null for the start
 */
record Cursor(boolean descending, long filterHash, InvocationId after) {
  private static final byte VERSION = 1;
  private static final int BYTES = 2 + 8 + InvocationId.BYTES;
  private static final int DESCENDING = 1;
  private static final int POSITIONED = 2;

  static Cursor of(Filter filter, boolean descending, InvocationId after) {
    return new Cursor(descending, hash(filter), after);
  }

  /** Position of {@code text}, which must belong to the same list; null text is the start. */
  static InvocationId positionOf(String text, Filter filter, boolean descending) {
    if (text == null) {
      return null;
    }
    Cursor cursor = parse(text);
    if (cursor.descending != descending || cursor.filterHash != hash(filter)) {
      throw new FailureException(
          new Failure.Invalid(
              "cursor", "it was made for another filter or order; begin again without a cursor"));
    }
    return cursor.after;
  }

  String text() {
    byte[] bytes = new byte[BYTES];
    int flags = (descending ? DESCENDING : 0) | (after == null ? 0 : POSITIONED);
    ByteBuffer.wrap(bytes).put(VERSION).put((byte) flags).putLong(filterHash);
    if (after != null) {
      after.write(bytes, 10);
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static Cursor parse(String text) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
    if (bytes.length != BYTES || bytes[0] != VERSION || (bytes[1] & ~3) != 0) {
      throw unknown();
    }
    boolean positioned = (bytes[1] & POSITIONED) != 0;
    return new Cursor(
        (bytes[1] & DESCENDING) != 0,
        ByteBuffer.wrap(bytes).getLong(2),
        positioned ? InvocationId.read(bytes, 10) : null);
  }

  private static FailureException unknown() {
    return new FailureException(
        new Failure.Invalid("cursor", "expected the cursor of an earlier page of this list"));
  }

  private static long hash(Filter filter) {
    Criteria criteria = filter.criteria();
    Criteria.Interval accepted =
        criteria.accepted() == null
            ? new Criteria.Interval(0, Long.MAX_VALUE)
            : criteria.accepted();
    List<String> parts = new ArrayList<>();
    parts.add(filter.account());
    parts.add(criteria.statuses().isEmpty() ? "" : new TreeSet<>(criteria.statuses()).toString());
    parts.add(criteria.labels().isEmpty() ? "" : new TreeMap<>(criteria.labels()).toString());
    parts.add(criteria.qualifier() == null ? "" : criteria.qualifier());
    parts.add(Long.toString(accepted.from()));
    parts.add(Long.toString(accepted.to()));
    // What came later stands behind, and only when it is asked for: older cursors stay good.
    if (!criteria.origins().isEmpty()) {
      parts.add("origins " + new TreeSet<>(criteria.origins()));
    }
    if (criteria.mode() != null) {
      parts.add("mode " + criteria.mode());
    }
    if (criteria.prefix() != null) {
      parts.add("prefix " + criteria.prefix());
    }
    if (criteria.ended() != null) {
      parts.add("ended " + criteria.ended());
    }
    return Placement.hash(filter.functionUid(), String.join("\n", parts));
  }
}
