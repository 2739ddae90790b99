package io.perdure.runtime.managed.pool;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Attempts;
import io.perdure.runtime.Call;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Running;
import io.perdure.time.VirtualClock;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A managed runtime on its event loop, with instances by hand and a clock that stands still. */
final class PoolBench {
  static final long NOW = 1_000_000;
  static final int RESULT_BYTES_MAX = 1000;
  private static final long CLOSE_MILLIS = 50;

  final VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(NOW));
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final HandInstances hands = new HandInstances();
  final KnownFunctions functions = new KnownFunctions();
  final List<Long> told = new ArrayList<>();
  LongConsumer onTold = told::add;
  final ManagedRuntime runtime;
  private final Context loop;

  PoolBench(Vertx vertx, Room config) {
    loop = vertx.getOrCreateContext();
    runtime =
        new ManagedRuntime(
            config, hands.parts(), clock, functions, RESULT_BYTES_MAX, meters, CLOSE_MILLIS);
    run(() -> runtime.onRoom(uid -> onTold.accept(uid)));
  }

  // ---- functions and calls

  /** How a function differs from the usual one. */
  static final class Spec {
    Language language = Language.PYTHON;
    Function.Flavour flavour = Function.Flavour.NATIVE;
    String handler = "index.handler";
    CodeRef code = new CodeRef("0".repeat(64), 1, "1");
    int memoryMb = 128;
    int concurrency = 1;
    int port;
    Managed.Hook preStop;
    long timeoutMillis = 3_000;
    long initTimeoutMillis = 5_000;
    long idleMillis = 60_000;
  }

  Function function(long uid, UnaryOperator<Spec> how) {
    Spec spec = how.apply(new Spec());
    Managed managed =
        new Managed(
            spec.language,
            "Python3.10",
            spec.handler,
            spec.code,
            Map.of("MINE", "1"),
            spec.memoryMb,
            512,
            spec.concurrency,
            null,
            spec.initTimeoutMillis,
            spec.preStop,
            List.of(),
            spec.port,
            spec.idleMillis);
    Function plain = Attempts.function(uid, "fn" + uid, managed, spec.timeoutMillis, 100, false);
    Function function =
        new Function(
            plain.uid(),
            plain.account(),
            plain.namespace(),
            plain.name(),
            spec.flavour,
            plain.version(),
            plain.about(),
            plain.runtime(),
            plain.timeoutMillis(),
            plain.concurrency(),
            plain.retry(),
            plain.eventAgeMillis(),
            plain.retention(),
            plain.pause(),
            plain.createdAt(),
            plain.modifiedAt(),
            functions.latest.containsKey(uid) ? functions.latest.get(uid).revision() + 1 : 1);
    functions.latest.put(uid, function);
    return function;
  }

  Function function(long uid) {
    return function(uid, spec -> spec);
  }

  static Call call(Function function) {
    return Attempts.call(function, new byte[] {1}, RESULT_BYTES_MAX, 4096);
  }

  Running start(Function function) {
    return get(() -> runtime.start(call(function)));
  }

  boolean hasRoom(Function function) {
    return get(() -> runtime.hasRoom(function));
  }

  /** What has become of an attempt; null when it goes on. */
  Outcome outcome(Running attempt) {
    return get(() -> attempt.outcome().isComplete() ? attempt.outcome().result() : null);
  }

  boolean began(Running attempt) {
    return get(() -> attempt.started().isComplete());
  }

  List<String> stop(Running attempt, StopMode mode, long graceMillis) {
    List<String> steps = new ArrayList<>();
    run(() -> attempt.stop(mode, graceMillis, (step, detail) -> steps.add(step + " " + detail)));
    return steps;
  }

  // ---- the loop

  /** Does {@code work} on the event loop; back when what it set off at once is done as well. */
  void run(Runnable work) {
    get(
        () -> {
          work.run();
          return null;
        });
    for (int i = 0; i < 3; i++) {
      get(() -> null); // what was put off to later turns
    }
  }

  <T> T get(Supplier<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.runOnContext(
        v -> {
          try {
            done.complete(work.get());
          } catch (Throwable e) {
            done.completeExceptionally(e);
          }
        });
    try {
      return done.get(Attempts.PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  void advance(long millis) {
    clock.advance(Duration.ofMillis(millis));
    run(() -> {});
  }

  double count(String meter, String tag, String value) {
    return meters.get(meter).tag(tag, value).counter().count();
  }

  /** Functions without versions, unless a test adds some. */
  static final class KnownFunctions implements Functions {
    final Map<Long, Function> latest = new HashMap<>();
    final Map<String, Function> frozen = new HashMap<>();

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
