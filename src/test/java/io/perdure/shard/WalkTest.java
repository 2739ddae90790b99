package io.perdure.shard;

import static io.perdure.shard.ShardHarness.all;
import static io.perdure.shard.ShardHarness.join;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.DeliveryMessages.Deliver;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.DropBodies;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.Invalidate;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.bus.ShardMessages.Reap;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.store.DataDirectory;
import io.perdure.store.StoreConfig;
import io.perdure.store.Verify;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random commands, in bursts, against a shard and against {@link WalkModel}, with time passing,
 * crashes and disk errors at any moment. After each burst the records concerned, after each restart
 * all of them, have to be what the model says, and the store has to verify.
 */
class WalkTest {
  private static final int STEPS = 150;
  private static final int WINDOW = 4;
  private static final int WALKS = 3;

  @TempDir private Path directory;

  private Random random;
  private boolean moves;
  private ShardHarness shard;
  private WalkModel model;
  private WalkCommands commands;
  private final List<String> trace = new ArrayList<>();
  private final Map<InvocationId, byte[]> payloads = new HashMap<>();
  private final List<Long> functions = new ArrayList<>();
  private long nextFunction = 100;

  static List<Long> seeds() {
    Long one = Long.getLong("perdure.seed");
    return one != null ? List.of(one) : new Random().longs(WALKS).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void shardDoesWhatTheModelSays(long seed) throws Exception {
    walk(seed, false);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void shardThatLeavesAndComesBackDoesWhatTheModelSays(long seed) throws Exception {
    walk(seed, true);
  }

  private void walk(long seed, boolean moves) throws Exception {
    random = new Random(seed);
    this.moves = moves;
    DataDirectory.open(directory, 1, StoreConfig.DEFAULT).close();
    shard =
        new ShardHarness(
            directory,
            1,
            new TestConfig().window(WINDOW, 1_000).make(),
            WalkModel.DELIVERIES,
            ShardHarness.T0,
            moves);
    model = new WalkModel(shard.functions, WINDOW);
    commands = new WalkCommands(shard, model, random);
    try {
      newFunction();
      for (int step = 0; step < STEPS; step++) {
        step();
      }
      crash(false);
      shard.restart(this::verify);
    } catch (Exception | AssertionError e) {
      String last =
          String.join("\n  ", trace.subList(Math.max(0, trace.size() - 60), trace.size()));
      throw new AssertionError(
          "replay with -Dperdure.seed=" + seed + "; the last steps:\n  " + last, e);
    } finally {
      shard.close();
    }
  }

  private void step() throws Exception {
    Set<InvocationId> unfinished = model.unfinished();
    int dice = random.nextInt(100);
    if (dice < 55) {
      burst();
    } else if (dice < 78) {
      advance();
    } else if (dice < 84) {
      reap();
    } else if (dice < 89) {
      pauseOrResume();
    } else if (dice < 91) {
      deleteFunction();
    } else if (dice < 93) {
      newFunction();
    } else if (moves && dice < 97) {
      move();
    } else if (dice < 97) {
      crash(random.nextBoolean());
    } else {
      diskError();
    }
    shard.settle();
    handedOver(unfinished);
    check();
  }

  // ---- bursts of commands

  /** A command on its way: what it was about, and what it makes of it. */
  private record Sent(InvocationId id, WalkModel.State after, Future<?> answer) {}

  private final List<Sent> sent = new ArrayList<>();
  private final Map<Submit, Future<Submitted>> submits = new LinkedHashMap<>();
  private long sentAt;

  private void send() {
    sent.clear();
    submits.clear();
    sentAt = shard.clock.millis();
    Set<InvocationId> concerned = new HashSet<>();
    Set<String> keys = new HashSet<>();
    List<InvocationId> ids = List.copyOf(model.states.keySet());
    for (int i = 1 + random.nextInt(8); i > 0; i--) {
      if (ids.isEmpty() || random.nextInt(3) == 0) {
        Submit submit = commands.submission(functions);
        InvocationId ended = commands.endedWithKey(submit); // it may go by this
        boolean only = submit.key() == null || keys.add(submit.functionUid() + submit.key());
        if (only && (ended == null || concerned.add(ended))) {
          trace.add("submit " + submit.functionUid() + " key " + submit.key());
          submits.put(submit, shard.bus.request(Addresses.SUBMIT.at(0), submit, 2_000));
        }
        continue;
      }
      InvocationId id = ids.get(random.nextInt(ids.size()));
      if (concerned.add(id)) {
        WalkModel.State state = model.states.get(id);
        WalkCommands.Command command = commands.on(state);
        trace.add(command.text() + " " + id + " " + state.current().status());
        sent.add(new Sent(id, command.after(), command.send()));
      }
    }
  }

  private void burst() throws Exception {
    send();
    for (Sent one : sent) {
      join(one.answer().otherwiseEmpty());
      assertTrue(one.answer() == WalkCommands.NO_ANSWER || acknowledged(one), "not even refused");
    }
    for (Map.Entry<Submit, Future<Submitted>> one : submits.entrySet()) {
      accepted(one.getKey(), join(one.getValue()));
    }
    shard.settle();
    for (Sent one : sent) {
      model.states.put(one.id(), one.after());
    }
  }

  /** True when it was answered; a conflict is an answer, too: nothing was changed. */
  private boolean acknowledged(Sent one) {
    if (!one.answer().failed()) {
      return one.answer().succeeded() && one.answer() != WalkCommands.NO_ANSWER;
    }
    Failure failure = ((FailureException) one.answer().cause()).failure();
    if (failure instanceof Failure.Conflict) {
      assertEquals(model.states.get(one.id()), one.after(), "refused without need");
      return true;
    }
    boolean moved = moves && failure instanceof Failure.Fenced;
    assertTrue(moved || failure instanceof Failure.Unavailable, failure.message());
    return false;
  }

  /** Whether it was sent on to another owner: then nothing of it may have come into force here. */
  private static boolean isFenced(Future<?> answer) {
    return answer.failed()
        && answer.cause() instanceof FailureException e
        && e.failure() instanceof Failure.Fenced;
  }

  private void accepted(Submit submit, Submitted answer) {
    Invocation got = answer.invocation();
    keyFreed(commands.overWithKey(submit, sentAt));
    InvocationId known = commands.withKey(submit);
    assertEquals(known == null, answer.created(), "created, key " + submit.key());
    if (known != null) {
      assertEquals(known, got.id(), "the first with its key");
      return;
    }
    commands.checkNew(submit, got, sentAt);
    model.states.put(got.id(), WalkModel.State.of(got));
    payloads.put(got.id(), submit.payload());
  }

  /** Its key was wanted, and nothing but the reaper's turn kept it. */
  private void keyFreed(InvocationId over) {
    if (over != null) {
      model.states.remove(over);
      payloads.remove(over);
    }
  }

  // ---- restarts

  /** Kill -9, in the middle of a burst or not. */
  private void crash(boolean within) throws Exception {
    sent.clear();
    submits.clear();
    if (within) {
      send();
    }
    trace.add(within ? "crash in the burst" : "crash");
    shard.restart(this::verify);
    recovered();
  }

  private void diskError() throws Exception {
    int good = random.nextInt(3);
    boolean unknown = random.nextBoolean();
    trace.add("disk error after " + good + (unknown ? ", unknown" : ""));
    if (unknown) {
      shard.disk().failUnknownAfter(good);
    } else {
      shard.disk().failAfter(good);
    }
    send();
    for (int canary = 0; canary <= good; canary++) {
      // Comes behind the burst and needs a write: in the end one of them meets the error.
      Submit submit = commands.submission(functions, null);
      Future<Submitted> answer = shard.submit(0, submit);
      submits.put(submit, answer);
      join(answer.otherwiseEmpty());
    }
    shard.disk().repair();
    shard.reopened();
    recovered();
  }

  /** Another node owns the shard for a moment, from some moment of a burst on. */
  private void move() throws Exception {
    boolean held = random.nextBoolean();
    trace.add(held ? "move during a write" : "move");
    if (held) {
      shard.disk().hold();
    }
    send();
    if (random.nextBoolean()) {
      shard.barrier();
    }
    for (int tellings = random.nextInt(3); tellings > 0; tellings--) {
      shard.disk().lose("n" + tellings);
      shard.disk().gain();
    }
    shard.disk().lose(null);
    for (Sent one : sent) {
      join(one.answer().otherwiseEmpty());
    }
    for (Future<Submitted> submit : submits.values()) {
      join(submit.otherwiseEmpty());
    }
    shard.disk().release();
    shard.clock.advance(Duration.ofMillis(1));
    shard.disk().gain();
    shard.serving();
    recovered();
  }

  private void recovered() throws Exception {
    model.underWay.clear();
    long now = shard.clock.millis();
    shard.settle();
    Map<InvocationId, WalkModel.State> found = new HashMap<>();
    for (InvocationId id : shard.list(all(0))) {
      found.put(id, WalkModel.State.of(shard.get(id)));
    }
    for (Sent one : sent) {
      WalkModel.State before = model.recovered(model.states.get(one.id()), now);
      WalkModel.State after = model.recovered(one.after(), now);
      WalkModel.State is = found.get(one.id());
      boolean unchanged = !acknowledged(one) && (isFenced(one.answer()) || before.equals(is));
      assertEquals(unchanged ? before : after, is, "after a restart");
      model.states.put(one.id(), is);
    }
    Set<InvocationId> burst = new HashSet<>(sent.stream().map(Sent::id).toList());
    model.states.replaceAll(
        (id, state) -> burst.contains(id) ? state : model.recovered(state, now));
    recoveredSubmits(found, now);
    assertEquals(model.states.keySet(), new HashSet<>(found.keySet()), "after a restart");
    model.states.forEach((id, state) -> assertEquals(state, found.get(id), "after a restart"));
  }

  /** Those acknowledged are there; the others may be. */
  private void recoveredSubmits(Map<InvocationId, WalkModel.State> found, long now) {
    List<Submit> unanswered = new ArrayList<>();
    submits.forEach(
        (submit, answer) -> {
          if (answer.succeeded()) {
            accepted(submit, answer.result());
            model.states.computeIfPresent(
                answer.result().invocation().id(), (id, state) -> model.recovered(state, now));
          } else {
            if (!isFenced(answer)) {
              unanswered.add(submit);
            }
            InvocationId over = commands.overWithKey(submit, sentAt);
            keyFreed(found.containsKey(over) ? null : over);
          }
        });
    found.forEach(
        (id, state) -> {
          if (!model.states.containsKey(id)) {
            Submit of =
                unanswered.stream()
                    .filter(submit -> commands.isOf(submit, state.current()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("nobody sent " + state.current()));
            unanswered.remove(of);
            payloads.put(id, of.payload());
            model.states.put(id, state);
          }
        });
  }

  private void verify() {
    Verify.Report report = Verify.run(directory, 10);
    assertTrue(report.ok(), () -> "the store does not verify: " + report.texts());
  }

  // ---- time and functions

  private void advance() throws Exception {
    long millis =
        switch (random.nextInt(10)) {
          case 0 -> random.nextInt(10) * BodyRef.BUCKET_MILLIS;
          case 1, 2 -> random.nextInt(60_000);
          default -> random.nextInt(1_500);
        };
    trace.add("advance " + millis);
    shard.clock.advance(Duration.ofMillis(millis));
    shard.settle();
    model.passed(shard.clock.millis());
  }

  private void reap() throws Exception {
    trace.add("reap");
    long now = shard.clock.millis();
    int limit = 1 + random.nextInt(20);
    for (int portions = 0; shard.ask(Addresses.REAP.at(0), new Reap(now, limit)).more(); ) {
      assertTrue(++portions < 1_000, "the sweep does not end");
    }
    shard.settle();
    model.reaped(now);
    int bucket = (int) (now / BodyRef.BUCKET_MILLIS) + random.nextInt(4) - 1;
    shard.ask(Addresses.DROP_BODIES.at(0), new DropBodies(bucket));
    payloads.keySet().retainAll(model.states.keySet());
    for (InvocationId id : payloads.keySet()) {
      byte[] payload = shard.ask(Addresses.GET_BODY.at(0), new GetBody(id, Part.PAYLOAD)).bytes();
      assertArrayEquals(payloads.get(id), payload, "payload of " + id);
    }
  }

  private void newFunction() {
    if (functions.size() < 4) {
      trace.add("function " + nextFunction);
      functions.add(nextFunction);
      shard.functions.settings(nextFunction, commands.settings());
      shard.functions.put(nextFunction++, commands.spec());
    }
  }

  private void pauseOrResume() throws Exception {
    long function = functions.get(random.nextInt(functions.size()));
    trace.add("pause or resume " + function);
    commands.toggle(function);
    shard.functionChanged(function, false);
    shard.settle();
  }

  private void deleteFunction() throws Exception {
    if (functions.size() < 2) {
      return;
    }
    long function = functions.remove(random.nextInt(functions.size()));
    trace.add("delete " + function);
    shard.functions.delete(function);
    shard.functionChanged(function, true);
    Invalidate portion = new Invalidate(function, WalkModel.DELETED, 1 + random.nextInt(5));
    for (int portions = 0; shard.ask(Addresses.INVALIDATE.at(0), portion).more(); ) {
      assertTrue(++portions < 1_000, "the queue does not end");
    }
    for (WalkModel.State state : model.states.values()) {
      Invocation of = state.current();
      if (of.functionUid() == function && of.mode() == Invocation.Mode.SYNC && state.offered()) {
        shard.executor.released(state.run()); // as the executor does when it hears of it
      }
    }
    shard.settle();
    model.functionDeleted(function, shard.clock.millis());
  }

  // ---- what holds after every step

  /**
   * What the executor was handed in this step.
   *
   * @param before what had not ended before the step
   */
  private void handedOver(Set<InvocationId> before) {
    for (Run run : shard.executor.handedOver()) {
      WalkModel.State state = model.states.get(run.invocation().id());
      boolean endedSince =
          state != null
              && state.current().status().terminal()
              && before.contains(run.invocation().id()); // given back before it could begin
      if (run.epoch() == shard.disk().epoch() && !endedSince) {
        model.handedOver(run, shard.clock.millis());
      }
    }
    model.checkQueues(shard.clock.millis());
    for (Deliver deliver : shard.executor.deliveries()) {
      if (deliver.epoch() == shard.disk().epoch()) {
        model.handedOver(deliver, shard.clock.millis());
      }
    }
    model.checkDeliveries(shard.clock.millis());
  }

  private void check() throws Exception {
    for (Sent one : sent) {
      WalkModel.State state = model.states.get(one.id());
      if (state != null) {
        assertEquals(state.current(), shard.get(one.id()));
      }
    }
    for (long function : functions) {
      assertEquals(model.counts(function), shard.count(all(function)));
    }
    assertEquals(model.counts(0), shard.count(all(0)));
    assertEquals(model.unfinished().size(), shard.backlog.total());
    assertEquals(List.copyOf(model.states.keySet()), shard.list(all(0)));
    Status status = Status.of(1 + random.nextInt(Status.values().length));
    long function = functions.get(random.nextInt(functions.size()));
    assertEquals(
        model.counts(function).getOrDefault(status, 0L),
        shard.list(all(function, status)).size(),
        () -> "list of " + status);
  }
}
