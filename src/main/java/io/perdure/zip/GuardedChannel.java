package io.perdure.zip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * Stands between a zip and whoever parses it: tells a broken disk from a broken zip, which both
 * show as an {@link IOException}, and bounds how much is read, and so how much memory is taken.
 */
final class GuardedChannel implements SeekableByteChannel {
  private final SeekableByteChannel file;
  private long left;
  private IOException failure;
  private boolean exhausted;

  GuardedChannel(SeekableByteChannel file) {
    this.file = file;
  }

  /** At most {@code bytes} may be read from now on. */
  void allow(long bytes) {
    left = bytes;
  }

  /** What the disk reported, or null. */
  IOException failure() {
    return failure;
  }

  /** Whether more was to be read than was allowed. */
  boolean exhausted() {
    return exhausted;
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    if (left < to.remaining()) {
      exhausted = true;
      throw new IOException("more is read than a zip needs");
    }
    int read = asked(() -> file.read(to));
    left -= Math.max(0, read);
    return read;
  }

  @Override
  public long position() throws IOException {
    return asked(file::position);
  }

  /** A position that cannot be is the zip's doing. */
  @Override
  public SeekableByteChannel position(long position) throws IOException {
    if (position < 0 || position > size()) {
      throw new IOException("a position is out of range");
    }
    asked(() -> file.position(position));
    return this;
  }

  @Override
  public long size() throws IOException {
    return asked(file::size);
  }

  private interface Question<T> {
    T ask() throws IOException;
  }

  private <T> T asked(Question<T> question) throws IOException {
    try {
      return question.ask();
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public int write(ByteBuffer from) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return file.isOpen();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
