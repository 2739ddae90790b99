package io.perdure.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class SystemClockTest {
  private static final long FAR = 1_000_000_000L;

  @Test
  void showsTheTimeOfTheSystem(Vertx vertx) {
    long before = System.currentTimeMillis();
    long shown = new SystemClock(vertx).millis();
    assertTrue(shown >= before && shown <= System.currentTimeMillis());
  }

  @Test
  void callsNotBeforeItsTime(Vertx vertx, VertxTestContext test) {
    SystemClock clock = new SystemClock(vertx);
    long due = clock.millis() + 20;
    vertx.runOnContext(
        none ->
            clock.at(
                due,
                () -> {
                  test.verify(() -> assertTrue(System.currentTimeMillis() >= due));
                  test.completeNow();
                }));
  }

  @Test
  void callsAtOnceAndLaterWhatIsLongDue(Vertx vertx, VertxTestContext test) {
    SystemClock clock = new SystemClock(vertx);
    AtomicBoolean returned = new AtomicBoolean();
    vertx.runOnContext(
        none -> {
          clock.at(
              Long.MIN_VALUE,
              () -> {
                test.verify(() -> assertTrue(returned.get(), "called inside of at()"));
                test.completeNow();
              });
          returned.set(true);
        });
  }

  @Test
  void callsBackOnTheContextOfTheCaller(Vertx vertx, VertxTestContext test) {
    SystemClock clock = new SystemClock(vertx, System::currentTimeMillis, 1);
    Context context = vertx.getOrCreateContext();
    context.runOnContext(
        none ->
            clock.at(
                clock.millis() + 5,
                () -> {
                  test.verify(() -> assertSame(context, Vertx.currentContext()));
                  test.completeNow();
                }));
  }

  @Test
  void noticesThatTheWallClockWasSteppedForward(Vertx vertx, VertxTestContext test) {
    AtomicLong wall = new AtomicLong(1_000);
    SystemClock clock = new SystemClock(vertx, wall::get, 2);
    vertx.runOnContext(
        none -> {
          clock.at(FAR, test::completeNow);
          vertx.setTimer(5, id -> wall.set(FAR));
        });
  }

  @Test
  void waitsOnWhenTheWallClockWasSteppedBack(Vertx vertx, VertxTestContext test) {
    AtomicLong wall = new AtomicLong(1_000);
    AtomicInteger looks = new AtomicInteger();
    SystemClock clock =
        new SystemClock(
            vertx,
            () -> {
              looks.incrementAndGet();
              return wall.get();
            },
            1_000);
    AtomicBoolean called = new AtomicBoolean();
    vertx.runOnContext(
        none -> {
          clock.at(1_010, () -> called.set(true));
          wall.set(0);
          vertx.setTimer(
              50,
              id -> {
                test.verify(() -> assertFalse(called.get()));
                test.verify(() -> assertTrue(looks.get() > 2, "the piece did not end"));
                test.completeNow();
              });
        });
  }

  @Test
  void doesNotCallWhatWasCancelled(Vertx vertx, VertxTestContext test) {
    SystemClock clock = new SystemClock(vertx);
    vertx.runOnContext(
        none -> {
          Clock.Timer due = clock.at(0, () -> test.failNow("called though cancelled"));
          Clock.Timer soon =
              clock.at(clock.millis() + 5, () -> test.failNow("called though cancelled"));
          due.cancel();
          soon.cancel();
          clock.at(clock.millis() + 30, test::completeNow);
        });
  }

  @Test
  void refusesATimerWithoutAContext(Vertx vertx) {
    SystemClock clock = new SystemClock(vertx);
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> clock.at(0, () -> {}));
    assertEquals("a timer needs a Vert.x context to call back on", refused.getMessage());
  }
}
