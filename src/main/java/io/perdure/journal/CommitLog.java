package io.perdure.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The write-ahead log of all stores of a node. Whatever waits, of all of them, becomes one group:
 * one write that is synced. So the more there is to do, the fewer syncs each change costs; no timer
 * holds anything back. Thread-safe; the writing is done on a thread of the log's own.
 *
 * <p>After a failed write nothing further is accepted: the log has to be opened anew, which reads
 * what the failed write has left. How it is kept is said in {@link LogFormat}, what damage is in
 * {@link LogScan}.
 */
public final class CommitLog implements AutoCloseable {
  /** A group takes what waits up to this many bytes: more would only make the first wait longer. */
  static final int GROUP_BYTES_MAX = 4 << 20;

  /** Told when an entry is on disk, or that it is unknown whether it is. */
  @FunctionalInterface
  public interface Done {
    /** For entries that nobody waits for. */
    Done NOBODY = (sequence, failure) -> {};

    /**
     * Called on the log's thread, in the order of the entries: to be handed over at once.
     *
     * @param failure null when it is on disk
     */
    void ended(long sequence, JournalException failure);
  }

  /** Receives entries again. */
  @FunctionalInterface
  public interface Replay {
    void entry(long sequence, Batch batch);
  }

  private final LogConfig config;
  private final Segments segments;
  private final GroupWriter writer = new GroupWriter();

  /** The last group of an earlier opening, to be written again. */
  private final List<LogEntry> unsure;

  /** Guards the five below. */
  private final Object lock = new Object();

  private final long[] last;
  private Queue<LogEntry> waiting = new ArrayDeque<>();
  private boolean idle;
  private boolean closing;
  private JournalException failure;

  /** Of the log's thread: for each store the last entry that has been written. */
  private final long[] written;

  private Thread thread;
  private long group;
  private volatile LogStats stats = LogStats.NONE;

  private CommitLog(
      LogConfig config, Segments segments, long[] last, long group, List<LogEntry> unsure) {
    this.config = config;
    this.segments = segments;
    this.last = last;
    this.written = last.clone();
    this.group = group;
    this.unsure = unsure;
    for (LogEntry entry : unsure) {
      written[entry.store()] = Math.min(written[entry.store()], entry.sequence() - 1);
    }
  }

  /**
   * Makes a log without entries; what its directory has is removed.
   *
   * @param applied for each store the sequence number of the last change it has
   */
  public static CommitLog create(LogConfig config, LogStores stores, long[] applied) {
    try {
      Files.createDirectories(config.directory());
      for (long number : LogScan.numbers(config.directory())) {
        Files.delete(LogScan.file(config.directory(), number));
      }
      Segments segments = new Segments(config, stores, List.of(), List.of(), 0);
      return new CommitLog(config, segments, applied.clone(), 1, List.of());
    } catch (IOException e) {
      throw failed("cannot make the log in " + config.directory(), e);
    }
  }

  /**
   * Reads a log.
   *
   * @param applied for each store the sequence number up to which its own files have everything
   * @throws JournalException when it cannot be read or is damaged
   */
  public static CommitLog open(LogConfig config, LogStores stores, long[] applied) {
    try {
      LogScan scan = LogScan.of(config.directory(), applied);
      Segments segments =
          new Segments(config, stores, scan.segments, scan.retired, scan.lastSegment);
      // What the last group's write has left may not be on disk yet, and no sync would tell. So
      // the next segment begins with it once more, and counts from there on.
      long next = scan.lastEntries.isEmpty() ? scan.lastGroup + 1 : scan.lastGroup;
      return new CommitLog(config, segments, scan.last, next, scan.lastEntries);
    } catch (IOException e) {
      throw failed("cannot read the log in " + config.directory(), e);
    }
  }

  private static JournalException failed(String what, Exception e) {
    return new JournalException(what + ": " + e.getMessage(), e);
  }

  /** Whether {@code directory} has files of a log. */
  public static boolean exists(Path directory) {
    try {
      return !LogScan.numbers(directory).isEmpty();
    } catch (IOException e) {
      throw failed("cannot read the log in " + directory, e);
    }
  }

  /** Sequence number of the last entry of {@code store}. */
  public long last(int store) {
    synchronized (lock) {
      return last[store];
    }
  }

  /**
   * Hands over the entries of {@code store} behind number {@code after}, in order; to be called
   * when none of them is being written.
   */
  public void replay(int store, long after, Replay to) {
    List<Segment> all = segments.live();
    long[] done = {after};
    Replay counted =
        (sequence, batch) -> {
          to.entry(sequence, batch);
          done[0] = sequence;
        };
    try {
      for (int i = 0; i < all.size(); i++) {
        boolean needed = i == all.size() - 1 || all.get(i + 1).before()[store] > after;
        if (needed) {
          long until = i == all.size() - 1 ? Long.MAX_VALUE : all.get(i + 1).firstGroup();
          replay(all.get(i), until, store, after, counted);
        }
      }
    } catch (IOException e) {
      throw failed("cannot read the log in " + config.directory(), e);
    }
    if (done[0] != last(store)) {
      throw new JournalException(
          "the log is damaged: it has changes of store "
              + store
              + " up to "
              + done[0]
              + " and had "
              + last(store),
          null);
    }
  }

  private void replay(Segment segment, long until, int store, long after, Replay to)
      throws IOException {
    long most = last(store);
    try (SegmentReader reader = new SegmentReader(segment)) {
      long at = LogFormat.segmentHeadBytes(config.stores());
      for (long next = segment.firstGroup(); next < until && reader.load(at, next); next++) {
        reader.forEach(
            (of, sequence, bytes, offset, length) -> {
              if (of == store && sequence > after && sequence <= most) {
                byte[] copy = new byte[length];
                System.arraycopy(bytes, offset, copy, 0, length);
                to.entry(sequence, Batch.decoded(copy));
              }
            });
        at = reader.behind(at);
      }
    }
  }

  /**
   * Begins a new segment and starts the threads. To be done before anything is replayed: the last
   * entries may not be on disk until then.
   *
   * @throws JournalException when that fails; to be closed then
   */
  public void begin() {
    segments.start();
    try {
      segments.roll(writer, group, written);
      write(unsure); // empty in a new log: a segment is in use from its first group on
    } catch (IOException e) {
      throw failed("cannot write the log in " + config.directory(), e);
    }
    thread = new Thread(this::run, "perdure-log");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Puts {@code batch} behind the earlier ones of {@code store}.
   *
   * @param batch not to be changed any more
   * @throws JournalException when an earlier write failed or the log is closed; the batch is not in
   *     the log then
   */
  public void append(int store, Batch batch, Done done) {
    synchronized (lock) {
      if (failure != null) {
        throw failure;
      }
      if (closing) {
        throw new JournalException("the log is closed", null);
      }
      waiting.add(new LogEntry(store, ++last[store], batch, done));
      if (idle) {
        idle = false;
        lock.notifyAll();
      }
    }
  }

  /**
   * Appends {@code batch} and waits until it is on disk.
   *
   * @return its sequence number
   * @throws JournalException when that failed
   */
  public long appendNow(int store, Batch batch) {
    CompletableFuture<Long> written = new CompletableFuture<>();
    append(
        store,
        batch,
        (sequence, e) -> {
          if (e == null) {
            written.complete(sequence);
          } else {
            written.completeExceptionally(e);
          }
        });
    try {
      return written.get();
    } catch (ExecutionException e) {
      throw new JournalException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JournalException("interrupted while writing the log", e);
    }
  }

  /**
   * Returns once the log is within its bound, which an opening of it may exceed by one segment. To
   * be done when the stores have what they lacked, before anything more is appended.
   *
   * @throws JournalException when a store cannot be flushed, or not in 10 s
   */
  public void awaitBound() {
    try {
      segments.awaitBound();
    } catch (IOException e) {
      throw failed("the log in " + config.directory() + " is full", e);
    }
  }

  /** Whether a write has failed, so that it has to be opened anew. */
  public boolean hasFailed() {
    synchronized (lock) {
      return failure != null;
    }
  }

  /** What it has done since it was opened. */
  public LogStats stats() {
    return stats.withSegments(segments.live().size());
  }

  /** Ends after what has been handed over. Blocks. */
  @Override
  public void close() {
    synchronized (lock) {
      closing = true;
      lock.notifyAll();
    }
    awaitEnd(thread);
    segments.close();
  }

  /** Waits until {@code thread} has ended, if there is one; an interrupt is left for later. */
  static void awaitEnd(Thread thread) {
    boolean interrupted = false;
    while (thread != null && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the log's thread

  private void run() {
    List<LogEntry> entries = new ArrayList<>();
    while (takeInto(entries)) {
      JournalException broken = null;
      try {
        write(entries);
      } catch (IOException | RuntimeException | Error e) {
        broken = new JournalException("the log has failed: " + e.getMessage(), e);
        failWith(broken, entries);
      }
      for (LogEntry entry : entries) {
        entry.done().ended(entry.sequence(), broken);
      }
      entries.clear();
      if (broken != null) {
        return;
      }
    }
  }

  /** Waits for something to write; false when there is nothing and will be nothing any more. */
  private boolean takeInto(List<LogEntry> entries) {
    synchronized (lock) {
      while (waiting.isEmpty()) {
        if (closing) {
          return false;
        }
        idle = true;
        try {
          lock.wait();
        } catch (InterruptedException e) {
          closing = true; // nobody interrupts this thread but to end it
        }
      }
      idle = false;
      long bytes = 0;
      do {
        LogEntry next = waiting.remove();
        bytes += next.bytes();
        entries.add(next);
      } while (!waiting.isEmpty() && bytes + waiting.element().bytes() <= GROUP_BYTES_MAX);
      return true;
    }
  }

  private void failWith(JournalException broken, List<LogEntry> entries) {
    synchronized (lock) {
      failure = broken;
      entries.addAll(waiting);
      waiting.clear();
    }
  }

  private void write(List<LogEntry> entries) throws IOException {
    if (!segments.hasRoom(GroupWriter.sizeOf(entries))) {
      segments.roll(writer, group, written);
    }
    long began = System.nanoTime();
    segments.write(writer, group, entries);
    group++;
    for (LogEntry entry : entries) {
      written[entry.store()] = entry.sequence();
    }
    stats = stats.with(entries.size(), GroupWriter.sizeOf(entries), System.nanoTime() - began);
  }
}
