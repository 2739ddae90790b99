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
 * of a deleted function. Called on the shard's thread; a portion reads a bounded number of rows and
 * moves a bounded number of bytes.
 */
final class Reaping {
  /** How far a body of an unfinished invocation is moved ahead. */
  private static final long MOVE_MILLIS = 24 * BodyRef.BUCKET_MILLIS;

  private final Shard shard;
  private final Reads reads;
  private final ShardStorage storage;

  private int droppedBelow;
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
    boolean more = false;
    long oldest = Long.MAX_VALUE;
    int looked = 0;
    byte[] from = shard.attention.from();
    shard.attention.lookedAtBefore(reap.now(), null);
    try (StoreReader.View view = shard.reader.view();
        StoreReader.Scan scan = view.scan(Family.EXPIRY, from, null, false)) {
      for (; scan.valid(); scan.next()) {
        long at = Keys.longAt(scan.key(), 0);
        more = at <= reap.now() && (looked == reap.limit() || batchIsFull());
        if (at > reap.now() || more) {
          oldest = at;
          shard.attention.lookedAtBefore(at, Keys.trailingId(scan.key()));
          break;
        }
        looked++;
        look(at, Keys.trailingId(scan.key()), reap.now());
      }
    }
    Reaped answer = new Reaped(removed, expired, moved, more, oldest);
    return shard.commits.settled().map(answer);
  }

  private boolean batchIsFull() {
    return shard.commits.sizeBytes() >= shard.config.batchBytes();
  }

  private void look(long at, InvocationId id, long now) {
    Live entry = shard.memory.load(id);
    if (entry == null || entry.written.attentionAt() != at) {
      return; // changed by what is not committed yet
    }
    Invocation invocation = entry.current;
    if (invocation.attentionAt() > now) {
      return; // it has begun, what it was to be looked at for is over
    }
    if (invocation.owes()) {
      keep(entry, now);
      return;
    }
    if (invocation.status().terminal()) {
      shard.remove(entry);
      removed++;
      return;
    }
    if (shard.functions.isUnheard(invocation.functionUid())) {
      shard.attention.again(at); // the next sweep may know when it becomes too old
      return;
    }
    Function function = shard.functions.byUid(invocation.functionUid(), invocation.qualifier());
    if (Lifecycle.tooOld(invocation, function, now)) {
      expired += entry.place == Live.Place.HOME ? 1 : 0;
      shard.propose(entry, new Signal.EventAgeExceeded(), null);
      return;
    }
    Invocation kept = shard.bodies.readableUntil(invocation, now + MOVE_MILLIS);
    moved += kept.equals(invocation) ? 0 : 1;
    InvocationBuilder next = kept.edit();
    next.attentionAt = Lifecycle.attentionAt(next, function);
    shard.rewrite(entry, next.build());
  }

  /** Its retention is over, but its outcome is still owed: it goes when that is settled. */
  private void keep(Live entry, long now) {
    long until = now + MOVE_MILLIS;
    Invocation kept = shard.bodies.readableUntil(entry.current, until);
    moved += kept.equals(entry.current) ? 0 : 1;
    InvocationBuilder next = kept.edit();
    next.attentionAt = until;
    shard.rewrite(entry, next.build());
  }

  /**
   * Frees the bodies of old buckets once that is committed. What a record refers to lies in or
   * above the bucket of its time for attention, so below the earliest of these nothing is needed.
   */
  Future<Void> dropBodies(DropBodies drop) {
    long unneededBefore =
        Math.min(shard.clock.millis(), Math.min(firstOnDisk(), shard.memory.firstAttention()));
    int bucket = (int) Math.min(drop.bucket(), unneededBefore / BodyRef.BUCKET_MILLIS);
    if (bucket > shard.bodies.lowWater()) {
      shard.commits.batch().put(Family.META, Meta.lowWater(), Keys.number(bucket));
      shard.bodies.lowWater(bucket);
    }
    int mark = shard.bodies.lowWater();
    if (mark <= droppedBelow) {
      return Future.succeededFuture();
    }
    droppedBelow = mark; // the mark may be an earlier owner's, who freed its own space only
    return shard
        .commits
        .settled()
        .compose(
            v ->
                reads.blocking(
                    () -> {
                      storage.dropBelow(mark);
                      return null;
                    }));
  }

  private long firstOnDisk() {
    try (StoreReader.View view = shard.reader.view();
        StoreReader.Scan scan =
            view.scan(Family.EXPIRY, Keys.expiry(shard.attention.earliest()), null, false)) {
      return scan.valid() ? Keys.longAt(scan.key(), 0) : Long.MAX_VALUE;
    }
  }

  /**
   * Marks a portion of what waits for a deleted function. What the executor has of it is marked
   * when that gives it back.
   */
  Future<Invalidated> invalidate(Invalidate invalidate) {
    if (!shard.functions.isDeleted(invalidate.functionUid())) {
      return Future.succeededFuture(new Invalidated(0, false));
    }
    byte[] prefix = Keys.function(invalidate.functionUid());
    int count = 0;
    boolean more = false;
    try (StoreReader.View view = shard.reader.view();
        StoreReader.Scan scan = view.scan(Family.DUE, prefix, Keys.after(prefix), false)) {
      for (; scan.valid() && !more; scan.next()) {
        Live entry = shard.memory.load(Keys.trailingId(scan.key()));
        if (entry == null || !entry.current.status().waiting()) {
          continue;
        }
        more = count == invalidate.limit() || (count > 0 && batchIsFull());
        if (!more) {
          count += entry.place == Live.Place.HOME ? 1 : 0;
          shard.propose(entry, new Signal.FunctionDeleted(invalidate.detail()), null);
        }
      }
    }
    return shard.commits.settled().map(new Invalidated(count, more));
  }
}
