package io.perdure.runtime;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The bytes of an answer, up to a limit; beyond it only the part that fits is kept. They are put
 * together once, when there are all of them. Not thread-safe.
 */
public final class BoundedBody {
  /** What comes in smaller pieces is put together while it comes, up to the second size. */
  private static final int SMALL_BYTES = 4 * 1024;

  private static final int GATHERED_BYTES = 64 * 1024;

  private final ResultRoom room;
  private final List<Buffer> pieces = new ArrayList<>(2);
  private Buffer gathering; // the last piece, while it is our own and takes more
  private int length;
  private boolean tooLarge;

  /** An empty one. */
  public BoundedBody(int bytesMax) {
    this(ResultRoom.of(bytesMax));
  }

  /** An empty one. */
  public BoundedBody(ResultRoom room) {
    this.room = room;
  }

  /** False once the limit has been passed. */
  public boolean add(Buffer chunk) {
    if (tooLarge) {
      return false;
    }
    tooLarge = !room.admits((long) length + chunk.length());
    int fits = tooLarge ? Math.min(room.bytesMax() - length, chunk.length()) : chunk.length();
    keep(fits == chunk.length() ? chunk : chunk.slice(0, fits));
    length += fits;
    return !tooLarge;
  }

  private void keep(Buffer chunk) {
    if (pieces.isEmpty() || chunk.length() > SMALL_BYTES) {
      pieces.add(chunk);
      gathering = null;
    } else if (gathering != null && gathering.length() < GATHERED_BYTES) {
      gathering.appendBuffer(chunk);
    } else {
      gathering = Buffer.buffer(SMALL_BYTES).appendBuffer(chunk);
      pieces.add(gathering);
    }
  }

  /** True when there was more than fits. */
  public boolean tooLarge() {
    return tooLarge;
  }

  /** What was kept. */
  public byte[] bytes() {
    byte[] whole = length == 0 ? Outcome.NOTHING : new byte[length];
    int at = 0;
    for (Buffer piece : pieces) {
      piece.getBytes(whole, at);
      at += piece.length();
    }
    return whole;
  }

  /** What was kept, without a copy where it came in one piece. */
  public Buffer buffer() {
    if (pieces.size() == 1) {
      return pieces.get(0);
    }
    Buffer whole = Buffer.buffer(length);
    pieces.forEach(whole::appendBuffer);
    return whole;
  }

  /**
   * Does {@code read}, which puts the bytes together: at once, or on a worker if they are many.
   * Nothing is added any more. Completes on the context that asks.
   */
  public <T> Future<T> read(Function<BoundedBody, T> read) {
    return LargeCopies.of(length, () -> read.apply(this));
  }

  /** The first {@code most} bytes as text. */
  public String beginning(int most) {
    Buffer beginning = Buffer.buffer();
    for (int i = 0; i < pieces.size() && beginning.length() < most; i++) {
      Buffer piece = pieces.get(i);
      beginning.appendBuffer(piece, 0, Math.min(most - beginning.length(), piece.length()));
    }
    return beginning.toString(StandardCharsets.UTF_8);
  }
}
