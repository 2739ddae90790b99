package io.perdure.bench;

import io.perdure.journal.Batch;
import io.perdure.journal.Journal;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Function;

/** Commits batches to one journal, the next when the one before is on disk, on an event loop. */
final class Lane extends AbstractVerticle {
  private final Journal journal;
  private final Function<Batch, Boolean> next;
  private final Promise<Void> ended = Promise.promise();

  private Lane(Journal journal, Function<Batch, Boolean> next) {
    this.journal = journal;
    this.next = next;
  }

  /**
   * Runs until there is nothing more.
   *
   * @param next fills the next batch, the one before being on disk; false when there is none.
   *     called on the lane's event loop
   */
  static Future<Void> run(Vertx vertx, Journal journal, Function<Batch, Boolean> next) {
    Lane lane = new Lane(journal, next);
    return vertx.deployVerticle(lane).compose(deployed -> lane.ended.future());
  }

  @Override
  public void start() {
    context.runOnContext(v -> commit());
  }

  private void commit() {
    Batch batch = new Batch();
    try {
      if (!next.apply(batch)) {
        ended.complete();
        return;
      }
    } catch (RuntimeException e) {
      ended.fail(e);
      return;
    }
    journal.commit(batch).onSuccess(v -> commit()).onFailure(ended::fail);
  }
}
