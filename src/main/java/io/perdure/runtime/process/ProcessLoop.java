package io.perdure.runtime.process;

import static java.lang.System.Logger.Level.ERROR;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread that empties the pipes of all processes and on which their state changes. It must
 * never block.
 */
public final class ProcessLoop {
  /** Empties the pipes of one process. */
  public interface Reader {
    /** Reads what is there, using {@code buffer}; says whether there was anything. */
    boolean read(byte[] buffer);
  }

  private static final System.Logger LOG = System.getLogger(ProcessLoop.class.getName());

  /** Pause between two looks at the pipes of a process while something comes. */
  private static final long PAUSE_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final int READ_BYTES = 64 * 1024; // what a pipe holds on Linux

  private final byte[] buffer = new byte[READ_BYTES];
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final List<Watched> watched = new ArrayList<>();
  private final Thread thread;
  private volatile boolean closed;

  /** A reader, and when it is called next. */
  private static final class Watched {
    final Reader reader;
    final long pauseMaxNanos;
    long pauseNanos = PAUSE_MIN_NANOS;
    long dueNanos = System.nanoTime();

    Watched(Reader reader, long pauseMaxNanos) {
      this.reader = reader;
      this.pauseMaxNanos = pauseMaxNanos;
    }

    void read(byte[] buffer, long now) {
      boolean any = reader.read(buffer);
      pauseNanos = any ? PAUSE_MIN_NANOS : Math.min(2 * pauseNanos, pauseMaxNanos);
      // On multiples of the pause, so that hundreds of silent ones share one wake-up.
      dueNanos = now + pauseNanos - Math.floorMod(now, pauseNanos);
    }
  }

  /** A loop with a thread of that name. */
  public ProcessLoop(String name) {
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Runs {@code task} on the loop's thread, in order. Any thread. */
  public void execute(Runnable task) {
    tasks.add(task);
    LockSupport.unpark(thread);
  }

  /**
   * Calls {@code reader} from now on: every millisecond while it finds something, then less and
   * less often. On the loop only.
   *
   * @param pauseMaxMillis the pause after long silence
   */
  public void add(Reader reader, long pauseMaxMillis) {
    watched.add(new Watched(reader, TimeUnit.MILLISECONDS.toNanos(pauseMaxMillis)));
  }

  /** Something is likely to come: calls {@code reader} often again. On the loop only. */
  public void hurry(Reader reader) {
    for (Watched one : watched) {
      if (one.reader == reader) {
        one.pauseNanos = PAUSE_MIN_NANOS;
        one.dueNanos = System.nanoTime();
      }
    }
  }

  /** On the loop only. */
  public byte[] buffer() {
    return buffer;
  }

  /** On the loop only. */
  public void remove(Reader reader) {
    watched.removeIf(one -> one.reader == reader);
  }

  /** Ends the thread once the tasks handed over so far are done. Any thread. */
  public void close() {
    execute(() -> closed = true);
  }

  private void run() {
    while (!closed) {
      runTasks();
      long now = System.nanoTime();
      long pause = Long.MAX_VALUE;
      for (Watched one : watched) {
        if (now - one.dueNanos >= 0) {
          one.read(buffer, now);
        }
        pause = Math.min(pause, one.dueNanos - now);
      }
      if (watched.isEmpty()) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, pause);
      }
    }
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.log(ERROR, "a step of a process failed, the attempt may hang until its limit", e);
      }
    }
  }
}
