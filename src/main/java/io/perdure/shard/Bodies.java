package io.perdure.shard;

import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.Status;
import io.perdure.journal.Family;
import io.perdure.store.Changes;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;

/**
 * Puts bodies into the batch being built, below the bucket that is dropped whole once their
 * invocation is gone. Belongs to the shard's thread.
 */
final class Bodies {
  /** Bodies outlive the planned end of retention by this much, so that few have to be moved. */
  static final long SLACK_MILLIS = 4 * BodyRef.BUCKET_MILLIS;

  private final Commits commits;
  private final StoreReader reader;
  private final Functions functions;
  private final Clock clock;

  /** Bodies of buckets below are removed; written by the shard's thread, read by scans as well. */
  private volatile int lowWater;

  Bodies(Commits commits, StoreReader reader, Functions functions, Clock clock, int lowWater) {
    this.commits = commits;
    this.reader = reader;
    this.functions = functions;
    this.clock = clock;
    this.lowWater = lowWater;
  }

  int lowWater() {
    return lowWater;
  }

  /** From now on everything below {@code bucket} counts as removed. */
  void lowWater(int bucket) {
    lowWater = bucket;
  }

  /** True when the bytes {@code ref} refers to may be gone. */
  boolean isRemoved(BodyRef ref) {
    return !ref.isEmpty() && ref.isKept() && ref.bucket() < lowWater;
  }

  /**
   * Where a body that an attempt of {@code of} left is to be; nothing is stored yet.
   *
   * @param unkept one that is not to be stored, or null
   */
  BodyRef place(Invocation of, BodyRef unkept, byte[] bytes) {
    return unkept != null && of.status() != Status.STOPPING ? unkept : place(of, bytes);
  }

  /** As above, of one that is stored. */
  BodyRef place(Invocation of, byte[] bytes) {
    if (bytes.length == 0 || of.status() == Status.STOPPING) {
      return BodyRef.NONE; // a stop makes it worthless
    }
    Function function = functions.byUid(of.functionUid(), of.qualifier());
    RetentionPolicy retention = function == null ? RetentionPolicy.DEFAULT : function.retention();
    long until = clock.millis() + retention.longestMillis() + SLACK_MILLIS;
    return new BodyRef(bytes.length, BodyRef.bucketUntil(until));
  }

  /** Stores {@code bytes} where {@code ref} says. */
  void store(Family family, InvocationId id, BodyRef ref, byte[] bytes) {
    Changes.body(family, id, ref, bytes, commits.batch());
  }

  /** {@code invocation} with all bodies readable until {@code untilMillis}. */
  @SuppressWarnings("ReferenceEquality") // the same value is what "not moved" means
  Invocation readableUntil(Invocation invocation, long untilMillis) {
    BodyRef payload = moved(Family.PAYLOAD, invocation.id(), invocation.payload(), untilMillis);
    BodyRef result = moved(Family.RESULT, invocation.id(), invocation.result(), untilMillis);
    BodyRef log = moved(Family.LOG, invocation.id(), invocation.log(), untilMillis);
    if (payload == invocation.payload()
        && result == invocation.result()
        && log == invocation.log()) {
      return invocation;
    }
    InvocationBuilder next = invocation.edit();
    next.payload = payload;
    next.result = result;
    next.log = log;
    return next.build();
  }

  private BodyRef moved(Family family, InvocationId id, BodyRef ref, long untilMillis) {
    if (ref.isEmpty() || !ref.isKept() || ref.removableFrom() >= untilMillis || isRemoved(ref)) {
      return ref;
    }
    byte[] bytes = Changes.readBody(reader, family, id, ref);
    BodyRef later = new BodyRef(ref.bytes(), BodyRef.bucketUntil(untilMillis + SLACK_MILLIS));
    Changes.body(family, id, later, bytes, commits.batch());
    return later;
  }
}
