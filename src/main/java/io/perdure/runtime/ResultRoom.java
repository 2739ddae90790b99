package io.perdure.runtime;

/** How large the result of one attempt may become. Thread-safe. */
public interface ResultRoom {
  /** Largest result there can be. */
  int bytesMax();

  /**
   * Asks for room before so much is held, while a result arrives: whether one of {@code bytes} so
   * far may be. Once denied, the answer is {@link Outcomes#resultTooLarge}.
   */
  boolean admits(long bytes);

  /** Why it was denied, for whoever reads of the failure. */
  default String denial() {
    return "the result is larger than " + bytesMax() + " bytes";
  }

  /** Room for {@code bytesMax} bytes, whatever else is held. */
  static ResultRoom of(int bytesMax) {
    return new ResultRoom() {
      @Override
      public int bytesMax() {
        return bytesMax;
      }

      @Override
      public boolean admits(long bytes) {
        return bytes <= bytesMax;
      }
    };
  }
}
