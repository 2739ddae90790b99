package io.perdure.router;

import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Failed;
import io.perdure.bus.Message;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.SubmitAll;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.bus.ShardMessages.SubmittedAll;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.time.Clock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Brings submits to their shards, one by one or many at a time. Thread-safe. */
final class Placing {
  private final Bus bus;
  private final int shards;
  private final Supplier<int[]> here;
  private final Clock clock;
  private final Submits submits;
  private final List<Address<Submit, Submitted>> submitAt; // needed for every submit: made once

  /** Of the first submit, which goes to the first shard; 0 before. */
  private final AtomicLong firstTurn = new AtomicLong();

  /**
   * {@code here} gives the shards that are to have what may go to any: as a rule those that this
   * node owns at the moment.
   */
  Placing(Bus bus, int shards, Supplier<int[]> here, Clock clock, Submits submits) {
    this.bus = bus;
    this.shards = shards;
    this.here = here;
    this.clock = clock;
    this.submits = submits;
    this.submitAt = IntStream.range(0, shards).mapToObj(Addresses.SUBMIT::at).toList();
  }

  /**
   * @param direct whether what is too large to be kept passes between caller and function
   */
  Future<Submitted> submit(SubmitRequest request, boolean direct) {
    if (submits.hashes(request)) {
      return offload(() -> submits.prepare(request, direct, clock.millis())).compose(this::place);
    }
    Submit submit;
    try {
      submit = submits.prepare(request, direct, clock.millis());
    } catch (FailureException e) {
      return Future.failedFuture(e);
    }
    return place(submit);
  }

  Future<Submitted> place(Submit submit) {
    int shard = submit.key() == null ? nextShard() : shardOf(submit);
    Future<Submitted> answer = bus.request(submitAt.get(shard), submit);
    return submit.key() == null ? answer : answer.map(done -> Submits.checkReuse(submit, done));
  }

  Future<List<SubmitOutcome>> submitAll(List<SubmitRequest> requests) {
    long bytes = requests.stream().mapToLong(request -> request.payload().length).sum();
    SubmitOutcome[] outcomes = new SubmitOutcome[requests.size()];
    Callable<Submit[]> prepare = () -> prepareAll(requests, outcomes);
    Future<Submit[]> prepared =
        bytes > Submits.OFFLOAD_BYTES
            ? offload(prepare)
            : Future.succeededFuture(prepareAll(requests, outcomes));
    return prepared
        .compose(ready -> placeAll(ready, outcomes))
        .map(done -> Arrays.asList(outcomes));
  }

  private Submit[] prepareAll(List<SubmitRequest> requests, SubmitOutcome[] outcomes) {
    Submit[] ready = new Submit[requests.size()];
    long now = clock.millis();
    for (int i = 0; i < ready.length; i++) {
      try {
        ready[i] = submits.prepare(requests.get(i), now);
      } catch (FailureException e) {
        outcomes[i] = SubmitOutcome.of(e.failure());
      }
    }
    return ready;
  }

  private Future<Void> placeAll(Submit[] ready, SubmitOutcome[] outcomes) {
    int unkeyed = nextShard();
    Map<Integer, List<Integer>> byShard = new TreeMap<>();
    for (int i = 0; i < ready.length; i++) {
      if (ready[i] != null) {
        int shard = ready[i].key() == null ? unkeyed : shardOf(ready[i]);
        byShard.computeIfAbsent(shard, s -> new ArrayList<>()).add(i);
      }
    }
    List<Future<Void>> asked = new ArrayList<>(byShard.size());
    byShard.forEach((shard, lines) -> asked.add(submitLines(shard, lines, ready, outcomes)));
    return Future.join(asked).mapEmpty();
  }

  /** Submits the lines of one shard. Never fails for a {@link Failure}: each line has its own. */
  private Future<Void> submitLines(
      int shard, List<Integer> lines, Submit[] ready, SubmitOutcome[] outcomes) {
    List<Submit> part = lines.stream().map(line -> ready[line]).toList();
    return bus.request(Addresses.SUBMIT_ALL.at(shard), new SubmitAll(part))
        .map(SubmittedAll::outcomes)
        .recover(
            cause ->
                cause instanceof FailureException e
                    ? Future.succeededFuture(
                        part.stream().<Message>map(line -> new Failed(e.failure())).toList())
                    : Future.failedFuture(cause))
        .map(
            answers -> {
              for (int i = 0; i < part.size(); i++) {
                outcomes[lines.get(i)] = outcome(part.get(i), answers.get(i));
              }
              return null;
            });
  }

  private static SubmitOutcome outcome(Submit submit, Message answer) {
    if (answer instanceof Failed failed) {
      return SubmitOutcome.of(failed.failure());
    }
    Submitted submitted = (Submitted) answer;
    try {
      return SubmitOutcome.of(
          submit.key() == null ? submitted : Submits.checkReuse(submit, submitted));
    } catch (FailureException e) {
      return SubmitOutcome.of(e.failure());
    }
  }

  /**
   * One after the other, but the same during a turn: what it submits travels as one message. One of
   * this node's if it owns any, since what goes to another node is written and read once more.
   */
  private int nextShard() {
    long turn = bus.turn();
    firstTurn.compareAndSet(0, turn);
    int[] own = here.get();
    int of = own.length == 0 ? shards : own.length;
    int next = (int) Long.remainderUnsigned(turn - firstTurn.get(), of);
    return own.length == 0 ? next : own[next];
  }

  private int shardOf(Submit submit) {
    return Placement.shardOf(submit.functionUid(), submit.key(), shards);
  }

  /** Runs what would hold an event loop for too long elsewhere. */
  private static <T> Future<T> offload(Callable<T> work) {
    Context context = Vertx.currentContext();
    if (context != null) {
      return context.executeBlocking(work, false);
    }
    try {
      return Future.succeededFuture(work.call());
    } catch (Exception e) {
      return Future.failedFuture(e);
    }
  }
}
