package io.perdure.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** Reads one segment. One thread. */
final class SegmentReader implements AutoCloseable {
  private static final int SCAN_BYTES = 256 * 1024;

  /** Receives the entries of a group. */
  interface Entries {
    /** An entry; {@code bytes} are used again for the next group. */
    void entry(int store, long sequence, byte[] bytes, int offset, int length);
  }

  private final long number;
  private final int stores;
  private final FileChannel channel;
  private final long size;
  private ByteBuffer group = ByteBuffer.allocate(16 * LogFormat.PAGE_BYTES);
  private int length;

  /** What the segment's groups have; any while its description has not been read. */
  private Long stamp;

  SegmentReader(Path file, long number, int stores) throws IOException {
    this.number = number;
    this.stores = stores;
    channel = FileChannel.open(file, StandardOpenOption.READ);
    size = channel.size();
  }

  /** For a segment whose description is known. */
  SegmentReader(Segment segment) throws IOException {
    this(segment.file(), segment.number(), segment.before().length);
    stamp = segment.stamp();
  }

  /** The segment as its first page describes it, or null when that is none or damaged. */
  Segment describe(Path file) throws IOException {
    ByteBuffer first = ByteBuffer.allocate(LogFormat.segmentHeadBytes(stores));
    if (!fill(first, 0)) {
      return null;
    }
    LogFormat.Head head = LogFormat.Head.read(first);
    if (!head.is(LogFormat.SEGMENT, number)
        || head.size() != stores
        || head.crc() != LogFormat.crc(first, first.capacity())) {
      return null;
    }
    long[] before = new long[stores];
    first.position(LogFormat.HEAD_BYTES);
    first.asLongBuffer().get(before);
    stamp = head.stamp();
    return new Segment(number, file, head.stamp(), head.group(), before);
  }

  /** Loads group {@code wanted} if it is at {@code at} and whole. */
  boolean load(long at, long wanted) throws IOException {
    group.clear().limit(LogFormat.PAGE_BYTES);
    if (!fill(group, at)) {
      return false;
    }
    LogFormat.Head head = LogFormat.Head.read(group);
    if (!isGroup(head) || head.group() != wanted) {
      return false;
    }
    long end = LogFormat.padded(head.size());
    if (head.size() < LogFormat.HEAD_BYTES || end > size - at) {
      return false;
    }
    if (end > group.capacity()) {
      ByteBuffer larger = ByteBuffer.allocate((int) end);
      larger.put(0, group, 0, LogFormat.PAGE_BYTES);
      group = larger;
    }
    group.clear().position(LogFormat.PAGE_BYTES).limit((int) end);
    if (!fill(group, at + LogFormat.PAGE_BYTES)) {
      return false;
    }
    CRC32C crc = new CRC32C();
    LogFormat.crcOfFirst(crc, group, (int) end);
    length = head.size();
    return (int) crc.getValue() == head.crc();
  }

  /** Where the group behind the loaded one, which is at {@code at}, would be. */
  long behind(long at) {
    return at + LogFormat.padded(length);
  }

  /** Hands over the entries of the loaded group. */
  void forEach(Entries entries) {
    int at = LogFormat.HEAD_BYTES;
    while (at < length) {
      int store = group.getInt(at);
      int bytes = group.getInt(at + 4);
      long sequence = group.getLong(at + 8);
      at += LogFormat.ENTRY_HEAD_BYTES;
      entries.entry(store, sequence, group.array(), at, bytes);
      at += bytes;
    }
  }

  /** Where, from {@code from} on, there is a whole group numbered {@code least} or more; or -1. */
  long anyGroup(long from, long least) throws IOException {
    ByteBuffer pages = ByteBuffer.allocate(SCAN_BYTES);
    for (long at = from; at < size; at += SCAN_BYTES) {
      pages.clear().limit((int) Math.min(SCAN_BYTES, size - at));
      if (!fill(pages, at)) {
        break;
      }
      for (int page = 0; page + LogFormat.HEAD_BYTES <= pages.limit(); ) {
        LogFormat.Head head = LogFormat.Head.read(pages.slice(page, LogFormat.HEAD_BYTES));
        if (isGroup(head) && head.group() >= least && load(at + page, head.group())) {
          return at + page;
        }
        page += LogFormat.PAGE_BYTES;
      }
    }
    return -1;
  }

  private boolean isGroup(LogFormat.Head head) {
    return head.is(LogFormat.GROUP, number) && (stamp == null || stamp == head.stamp());
  }

  private boolean fill(ByteBuffer buffer, long from) throws IOException {
    long at = from;
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, at);
      if (read < 0) {
        return false;
      }
      at += read;
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
