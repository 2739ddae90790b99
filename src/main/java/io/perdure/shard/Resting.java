package io.perdure.shard;

import io.perdure.bus.ShardMessages.Rest;
import io.perdure.bus.ShardMessages.Rested;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * Brings a shard to rest before another node is to own it: what ran on would be lost to it, and run
 * again there. Belongs to the shard's thread.
 *
 * <p>What has not begun is taken back, and what runs is waited for. Meanwhile nothing is started,
 * or, where the shard is to leave for good and that may take minutes, only what has to end before
 * the last of those that run: so the wait gets no longer by it, and with nothing left that runs
 * nothing starts any more. Calls whose callers wait go on until nothing else runs, and then wait at
 * the {@link Door}.
 *
 * <p>Once nothing runs, no further commit sets out. Whatever arrives from then on is decided, but
 * answered by the next owner, who is asked as nothing of it can have come into force; or by this
 * one after all, when it goes on.
 */
final class Resting {
  /** A shard at rest that is not asked for again within this time goes on by itself. */
  static final long HELD_MILLIS_MAX = 10_000;

  /** The same of one that is to leave: it is asked again in turn with others of its node. */
  static final long LEAVING_MILLIS_MAX = 30_000;

  /** The same of commits, which callers wait for; longer than a hand-over may take. */
  static final long COMMITS_HELD_MILLIS_MAX = 3_000;

  /** How long calls wait at the door for those before them. */
  static final long DOOR_MILLIS_MAX = 1_000;

  private static final long LOOK_MILLIS = 20;

  private final Shard shard;
  private final Clock clock;
  private Clock.Timer timer;

  /** Who waits for an answer, or null. */
  private Promise<Rested> asked;

  private boolean anyway;
  private long until;

  /** What is started has to end before; 0 when nothing may be started. */
  private long endBy;

  private boolean leaves;
  private long doorUntil;
  private long goesOnAt;

  Resting(Shard shard) {
    this.shard = shard;
    this.clock = shard.clock;
  }

  /** Answers whether the shard has come to rest, which lasts until it is resumed or lost. */
  Future<Rested> rest(Rest rest) {
    long now = clock.millis();
    boolean waits = rest.anyway() || rest.leavingMillis() > 0;
    if (!waits && shard.memory.hasRunSince(now - rest.millis())) {
      return Future.succeededFuture(new Rested(false));
    }
    close(); // whoever asked before has been answered, or asks no more
    shard.commits.release();
    shard.door.open();
    asked = Promise.promise();
    anyway = rest.anyway();
    until = now + rest.millis();
    leaves = rest.leavingMillis() > 0;
    endBy = leaves ? now + rest.leavingMillis() : 0;
    doorUntil = 0;
    goesOnAt = until + (leaves ? LEAVING_MILLIS_MAX : HELD_MILLIS_MAX);
    Future<Rested> answer = asked.future();
    look();
    return answer;
  }

  private void look() {
    long now = clock.millis();
    shard.queues.rest(Math.min(endBy, shard.lastEnd()));
    shard.takeBack();
    boolean quiet = shard.memory.isQuiet();
    boolean over = now >= until;
    if (asked != null && (quiet || (anyway && over))) {
      hold();
    } else if ((over && !leaves) || now >= goesOnAt) {
      resume();
    } else {
      if (over) {
        answer(false);
      }
      door(now);
      timer = clock.at(now + LOOK_MILLIS, () -> shard.turn(this::look));
    }
  }

  /** Keeps calls out for a moment when nothing but calls runs. */
  private void door(long now) {
    if (asked == null) {
      shard.door.open();
    } else if (doorUntil == 0 && !shard.memory.hasAsync()) {
      doorUntil = now + DOOR_MILLIS_MAX;
      shard.door.shut();
    } else if (doorUntil > 0 && now >= doorUntil) {
      shard.door.open();
    }
  }

  /** An outcome that is still on its way to the disks would be lost, and its attempt run again. */
  private void hold() {
    Promise<Rested> of = asked;
    shard.commits.hold().onComplete(settled -> settled(of, settled.succeeded()));
  }

  private void settled(Promise<Rested> of, boolean committed) {
    if (of != asked) {
      return; // it goes on, or is lost
    }
    boolean quiet = committed && shard.memory.isQuiet();
    if (committed && !quiet && !(anyway && clock.millis() >= until)) {
      shard.commits.release(); // a call has begun with the last commit
      look();
      return;
    }
    answer(quiet);
    timer = clock.at(clock.millis() + COMMITS_HELD_MILLIS_MAX, () -> shard.turn(this::resume));
  }

  private void answer(boolean quiet) {
    if (asked != null) {
      asked.tryComplete(new Rested(quiet));
      asked = null;
    }
  }

  /** Goes on. */
  void resume() {
    close();
    shard.commits.release();
    shard.door.open();
    shard.queues.resume();
  }

  /** Ends waiting; who still waits is told that it has not come to rest. */
  void close() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    answer(false);
  }
}
