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
import io.perdure.bus.ExecutorMessages.Gate;
import io.perdure.bus.ExecutorMessages.GetGate;
import io.perdure.bus.ExecutorMessages.Revoke;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.ShardMessages.Began;
import io.perdure.bus.ShardMessages.Broke;
import io.perdure.bus.ShardMessages.FromExecutor;
import io.perdure.bus.ShardMessages.Released;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.runtime.Outcome;
import io.perdure.time.VirtualClock;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
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

/** What a caller waits for: started at once, or told at once that it cannot be. */
@ExtendWith(VertxExtension.class)
class SyncTest {
  private static final long EPOCH = 7;
  private static final RuntimeSpec SPEC = new RuntimeSpec.Command(List.of("x"), Map.of());
  private static final Outcome DONE = new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING);

  private final HandRuntime runtime = new HandRuntime(true);
  private final Known functions = new Known();
  private final BlockingQueue<FromExecutor> told = new LinkedBlockingQueue<>();
  private Vertx vertx;
  private Bus bus;

  @BeforeEach
  void serveShard(Vertx vertx) throws Exception {
    this.vertx = vertx;
    bus = Bus.install(vertx);
    await(bus.listen(Addresses.ATTEMPT.at(0), told::add));
  }

  // ---- the function's concurrency

  @Test
  void oneTooManyFailsAtOnceAndIsNeverStarted() throws Exception {
    deploy(256);
    Function function = functions.put(1, 1);
    async(function);
    next(runtime.attempts);
    assertInstanceOf(Began.class, next(told));
    Run sync = sync(function);
    Broke broke = assertInstanceOf(Broke.class, next(told));
    assertEquals(id(sync), broke.id());
    assertEquals(
        new RunError(
            RunError.Kind.PLATFORM,
            "ConcurrencyExceeded",
            "Function [ fn1 ] concurrency exceeded, at most 1 at once"),
        broke.error());
    assertEquals(new Gate(1, 1, 0, false, 1, 256), gate());
    assertTrue(runtime.attempts.isEmpty());
  }

  @Test
  void ofTwoAtTheSameTimeExactlyOneRuns() throws Exception {
    deploy(256);
    Function function = functions.put(1, 1);
    Run first = sync(function);
    Run second = sync(function);
    assertEquals(id(first), next(runtime.attempts).call.invocation().id());
    assertEquals(id(first), assertInstanceOf(Began.class, next(told)).id());
    assertEquals(id(second), turnedAway("ConcurrencyExceeded"));
    gate();
    assertTrue(runtime.attempts.isEmpty());
  }

  @Test
  void thePlaceOfOneThatHasEndedIsFree() throws Exception {
    deploy(256);
    Function function = functions.put(1, 1);
    sync(function);
    next(runtime.attempts).end(DONE);
    next(told); // began
    next(told); // succeeded
    gate();
    sync(function);
    next(runtime.attempts);
  }

  @Test
  void whatWaitsForTheConcurrencyIsPassedBy() throws Exception {
    deploy(256);
    Function function = functions.put(1, 1);
    async(function);
    HandRuntime.Started running = next(runtime.attempts);
    async(function);
    assertEquals(1, gate().queued());
    running.end(DONE);
    next(runtime.attempts).end(DONE); // the one that waited
    awaitIdle();
    sync(function);
    next(runtime.attempts);
  }

  // ---- the node's concurrency

  @Test
  void itWaitsForTheNodeInFrontOfTheOthers() throws Exception {
    deploy(1);
    async(functions.put(2, 16));
    HandRuntime.Started busy = next(runtime.attempts);
    Function function = functions.put(1, 16);
    async(function);
    Run sync = sync(function);
    assertEquals(new Gate(0, 16, 2, false, 1, 1), gate());
    busy.end(DONE);
    assertEquals(id(sync), next(runtime.attempts).call.invocation().id());
  }

  @Test
  void oneThatWaitsForTheNodeHasItsPlace() throws Exception {
    deploy(1);
    async(functions.put(2, 16));
    HandRuntime.Started busy = next(runtime.attempts);
    next(told);
    Function function = functions.put(1, 1);
    Run first = sync(function);
    Run second = sync(function);
    assertEquals(id(second), turnedAway("ConcurrencyExceeded"));
    busy.end(DONE);
    assertEquals(id(first), next(runtime.attempts).call.invocation().id());
  }

  // ---- instances

  @Test
  void nothingElseTakesThePlaceOfOneThatWaitsForAnInstance() throws Exception {
    deploy(256);
    runtime.full.add("3");
    Function function = functions.put(1, 1, "3");
    Run sync = run(function, Invocation.Mode.SYNC, "3");
    async(function);
    assertEquals(new Gate(0, 1, 2, true, 0, 256), gate());
    assertTrue(runtime.attempts.isEmpty());
    runtime.full.clear();
    runtime.room(1);
    assertEquals(id(sync), next(runtime.attempts).call.invocation().id());
  }

  @Test
  void othersUseThePlacesThatAreNotClaimed() throws Exception {
    deploy(256);
    runtime.full.add("3");
    Function function = functions.put(1, 2, "3");
    run(function, Invocation.Mode.SYNC, "3");
    Run first = async(function);
    Run second = async(function);
    HandRuntime.Started running = next(runtime.attempts);
    assertEquals(id(first), running.call.invocation().id());
    assertEquals(2, gate().queued());
    running.end(DONE);
    assertEquals(id(second), next(runtime.attempts).call.invocation().id());
  }

  @Test
  void thePlaceOfOneThatIsTakenBackIsForTheOthers() throws Exception {
    deploy(256);
    runtime.full.add("3");
    Function function = functions.put(1, 1, "3");
    Run sync = run(function, Invocation.Mode.SYNC, "3");
    Run async = async(function);
    gate();
    bus.send(Addresses.ORDER, new Revoke(id(sync), EPOCH, 1));
    assertEquals(new Released(id(sync), EPOCH, 1), next(told));
    assertEquals(id(async), next(runtime.attempts).call.invocation().id());
  }

  // ---- changes of the function

  @Test
  void lessConcurrencyTurnsTheLastAway() throws Exception {
    deploy(1);
    async(functions.put(2, 16));
    HandRuntime.Started busy = next(runtime.attempts);
    next(told);
    Function function = functions.put(1, 2);
    Run first = sync(function);
    Run second = sync(function);
    gate();
    functions.put(1, 1);
    changed();
    assertEquals(id(second), turnedAway("ConcurrencyExceeded"));
    busy.end(DONE);
    assertEquals(id(first), next(runtime.attempts).call.invocation().id());
  }

  @Test
  void aPausedFunctionTurnsItAway() throws Exception {
    deploy(256);
    Function function = functions.paused(1);
    Run sync = sync(function);
    assertEquals(id(sync), turnedAway("Paused"));
  }

  @Test
  void aPauseTurnsAwayWhatWaits() throws Exception {
    deploy(1);
    async(functions.put(2, 16));
    next(runtime.attempts);
    next(told);
    Run sync = sync(functions.put(1, 16));
    gate();
    functions.paused(1);
    changed();
    assertEquals(id(sync), turnedAway("Paused"));
  }

  @Test
  void aDeletedFunctionGivesItBack() throws Exception {
    deploy(1);
    async(functions.put(2, 16));
    next(runtime.attempts);
    next(told);
    Run sync = sync(functions.put(1, 16));
    gate();
    functions.known.remove(1L);
    changed();
    assertEquals(new Released(id(sync), EPOCH, 1), next(told));
  }

  // ---- concurrency 0

  @Test
  void withoutConcurrencyWhatIsQueuedWaitsUntilThereIsSome() throws Exception {
    deploy(256);
    Function function = functions.put(1, 0);
    async(function);
    assertEquals(new Gate(0, 0, 1, false, 0, 256), gate());
    functions.put(1, 1);
    changed();
    next(runtime.attempts);
  }

  @Test
  void withoutConcurrencyWhatIsWaitedForFails() throws Exception {
    deploy(256);
    Run sync = sync(functions.put(1, 0));
    assertEquals(id(sync), turnedAway("ConcurrencyExceeded"));
  }

  // ---- bounds

  @Test
  void aFullQueueOfOthersDoesNotTurnItAway() throws Exception {
    deploy(new ExecutorConfig(1, 1, 1 << 10, 1 << 10));
    async(functions.put(2, 16));
    HandRuntime.Started busy = next(runtime.attempts);
    next(told);
    Function function = functions.put(1, 16);
    async(function);
    Run sync = sync(function);
    Run second = sync(function);
    assertEquals(id(second), turnedAway("QueueFull"));
    busy.end(DONE);
    assertEquals(id(sync), next(runtime.attempts).call.invocation().id());
  }

  // ---- tools

  private void deploy(int concurrency) throws Exception {
    deploy(new ExecutorConfig(concurrency, 4096, 1 << 20, 1 << 10));
  }

  private void deploy(ExecutorConfig config) throws Exception {
    await(
        vertx.deployVerticle(
            new ExecutorVerticle(
                config,
                bus,
                new VirtualClock(Instant.ofEpochMilli(1_000_000)),
                functions,
                Map.of("command", runtime),
                new SimpleMeterRegistry())));
  }

  private Run sync(Function function) {
    return run(function, Invocation.Mode.SYNC, Invocation.LATEST);
  }

  private Run async(Function function) {
    return run(function, Invocation.Mode.ASYNC, Invocation.LATEST);
  }

  private Run run(Function function, Invocation.Mode mode, String qualifier) {
    InvocationBuilder next = invocation(0, function).edit();
    next.mode = mode;
    next.qualifier = qualifier;
    Run run = new Run(next.build(), EPOCH, 1, new byte[] {1});
    bus.send(Addresses.ORDER, run);
    return run;
  }

  private void changed() {
    bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(1, false));
  }

  /** The gate of function 1 after all that was sent before. */
  private Gate gate() throws Exception {
    return await(bus.request(Addresses.GATE, new GetGate(1)));
  }

  private void awaitIdle() throws Exception {
    for (int i = 0; i < 1000 && gate().running() > 0; i++) {}
    assertEquals(0, gate().running());
  }

  /** Who is told next that it cannot have its turn, and is told so for {@code why}. */
  private InvocationId turnedAway(String why) throws Exception {
    Broke broke = assertInstanceOf(Broke.class, next(told));
    assertEquals(RunError.Kind.PLATFORM, broke.error().kind());
    assertEquals(why, broke.error().type());
    return broke.id();
  }

  private static InvocationId id(Run run) {
    return run.invocation().id();
  }

  /** The functions there are, and their versions. */
  private static final class Known implements Functions {
    final Map<Long, Function> known = new ConcurrentHashMap<>();
    private final Map<String, Function> frozen = new ConcurrentHashMap<>();

    Function put(long uid, int concurrency, String... versions) {
      Function function = function(uid, "fn" + uid, SPEC, 60_000, concurrency, false);
      known.put(uid, function);
      for (String version : versions) {
        frozen.put(uid + ":" + version, function.frozen(version, "", 1));
      }
      return function;
    }

    Function paused(long uid) {
      Function function = function(uid, "fn" + uid, SPEC, 60_000, 16, true);
      known.put(uid, function);
      return function;
    }

    @Override
    public Optional<Function> find(String account, String namespace, String name) {
      return Optional.empty();
    }

    @Override
    public Function byUid(long uid) {
      return known.get(uid);
    }

    @Override
    public Function byUid(long uid, String qualifier) {
      return byUid(uid);
    }

    @Override
    public Optional<Function> resolve(Function function, String qualifier, long point) {
      return qualifier.equals(Invocation.LATEST)
          ? Optional.of(function)
          : Optional.ofNullable(frozen.get(function.uid() + ":" + qualifier));
    }

    @Override
    public boolean hasNamespace(String account, String namespace) {
      return true;
    }
  }
}
