package io.perdure.shard;

import static java.lang.System.Logger.Level.DEBUG;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * Holds back answers that rest on what this opening knows until it is certain that no other has
 * followed it; all answers of a turn wait for the same confirmation. A shard that cannot move needs
 * none, and nothing is done for it. Belongs to the shard's thread.
 */
final class Confirms {
  private static final System.Logger LOG = System.getLogger(Confirms.class.getName());

  private final int shard;
  private final ShardStorage storage;
  private final Context context;
  private final boolean needed;

  /** Not asked for yet, null when nobody waits for one. */
  private Promise<Void> next;

  private FailureException closed;

  Confirms(int shard, ShardStorage storage, Context context) {
    this.shard = shard;
    this.storage = storage;
    this.context = context;
    this.needed = storage.moves();
  }

  /**
   * {@code answer}, a refusal included, once it is certain that it was true at some moment after
   * this call; else {@link Failure.Fenced}: whoever owns the shard is to be asked.
   */
  <T> Future<T> confirmed(Future<T> answer) {
    return needed ? answer.transform(this::confirmed) : answer;
  }

  private <T> Future<T> confirmed(AsyncResult<T> answer) {
    boolean broken = answer.failed() && !(answer.cause() instanceof FailureException);
    if (broken) {
      return Future.failedFuture(answer.cause()); // a store that cannot be read: no answer at all
    }
    return confirm()
        .compose(
            v ->
                answer.succeeded()
                    ? Future.succeededFuture(answer.result())
                    : Future.failedFuture(answer.cause()));
  }

  private Future<Void> confirm() {
    if (next == null) {
      Promise<Void> asked = Promise.promise();
      next = asked;
      context.runOnContext(endOfTurn -> ask(asked));
    }
    return next.future();
  }

  private void ask(Promise<Void> asked) {
    next = null;
    if (closed != null) {
      asked.fail(closed);
      return;
    }
    storage
        .confirm()
        .onSuccess(asked::complete)
        .onFailure(
            e -> {
              LOG.log(
                  DEBUG, "answers of shard {0} are left to its owner: {1}", shard, e.getMessage());
              asked.fail(new FailureException(new Failure.Fenced(shard, null)));
            });
  }

  /** Nothing of this opening is true any more: whoever still waits is told {@code why}. */
  void close(Failure why) {
    closed = new FailureException(why);
  }
}
