package io.perdure.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads the log as the last opening of it has left it, and tells a tail that was torn from damage.
 *
 * <p>One write is under way at a time, and it is known to be on disk before the next begins. So
 * only the very last group may be torn. Whatever else is missing or not as it was written is
 * damage: an invalid group with a whole one behind it, a segment that ends before the group with
 * which the next one continues, a missing file, entries that a store lacks or has too many of.
 * Damage is told and never repaired.
 */
final class LogScan {
  private final Path directory;
  private final int stores;

  /** Those that are needed, oldest first. */
  final List<Segment> segments = new ArrayList<>();

  /** Files below the ones needed, oldest first. */
  final List<Long> retired = new ArrayList<>();

  /** Greatest number of a segment that has been begun. */
  long lastSegment;

  /** Number of the last group, which may be on disk only in part after a loss of power. */
  long lastGroup;

  /** The entries of that group if it is in the last segment; written again in the next one. */
  final List<LogEntry> lastEntries = new ArrayList<>();

  /** For each store the sequence number of its last entry. */
  long[] last;

  private LogScan(Path directory, int stores) {
    this.directory = directory;
    this.stores = stores;
  }

  /**
   * Reads the log in {@code directory}.
   *
   * @param applied for each store the sequence number up to which it has everything on disk
   * @throws JournalException when it is damaged
   */
  static LogScan of(Path directory, long[] applied) throws IOException {
    LogScan scan = new LogScan(directory, applied.length);
    scan.run(applied);
    return scan;
  }

  static Path file(Path directory, long number) {
    return directory.resolve(String.format("%010d.log", number));
  }

  /** The numbers of the files of the log in {@code directory}, ascending. */
  static List<Long> numbers(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("\\d{10,18}\\.log"))
          .map(name -> Long.parseLong(name.substring(0, name.length() - 4)))
          .sorted()
          .toList();
    }
  }

  private void run(long[] applied) throws IOException {
    List<Segment> used = used();
    int first = used.size() - 1;
    while (first >= 0 && (used.get(first) == null || !used.get(first).beginsWithin(applied))) {
      first--;
    }
    if (first < 0) {
      throw new JournalException(
          "the log in " + directory + " is damaged: its beginning is missing", null);
    }
    long oldest = used.get(first).number();
    numbers(directory).stream().filter(number -> number < oldest).forEach(retired::add);
    last = used.get(first).before().clone();
    lastGroup = used.get(first).firstGroup() - 1;
    for (int i = first; i < used.size(); i++) {
      read(used, i, oldest + i - first);
    }
    for (int store = 0; store < stores; store++) {
      if (applied[store] > last[store]) {
        throw new JournalException(
            "the log in "
                + directory
                + " is damaged: it ends with change "
                + last[store]
                + " of store "
                + store
                + ", which has "
                + applied[store],
            null);
      }
    }
  }

  /** Descriptions by file, ascending, null where there is none; without a last one not begun. */
  private List<Segment> used() throws IOException {
    List<Long> numbers = numbers(directory);
    if (numbers.isEmpty()) {
      throw new JournalException("the log in " + directory + " is missing", null);
    }
    List<Segment> used = new ArrayList<>();
    for (long number : numbers) {
      if (number != numbers.get(0) + used.size()) {
        throw new JournalException(
            "the log is damaged: " + file(directory, number - 1) + " is missing", null);
      }
      try (SegmentReader reader = open(number)) {
        used.add(reader.describe(file(directory, number)));
      }
    }
    lastSegment = numbers.get(numbers.size() - 1);
    while (!used.isEmpty() && !isBegun(used.get(used.size() - 1))) {
      used.remove(used.size() - 1);
      lastSegment--;
    }
    return used;
  }

  /** Whether the last file is in use, which it is from its first group on. */
  private boolean isBegun(Segment segment) throws IOException {
    try (SegmentReader reader = segment == null ? open(lastSegment) : new SegmentReader(segment)) {
      int begin = LogFormat.segmentHeadBytes(stores);
      if (segment != null && reader.load(begin, segment.firstGroup())) {
        return true;
      }
      long later = reader.anyGroup(0, 0);
      if (later >= 0) {
        throw damaged(
            lastSegment,
            segment == null ? 0 : begin,
            "it does not begin as it should, and there is a group at " + later);
      }
      return false;
    }
  }

  private SegmentReader open(long number) throws IOException {
    return new SegmentReader(file(directory, number), number, stores);
  }

  private void read(List<Segment> used, int index, long number) throws IOException {
    boolean isLast = index == used.size() - 1;
    Segment segment = used.get(index);
    Segment next = isLast ? null : used.get(index + 1);
    if (segment == null || (next == null && !isLast)) {
      throw damaged(segment == null ? number : number + 1, 0, "what describes it is not valid");
    }
    long until = isLast ? Long.MAX_VALUE : next.firstGroup();
    if (segment.firstGroup() != lastGroup + 1 || !Arrays.equals(segment.before(), last)) {
      throw damaged(number, 0, "it does not continue the one before");
    }
    segments.add(segment);
    try (SegmentReader reader = new SegmentReader(segment)) {
      long at = LogFormat.segmentHeadBytes(stores);
      long atLast = -1;
      while (lastGroup + 1 < until && reader.load(at, lastGroup + 1)) {
        check(reader, number, at);
        lastGroup++;
        atLast = at;
        at = reader.behind(at);
      }
      if (!isLast && lastGroup + 1 < until) {
        throw damaged(number, at, "group " + (lastGroup + 1) + " is not valid");
      }
      if (isLast) {
        long later = reader.anyGroup(at + LogFormat.PAGE_BYTES, lastGroup + 2);
        if (later >= 0) {
          throw damaged(
              number,
              at,
              "group " + (lastGroup + 1) + " is not valid, and there is a later one at " + later);
        }
        if (atLast >= 0) {
          keep(reader, atLast);
        }
      }
    }
  }

  private void check(SegmentReader reader, long number, long at) {
    reader.forEach(
        (store, sequence, bytes, offset, length) -> {
          if (store < 0 || store >= stores || sequence != last[store] + 1) {
            throw damaged(number, at, "entry " + sequence + " of store " + store + " is misplaced");
          }
          last[store]++;
        });
  }

  private void keep(SegmentReader reader, long at) throws IOException {
    reader.load(at, lastGroup);
    reader.forEach(
        (store, sequence, bytes, offset, length) -> {
          Batch batch = Batch.decoded(Arrays.copyOfRange(bytes, offset, offset + length));
          lastEntries.add(new LogEntry(store, sequence, batch, CommitLog.Done.NOBODY));
        });
  }

  private JournalException damaged(long number, long at, String what) {
    return new JournalException(
        "the log is damaged: " + file(directory, number) + " at byte " + at + ": " + what, null);
  }
}
