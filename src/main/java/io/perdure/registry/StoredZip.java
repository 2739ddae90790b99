package io.perdure.registry;

import io.perdure.bus.CodeMessages;
import io.perdure.invocation.CodeRef;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * A stored package as if it was a file: reads the pieces it is asked for. Not thread-safe; blocks
 * on the disk.
 */
final class StoredZip implements SeekableByteChannel {
  private final StoreReader store;
  private final CodeRef code;
  private long position;
  private int piece = -1;
  private byte[] bytes = {};

  StoredZip(StoreReader store, CodeRef code) {
    this.store = store;
    this.code = code;
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    if (position >= code.bytes()) {
      return -1;
    }
    int wanted = (int) (position / CodeMessages.CHUNK_BYTES);
    if (wanted != piece) {
      bytes = piece(wanted);
      piece = wanted;
    }
    int from = (int) (position % CodeMessages.CHUNK_BYTES);
    int length = Math.min(to.remaining(), bytes.length - from);
    to.put(bytes, from, length);
    position += length;
    return length;
  }

  private byte[] piece(int number) throws IOException {
    try {
      return PackageStore.read(store, code, number).bytes();
    } catch (StoreException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long to) {
    position = to;
    return this;
  }

  @Override
  public long size() {
    return code.bytes();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {
    // nothing is open
  }

  @Override
  public int write(ByteBuffer from) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }
}
