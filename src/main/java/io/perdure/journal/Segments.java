package io.perdure.journal;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The files of a log. One is written; those before it are kept for as long as a store needs them
 * and used again after that, under the next number: overwriting spares the file system the work of
 * growing a file. They are retired in the order of their numbers only, so that the numbers have no
 * gaps.
 *
 * <p>A thread of its own has the next file ready in time, flushes the stores that need the oldest
 * segment when there are too many, one after the other so that the disk sees no burst, and finds
 * out which segments are no longer needed. Everything else is called by the log's thread, unless it
 * says otherwise.
 */
final class Segments {
  private static final System.Logger LOG = System.getLogger(Segments.class.getName());
  private static final long FULL_SECONDS = 10;
  private static final long RETRY_MILLIS = 1_000;
  private static final long PINNED_MILLIS = 20;
  private static final int ZEROS_BYTES = 1 << 20;

  private record Spare(long number, Path path, LogFile file) {}

  private final LogConfig config;
  private final LogStores stores;
  private final SecureRandom random = new SecureRandom();

  /** Of the thread that retires. */
  private final long[] persisted;

  /** Guards all below but what is being written. */
  private final Object lock = new Object();

  private final Deque<Segment> live = new ArrayDeque<>(); // the last one is written
  private final Deque<Long> retired = new ArrayDeque<>();
  private long newest;
  private Spare spare;
  private boolean wanted;
  private boolean begun;
  private boolean closing;
  private Exception problem;
  private Thread thread;

  private LogFile file;
  private Segment current;
  private long at;

  Segments(
      LogConfig config, LogStores stores, List<Segment> live, List<Long> retired, long newest) {
    this.config = config;
    this.stores = stores;
    this.live.addAll(live);
    this.retired.addAll(retired);
    this.newest = newest;
    persisted = new long[config.stores()];
  }

  /** Starts the thread. */
  void start() {
    thread = new Thread(this::run, "perdure-log-files");
    thread.setDaemon(true);
    thread.start();
  }

  // ---- writing

  /** Room that is left in the segment being written. */
  boolean hasRoom(long bytes) {
    // One that is larger than a whole segment has a segment to itself, which grows.
    return current != null
        && (at + bytes <= config.segmentBytes()
            || at == LogFormat.segmentHeadBytes(persisted.length));
  }

  /** Begins the next segment. */
  void roll(GroupWriter writer, long firstGroup, long[] before) throws IOException {
    Spare next = awaitSpare();
    Segment segment =
        new Segment(next.number, next.path, random.nextLong(), firstGroup, before.clone());
    closeFile();
    file = next.file;
    writer.writeHead(file, segment);
    at = LogFormat.segmentHeadBytes(before.length);
    synchronized (lock) {
      current = segment;
      live.addLast(segment);
      begun = true;
      lock.notifyAll();
    }
  }

  void write(GroupWriter writer, long group, List<LogEntry> entries) throws IOException {
    writer.write(file, at, current, group, entries);
    at += GroupWriter.sizeOf(entries);
    if (at > config.segmentBytes() / 2) {
      synchronized (lock) {
        if (spare == null && !wanted) {
          wanted = true;
          lock.notifyAll();
        }
      }
    }
  }

  private Spare awaitSpare() throws IOException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(FULL_SECONDS);
    synchronized (lock) {
      problem = null;
      wanted = true;
      lock.notifyAll();
      while (spare == null) {
        awaitOneLess(until);
      }
      Spare next = spare;
      spare = null;
      wanted = false;
      return next;
    }
  }

  /** Returns once there are no more files than there may be, which after an opening there may. */
  void awaitBound() throws IOException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(FULL_SECONDS);
    synchronized (lock) {
      problem = null;
      begun = true;
      lock.notifyAll();
      while (live.size() > config.segmentsMax()) {
        awaitOneLess(until);
      }
    }
  }

  private void awaitOneLess(long until) throws IOException {
    long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
    if (problem != null) {
      throw new IOException(problem.getMessage(), problem);
    }
    if (left <= 0 || closing) {
      throw new IOException("the log is full: its oldest part has not been flushed in time");
    }
    await(left);
  }

  @SuppressWarnings("WaitNotInLoop") // the callers loop
  private void await(long millis) throws IOException {
    try {
      lock.wait(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  // ---- any thread

  /** Those in use, oldest first. */
  List<Segment> live() {
    synchronized (lock) {
      return new ArrayList<>(live);
    }
  }

  /** Ends the thread and closes the files; the log's thread has ended. */
  void close() {
    synchronized (lock) {
      closing = true;
      lock.notifyAll();
    }
    CommitLog.awaitEnd(thread);
    if (spare != null) {
      closeQuietly(spare.file);
    }
    closeFile();
  }

  private void closeFile() {
    if (file != null) {
      closeQuietly(file);
      file = null;
    }
  }

  private static void closeQuietly(LogFile file) {
    try {
      file.close();
    } catch (IOException e) {
      LOG.log(WARNING, "a file of the log did not close; all that was written to it is synced", e);
    }
  }

  // ---- the thread

  private void run() {
    while (awaitWork()) {
      try {
        retire();
        provide();
        flushOldest();
      } catch (IOException | RuntimeException e) {
        failed(e);
      }
    }
  }

  private void failed(Exception e) {
    LOG.log(
        WARNING,
        "a part of the log cannot be used again yet, next try in " + RETRY_MILLIS + " ms",
        e);
    synchronized (lock) {
      if (wanted && spare == null && mayProvide() && !(e instanceof IOException)) {
        return; // no flush is needed for the next file
      }
      problem = e;
      lock.notifyAll();
      if (!closing) {
        waitQuietly(RETRY_MILLIS);
      }
    }
  }

  /** Whether there may be one more file; the first one of an opening always may. */
  private boolean mayProvide() {
    return current == null || !retired.isEmpty() || live.size() < config.segmentsMax();
  }

  private boolean awaitWork() {
    synchronized (lock) {
      while (!closing && !begun && !(wanted && spare == null)) {
        waitQuietly(0);
      }
      begun = false;
      return !closing;
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the callers loop
  private void waitQuietly(long millis) {
    try {
      lock.wait(millis);
    } catch (InterruptedException e) {
      closing = true; // nobody interrupts this thread but to end it
    }
  }

  private void retire() {
    Segment second = second();
    while (second != null) {
      if (!second.beginsWithin(persisted)) {
        learnPersisted();
      }
      if (!second.beginsWithin(persisted)) {
        return;
      }
      synchronized (lock) {
        retired.addLast(live.removeFirst().number());
        lock.notifyAll();
      }
      second = second();
    }
  }

  private Segment second() {
    synchronized (lock) {
      return live.stream().skip(1).findFirst().orElse(null);
    }
  }

  private void learnPersisted() {
    for (int store = 0; store < persisted.length; store++) {
      learnPersisted(store);
    }
  }

  private void learnPersisted(int store) {
    try {
      persisted[store] = Math.max(persisted[store], stores.persisted(store));
    } catch (RuntimeException e) {
      LOG.log(DEBUG, "store " + store + " is being opened anew", e);
    }
  }

  private void flushOldest() throws IOException {
    while (crowded()) {
      Segment second = second();
      for (int store = 0; store < persisted.length; store++) {
        if (second.before()[store] > persisted[store]) {
          stores.flush(store);
          learnPersisted(store);
        }
      }
      retire();
      provide();
      synchronized (lock) {
        if (closing) {
          return;
        }
        if (crowded()) {
          // Something is in the log and not applied yet, or its store is being opened anew.
          waitQuietly(PINNED_MILLIS);
        }
      }
    }
  }

  private boolean crowded() {
    synchronized (lock) {
      return live.size() > config.segmentsWanted();
    }
  }

  private void provide() throws IOException {
    long number;
    Long used;
    boolean first;
    synchronized (lock) {
      if (!wanted || spare != null || !mayProvide()) {
        return;
      }
      used = retired.peekFirst();
      number = newest + 1;
      first = current == null;
    }
    LogFile next = prepare(LogScan.file(config.directory(), number), used, first);
    synchronized (lock) {
      newest = number;
      if (used != null) {
        retired.removeFirst();
      }
      spare = new Spare(number, LogScan.file(config.directory(), number), next);
      lock.notifyAll();
    }
  }

  /**
   * A file that was made before and not begun, one that has been used, or a new one: filled, so
   * that writing does not make it grow, unless somebody waits for the very first one.
   */
  private LogFile prepare(Path path, Long used, boolean first) throws IOException {
    if (!Files.exists(path)) {
      if (used != null) {
        Path from = LogScan.file(config.directory(), used);
        if (Files.size(from) > config.segmentBytes()) {
          truncate(from);
        }
        Files.move(from, path, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory();
      } else if (first) {
        Files.createFile(path);
        syncDirectory();
      } else {
        makeFilled(path);
        syncDirectory();
      }
    }
    return config.files().open(path);
  }

  private void truncate(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(config.segmentBytes());
      channel.force(true);
    }
  }

  private void makeFilled(Path path) throws IOException {
    ByteBuffer zeros = LogFormat.buffer((int) Math.min(ZEROS_BYTES, config.segmentBytes()));
    try (LogFile made = config.files().open(path)) {
      for (long to = 0; to < config.segmentBytes(); to += zeros.capacity()) {
        made.write(zeros.clear(), to);
      }
    } catch (IOException e) {
      Files.deleteIfExists(path); // not begun: nothing is in it
      throw e;
    }
  }

  private void syncDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(config.directory(), StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
