package io.perdure.shard;

import static java.lang.System.Logger.Level.ERROR;

import io.perdure.bus.ShardMessages.Checkpoint;
import io.perdure.bus.ShardMessages.GetByKey;
import io.perdure.bus.ShardMessages.Invalidate;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * One opening of a shard: its memory and what answers from it, and the way there from what is on
 * disk. Belongs to the shard's thread.
 */
final class Opening {
  private static final System.Logger LOG = System.getLogger(Opening.class.getName());
  private static final int INVALIDATE_PORTION = 500;

  final Shard shard;
  final Confirms confirms;
  final Attempts attempts;
  final Submits submits;
  final Reads reads;
  final Reaping reaping;
  final Resting resting;
  final Glance glance;

  private final int number;
  private final ShardStorage storage;
  private final ShardParts parts;
  private final StoreReader reader;

  /** Lost with their node, of functions that are not known here yet. */
  private final List<InvocationId> unsettled = new ArrayList<>();

  /** Functions with a queue, not known here yet. */
  private final List<Long> unheard = new ArrayList<>();

  private Clock.Timer look;
  private boolean closed;

  /**
   * An opening of shard {@code number} on {@code storage}. Reads what it needs from there.
   *
   * @param onFailure told once that nothing in memory can be trusted any more, and why
   */
  Opening(
      int number,
      ShardStorage storage,
      ShardParts parts,
      ShardMeters meters,
      InvocationId.Minter minter,
      Context context,
      BiConsumer<Throwable, Opening> onFailure) {
    this.number = number;
    this.storage = storage;
    this.parts = parts;
    this.reader = storage.reader();
    Recovery.advance(minter, reader);
    this.confirms = new Confirms(number, storage, context);
    this.shard =
        new Shard(
            storage,
            parts,
            meters,
            minter,
            confirms,
            context,
            cause -> onFailure.accept(cause, this));
    this.attempts = new Attempts(shard, storage.epoch());
    this.submits = new Submits(shard, parts, meters);
    this.reads = new Reads(shard, parts.scans());
    this.reaping = new Reaping(shard, reads, storage);
    this.resting = new Resting(shard);
    this.glance =
        storage.moves()
            ? Glance.ofReplica(reader, parts.clock())
            : Glance.ofSole(reader, shard.bodies);
  }

  /**
   * What was found on disk.
   *
   * @param lost attempts that ran when the node ended, or when its shard moved
   * @param queues of functions that have something waiting
   */
  record Found(int lost, List<Recovery.Head> queues) {}

  /** Takes up what an earlier opening left: hands over what is due. */
  Found recover() {
    List<InvocationId> lost = Recovery.started(reader);
    lost.forEach(this::settle);
    List<Recovery.Head> heads = Recovery.heads(reader);
    for (Recovery.Head head : heads) {
      shard.queues.recovered(head.of(), head.dueAt());
      if (parts.functions().isUnheard(head.of())) {
        unheard.add(head.of());
      }
    }
    for (Recovery.Head head : Recovery.owing(reader)) {
      shard.owed.recovered(head.of(), head.dueAt());
    }
    lookAgain();
    return new Found(lost.size(), heads);
  }

  /** Decides what becomes of a lost attempt, if its function is known or known to be gone. */
  private void settle(InvocationId id) {
    Live entry = shard.memory.load(id);
    if (entry == null || entry.current.status().terminal()) {
      return;
    }
    if (parts.functions().isUnheard(entry.current.functionUid())) {
      unsettled.add(id);
    } else {
      shard.propose(entry, Recovery.lost(entry.current), null);
    }
  }

  // ---- requests that need more than one part

  Future<Invocation> getByKey(GetByKey get) {
    InvocationId id = submits.idOfKey(get.functionUid(), get.key());
    return id == null
        ? Future.failedFuture(
            new FailureException(new Failure.NotFound("invocation with key", get.key())))
        : reads.get(id);
  }

  Future<Void> checkpoint(Checkpoint checkpoint) {
    return reads
        .<Void>blocking(
            () -> {
              storage.checkpoint(Path.of(checkpoint.directory()));
              return null;
            })
        .recover(
            e -> {
              // What is wrong is the directory, more likely than the store.
              LOG.log(ERROR, "no checkpoint of shard " + number, e);
              return Future.failedFuture(
                  new FailureException(new Failure.Unavailable(e.getMessage(), 2_000)));
            });
  }

  // ---- functions that were made a moment ago

  /** Looks again soon at what concerns functions that are not known here yet. */
  private void lookAgain() {
    if (look == null && !closed && !(unsettled.isEmpty() && unheard.isEmpty())) {
      long at = parts.clock().millis() + Queues.UNHEARD_MILLIS;
      look = parts.clock().at(at, () -> shard.turn(this::look));
    }
  }

  private void look() {
    look = null;
    List<InvocationId> lost = List.copyOf(unsettled);
    unsettled.clear();
    lost.forEach(this::settle);
    for (long function : List.copyOf(unheard)) {
      if (!parts.functions().isUnheard(function)) {
        unheard.remove(function);
        invalidateIfDeleted(function);
      }
    }
    lookAgain();
  }

  /** {@code function} was made, changed or deleted. */
  void functionChanged(long function) {
    shard.queues.functionChanged(function);
    if (look != null) {
      look.cancel();
      look();
    }
  }

  // ---- functions that are gone

  /** Queues that were not marked when their function was deleted: goes on where that ended. */
  void invalidateDeleted(List<Recovery.Head> queues) {
    for (Recovery.Head head : queues) {
      invalidateIfDeleted(head.of());
    }
  }

  private void invalidateIfDeleted(long function) {
    if (parts.functions().isDeleted(function)) {
      shard.turn(() -> invalidate(function));
    }
  }

  private void invalidate(long function) {
    if (closed) {
      return;
    }
    reaping
        .invalidate(new Invalidate(function, "the function was deleted", INVALIDATE_PORTION))
        .onSuccess(
            done -> {
              if (done.more()) {
                shard.turn(() -> invalidate(function));
              }
            })
        .onFailure(
            e -> {
              if (!closed) {
                LOG.log(
                    ERROR,
                    "the queue of deleted function " + function + " is not marked, at next start",
                    e);
              }
            });
  }

  // ---- the end

  /** Nothing more is handed over; what is under way goes on. */
  void quiesce() {
    resting.close();
    shard.commits.release();
    shard.door.open();
    shard.queues.close();
    shard.owed.close();
  }

  /** Completes when all is committed: outcomes of attempts are taken in up to the end. */
  Future<Void> settled() {
    return shard
        .commits
        .settled()
        .compose(v -> shard.commits.newestPending() == 0 ? Future.succeededFuture() : settled());
  }

  /**
   * Ends this opening: its memory is of no use any more.
   *
   * @param undecided what is told to those of whose requests nothing can have come into force
   * @param unknown what is told to those whose changes may be committed or not
   */
  void close(Failure undecided, Failure unknown) {
    closed = true;
    if (look != null) {
      look.cancel();
    }
    resting.close();
    confirms.close(undecided);
    shard.close(undecided, unknown);
  }
}
