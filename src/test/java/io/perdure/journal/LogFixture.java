package io.perdure.journal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A log on a disk that can fail, with stores that are lists of what was applied to them. */
final class LogFixture implements LogStores, AutoCloseable {
  static final long SEGMENT_BYTES = 64 * 1024;
  static final int SEGMENTS = 6;

  /** What each store has applied, in order; as many of it as were flushed survive a crash. */
  final List<List<String>> stores = new ArrayList<>();

  private final Path directory;
  private final long[] persisted;
  private CommitLog log;

  private volatile boolean flushes = true;
  private volatile IOException error;
  private volatile boolean afterTheWrite;
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile CountDownLatch waiting = new CountDownLatch(1);

  LogFixture(Path directory, int stores) {
    this.directory = directory;
    persisted = new long[stores];
    for (int i = 0; i < stores; i++) {
      this.stores.add(new ArrayList<>());
    }
  }

  Path directory() {
    return directory;
  }

  CommitLog log() {
    return log;
  }

  private LogConfig config() {
    LogFile.Opener opener = path -> new Disk(LogFile.Opener.DISK.open(path));
    return new LogConfig(directory, persisted.length, SEGMENT_BYTES, SEGMENTS, opener);
  }

  /** Makes a log, or opens the one there is, and applies what the stores lack. */
  LogFixture open() {
    log =
        CommitLog.exists(directory)
            ? CommitLog.open(config(), this, persisted.clone())
            : CommitLog.create(config(), this, persisted.clone());
    log.begin();
    for (int store = 0; store < persisted.length; store++) {
      List<String> to = stores.get(store);
      log.replay(store, to.size(), (sequence, batch) -> to.add(text(batch)));
    }
    log.awaitBound();
    return this;
  }

  /** The same stores, with what they had flushed, and a copy of the log of this moment. */
  LogFixture crashed(Path to) throws IOException {
    Files.createDirectories(to);
    while (!copied(to)) {
      for (Path file : files(to)) {
        Files.delete(file);
      }
    }
    LogFixture copy = new LogFixture(to, persisted.length);
    synchronized (stores) { // after the log, which lets go of what has been flushed
      for (int store = 0; store < persisted.length; store++) {
        copy.persisted[store] = persisted[store];
        copy.stores.get(store).addAll(stores.get(store).subList(0, (int) persisted[store]));
      }
    }
    return copy;
  }

  /** False when a file got another name meanwhile. */
  private boolean copied(Path to) throws IOException {
    try {
      for (Path file : files(directory)) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Appends and applies; returns when that is done. */
  void commit(int store, String text) {
    log.appendNow(store, batch(text));
    synchronized (stores) {
      stores.get(store).add(text);
    }
  }

  static Batch batch(String text) {
    return new Batch().put(Family.META, text.getBytes(StandardCharsets.UTF_8), new byte[0]);
  }

  static String text(Batch batch) {
    StringBuilder text = new StringBuilder();
    batch.forEach(
        new Batch.Visitor() {
          @Override
          public void put(Family family, byte[] key, byte[] value) {
            text.append(new String(key, StandardCharsets.UTF_8));
          }

          @Override
          public void delete(Family family, byte[] key) {}
        });
    return text.toString();
  }

  /** Whether its stores can be flushed. */
  void flushes(boolean can) {
    flushes = can;
  }

  /** From now on every write fails, the first {@code afterTheWrite} or before it. */
  void fails(boolean afterwards) {
    error = new IOException("disk error made by the test");
    afterTheWrite = afterwards;
  }

  void repair() {
    error = null;
  }

  /** From now on writes wait until {@link #release}. */
  void hold() {
    waiting = new CountDownLatch(1);
    gate = new CountDownLatch(1);
  }

  void awaitWaiting() throws InterruptedException {
    if (!waiting.await(10, TimeUnit.SECONDS)) {
      throw new AssertionError("nothing is being written");
    }
  }

  void release() {
    gate.countDown();
  }

  @Override
  public long persisted(int store) {
    synchronized (stores) {
      return persisted[store];
    }
  }

  @Override
  public void flush(int store) {
    if (!flushes) {
      throw new UncheckedIOException(new IOException("the store's disk is full"));
    }
    synchronized (stores) {
      persisted[store] = stores.get(store).size();
    }
  }

  @Override
  public void close() {
    if (log != null) {
      log.close();
    }
  }

  /** The files of the log in {@code directory}, oldest first. */
  static List<Path> files(Path directory) throws IOException {
    return LogScan.numbers(directory).stream()
        .map(number -> LogScan.file(directory, number))
        .toList();
  }

  static void flip(Path file, long at) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(at);
      int was = bytes.read();
      bytes.seek(at);
      bytes.write(was ^ 1);
    }
  }

  private final class Disk implements LogFile {
    private final LogFile file;

    Disk(LogFile file) {
      this.file = file;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      waiting.countDown();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      IOException broken = error;
      if (broken != null && !afterTheWrite) {
        throw broken;
      }
      file.write(source, position);
      if (broken != null) {
        afterTheWrite = false;
        throw broken;
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
