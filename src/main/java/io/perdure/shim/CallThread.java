package io.perdure.shim;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;

/**
 * Runs calls, one after the other. Interrupts reach the function's code alone: one that came while
 * an answer is being written would close the connection.
 */
final class CallThread extends Thread {
  /** Something to run: the instance's start or a call. */
  interface Work {
    void run() throws IOException;
  }

  private final BlockingQueue<Work> queue;
  private final Object gate = new Object();

  // Guarded by the gate. The call whose code may be interrupted now, or null.
  private Call running;

  /** The call this thread works for, whose output its output is; null between calls. */
  private volatile Call current;

  CallThread(String name, BlockingQueue<Work> queue, ClassLoader loader) {
    super(name);
    this.queue = queue;
    setContextClassLoader(loader);
  }

  /** The call the calling thread works for, or null. */
  static Call call() {
    Thread thread = currentThread();
    return thread instanceof CallThread own ? own.current : null;
  }

  @Override
  @SuppressWarnings("InfiniteLoopStatement") // ends with the process
  public void run() {
    try {
      while (true) {
        queue.take().run();
      }
    } catch (IOException | InterruptedException e) {
      Main.end(0); // the server is gone; nobody else interrupts between calls
    }
  }

  @Override
  public void interrupt() {
    synchronized (gate) {
      if (running != null) {
        super.interrupt();
      }
    }
  }

  /** Interrupts {@code call} when it runs here. */
  void cancel(int call) {
    synchronized (gate) {
      if (running != null && running.number() == call) {
        super.interrupt();
      }
    }
  }

  /** The function's code begins. By this thread itself. */
  void enter(Call call) {
    current = call;
    synchronized (gate) {
      running = call;
    }
  }

  /** It has ended: what it prints from now on is nobody's, and interrupts are forgotten. */
  void leave() {
    synchronized (gate) {
      running = null;
      interrupted();
    }
  }

  /** It has been answered. */
  void done() {
    current = null;
  }

  /** Sends a part of the running call's log without being interrupted in it. */
  void log(Wire wire, byte[] bytes, int from, int count) throws IOException {
    Call call = current;
    boolean interrupted;
    synchronized (gate) {
      running = null;
      interrupted = interrupted();
    }
    wire.send(Wire.LOG, call.number(), bytes, from, count);
    synchronized (gate) {
      running = call;
      if (interrupted) {
        super.interrupt();
      }
    }
  }
}
