package io.perdure.bench;

/** How numbers are spelled in the names of figures. */
final class Names {
  private Names() {}

  /** Such as {@code 16 KB}. */
  static String bytes(int bytes) {
    return bytes % 1024 == 0 ? bytes / 1024 + " KB" : bytes + " B";
  }

  /** Such as {@code 1 M}. */
  static String count(long count) {
    return count > 0 && count % 1_000_000 == 0
        ? count / 1_000_000 + " M"
        : count > 0 && count % 1000 == 0 ? count / 1000 + " k" : Long.toString(count);
  }

  /** What the names of a round with so many retained end with: nothing for none. */
  static String retained(long count) {
    return count == 0 ? "" : "; " + count(count) + " retained";
  }
}
