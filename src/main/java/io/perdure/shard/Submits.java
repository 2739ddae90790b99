package io.perdure.shard;

import io.perdure.bus.Failed;
import io.perdure.bus.Message;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.SubmitAll;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.bus.ShardMessages.SubmittedAll;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Event;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Lifecycle;
import io.perdure.journal.Family;
import io.perdure.store.Changes;
import io.perdure.store.Keys;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes in what is new: bounds, the caller's key, the id, the first state. Called on the shard's
 * thread.
 */
final class Submits {
  /** Submits are refused while a batch is larger than this many times its usual size. */
  private static final int PENDING_BATCHES = 16;

  /** A payload up to this share of a batch is kept in memory for an attempt that follows soon. */
  private static final int INLINE_SHARE = 64;

  private final Shard shard;
  private final ShardParts parts;
  private final ShardMeters meters;
  private final Map<KeyOf, InvocationId> pendingKeys = new HashMap<>();

  private record KeyOf(long function, String key) {}

  Submits(Shard shard, ShardParts parts, ShardMeters meters) {
    this.shard = shard;
    this.parts = parts;
    this.meters = meters;
  }

  /** Decides a submit; answered once it is on disk. */
  Future<Submitted> submit(Submit submit) {
    return submit.mode() == Invocation.Mode.SYNC
        ? shard.door.pass(() -> decide(submit))
        : decide(submit);
  }

  private Future<Submitted> decide(Submit submit) {
    try {
      return accept(submit);
    } catch (FailureException e) {
      meters.rejected();
      return Future.failedFuture(e);
    }
  }

  /** Decides each by itself. */
  Future<SubmittedAll> submitAll(SubmitAll all) {
    List<Future<Message>> outcomes = new ArrayList<>(all.submits().size());
    for (Submit submit : all.submits()) {
      outcomes.add(
          submit(submit)
              .<Message>map(submitted -> submitted)
              .recover(
                  e ->
                      e instanceof FailureException f
                          ? Future.succeededFuture(new Failed(f.failure()))
                          : Future.failedFuture(e)));
    }
    return Future.all(outcomes)
        .map(done -> new SubmittedAll(outcomes.stream().map(Future::result).toList()));
  }

  private Future<Submitted> accept(Submit submit) {
    Function function = shard.functions.byUid(submit.functionUid(), submit.qualifier());
    if (function == null && !shard.functions.isDeleted(submit.functionUid())) {
      throw new FailureException(Shard.unheard());
    }
    if (function == null) {
      throw new FailureException(new Failure.NotFound("function", "uid " + submit.functionUid()));
    }
    if (submit.key() != null) {
      Optional<Future<Submitted>> existing = byKey(submit);
      if (existing.isPresent()) {
        return existing.get();
      }
    }
    Failure refusal = parts.admission().refusal();
    if (refusal != null) {
      throw new FailureException(refusal);
    }
    if (shard.commits.pending() >= shard.config.pendingMax()
        || shard.commits.sizeBytes() > PENDING_BATCHES * shard.config.batchBytes()) {
      throw new FailureException(
          new Failure.Throttled("shard.pending", "too many submits wait for the disk", 100));
    }
    parts.backlog().enter(function.uid(), function.account());
    Live entry;
    try {
      entry = create(submit, function);
    } catch (RuntimeException e) {
      parts.backlog().add(function.uid(), function.account(), -1);
      throw e;
    }
    meters.accepted();
    Promise<Submitted> answer = Promise.promise();
    Invocation accepted = entry.current;
    shard.commits.after(
        entry.batch,
        () -> {
          if (submit.key() != null) {
            pendingKeys.remove(new KeyOf(submit.functionUid(), submit.key()));
          }
          shard.placed(entry);
        });
    shard.commits.answer(entry.batch, answer, () -> new Submitted(accepted, true));
    return answer.future();
  }

  private Live create(Submit submit, Function function) {
    long now = shard.clock.millis();
    InvocationBuilder next = new InvocationBuilder();
    next.id = shard.minter.next(now);
    next.functionUid = function.uid();
    next.account = function.account();
    next.namespace = function.namespace();
    next.function = function.name();
    next.qualifier = submit.qualifier();
    next.key = submit.key();
    next.fingerprint = submit.fingerprint();
    next.submission = shard.moves ? submit.submission() : 0; // else nobody asks twice
    next.requestId = submit.requestId();
    next.origin = submit.origin();
    next.mode = submit.mode();
    next.tracked = submit.tracked();
    next.depth = submit.depth();
    next.traceparent = submit.traceparent();
    next.labels = submit.labels();
    next.acceptedAt = now;
    next.dueAt = Math.max(now, submit.dueAt());
    next.redriveOf = submit.redriveOf();
    byte[] payload = submit.payload();
    boolean unkept = submit.direct() != null && submit.direct().payload() != null;
    if (unkept) {
      next.payload = BodyRef.unkept(payload.length, submit.direct().payload());
    } else if (payload.length > 0) {
      long until = next.dueAt + function.retention().longestMillis() + Bodies.SLACK_MILLIS;
      next.payload = new BodyRef(payload.length, BodyRef.bucketUntil(until));
      Changes.body(Family.PAYLOAD, next.id, next.payload, payload, shard.commits.batch());
    }
    next.attentionAt = Lifecycle.attentionAt(next, function);
    next.event(Event.Type.ENQUEUED, now, "");
    Live entry = new Live(next.build(), null);
    if (unkept || payload.length <= shard.config.batchBytes() / INLINE_SHARE) {
      entry.payload = payload;
    }
    entry.direct = submit.direct() != null;
    shard.write(entry);
    if (submit.key() != null) {
      pendingKeys.put(new KeyOf(function.uid(), submit.key()), entry.id);
    }
    return entry;
  }

  private Optional<Future<Submitted>> byKey(Submit submit) {
    InvocationId id = idOfKey(submit.functionUid(), submit.key());
    Live entry = id == null ? null : shard.memory.load(id);
    if (entry != null && shard.isOver(entry)) {
      shard.remove(entry); // the key is free from now on, whenever the reaper comes
      return Optional.empty();
    }
    return entry == null
        ? Optional.empty()
        : Optional.of(
            shard.existing(entry).map(found -> new Submitted(found, isSame(submit, found))));
  }

  /** Whether it has been asked before, of whom has gone before he answered. */
  private static boolean isSame(Submit submit, Invocation found) {
    return submit.submission() != 0 && submit.submission() == found.submission();
  }

  /** The id that has the key, committed or not; null for none. */
  InvocationId idOfKey(long function, String key) {
    InvocationId pending = pendingKeys.get(new KeyOf(function, key));
    if (pending != null) {
      return pending;
    }
    byte[] stored = shard.reader.get(Family.KEY, Keys.idempotency(function, key));
    return stored == null ? null : InvocationId.read(stored, 0);
  }
}
