package io.perdure.invocation;

/**
 * State of an invocation: the superset of what both clouds show. "Dequeued" is an event, not a
 * status. The ordinal is never stored; {@link #code()} is.
 */
public enum Status {
  ENQUEUED(1, false),
  RUNNING(2, false),
  RETRYING(3, false),
  STOPPING(4, false),
  STOPPED(5, true),
  SUCCEEDED(6, true),
  FAILED(7, true),
  /** Its event age passed before it was dequeued. */
  EXPIRED(8, true),
  /** Its function was deleted before it could run. */
  INVALID(9, true);

  private static final Status[] BY_CODE = new Status[10];

  static {
    for (Status status : values()) {
      BY_CODE[status.code] = status;
    }
  }

  private final int code;
  private final boolean terminal;

  Status(int code, boolean terminal) {
    this.code = code;
    this.terminal = terminal;
  }

  /** Stable number used in stored keys and records, 1 to 9. */
  public int code() {
    return code;
  }

  /** True when nothing changes any more but the delivery of its outcome and its removal. */
  public boolean terminal() {
    return terminal;
  }

  /** True for what waits to be run: now, later or again. */
  public boolean waiting() {
    return this == ENQUEUED || this == RETRYING;
  }

  /**
   * The status stored as {@code code}.
   *
   * @throws IllegalArgumentException when no status has that code
   */
  public static Status of(int code) {
    if (code < 1 || code >= BY_CODE.length) {
      throw new IllegalArgumentException("no status has the code " + code);
    }
    return BY_CODE[code];
  }
}
