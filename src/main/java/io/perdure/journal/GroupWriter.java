package io.perdure.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Encodes groups, see {@link LogFormat}, in one buffer that is used again and again. A group that
 * fits goes to disk in one write. A larger one goes in pieces, and its first page, without which it
 * is no group, is written once more in the end. One thread.
 */
final class GroupWriter {
  private static final int BUFFER_BYTES = 1 << 20;

  private final ByteBuffer buffer = LogFormat.buffer(BUFFER_BYTES);
  private final ByteBuffer entryHead = ByteBuffer.allocate(LogFormat.ENTRY_HEAD_BYTES);
  private final CRC32C crc = new CRC32C();
  private LogFile file;
  private long at;
  private byte[] firstPage;

  /** Bytes that a group of {@code entries} takes in the log. */
  static long sizeOf(List<LogEntry> entries) {
    return LogFormat.padded(lengthOf(entries));
  }

  private static int lengthOf(List<LogEntry> entries) {
    int length = LogFormat.HEAD_BYTES;
    for (LogEntry entry : entries) {
      length = Math.addExact(length, entry.bytes());
    }
    return length;
  }

  /** Writes what describes a segment. */
  void writeHead(LogFile to, Segment segment) throws IOException {
    long[] before = segment.before();
    buffer.clear().limit(LogFormat.segmentHeadBytes(before.length));
    LogFormat.putHead(buffer, LogFormat.SEGMENT, segment, segment.firstGroup(), before.length);
    for (long sequence : before) {
      buffer.putLong(sequence);
    }
    zeros(buffer.limit());
    crc.reset();
    LogFormat.crcOfFirst(crc, buffer, buffer.limit());
    LogFormat.putCrc(buffer, crc);
    to.write(buffer.flip(), 0);
  }

  /** Writes a group and returns once it is on disk. */
  void write(LogFile to, long position, Segment segment, long group, List<LogEntry> entries)
      throws IOException {
    file = to;
    at = position;
    firstPage = null;
    crc.reset();
    buffer.clear();
    LogFormat.putHead(buffer, LogFormat.GROUP, segment, group, lengthOf(entries));
    for (LogEntry entry : entries) {
      entryHead.clear();
      entryHead.putInt(entry.store()).putInt(entry.batch().sizeBytes()).putLong(entry.sequence());
      put(entryHead.array(), LogFormat.ENTRY_HEAD_BYTES);
      put(entry.batch().bytes(), entry.batch().sizeBytes());
    }
    zeros((int) LogFormat.padded(buffer.position()));
    if (firstPage == null) {
      LogFormat.crcOfFirst(crc, buffer, buffer.position());
      LogFormat.putCrc(buffer, crc);
      to.write(buffer.flip(), position);
    } else {
      writePiece();
      buffer.clear();
      buffer.put(firstPage);
      LogFormat.putCrc(buffer, crc);
      to.write(buffer.flip(), position);
    }
  }

  private void put(byte[] bytes, int length) throws IOException {
    int done = 0;
    while (done < length) {
      if (!buffer.hasRemaining()) {
        writePiece();
      }
      int part = Math.min(length - done, buffer.remaining());
      buffer.put(bytes, done, part);
      done += part;
    }
  }

  private void zeros(int end) {
    while (buffer.position() < end) {
      buffer.put((byte) 0);
    }
  }

  private void writePiece() throws IOException {
    int end = buffer.position();
    if (end == 0) {
      return;
    }
    if (firstPage == null) {
      LogFormat.crcOfFirst(crc, buffer, end);
      firstPage = new byte[LogFormat.PAGE_BYTES];
      buffer.get(0, firstPage);
    } else {
      crc.update(buffer.slice(0, end));
    }
    file.write(buffer.flip(), at);
    at += end;
    buffer.clear();
  }
}
