package io.perdure.store;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Who uses a store at the moment. RocksDB ends the process when it is closed under a reader, so it
 * is closed once nobody is left, and nobody comes in after that. Thread-safe.
 */
final class Uses {
  /** One permit for each use; closing takes all. */
  private final Semaphore permits = new Semaphore(Integer.MAX_VALUE);

  /** Begins one, unless it is closed: then there is none to {@link #end}. */
  boolean begin() {
    return permits.tryAcquire();
  }

  /** Ends one; on any thread. */
  void end() {
    permits.release();
  }

  /**
   * Lets nobody in any more.
   *
   * @return false when somebody is still there after {@code patienceMillis}: nothing has changed
   *     then
   */
  boolean close(long patienceMillis) throws InterruptedException {
    return permits.tryAcquire(Integer.MAX_VALUE, patienceMillis, TimeUnit.MILLISECONDS);
  }
}
