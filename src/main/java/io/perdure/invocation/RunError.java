package io.perdure.invocation;

import java.util.Objects;

/**
 * How an attempt failed.
 *
 * @param kind class of error, what a retry policy looks at
 * @param type short name for machines, e.g. "ExitCode", "HTTP 500", "Timeout"; cut at {@link
 *     #TYPE_MAX}
 * @param message one line or a few for people, never null; cut at {@link #MESSAGE_MAX}
 * @param handled true when the function reported it on purpose, as with a callback's first
 *     argument, rather than by an exception nobody caught
 */
public record RunError(Kind kind, String type, String message, boolean handled) {
  /** Longest type kept, in characters. */
  public static final int TYPE_MAX = 128;

  /** Longest message kept, in characters. */
  public static final int MESSAGE_MAX = 4096;

  /** Between type and message. */
  static final String DESCRIBED = ": ";

  /** Class of error. */
  public enum Kind {
    /** The function said that it failed. */
    FUNCTION(1),
    /** It ran longer than its time limit. */
    TIMEOUT(2),
    /** Its process or instance ended without an answer. */
    CRASH(3),
    /** It answered something that cannot be used: too large, broken. */
    BAD_RESPONSE(4),
    /** Not the function's doing: could not start, throttled, node lost. */
    PLATFORM(5);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** Stable number used in stored records. */
    public int code() {
      return code;
    }

    /** The class stored as {@code code}. */
    public static Kind of(int code) {
      for (Kind value : values()) {
        if (value.code == code) {
          return value;
        }
      }
      throw new IllegalArgumentException("no class of error has the code " + code);
    }
  }

  /** One that was not reported on purpose. */
  public RunError(Kind kind, String type, String message) {
    this(kind, type, message, false);
  }

  /** Type and message in one line, as events have it. */
  public String describe() {
    return message.isEmpty() ? type : type + DESCRIBED + message;
  }

  public RunError {
    Objects.requireNonNull(kind);
    type = Cut.to(TYPE_MAX, type);
    message = message == null ? "" : Cut.to(MESSAGE_MAX, message);
  }
}
