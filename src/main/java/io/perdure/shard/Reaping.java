package io.perdure.shard;

import io.perdure.bus.ShardMessages.DropBodies;
import io.perdure.bus.ShardMessages.Invalidate;
import io.perdure.bus.ShardMessages.Invalidated;
import io.perdure.bus.ShardMessages.Reap;
import io.perdure.bus.ShardMessages.Reaped;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Lifecycle;
import io.perdure.invocation.Signal;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import io.perdure.store.Meta;
import io.perdure.store.StoreReader;
import io.vertx.core.Future;

/**
 * Looks at what is due for attention, in portions: removes what has outlived its retention, expires
 * what waited too long, moves bodies that are still needed to a later bucket, and marks the queue
 * of a deleted function. Called on the shard's thread; a portion reads a bounded number of rows.
 */
final class Reaping {
  /** How far a body of an unfinished invocation is moved ahead. */
  private static final long MOVE_MILLIS = 24 * BodyRef.BUCKET_MILLIS;

  private final Shard shard;
  private final Reads reads;
  private final ShardStorage storage;

  /** Nothing is due for attention before this, but for what was written since. */
  private long cursor;

  private int removed;
  private int expired;
  private int moved;

  Reaping(Shard shard, Reads reads, ShardStorage storage) {
    this.shard = shard;
    this.reads = reads;
    this.storage = storage;
  }

  /** One portion; answered when it is committed. */
  Future<Reaped> reap(Reap reap) {
    removed = 0;
    expired = 0;
    moved = 0;
    cursor = Math.min(cursor, shard.attentionWritten);
    shard.attentionWritten = Long.MAX_VALUE;
    boolean more = false;
    long oldest = Long.MAX_VALUE;
    int looked = 0;
    try (StoreReader.View view = shard.reader.view();
        StoreReader.Scan scan = view.scan(Family.EXPIRY, Keys.expiry(cursor), null, false)) {
      for (; scan.valid(); scan.next()) {
        long at = Keys.longAt(scan.key(), 0);
        if (at > reap.now()) {
          cursor = at;
          oldest = at;
          break;
        }
        if (looked == reap.limit()) {
          cursor = at;
          oldest = at;
          more = true;
          break;
        }
        looked++;
        look(at, Keys.trailingId(scan.key()), reap.now());
      }
      if (!scan.valid()) {
        // All is done up to now; entries of this very portion are gone with its commit.
        cursor = reap.now();
      }
    }
    Reaped answer = new Reaped(removed, expired, moved, more, oldest);
    return afterPending(answer);
  }

  private void look(long at, InvocationId id, long now) {
    Live entry = shard.load(id);
    if (entry == null || entry.current.attentionAt() != at) {
      return; // changed by a batch that is not committed yet
    }
    Invocation invocation = entry.current;
    if (invocation.status().terminal()) {
      shard.remove(entry);
      removed++;
      return;
    }
    Function function = shard.functions.byUid(invocation.functionUid());
    if (Lifecycle.tooOld(invocation, function, now)) {
      shard.propose(entry, new Signal.EventAgeExceeded(), null);
      expired++;
      return;
    }
    Invocation kept = shard.bodies.readableUntil(invocation, now + MOVE_MILLIS);
    moved += kept.equals(invocation) ? 0 : 1;
    InvocationBuilder next = kept.edit();
    next.attentionAt = Lifecycle.attentionAt(next, function);
    entry.current = next.build();
    shard.write(entry);
  }

  /** Frees the bodies of old buckets once that is committed; never those still referred to. */
  Future<Void> dropBodies(DropBodies drop) {
    if (drop.bucket() <= reads.lowWater()) {
      return Future.succeededFuture();
    }
    shard.commits.batch().put(Family.META, Meta.lowWater(), Keys.number(drop.bucket()));
    shard.commits.changed();
    reads.lowWater(drop.bucket());
    return shard
        .commits
        .settled()
        .compose(
            v ->
                reads.scan(
                    () -> {
                      storage.dropBelow(drop.bucket());
                      return null;
                    }));
  }

  /** Marks a portion of what waits for a deleted function. */
  Future<Invalidated> invalidate(Invalidate invalidate) {
    if (shard.functions.byUid(invalidate.functionUid()) != null) {
      return Future.succeededFuture(new Invalidated(0, false));
    }
    byte[] prefix = Keys.function(invalidate.functionUid());
    int count = 0;
    boolean more = false;
    try (StoreReader.View view = shard.reader.view();
        StoreReader.Scan scan = view.scan(Family.DUE, prefix, Keys.after(prefix), false)) {
      for (; scan.valid(); scan.next()) {
        if (count == invalidate.limit()) {
          more = true;
          break;
        }
        Live entry = shard.load(Keys.trailingId(scan.key()));
        if (entry != null && entry.current.status().waiting()) {
          shard.propose(entry, new Signal.FunctionDeleted(invalidate.detail()), null);
          count++;
        }
      }
    }
    return afterPending(new Invalidated(count, more));
  }

  private <T> Future<T> afterPending(T answer) {
    return shard.commits.settled().map(answer);
  }
}
