package io.perdure.time;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
@Timeout(20)
class VirtualClockTest {
  private static final long START = 1_700_000_000_000L;

  private final VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(START));
  private final List<String> seen = new CopyOnWriteArrayList<>();

  @Test
  void showsItsStartUntilItIsMoved() {
    assertEquals(START, clock.millis());
    clock.advance(ofSeconds(72));
    assertEquals(START + 72_000, clock.millis());
    assertEquals(Instant.ofEpochMilli(START + 72_000), clock.instant());
  }

  @Test
  void callsTimersInTheirOrderEachAtItsTime(Vertx vertx) throws Exception {
    on(vertx.getOrCreateContext(), () -> clock.at(START + 300, () -> note("third")));
    on(vertx.getOrCreateContext(), () -> clock.at(START + 100, () -> note("first")));
    on(vertx.getOrCreateContext(), () -> clock.at(START + 100, () -> note("second")));
    clock.advance(ofMillis(300));
    assertEquals(List.of("first at 100", "second at 100", "third at 300"), seen);
  }

  @Test
  void leavesWhatIsNotYetDue(Vertx vertx) throws Exception {
    on(vertx.getOrCreateContext(), () -> clock.at(START + 301, () -> note("late")));
    clock.advance(ofMillis(300));
    assertEquals(List.of(), seen);
    assertEquals(OptionalLong.of(START + 301), clock.pending());
  }

  @Test
  void callsTimersThatWereSetOnTheWay(Vertx vertx) throws Exception {
    on(
        vertx.getOrCreateContext(),
        () ->
            clock.at(
                START + 100,
                () -> {
                  note("first");
                  clock.at(START + 200, () -> note("second"));
                }));
    clock.advance(ofSeconds(1));
    assertEquals(List.of("first at 100", "second at 200"), seen);
    assertEquals(OptionalLong.empty(), clock.pending());
  }

  @Test
  void callsBackOnTheContextOfTheCaller(Vertx vertx) throws Exception {
    Context context = vertx.getOrCreateContext();
    Promise<Context> called = Promise.promise();
    on(context, () -> clock.at(START + 1, () -> called.complete(Vertx.currentContext())));
    clock.advance(ofMillis(1));
    assertSame(context, join(called.future()));
  }

  @Test
  void callsBackOnAWorkerWhenAWorkerAsked(Vertx vertx) throws Exception {
    Promise<Boolean> called = Promise.promise();
    join(
        vertx.deployVerticle(
            new VerticleBase() {
              @Override
              public Future<?> start() {
                clock.at(START + 1, () -> called.complete(Context.isOnWorkerThread()));
                return Future.succeededFuture();
              }
            },
            new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)));
    clock.advance(ofMillis(1));
    assertTrue(join(called.future()));
  }

  @Test
  void callsAtOnceWhatIsDueAlready(Vertx vertx) throws Exception {
    Promise<Long> called = Promise.promise();
    on(vertx.getOrCreateContext(), () -> clock.at(START, () -> called.complete(clock.millis())));
    assertEquals(START, join(called.future()));
  }

  @Test
  void doesNotCallWhatWasCancelled(Vertx vertx) throws Exception {
    Clock.Timer timer =
        on(vertx.getOrCreateContext(), () -> clock.at(START + 1, () -> note("cancelled")));
    timer.cancel();
    clock.advance(ofMillis(1));
    assertEquals(List.of(), seen);
    assertEquals(OptionalLong.empty(), clock.pending());
  }

  @Test
  void canBeMovedOnAThreadOfVertx(Vertx vertx) throws Exception {
    Context context = vertx.getOrCreateContext();
    Promise<Void> called = Promise.promise();
    on(context, () -> clock.at(START + 1, called::complete));
    on(
        context,
        () -> {
          clock.advance(ofSeconds(1));
          return null;
        });
    join(called.future());
    assertEquals(START + 1000, clock.millis());
  }

  @Test
  void forgetsTimersOfAClosedVertx() throws Exception {
    Vertx closed = Vertx.vertx();
    on(closed.getOrCreateContext(), () -> clock.at(START + 1, () -> note("event loop")));
    join(
        closed.deployVerticle(
            new VerticleBase() {
              @Override
              public Future<?> start() {
                clock.at(START + 2, () -> note("worker"));
                return Future.succeededFuture();
              }
            },
            new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)));
    join(closed.close());
    clock.advance(ofSeconds(1));
    assertEquals(List.of(), seen);
  }

  @Test
  void refusesATimerWithoutAContext() {
    assertThrows(IllegalStateException.class, () -> clock.at(START + 1, () -> note("nobody")));
  }

  @Test
  void refusesToGoBack() {
    assertThrows(IllegalArgumentException.class, () -> clock.advance(Duration.ofMillis(-1)));
  }

  private void note(String what) {
    seen.add(what + " at " + (clock.millis() - START));
  }

  private static <T> T on(Context context, Callable<T> action) throws Exception {
    Promise<T> done = Promise.promise();
    context.runOnContext(
        none -> {
          try {
            done.complete(action.call());
          } catch (Exception e) {
            done.fail(e);
          }
        });
    return join(done.future());
  }

  private static <T> T join(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
