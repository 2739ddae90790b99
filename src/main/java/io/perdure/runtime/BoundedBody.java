package io.perdure.runtime;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** The bytes of an answer, up to a limit; beyond it only the part that fits is kept. */
public final class BoundedBody {
  private final int bytesMax;
  private Buffer bytes;
  private boolean tooLarge;

  /** An empty one. */
  public BoundedBody(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** False once the limit has been passed. */
  public boolean add(Buffer chunk) {
    int free = bytesMax - (bytes == null ? 0 : bytes.length());
    tooLarge |= chunk.length() > free;
    Buffer kept = tooLarge ? chunk.getBuffer(0, Math.min(free, chunk.length())) : chunk;
    bytes = bytes == null ? kept : bytes.appendBuffer(kept);
    return !tooLarge;
  }

  /** True when there was more than fits. */
  public boolean tooLarge() {
    return tooLarge;
  }

  /** What was kept. */
  public byte[] bytes() {
    return bytes == null ? Outcome.NOTHING : bytes.getBytes();
  }

  /** What was kept, without a copy. */
  public Buffer buffer() {
    return bytes == null ? Buffer.buffer() : bytes;
  }

  /** The first {@code most} bytes as text. */
  public String beginning(int most) {
    return bytes == null
        ? ""
        : new String(bytes.getBytes(0, Math.min(most, bytes.length())), StandardCharsets.UTF_8);
  }
}
