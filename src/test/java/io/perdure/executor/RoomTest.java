package io.perdure.executor;

import static io.perdure.runtime.Attempts.await;
import static io.perdure.runtime.Attempts.function;
import static io.perdure.runtime.Attempts.invocation;
import static io.perdure.runtime.Attempts.next;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ExecutorMessages.Drain;
import io.perdure.bus.ExecutorMessages.Gate;
import io.perdure.bus.ExecutorMessages.GetGate;
import io.perdure.bus.ExecutorMessages.Revoke;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.ShardMessages.Began;
import io.perdure.bus.ShardMessages.Broke;
import io.perdure.bus.ShardMessages.FromExecutor;
import io.perdure.bus.ShardMessages.Released;
import io.perdure.bus.ShardMessages.Unrunnable;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.runtime.Outcome;
import io.perdure.time.VirtualClock;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an attempt runs, and how it waits for a runtime that has no room for it. */
@ExtendWith(VertxExtension.class)
class RoomTest {
  private static final long EPOCH = 7;
  private static final long TIMEOUT_MILLIS = 2000;
  private static final RuntimeSpec SPEC = new RuntimeSpec.Command(List.of("x"), Map.of());

  private final VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(1_000_000));
  private final HandRuntime runtime = new HandRuntime(true);
  private final Versions functions = new Versions();
  private final BlockingQueue<FromExecutor> told = new LinkedBlockingQueue<>();
  private Bus bus;

  @BeforeEach
  void deploy(Vertx vertx) throws Exception {
    bus = Bus.install(vertx);
    await(bus.listen(Addresses.ATTEMPT.at(0), told::add));
    await(
        vertx.deployVerticle(
            new ExecutorVerticle(
                ExecutorConfig.DEFAULT,
                bus,
                clock,
                functions,
                Map.of("command", runtime, "python3", runtime),
                new SimpleMeterRegistry())));
  }

  @Test
  void attemptRunsTheVersionItsQualifierLeadsTo() throws Exception {
    Function function = functions.put(1, "3");
    Run run = run(function, "3");
    assertEquals("3", next(runtime.attempts).call.function().version());
    assertEquals(new Began(run.invocation().id(), EPOCH, 1, "by hand", "3"), next(told));
  }

  @Test
  void qualifierThatLeadsNowhereMakesTheInvocationUnrunnable() throws Exception {
    Function function = functions.put(1);
    Run run = run(function, "gone");
    Unrunnable told = assertInstanceOf(Unrunnable.class, next(this.told));
    assertEquals(run.invocation().id(), told.id());
    assertEquals("QualifierNotFound", told.type());
    assertTrue(told.detail().contains("gone"), told.detail());
    assertEquals(new Gate(0, 16, 0, false, 0, 256), gate(1));
    run(function, "LATEST");
    next(runtime.attempts);
  }

  @Test
  void whatHasNoRoomWaitsInItsQueueUntilThereIsSome() throws Exception {
    runtime.full.add("LATEST");
    Function function = functions.put(1);
    run(function, "LATEST");
    run(function, "LATEST");
    assertEquals(new Gate(0, 16, 2, true, 0, 256), gate(1));
    assertTrue(runtime.attempts.isEmpty());
    runtime.full.clear();
    runtime.room(1);
    next(runtime.attempts);
    next(runtime.attempts);
    assertEquals(new Gate(2, 16, 0, false, 2, 256), gate(1));
  }

  @Test
  void runtimeIsAskedOnceForAllThatWaitForAVersion() throws Exception {
    runtime.full.add("LATEST");
    Function function = functions.put(1);
    for (int i = 0; i < 200; i++) {
      run(function, "LATEST");
    }
    gate(1);
    assertEquals(1, runtime.asked.size());
    runtime.room(1);
    gate(1);
    assertEquals(2, runtime.asked.size());
  }

  @Test
  void versionWithoutRoomIsPassedByTheOthers() throws Exception {
    runtime.full.add("1");
    Function function = functions.put(1, "1", "2");
    run(function, "1");
    run(function, "2");
    assertEquals("2", next(runtime.attempts).call.function().version());
    assertEquals(new Gate(1, 16, 1, true, 1, 256), gate(1));
    run(function, "2");
    assertEquals("2", next(runtime.attempts).call.function().version());
  }

  @Test
  void functionWithoutRoomDoesNotHoldUpAnother() throws Exception {
    runtime.full.add("1");
    run(functions.put(1, "1"), "1");
    run(functions.put(2), "LATEST");
    assertEquals(2, next(runtime.attempts).call.function().uid());
  }

  @Test
  void changedFunctionIsTriedAgain() throws Exception {
    runtime.full.add("LATEST");
    run(functions.put(1), "LATEST");
    gate(1);
    runtime.full.clear();
    bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(1, false));
    next(runtime.attempts);
  }

  @Test
  void whatWaitsForRoomCanBeTakenBack() throws Exception {
    runtime.full.add("LATEST");
    Run run = run(functions.put(1), "LATEST");
    bus.send(Addresses.ORDER, new Revoke(run.invocation().id(), EPOCH, 1));
    assertEquals(new Released(run.invocation().id(), EPOCH, 1), next(told));
    assertEquals(new Gate(0, 16, 0, false, 0, 256), gate(1));
  }

  // ---- attempts that begin late

  @Test
  void timeLimitRunsFromTheBeginningOfTheAttempt() throws Exception {
    runtime.beginsLate = true;
    run(functions.put(1), "LATEST");
    HandRuntime.Started attempt = next(runtime.attempts);
    clock.advance(Duration.ofMillis(10 * TIMEOUT_MILLIS));
    gate(1);
    assertTrue(attempt.stops.isEmpty(), "it was ended before it began");
    attempt.begin();
    assertInstanceOf(Began.class, next(told));
    clock.advance(Duration.ofMillis(TIMEOUT_MILLIS - 1));
    gate(1);
    assertTrue(attempt.stops.isEmpty(), "it was ended too soon");
    clock.advance(Duration.ofMillis(1));
    assertEquals("CANCEL " + TIMEOUT_MILLIS, next(attempt.stops));
    attempt.end(new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING));
    assertEquals("Timeout", assertInstanceOf(Broke.class, next(told)).error().type());
  }

  @Test
  void attemptThatHasNotBegunIsTakenBackFromItsRuntime() throws Exception {
    runtime.beginsLate = true;
    Run run = run(functions.put(1), "LATEST");
    HandRuntime.Started attempt = next(runtime.attempts);
    bus.send(Addresses.ORDER, new Revoke(run.invocation().id(), EPOCH, 1));
    assertEquals(new Released(run.invocation().id(), EPOCH, 1), next(told));
    assertTrue(attempt.withdrawn);
    assertEquals(new Gate(0, 16, 0, false, 0, 256), gate(1));
  }

  @Test
  void attemptThatHasBegunIsNotTakenBack() throws Exception {
    Run run = run(functions.put(1), "LATEST");
    HandRuntime.Started attempt = next(runtime.attempts);
    assertInstanceOf(Began.class, next(told));
    bus.send(Addresses.ORDER, new Revoke(run.invocation().id(), EPOCH, 1));
    assertEquals(new Gate(1, 16, 0, false, 1, 256), gate(1));
    assertTrue(attempt.stops.isEmpty() && told.isEmpty());
  }

  @Test
  void drainGivesBackWhatHasNotBegun() throws Exception {
    runtime.beginsLate = true;
    Run run = run(functions.put(1), "LATEST");
    next(runtime.attempts);
    await(bus.request(Addresses.DRAIN, new Drain(10_000)));
    assertEquals(new Released(run.invocation().id(), EPOCH, 1), next(told));
  }

  // ---- tools

  private Run run(Function function, String qualifier) {
    InvocationBuilder invocation = invocation(0, function).edit();
    invocation.qualifier = qualifier;
    Run run = new Run(invocation.build(), EPOCH, 1, new byte[] {1});
    bus.send(Addresses.ORDER, run);
    return run;
  }

  private Gate gate(long function) throws Exception {
    return await(bus.request(Addresses.GATE, new GetGate(function)));
  }

  /** Functions with versions. */
  private static final class Versions implements Functions {
    private final Map<Long, Function> latest = new ConcurrentHashMap<>();
    private final Map<String, Function> frozen = new ConcurrentHashMap<>();

    Function put(long uid, String... versions) {
      Function function = function(uid, "fn" + uid, SPEC, TIMEOUT_MILLIS, 16, false);
      latest.put(uid, function);
      for (String version : versions) {
        frozen.put(uid + ":" + version, function.frozen(version, "", 1));
      }
      return function;
    }

    @Override
    public Optional<Function> find(String account, String namespace, String name) {
      return Optional.empty();
    }

    @Override
    public Function byUid(long uid) {
      return latest.get(uid);
    }

    @Override
    public Function byUid(long uid, String qualifier) {
      return byUid(uid);
    }

    @Override
    public Optional<Function> resolve(Function function, String qualifier, long point) {
      return qualifier.equals("LATEST")
          ? Optional.of(function)
          : Optional.ofNullable(frozen.get(function.uid() + ":" + qualifier));
    }

    @Override
    public boolean hasNamespace(String account, String namespace) {
      return true;
    }
  }
}
