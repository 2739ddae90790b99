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

  /** Pause between two looks at the pipes while something comes, and after long silence. */
  private static final long PAUSE_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long PAUSE_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final int READ_BYTES = 64 * 1024; // what a pipe holds on Linux

  private final byte[] buffer = new byte[READ_BYTES];
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final List<Reader> readers = new ArrayList<>();
  private final Thread thread = new Thread(this::run, "perdure-processes");
  private volatile boolean closed;

  public ProcessLoop() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Runs {@code task} on the loop's thread, in order. Any thread. */
  public void execute(Runnable task) {
    tasks.add(task);
    LockSupport.unpark(thread);
  }

  /** Calls {@code reader} every 1 to 20 ms from now on. On the loop only. */
  public void add(Reader reader) {
    readers.add(reader);
  }

  /** On the loop only. */
  public byte[] buffer() {
    return buffer;
  }

  /** On the loop only. */
  public void remove(Reader reader) {
    readers.remove(reader);
  }

  /** Ends the thread once the tasks handed over so far are done. Any thread. */
  public void close() {
    execute(() -> closed = true);
  }

  private void run() {
    long pause = PAUSE_MIN_NANOS;
    while (!closed) {
      boolean moved = runTasks();
      for (Reader reader : readers) {
        moved |= reader.read(buffer);
      }
      pause = moved ? PAUSE_MIN_NANOS : Math.min(2 * pause, PAUSE_MAX_NANOS);
      if (readers.isEmpty()) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, pause);
      }
    }
  }

  private boolean runTasks() {
    boolean any = false;
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      any = true;
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.log(ERROR, "a step of a process failed, the attempt may hang until its limit", e);
      }
    }
    return any;
  }
}
