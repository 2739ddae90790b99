package io.perdure.journal;

import io.vertx.core.Future;

/** Commits the batches of one shard in the order they are handed over. */
public interface Journal {
  /**
   * Commits {@code batch}, whole. The future completes once it would survive the loss of power, on
   * the context of the caller. After a failure nothing further is accepted: whether the failed
   * batch is on disk is unknown, and the shard has to be opened anew.
   *
   * @param batch not to be changed any more
   */
  Future<Void> commit(Batch batch);

  /** Ends after what has been handed over. */
  Future<Void> close();
}
