package io.perdure.chaos;

import java.util.List;

/**
 * One request of a client and what it was answered; a line of the history.
 *
 * @param node that was asked
 * @param startNanos before it was sent
 * @param endNanos when the answer was there, or was given up
 * @param seq of the work asked for, where it is a submit; it names the payload
 * @param key idempotency key, or null
 * @param walk number of the walk over a list that it is a page of, 0 for none
 * @param target id that was asked for, or null
 * @param code HTTP status; 0 when there was no answer, which leaves open whether it happened
 * @param retryAfter whether the answer said when to try again
 * @param seen the invocations that the answer showed
 * @param more true for a page that has a next one
 * @param error why there was no answer, or the text of a refusal; null for none
 */
record Op(
    Kind kind,
    String node,
    long startNanos,
    long endNanos,
    int seq,
    String key,
    int walk,
    String target,
    int code,
    boolean retryAfter,
    List<Seen> seen,
    boolean more,
    String error) {
  /** What was asked for. */
  enum Kind {
    SUBMIT,
    READ,
    LIST,
    /** With mode cancel. */
    STOP,
    REDRIVE
  }

  /**
   * An invocation as an answer showed it.
   *
   * @param attempts begun; {@link #UNTOLD} where the answer does not say
   */
  record Seen(String id, String status, int attempts) {
    static final int UNTOLD = -1;
  }

  Op {
    seen = List.copyOf(seen);
  }

  boolean answered() {
    return code != 0;
  }

  boolean succeeded() {
    return code >= 200 && code < 300;
  }

  /** A new invocation that the node promised to keep. */
  boolean accepted() {
    return (kind == Kind.SUBMIT || kind == Kind.REDRIVE) && succeeded();
  }

  /** The only invocation of the answer. */
  Seen only() {
    return seen.get(0);
  }
}
