package io.perdure.invocation;

/** How an invocation is stopped. */
public enum StopMode {
  /** It ends STOPPED, whatever the attempt still returns, and is never run again. */
  CANCEL(1),
  /**
   * The running attempt is told and decides the outcome itself; no retry follows. What is not
   * running has nobody to tell and ends STOPPED.
   */
  GRACEFUL(2);

  private final int code;

  StopMode(int code) {
    this.code = code;
  }

  /** Stable number used in stored records. */
  public int code() {
    return code;
  }

  /** The mode stored as {@code code}. */
  public static StopMode of(int code) {
    return switch (code) {
      case 1 -> CANCEL;
      case 2 -> GRACEFUL;
      default -> throw new IllegalArgumentException("no stop mode has the code " + code);
    };
  }
}
