package io.perdure.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.runtime.Attempts;
import io.perdure.time.VirtualClock;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AlarmTest {
  private final VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(1_000));
  private final Holders holders = new Holders();
  private final List<Integer> looked = new ArrayList<>();
  private final Alarm alarm = new Alarm(clock, holders, this::look);
  private Vertx vertx;

  @BeforeEach
  void begin() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void end() throws Exception {
    Attempts.await(vertx.close());
  }

  private void look(Attempt attempt, long now) {
    if (attempt.wakeAt() <= now) {
      looked.add(attempt.number);
    }
    attempt.deadline = Attempt.NEVER;
  }

  /** Where timers may be set. */
  private void wakeAt(Alarm of, long millis) throws Exception {
    Promise<Void> done = Promise.promise();
    vertx.runOnContext(
        v -> {
          of.wakeAt(millis);
          done.complete();
        });
    Attempts.await(done.future());
  }

  private Attempt until(int number, long deadline) throws Exception {
    Attempt attempt = HoldersTest.attempt(number);
    attempt.deadline = deadline;
    holders.add(attempt);
    wakeAt(alarm, deadline);
    return attempt;
  }

  @Test
  void eachIsLookedAtInItsTime() throws Exception {
    until(1, 1_030);
    until(2, 1_010);
    until(3, 1_020).giveUpAt = 1_010;
    assertEquals(OptionalLong.of(1_010), clock.pending());
    clock.advance(Duration.ofMillis(10));
    assertEquals(List.of(2, 3), looked);
    holders.copy().get(2).giveUpAt = Attempt.NEVER;
    clock.advance(Duration.ofMillis(20));
    assertEquals(List.of(2, 3, 1), looked);
    assertTrue(clock.pending().isEmpty());
  }

  @Test
  void oneThatHasEndedIsNotLookedAt() throws Exception {
    holders.remove(until(1, 1_010));
    until(2, 1_020);
    clock.advance(Duration.ofMillis(10));
    assertEquals(List.of(), looked);
    clock.advance(Duration.ofMillis(10));
    assertEquals(List.of(2), looked);
  }

  @Test
  void oneThatIsEndedByTheLookAtAnotherIsNotLookedAt() throws Exception {
    List<Attempt> both = new ArrayList<>();
    Alarm ends =
        new Alarm(
            clock,
            holders,
            (attempt, now) -> {
              looked.add(attempt.number);
              both.forEach(holders::remove);
            });
    both.add(until(1, 1_010));
    both.add(until(2, 1_010));
    alarm.cancel();
    wakeAt(ends, 1_010);
    clock.advance(Duration.ofMillis(10));
    assertEquals(List.of(1), looked);
  }

  @Test
  void nobodyIsLookedAtOnceItIsCancelled() throws Exception {
    until(1, 1_010);
    alarm.cancel();
    clock.advance(Duration.ofMillis(10));
    assertEquals(List.of(), looked);
    wakeAt(alarm, 1_020);
    clock.advance(Duration.ofMillis(10));
    assertEquals(List.of(1), looked);
  }
}
