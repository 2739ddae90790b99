package io.perdure.invocation;

import java.util.Objects;

/**
 * The delivery of an invocation's outcome to its destination. Times are milliseconds since the
 * epoch, 0 for "not yet".
 *
 * @param destination where to
 * @param attempts attempts that have been answered or given up; the number of the next one, which
 *     fences a late answer of an older, is one more
 * @param nextAt when the next attempt may begin; 0 once there is none
 * @param error of the last attempt, at most {@link #ERROR_MAX} characters; null when it succeeded
 *     or there was none
 * @param triedAt end of the last attempt
 * @param endedAt when it succeeded or was given up
 */
public record Delivery(
    Destination destination,
    State state,
    int attempts,
    long nextAt,
    String error,
    long triedAt,
    long endedAt) {

  /** Longest error kept, in characters. */
  public static final int ERROR_MAX = 512;

  /** How it stands; stored by {@link #code()}. */
  public enum State {
    /** Owed: tried until it succeeds or its time is over. */
    PENDING(1),
    SUCCEEDED(2),
    FAILED(3);

    private final int code;

    State(int code) {
      this.code = code;
    }

    /** Stable number used in stored records. */
    public int code() {
      return code;
    }

    /** The state stored as {@code code}. */
    public static State of(int code) {
      for (State value : values()) {
        if (value.code == code) {
          return value;
        }
      }
      throw new IllegalArgumentException("no state of a delivery has the code " + code);
    }
  }

  public Delivery {
    Objects.requireNonNull(destination);
    Objects.requireNonNull(state);
    error = error == null ? null : Cut.to(ERROR_MAX, error);
  }

  /** A delivery that is owed from now on. */
  public static Delivery owed(Destination destination, long nextAt) {
    return new Delivery(destination, State.PENDING, 0, nextAt, null, 0, 0);
  }
}
