package io.perdure.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.FunctionPut;
import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.FunctionBuilder;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FunctionChangesTest {
  private static final FunctionChanges.Target DEMO =
      new FunctionChanges.Target("acc", "default", "demo", "me");

  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = Bus.install(vertx);
  private final KnownFunctions functions = new KnownFunctions();
  private final Function demo = functions.add(1, "acc", "demo");
  private final FunctionChanges changes =
      new FunctionChanges(
          bus,
          new Router(
              bus, functions, 1, new VirtualClock(Instant.EPOCH), new RouterConfig(1_000_000)));
  private final List<PutFunction> puts = new ArrayList<>();

  /** How many changes of others come in before one of ours gets through. */
  private int others;

  @BeforeEach
  void serve() {
    bus.serve(Addresses.PUT_FUNCTION, this::put).await();
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private Future<FunctionPut> put(PutFunction put) {
    puts.add(put);
    if (others > 0) {
      others--;
      Function now = functions.byUid(1);
      FunctionBuilder changed = new FunctionBuilder(now).revised(0);
      changed.timeoutMillis = now.timeoutMillis() + 1;
      functions.put(changed.build());
      return Future.failedFuture(new FailureException(new Failure.Precondition("changed")));
    }
    return Future.succeededFuture(new FunctionPut(functions.byUid(1), false));
  }

  private static Function slower(Function function) {
    FunctionBuilder next = new FunctionBuilder(function);
    next.concurrency = 1;
    return next.build();
  }

  @Test
  void onlyTheRevisionThatWasChangedIsReplaced() {
    changes.change(DEMO, FunctionChangesTest::slower).await();

    assertEquals(List.of(FunctionChanges.put(slower(demo), "me", 1)), puts);
  }

  @Test
  void aChangeThatCameInBetweenIsKept() {
    others = 2;

    changes.change(DEMO, FunctionChangesTest::slower).await();

    PutFunction last = puts.get(2);
    assertEquals(3, puts.size());
    assertEquals(60_002, last.timeoutMillis());
    assertEquals(1, last.concurrency());
    assertEquals(3, last.ifRevision());
  }

  @Test
  void afterAFewTriesItFails() {
    others = 100;

    FailureException refused =
        assertThrows(
            FailureException.class,
            () -> changes.change(DEMO, FunctionChangesTest::slower).await());

    assertInstanceOf(Failure.Precondition.class, refused.failure());
    assertEquals(5, puts.size());
  }

  @Test
  void oneRevisionIsAskedForOnce() {
    others = 1;

    assertThrows(
        FailureException.class, () -> changes.change(DEMO, 1, FunctionChangesTest::slower).await());

    assertEquals(1, puts.size());
  }

  @Test
  void whatTheChangeThrowsIsTheFailure() {
    RuntimeException refused = new IllegalArgumentException("no");

    Future<Function> changed =
        changes.change(
            DEMO,
            function -> {
              throw refused;
            });

    assertEquals(refused, changed.cause());
    assertEquals(List.of(), puts);
  }
}
