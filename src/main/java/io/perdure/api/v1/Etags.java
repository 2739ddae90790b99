package io.perdure.api.v1;

import io.perdure.api.Problem;
import io.perdure.api.Replies;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.http.HttpHeaders;

/** Entity tags: the revision in quotes; of code its hash. */
final class Etags {
  /** Stands for a revision when there is nothing that has one. */
  static final long ABSENT = -1;

  private Etags() {}

  static String of(long revision) {
    return "\"" + revision + "\"";
  }

  /** Whether {@code header} (a list of tags, or {@code *}) names {@code revision}. */
  static boolean matches(String header, long revision) {
    return matches(header, of(revision));
  }

  /** Whether {@code header} (a list of tags, or {@code *}) names {@code wanted}. */
  static boolean matches(String header, String wanted) {
    if (header.strip().equals("*")) {
      return true;
    }
    for (String tag : header.split(",", -1)) {
      String strong = tag.strip();
      if (strong.equals(wanted) || strong.equals("W/" + wanted)) {
        return true;
      }
    }
    return false;
  }

  /** Puts {@code tag} on the answer; answers 304 and gives true when the caller has it already. */
  static boolean unchanged(Call call, String tag) {
    call.response().putHeader(HttpHeaders.ETAG, tag);
    String known = call.request().getHeader(HttpHeaders.IF_NONE_MATCH);
    if (known == null || !matches(known, tag)) {
      return false;
    }
    call.response().setStatusCode(304);
    Replies.end(call.request(), null);
    return true;
  }

  /** Whether {@link #wanted} needs to know the present revision. */
  static boolean asked(Call call) {
    return call.request().headers().contains(HttpHeaders.IF_MATCH);
  }

  /**
   * The revision that must be the present one: 0 for any, -1 for none at all. A change that comes
   * in between is found by the registry, which compares once more.
   *
   * @param present the present revision, {@link #ABSENT} when there is none; only read with {@code
   *     If-Match}
   */
  static long wanted(Call call, long present) {
    String absent = call.request().getHeader(HttpHeaders.IF_NONE_MATCH);
    String match = call.request().getHeader(HttpHeaders.IF_MATCH);
    if (absent != null) {
      if (!absent.strip().equals("*") || match != null) {
        throw Problem.invalid(
            "If-None-Match", "expected * or no such header, and no If-Match with it");
      }
      return -1;
    }
    if (match == null) {
      return 0;
    }
    if (present == ABSENT) {
      throw new FailureException(
          new Failure.Precondition("it does not exist, so nothing matches " + match));
    }
    if (!matches(match, present)) {
      throw new FailureException(
          new Failure.Precondition("the present revision is " + of(present) + ", not " + match));
    }
    return present;
  }
}
