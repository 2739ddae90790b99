package io.perdure.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The bytes of the log. Its files, the segments, have the number of the segment as their name. A
 * segment begins with a page that describes it and goes on with groups of entries; both begin with
 * the same 40 bytes, big-endian, and end with zeros up to a multiple of {@link #PAGE_BYTES}:
 *
 * <pre>
 *  0  int   magic: what it is, a segment or a group
 *  4  int   version of this format
 *  8  long  number of the segment: what an earlier use of the file has left has another
 * 16  long  stamp: random, the same in a segment and its groups
 * 24  long  number of the group, or of the first group of the segment; ascending without gaps
 * 32  int   bytes of the group without the zeros, or number of stores of the segment
 * 36  int   CRC32C of all other bytes, the zeros included
 * 40  segment: for each store (long) the sequence number of its last entry before the segment
 *     group: the entries, each as store (int), bytes (int), sequence number (long) and the bytes of
 *     its {@link Batch}
 * </pre>
 *
 * <p>Sequence numbers are those of a store: they ascend without gaps, so that a store that knows
 * the last one it has applied knows what it lacks.
 *
 * <p>The stamp, because payloads are in the log as they came: nobody can have put something into an
 * earlier use of the file that passes for a group of this one.
 *
 * <p>Pages, because no page is written twice: not by a later group, whose torn write could take an
 * earlier one with it, and not by the disk, which knows only whole pages.
 */
final class LogFormat {
  static final int PAGE_BYTES = 4096;
  static final int HEAD_BYTES = 40;
  static final int ENTRY_HEAD_BYTES = 16;
  static final int VERSION = 1;
  static final int SEGMENT = 0x50_44_53_47;
  static final int GROUP = 0x50_44_47_52;

  private static final int CRC_AT = 36;

  private LogFormat() {}

  /** What the 40 bytes say. */
  record Head(int magic, int version, long segment, long stamp, long group, int size, int crc) {
    static Head read(ByteBuffer bytes) {
      return new Head(
          bytes.getInt(0),
          bytes.getInt(4),
          bytes.getLong(8),
          bytes.getLong(16),
          bytes.getLong(24),
          bytes.getInt(32),
          bytes.getInt(CRC_AT));
    }

    boolean is(int expected, long ofSegment) {
      return magic == expected && version == VERSION && segment == ofSegment;
    }
  }

  static void putHead(ByteBuffer to, int magic, Segment of, long group, int size) {
    to.putInt(magic).putInt(VERSION).putLong(of.number()).putLong(of.stamp());
    to.putLong(group).putInt(size).putInt(0);
  }

  static void putCrc(ByteBuffer to, CRC32C crc) {
    to.putInt(CRC_AT, (int) crc.getValue());
  }

  /** Takes the bytes of {@code buffer} from its start to {@code end}: the first of something. */
  static void crcOfFirst(CRC32C crc, ByteBuffer buffer, int end) {
    crc.update(buffer.slice(0, CRC_AT));
    crc.update(buffer.slice(HEAD_BYTES, end - HEAD_BYTES));
  }

  static int crc(ByteBuffer whole, int end) {
    CRC32C crc = new CRC32C();
    crcOfFirst(crc, whole, end);
    return (int) crc.getValue();
  }

  /** Bytes of the page or pages that describe a segment. */
  static int segmentHeadBytes(int stores) {
    return (int) padded(HEAD_BYTES + 8L * stores);
  }

  static long padded(long bytes) {
    return (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
  }

  /** A direct buffer as files that go past the page cache need it. */
  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes + PAGE_BYTES)
        .alignedSlice(PAGE_BYTES)
        .slice(0, bytes)
        .order(ByteOrder.BIG_ENDIAN);
  }
}
