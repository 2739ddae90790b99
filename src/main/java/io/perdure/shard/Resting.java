package io.perdure.shard;

import io.perdure.bus.ShardMessages.Rest;
import io.perdure.bus.ShardMessages.Rested;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * Brings a shard to rest before another node is to own it: what ran on would be lost to it, and run
 * again there. Nothing is started, what has not begun is taken back, and what runs is waited for. A
 * shard where something has run for longer than that already is not kept waiting, unless it has to
 * move. Belongs to the shard's thread.
 */
final class Resting {
  /** A shard at rest that is not taken over within this time goes on by itself. */
  static final long HELD_MILLIS_MAX = 10_000;

  private static final long LOOK_MILLIS = 20;

  private final Shard shard;
  private final Clock clock;
  private Clock.Timer timer;
  private Promise<Rested> asked;
  private long until;

  Resting(Shard shard) {
    this.shard = shard;
    this.clock = shard.clock;
  }

  /** Answers whether the shard has come to rest, which lasts until it is resumed or lost. */
  Future<Rested> rest(Rest rest) {
    if (!rest.anyway() && shard.memory.hasRunSince(clock.millis() - rest.millis())) {
      return Future.succeededFuture(new Rested(false));
    }
    close(); // whoever asked before has been answered, or asks no more
    asked = Promise.promise();
    until = clock.millis() + rest.millis();
    shard.queues.rest();
    shard.takeBack();
    Future<Rested> answer = asked.future();
    look();
    return answer;
  }

  private void look() {
    long now = clock.millis();
    if (shard.memory.isQuiet()) {
      hold(now);
      Promise<Rested> answer = asked;
      // An outcome that is still on its way to the disks would be lost, and its attempt run again.
      shard
          .commits
          .settled()
          .onComplete(settled -> answer.tryComplete(new Rested(settled.succeeded())));
    } else if (now >= until) {
      resume();
    } else {
      timer = clock.at(Math.min(until, now + LOOK_MILLIS), () -> shard.turn(this::look));
    }
  }

  private void hold(long now) {
    timer = clock.at(now + HELD_MILLIS_MAX, () -> shard.turn(this::resume));
  }

  /** Goes on. */
  void resume() {
    close();
    shard.queues.resume();
  }

  /** Ends waiting; who still waits is told that it has not come to rest. */
  void close() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    if (asked != null) {
      asked.tryComplete(new Rested(false));
    }
  }
}
