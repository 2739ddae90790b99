package io.perdure.crash;

import io.perdure.bench.NativeApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Where the clients meet the node of the moment, and the rounds meet the clients. Thread-safe. */
final class Stage {
  private NativeApi api;
  private boolean draining;
  private long acknowledgements;
  private final List<String> complaints = new ArrayList<>();

  /** A node is ready. */
  synchronized void enter(NativeApi ready) {
    api = ready;
    notifyAll();
  }

  /** The node is about to be killed: what fails from now on is no surprise. */
  synchronized void leave() {
    api = null;
  }

  /** No new invocations; what is open is to be settled. */
  synchronized void drain() {
    draining = true;
    notifyAll();
  }

  synchronized boolean isDraining() {
    return draining;
  }

  /** The node to talk to; waits while there is none. */
  synchronized NativeApi await() throws InterruptedException {
    while (api == null) {
      wait();
    }
    return api;
  }

  /** True while {@code used} is the node on stage. */
  synchronized boolean isOn(NativeApi used) {
    return api == used;
  }

  synchronized void acknowledged() {
    acknowledgements++;
    notifyAll();
  }

  synchronized long acknowledgements() {
    return acknowledgements;
  }

  /** Waits for that many acknowledgements in all; false when they do not come in time. */
  synchronized boolean awaitAcknowledgements(long atLeast, Duration atMost)
      throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (acknowledgements < atLeast) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Something happened that must not; the run goes on, the verdict has it. */
  synchronized void complain(String what) {
    complaints.add(what);
  }

  synchronized List<String> complaints() {
    return List.copyOf(complaints);
  }
}
