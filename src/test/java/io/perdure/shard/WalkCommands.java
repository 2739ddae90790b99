package io.perdure.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.bus.DeliveryMessages.Deliver;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.DeliveryOutcome;
import io.perdure.invocation.Destination;
import io.perdure.invocation.Destination.ToAddress;
import io.perdure.invocation.Event;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Signal;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.shard.WalkModel.State;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;

/** Makes up commands, and says what each makes of the record it is about. */
final class WalkCommands {
  /** The answer of a command that needs none. */
  static final Future<Void> NO_ANSWER = Future.succeededFuture();

  private static final int KEYS = 6;

  private final ShardHarness shard;
  private final WalkModel model;
  private final Random random;
  private final Map<Long, TestFunctions.Spec> specs = new HashMap<>();

  /**
   * A command about one record.
   *
   * @param after the record once it is decided
   * @param sender sends it; gives the answer, or {@link #NO_ANSWER}
   */
  record Command(String text, State after, Supplier<Future<?>> sender) {
    Future<?> send() {
      return sender.get();
    }
  }

  WalkCommands(ShardHarness shard, WalkModel model, Random random) {
    this.shard = shard;
    this.model = model;
    this.random = random;
  }

  /** Some command that fits {@code state}. */
  Command on(State state) {
    if (model.underWay.containsKey(state.current().id()) && random.nextInt(3) > 0) {
      return delivery(state);
    }
    if (random.nextInt(6) == 0 || (state.run() == null)) {
      return stop(state, random.nextBoolean() ? StopMode.CANCEL : StopMode.GRACEFUL);
    }
    if (!state.begun()) {
      return switch (random.nextInt(8)) {
        case 0 -> released(state);
        case 1 -> broke(state, RunError.Kind.PLATFORM);
        default -> began(state);
      };
    }
    return switch (random.nextInt(8)) {
      case 0 -> broke(state, RunError.Kind.PLATFORM);
      case 1, 2 -> broke(state, RunError.Kind.FUNCTION);
      case 3 -> stopStep(state);
      default -> succeeded(state);
    };
  }

  private Command delivery(State state) {
    Deliver deliver = model.underWay.remove(state.current().id());
    int attempt = deliver.attempt();
    DeliveryOutcome outcome =
        switch (random.nextInt(4)) {
          case 0, 1 -> new DeliveryOutcome.Failed(attempt, "HTTP 500", false, 0);
          case 2 -> new DeliveryOutcome.Failed(attempt, "HTTP 404", true, 0);
          default -> new DeliveryOutcome.Succeeded(attempt, "HTTP 200");
        };
    return oneWay(
        "delivery " + outcome,
        model.delivered(state, outcome, now()),
        () -> shard.executor.told(deliver, outcome));
  }

  private Command stop(State state, StopMode mode) {
    State after = model.after(state, new Signal.StopRequested(mode, 5_000, "test"), now());
    return new Command("stop " + mode, after, () -> shard.stop(state.current().id(), mode));
  }

  private Command began(State state) {
    State after = model.begun(state, "instance-1", now());
    return oneWay("began", after, () -> shard.executor.began(state.run()));
  }

  private Command released(State state) {
    return oneWay(
        "released",
        model.givenBack(state.handed(null), now()),
        () -> shard.executor.released(state.run()));
  }

  private Command succeeded(State state) {
    Run run = state.run();
    byte[] result = bytes();
    BodyRef ref = model.body(state, result, now());
    Signal signal = new Signal.AttemptSucceeded(run.epoch(), run.attempt(), 0, ref, BodyRef.NONE);
    return oneWay(
        "succeeded",
        model.after(state, signal, now()),
        () -> shard.executor.succeeded(run, result));
  }

  private Command broke(State state, RunError.Kind kind) {
    Run run = state.run();
    RunError error = new RunError(kind, "Test", "made to fail");
    long retryAfter = random.nextInt(3) * 700L;
    byte[] result = bytes();
    byte[] log = bytes();
    Signal signal =
        kind == RunError.Kind.PLATFORM
            ? new Signal.PlatformFailed(run.epoch(), run.attempt(), error, retryAfter)
            : new Signal.AttemptFailed(
                run.epoch(),
                run.attempt(),
                error,
                retryAfter,
                0,
                model.body(state, result, now()),
                model.body(state, log, now()));
    return oneWay(
        "broke " + kind,
        model.after(state, signal, now()),
        () -> shard.executor.failed(run, kind, retryAfter, result, log));
  }

  private Command stopStep(State state) {
    Run run = state.run();
    Event.Type step = Event.Type.STOP_ACKNOWLEDGED;
    Signal signal = new Signal.StopProgressed(run.epoch(), run.attempt(), step, "signal 15");
    return oneWay(
        "stop step", model.after(state, signal, now()), () -> shard.executor.stopStep(run, step));
  }

  private static Command oneWay(String text, State after, Runnable send) {
    return new Command(
        text,
        after,
        () -> {
          send.run();
          return NO_ANSWER;
        });
  }

  // ---- submits

  Submit submission(List<Long> functions) {
    return submission(functions, random.nextBoolean() ? null : "key-" + random.nextInt(KEYS));
  }

  Submit submission(List<Long> functions, String key) {
    long function = functions.get(random.nextInt(functions.size()));
    boolean sync = random.nextInt(4) == 0;
    long due = !sync && random.nextInt(3) == 0 ? now() + random.nextInt(5_000) : 0;
    Invocation.Mode mode = sync ? Invocation.Mode.SYNC : Invocation.Mode.ASYNC;
    return ShardHarness.submission(function, key, due, mode, Map.of(), bytes());
  }

  /** The record that has the key of {@code submit}, or null. */
  InvocationId withKey(Submit submit) {
    return model.states.values().stream()
        .map(State::current)
        .filter(i -> submit.key() != null && submit.key().equals(i.key()))
        .filter(i -> i.functionUid() == submit.functionUid())
        .map(Invocation::id)
        .findFirst()
        .orElse(null);
  }

  /** The same if it has ended: deliveries and the passing of time may free the key. */
  InvocationId endedWithKey(Submit submit) {
    InvocationId known = withKey(submit);
    boolean ended = known != null && model.states.get(known).current().status().terminal();
    return ended ? known : null;
  }

  /** The same if its retention was over at {@code at}, and it owes nothing: the key is free. */
  InvocationId overWithKey(Submit submit, long at) {
    InvocationId ended = endedWithKey(submit);
    return ended == null || model.states.get(ended).current().isKeptAt(at) ? null : ended;
  }

  void checkNew(Submit submit, Invocation got, long sentAt) {
    assertEquals(Status.ENQUEUED, got.status());
    assertEquals(submit.functionUid(), got.functionUid());
    assertEquals(submit.key(), got.key());
    assertEquals(submit.mode(), got.mode());
    assertEquals(submit.payload().length, got.payload().bytes());
    assertEquals(sentAt, got.acceptedAt());
    assertEquals(Math.max(sentAt, submit.dueAt()), got.dueAt());
  }

  /** Whether {@code found} may have come from {@code submit}. */
  boolean isOf(Submit submit, Invocation found) {
    return submit.functionUid() == found.functionUid()
        && submit.mode() == found.mode()
        && Objects.equals(submit.key(), found.key())
        && submit.payload().length == found.payload().bytes();
  }

  // ---- functions

  TestFunctions.Spec spec() {
    TestFunctions.Spec spec =
        new TestFunctions.Spec()
            .retry(
                new RetryPolicy(
                    3, random.nextInt(3) * 500L, 60_000, 0.2, RetryPolicy.NONE.retryOn()))
            .eventAge(random.nextBoolean() ? 0 : 1 + random.nextInt(100_000));
    return random.nextBoolean()
        ? spec
        : spec.retention(TestFunctions.HOUR, 30 * TestFunctions.HOUR);
  }

  /** Destinations for some functions, with a limit they share. */
  AsyncSettings settings() {
    return new AsyncSettings(null, null, null, null, destination(), destination(), "");
  }

  private Destination destination() {
    String address = "to-" + random.nextInt(3);
    return random.nextBoolean() ? null : new Destination(address, new ToAddress(address));
  }

  void toggle(long function) {
    TestFunctions.Spec spec = specs.computeIfAbsent(function, f -> spec());
    spec.paused = !spec.paused;
    shard.functions.put(function, spec);
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(3_000)];
    random.nextBytes(bytes);
    return bytes;
  }

  private long now() {
    return shard.clock.millis();
  }
}
