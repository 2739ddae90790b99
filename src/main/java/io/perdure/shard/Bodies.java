package io.perdure.shard;

import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
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

  Bodies(Commits commits, StoreReader reader, Functions functions, Clock clock) {
    this.commits = commits;
    this.reader = reader;
    this.functions = functions;
    this.clock = clock;
  }

  /** Stores a body that an attempt left, unless a stop makes it worthless. */
  BodyRef store(Family family, Invocation of, byte[] bytes) {
    if (bytes.length == 0 || of.status() == Status.STOPPING) {
      return BodyRef.NONE;
    }
    Function function = functions.byUid(of.functionUid());
    long retention = function == null ? SLACK_MILLIS : function.retention().longestMillis();
    BodyRef ref =
        new BodyRef(bytes.length, BodyRef.bucketUntil(clock.millis() + retention + SLACK_MILLIS));
    Changes.body(family, of.id(), ref, bytes, commits.batch());
    return ref;
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
    if (ref.isEmpty() || ref.removableFrom() >= untilMillis) {
      return ref;
    }
    byte[] bytes = Changes.readBody(reader, family, id, ref);
    BodyRef later = new BodyRef(ref.bytes(), BodyRef.bucketUntil(untilMillis + SLACK_MILLIS));
    Changes.body(family, id, later, bytes, commits.batch());
    return later;
  }
}
