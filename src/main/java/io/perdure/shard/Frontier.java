package io.perdure.shard;

import io.perdure.invocation.InvocationId;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import io.perdure.store.Meta;
import io.perdure.time.Clock;

/**
 * The position below which a shard commits nothing new, as promised to readers of lists. The minter
 * holds to it as long as this node owns the shard. Where another may be next, whose clock may be
 * behind, the promise is on disk before it is given: as a time a little ahead, so that this takes a
 * write now and then only. Belongs to the shard's thread.
 */
final class Frontier {
  /** How far ahead of the clock a shard follows the ids of the others: a day. */
  static final long AHEAD_MILLIS_MAX = 86_400_000L;

  /** How far a promise on disk is ahead of the one that is given. */
  static final long RESERVED_MILLIS = 2_000;

  private final InvocationId.Minter minter;
  private final Commits commits;
  private final Clock clock;
  private final boolean moves;

  /** No owner mints at or before that; on disk or in a batch that every answer waits for. */
  private long reserved;

  /**
   * Of one opening.
   *
   * @param moves whether another node may own the shard next
   * @param reserved what an earlier opening has written
   */
  Frontier(InvocationId.Minter minter, Commits commits, Clock clock, boolean moves, long reserved) {
    this.minter = minter;
    this.commits = commits;
    this.clock = clock;
    this.moves = moves;
    this.reserved = reserved;
  }

  /**
   * Nothing new appears below {@code through}, which may be null, from now on, and nothing below
   * the position returned. True once all that is decided is committed.
   */
  InvocationId advance(InvocationId through) {
    if (through != null) {
      // It may be ahead of the clock: another shard's clock was, or several ids were given out in
      // one moment; not following would hide what that shard has acknowledged. Only a position of
      // no sane clock is not followed.
      InvocationId sane = InvocationId.ceiling(clock.millis() + AHEAD_MILLIS_MAX);
      minter.advanceBeyond(through.compareTo(sane) < 0 ? through : sane);
    }
    InvocationId frontier = minter.frontier();
    if (moves) {
      reserve(frontier);
    }
    return frontier;
  }

  private void reserve(InvocationId frontier) {
    // The first position of a time is as much as the whole of the time before.
    long promised = frontier.isFirstOfItsTime() ? frontier.millis() - 1 : frontier.millis();
    if (promised > reserved) {
      reserved = promised + RESERVED_MILLIS;
      Batch batch = commits.batch();
      batch.put(Family.META, Meta.mintedThrough(), Keys.number(reserved));
    }
  }
}
