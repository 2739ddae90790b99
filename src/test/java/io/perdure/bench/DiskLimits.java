package io.perdure.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/**
 * What the disk allows: append, fdatasync, and nothing else. An invocation is two durable steps, so
 * it costs two appends: its creation (payload and record) and its completion (result and record).
 */
final class DiskLimits {
  /** A record with its events and index entries, written at each of the two steps. */
  static final int RECORD_BYTES = 300;

  /**
   * Outcome of a plain log.
   *
   * @param writtenBytesPerInvocation what reached the block device
   */
  record PlainLog(double invocationsPerSecond, double writtenBytesPerInvocation) {}

  private final Path directory;
  private final byte[] create;
  private final byte[] complete;

  DiskLimits(Path directory, int payloadBytes, int resultBytes) {
    this.directory = directory;
    this.create = new byte[payloadBytes + RECORD_BYTES];
    this.complete = new byte[resultBytes + RECORD_BYTES];
    Random random = new Random(1);
    random.nextBytes(create);
    random.nextBytes(complete);
  }

  /** Nanoseconds of one append of a creation with its fdatasync, one after the other. */
  Histogram fsync(double seconds) throws IOException {
    return fsync(0, seconds);
  }

  /**
   * The same in an open loop: nanoseconds from the time at which it was due, so that one that takes
   * long counts for those that it holds up, too, as it does for a node's callers.
   *
   * @param perSecond 0 for one after the other
   */
  Histogram fsync(int perSecond, double seconds) throws IOException {
    Histogram histogram = new Histogram(3);
    Path file = Files.createTempFile(directory, "fsync", ".log");
    try (FileChannel log = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long period = perSecond == 0 ? 0 : 1_000_000_000L / perSecond;
      long due = System.nanoTime();
      long end = due + (long) (seconds * 1e9);
      while (due < end) {
        while (System.nanoTime() < due) {
          Thread.onSpinWait(); // as the generator does
        }
        log.write(ByteBuffer.wrap(create));
        log.force(false);
        long now = System.nanoTime();
        histogram.recordValue(now - due);
        due = period == 0 ? now : due + period;
      }
    } finally {
      Files.delete(file);
    }
    return histogram;
  }

  /**
   * @param writers logs written at the same time, each by a thread of its own
   * @param group appends for each fdatasync; half of them creations, half completions
   */
  PlainLog plainLog(int writers, int group, double seconds)
      throws IOException, InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try {
      long writtenBefore = ProcStats.of(ProcessHandle.current().pid()).writtenBytes();
      long start = System.nanoTime();
      Callable<Long> writer = () -> append(group, start + (long) (seconds * 1e9));
      List<Future<Long>> running = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        running.add(threads.submit(writer));
      }
      long appends = 0;
      for (Future<Long> one : running) {
        appends += one.get();
      }
      double took = (System.nanoTime() - start) / 1e9;
      long written = ProcStats.of(ProcessHandle.current().pid()).writtenBytes() - writtenBefore;
      double invocations = appends / 2.0;
      return new PlainLog(invocations / took, written / invocations);
    } catch (ExecutionException e) {
      throw new IOException("the plain log failed", e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private long append(int group, long endNanos) throws IOException {
    Path file = Files.createTempFile(directory, "plain", ".log");
    ByteBuffer batch = ByteBuffer.allocateDirect(group * create.length);
    long appends = 0;
    try (FileChannel log = FileChannel.open(file, StandardOpenOption.WRITE)) {
      while (System.nanoTime() < endNanos) {
        batch.clear();
        for (int i = 0; i < group; i++) {
          batch.put((appends + i) % 2 == 0 ? create : complete);
        }
        batch.flip();
        while (batch.hasRemaining()) {
          log.write(batch);
        }
        log.force(false);
        appends += group;
      }
    } finally {
      Files.delete(file);
    }
    return appends;
  }
}
