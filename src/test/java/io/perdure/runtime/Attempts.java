package io.perdure.runtime;

import io.perdure.invocation.About;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.StopMode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Invocations, functions and calls for tests of what runs attempts. */
public final class Attempts {
  /** Longest wait for what happens at once when it happens at all. */
  public static final long PATIENCE_SECONDS = 20;

  public static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private static final InvocationId.Minter[] MINTERS = {minter(0), minter(1), minter(2), minter(3)};

  private Attempts() {}

  /** A function of namespace {@code default}; time limit 60 s, concurrency 16. */
  public static Function function(long uid, String name, RuntimeSpec runtime) {
    return function(uid, name, runtime, 60_000, 16, false);
  }

  public static Function function(
      long uid,
      String name,
      RuntimeSpec runtime,
      long timeoutMillis,
      int concurrency,
      boolean paused) {
    return new Function(
        uid,
        "1234567890123456",
        "default",
        name,
        Function.Flavour.NATIVE,
        Invocation.LATEST,
        About.NOTHING,
        runtime,
        timeoutMillis,
        concurrency,
        RetryPolicy.NONE,
        0,
        RetentionPolicy.DEFAULT,
        paused ? new Function.Pause("tester", 1) : null,
        1,
        1,
        1);
  }

  /** A new invocation in {@code shard}, 0 to 2, whose payload is stored and not empty. */
  public static Invocation invocation(int shard, Function function) {
    InvocationBuilder builder = new InvocationBuilder();
    synchronized (MINTERS) {
      builder.id = MINTERS[shard].next(1);
    }
    builder.functionUid = function.uid();
    builder.account = function.account();
    builder.namespace = function.namespace();
    builder.function = function.name();
    builder.traceparent = TRACE;
    builder.payload = new BodyRef(3, 1);
    return builder.build();
  }

  /** Attempt 2 of a new invocation, with room for 1000 bytes of result and 100 of log. */
  public static Call call(RuntimeSpec runtime, String payload) {
    return call(function(1, "fn", runtime), payload.getBytes(StandardCharsets.UTF_8), 1000, 100);
  }

  public static Call call(Function function, byte[] payload, int resultBytesMax, int logBytesMax) {
    return call(function, payload, ResultRoom.of(resultBytesMax), logBytesMax);
  }

  public static Call call(Function function, byte[] payload, ResultRoom room, int logBytesMax) {
    return new Call(invocation(0, function), function, 7, 2, payload, 61_000, room, logBytesMax);
  }

  /** Starts {@code call} on an event loop, as the executor does. */
  public static Running start(Vertx vertx, FunctionRuntime runtime, Call call) {
    return on(vertx, () -> runtime.start(call));
  }

  /** What {@code action} returns on an event loop. */
  public static <T> T on(Vertx vertx, Supplier<T> action) {
    AtomicReference<T> result = new AtomicReference<>();
    CountDownLatch done = new CountDownLatch(1);
    vertx.runOnContext(
        v -> {
          result.set(action.get());
          done.countDown();
        });
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the event loop did not get to it");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return result.get();
  }

  /** Asks {@code running} to stop, on an event loop; returns the steps as they come. */
  public static BlockingQueue<String> stop(
      Vertx vertx, Running running, StopMode mode, long graceMillis) {
    BlockingQueue<String> steps = new LinkedBlockingQueue<>();
    return on(
        vertx,
        () -> {
          running.stop(mode, graceMillis, (step, detail) -> steps.add(step + " " + detail));
          return steps;
        });
  }

  /** The next of {@code queue}, awaited. */
  public static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing came within " + PATIENCE_SECONDS + " s");
    }
    return next;
  }

  /** The value of {@code future}, awaited. */
  public static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** The outcome of one attempt, awaited. */
  public static Outcome outcome(Vertx vertx, FunctionRuntime runtime, Call call) throws Exception {
    return await(start(vertx, runtime, call).outcome());
  }

  public static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static InvocationId.Minter minter(int shard) {
    return new InvocationId.Minter(shard, new Random(shard));
  }
}
