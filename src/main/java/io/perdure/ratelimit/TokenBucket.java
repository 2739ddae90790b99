package io.perdure.ratelimit;

/**
 * Tokens that come back at a constant rate, up to a capacity. Counted in billionths of a token, so
 * that each nanosecond adds a whole number and nothing is lost to rounding. Not thread-safe.
 */
final class TokenBucket {
  /** Highest rate and capacity. */
  static final int TOKENS_MAX = 1_000_000_000;

  private static final long TOKEN = 1_000_000_000L;

  private final long capacity;
  private final long perSecond;
  private long level;
  private long atNanos;
  private long windowNanos;
  private int asked;

  /**
   * A full bucket.
   *
   * @param capacity most tokens at once, 1 to {@link #TOKENS_MAX}
   * @param perSecond tokens that come back each second, 1 to {@link #TOKENS_MAX}
   * @param nowNanos time of any origin; the same origin in every call
   */
  TokenBucket(int capacity, int perSecond, long nowNanos) {
    if (capacity < 1 || perSecond < 1 || capacity > TOKENS_MAX || perSecond > TOKENS_MAX) {
      throw new IllegalArgumentException("capacity or rate is not within 1..1000000000");
    }
    this.capacity = capacity * TOKEN;
    this.perSecond = perSecond;
    this.level = this.capacity;
    this.atNanos = nowNanos;
    this.windowNanos = nowNanos;
  }

  /**
   * Takes {@code tokens}, or takes nothing and tells how long to wait. More than the capacity can
   * hold are lent when the bucket is full: the mean rate is kept, and a large request is not
   * refused for ever.
   *
   * @param tokens at least 1
   * @return 0 when they were taken, else the nanoseconds until they can be
   */
  long take(int tokens, long nowNanos) {
    refill(nowNanos);
    count(tokens, nowNanos);
    long wanted = tokens * TOKEN;
    long missing = Math.min(wanted, capacity) - level;
    if (missing > 0) {
      return ceilDiv(missing, perSecond);
    }
    level -= wanted;
    return 0;
  }

  /** Takes as many as there are, at most {@code most}, right after {@link #take}. */
  int takeMore(int most) {
    int more = (int) Math.max(0, Math.min(most, level / TOKEN));
    level -= more * TOKEN;
    asked = Math.min(TOKENS_MAX, asked + more);
    return more;
  }

  /** Tokens that were taken and not used are there again. */
  void putBack(int tokens, long nowNanos) {
    refill(nowNanos);
    level = Math.min(capacity, level + tokens * TOKEN);
  }

  /** Takes all there is, which is not counted as asked for. */
  void drain() {
    level = 0;
  }

  /** Tokens asked for within the present second, granted or not: what a refused caller is told. */
  int asked() {
    return asked;
  }

  private void count(int tokens, long nowNanos) {
    if (nowNanos - windowNanos >= TOKEN || nowNanos < windowNanos) { // as many nanos are a second
      windowNanos = nowNanos;
      asked = 0;
    }
    asked = Math.min(TOKENS_MAX, asked + tokens);
  }

  /** True when it holds all it can: dropping it then changes nothing. */
  boolean isFull(long nowNanos) {
    refill(nowNanos);
    return level == capacity;
  }

  private void refill(long nowNanos) {
    // A clock that was stepped back must not stop the refill until it has caught up.
    long elapsed = Math.max(0, nowNanos - atNanos);
    atNanos = nowNanos;
    long missing = capacity - level;
    level = elapsed >= ceilDiv(missing, perSecond) ? capacity : level + elapsed * perSecond;
  }

  private static long ceilDiv(long dividend, long divisor) {
    return dividend / divisor + (dividend % divisor == 0 ? 0 : 1);
  }
}
