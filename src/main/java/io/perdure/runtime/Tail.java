package io.perdure.runtime;

import java.util.Arrays;

/** The last bytes of a stream. Not thread-safe. */
public final class Tail {
  private final int bytesMax;
  private byte[] kept = {};
  private int length; // up to twice the limit, so that moving the end to the front is rare
  private boolean cut;

  /** Of a stream of which the last {@code bytesMax} are kept. */
  public Tail(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** The first {@code count} of {@code bytes} follow. */
  public void add(byte[] bytes, int count) {
    int added = Math.min(count, bytesMax);
    if (length + added > 2 * bytesMax) {
      System.arraycopy(kept, length - bytesMax, kept, 0, bytesMax);
      length = bytesMax;
      cut = true;
    }
    if (length + added > kept.length) {
      kept = Arrays.copyOf(kept, Math.min(2 * bytesMax, 2 * (length + added)));
    }
    System.arraycopy(bytes, count - added, kept, length, added);
    length += added;
    cut |= added < count || length > bytesMax;
  }

  /** What is kept; if the beginning was cut, it begins with a whole character of UTF-8. */
  public byte[] bytes() {
    int from = Math.max(0, length - bytesMax);
    for (int i = 0; cut && i < 3 && from < length && (kept[from] & 0xC0) == 0x80; i++) {
      from++;
    }
    return Arrays.copyOfRange(kept, from, length);
  }
}
