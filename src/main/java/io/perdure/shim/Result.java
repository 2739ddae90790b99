package io.perdure.shim;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** A result in the making; of one that is too large only the size is known. */
final class Result extends ByteArrayOutputStream {
  private final int bytesMax;
  private long written;

  Result(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  @Override
  public synchronized void write(int b) {
    if (++written <= bytesMax) {
      super.write(b);
    }
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int size) {
    written += size;
    if (written <= bytesMax) {
      super.write(bytes, from, size);
    }
  }

  int bytesMax() {
    return bytesMax;
  }

  /** All that was written, 0 to any number. */
  synchronized long written() {
    return written;
  }

  synchronized void send(Wire wire, int call) throws IOException {
    wire.send(Wire.RESULT, call, buf, 0, count);
  }
}
