package io.perdure.cluster.raft;

import static java.lang.System.Logger.Level.DEBUG;

import io.perdure.store.Durable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;
import org.apache.ratis.util.SizeInBytes;

/**
 * The files of a group's log while it is not open: whether they can be read, and the end of one
 * that could not be written. Blocks.
 *
 * <p>What Ratis leaves at such an end: entries of which it is not known whether they are on the
 * disk, a part of one and, since it writes the rest of its buffer once more when it closes the
 * file, some of that again. Nothing of it behind the last sync has been acknowledged to anybody.
 */
final class LogFiles {
  private static final System.Logger LOG = System.getLogger(LogFiles.class.getName());
  private static final String OPEN = "log_inprogress_";

  /** What stands before the first entry of a file. */
  private static final int HEADER_BYTES = 8;

  private static final int CHECKSUM_BYTES = 4;

  private LogFiles() {}

  /**
   * Cuts off what is no whole entry. Needs no space.
   *
   * @param log directory of the group's log
   * @param acknowledged index of the last entry that was on the disk for certain
   * @throws IOException when that, or one before it, is no longer there: nothing is changed then
   */
  static void cut(Path log, long acknowledged) throws IOException {
    for (Path file : open(log)) {
      Whole whole = new Whole(file);
      if (whole.last < acknowledged) {
        throw new IOException(
            file
                + " ends with entry "
                + whole.last
                + ", but "
                + acknowledged
                + " was acknowledged");
      }
      if (whole.bytes < Files.size(file)) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(whole.bytes);
        }
      }
    }
  }

  /** Term of the last entry; 0 when there is none. */
  static long lastTerm(Path log) throws IOException {
    long[] last = new long[1];
    for (Path file : segments(log)) {
      read(
          file,
          CorruptionPolicy.WARN_AND_RETURN,
          entry -> last[0] = Math.max(last[0], entry.getTerm()));
    }
    return last[0];
  }

  /** What is wrong with which file, but for an end that was not written; null for nothing. */
  static String damage(Path log) {
    try {
      for (Path file : segments(log)) {
        try {
          read(file, CorruptionPolicy.EXCEPTION, entry -> {});
        } catch (IOException | IllegalStateException e) {
          return file + ": " + e.getMessage();
        }
      }
      return null;
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void read(Path file, CorruptionPolicy policy, Consumer<LogEntryProto> entries)
      throws IOException {
    LogSegment.readSegmentFile(
        file.toFile(),
        LogSegmentPath.matchLogSegment(file).getStartEnd(),
        SizeInBytes.valueOf(RaftSettings.WRITE_BUFFER_BYTES),
        policy,
        null,
        entries);
  }

  /** What a file has before the first thing in it that is no entry. */
  private static final class Whole {
    private long bytes = HEADER_BYTES;
    private long last;

    Whole(Path file) throws IOException {
      last = Long.parseLong(file.getFileName().toString().substring(OPEN.length())) - 1;
      try {
        read(
            file,
            CorruptionPolicy.WARN_AND_RETURN,
            entry -> {
              int size = entry.getSerializedSize();
              bytes += CodedOutputStream.computeUInt32SizeNoTag(size) + size + CHECKSUM_BYTES;
              last = entry.getIndex();
            });
      } catch (IllegalStateException e) { // an entry that does not follow the one before it
        LOG.log(DEBUG, file + " is read to entry " + last, e);
      }
    }
  }

  /**
   * Writes the open end of the log once more and has it on the disk: after a sync that failed,
   * another one may succeed though what it is about was dropped.
   */
  static void rewrite(Path log) throws IOException {
    for (Path file : open(log)) {
      Path next = log.resolve("segment.next");
      Files.copy(file, next, StandardCopyOption.REPLACE_EXISTING);
      Durable.syncFile(next);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Durable.syncDirectory(file.getParent());
    }
  }

  private static List<Path> open(Path log) throws IOException {
    return segments(log).stream()
        .filter(file -> file.getFileName().toString().startsWith(OPEN))
        .toList();
  }

  /** Of what is empty there is nothing to be read: Ratis removes it. */
  private static List<Path> segments(Path log) throws IOException {
    try (Stream<Path> files = Files.list(log.resolve("current"))) {
      return files
          .filter(file -> file.toFile().length() > 0)
          .filter(file -> LogSegmentPath.matchLogSegment(file) != null)
          .toList();
    }
  }
}
