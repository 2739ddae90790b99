package io.perdure.journal;

/** The stores whose changes are in a log; called by a thread of the log's own. */
public interface LogStores {
  /**
   * Sequence number of the last change of {@code store} that is in its own files, so that a log
   * without it and all earlier ones would do.
   *
   * @throws RuntimeException when that cannot be told at present
   */
  long persisted(int store);

  /**
   * Puts into the store's own files all that had been applied when this was called. Blocks.
   *
   * @throws RuntimeException when it failed
   */
  void flush(int store);
}
