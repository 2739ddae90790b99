package io.perdure.invocation;

import java.util.Objects;

/**
 * One change in the life of an invocation.
 *
 * @param seq from 1, ascending; a gap means that older events of a very long history were dropped
 * @param type what happened
 * @param at milliseconds since the epoch; never before the event in front of it
 * @param attempt the attempt it belongs to, 0 for none
 * @param detail a sentence, may be empty, never null; cut at {@link #DETAIL_MAX}, for a record
 *     holds up to {@link InvocationBuilder#EVENTS_MAX} of them (an error is kept whole beside them)
 */
public record Event(int seq, Type type, long at, int attempt, String detail) {
  /** Longest detail kept, in characters. */
  public static final int DETAIL_MAX = 256;

  public Event {
    Objects.requireNonNull(type);
    detail = detail == null ? "" : Cut.to(DETAIL_MAX, detail);
  }

  /** What happened. Stored by {@link #code()}; names are shown by the native API. */
  public enum Type {
    ENQUEUED(1),
    /** Left the queue and started: an attempt began. */
    RUNNING(2),
    RETRYING(3),
    STOPPING(4),
    STOPPED(5),
    SUCCEEDED(6),
    FAILED(7),
    EXPIRED(8),
    INVALID(9),
    /** A platform failure: the attempt does not count, another follows. */
    PLATFORM_RETRY(10),
    /** Somebody asked for a stop; detail: mode and by whom. */
    STOP_REQUESTED(11),
    /** The stop reached the running attempt; detail: how (signal, message). */
    STOP_DELIVERED(12),
    /** The attempt reacted to the stop. */
    STOP_ACKNOWLEDGED(13),
    /** Nothing of the attempt is left. */
    STOP_GONE(14),
    /** What a stopped or superseded attempt still returned; noted, not kept. */
    RESULT_DISCARDED(15),
    /** Another invocation was made from this one; detail: its id. */
    REDRIVEN(16),
    /** Its outcome was delivered; detail: which attempt, and how it was acknowledged. */
    DELIVERED(17),
    /** Its outcome could not be delivered; another attempt follows. */
    DELIVERY_RETRY(18),
    /** The delivery of its outcome was given up; detail: why. */
    DELIVERY_FAILED(19);

    private static final Type[] BY_CODE = new Type[20];

    static {
      for (Type type : values()) {
        BY_CODE[type.code] = type;
      }
    }

    private final int code;

    Type(int code) {
      this.code = code;
    }

    /** Stable number used in stored records, 1 to 19. */
    public int code() {
      return code;
    }

    /** The type stored as {@code code}. */
    public static Type of(int code) {
      if (code < 1 || code >= BY_CODE.length) {
        throw new IllegalArgumentException("no event type has the code " + code);
      }
      return BY_CODE[code];
    }
  }
}
