package io.perdure.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AlarmTest {
  private final VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(1_000));
  private final Holders holders = new Holders();
  private final List<Integer> looked = new ArrayList<>();
  private final Alarm alarm = new Alarm(clock, holders, this::look);

  private void look(Attempt attempt, long now) {
    assertEquals(clock.millis(), now);
    looked.add(attempt.number);
    attempt.deadline = Attempt.NEVER;
  }

  private Attempt until(int number, long deadline) {
    Attempt attempt = HoldersTest.attempt(number);
    attempt.deadline = deadline;
    holders.add(attempt);
    alarm.wakeAt(deadline);
    return attempt;
  }

  @Test
  void eachIsLookedAtInItsTime() {
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
  void oneThatHasEndedIsNotLookedAt() {
    holders.remove(until(1, 1_010));
    until(2, 1_020);
    clock.advance(Duration.ofMillis(10));
    assertEquals(List.of(), looked);
    clock.advance(Duration.ofMillis(10));
    assertEquals(List.of(2), looked);
  }

  @Test
  void oneThatIsEndedByTheLookAtAnotherIsNotLookedAt() {
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
    ends.wakeAt(1_010);
    clock.advance(Duration.ofMillis(10));
    assertEquals(List.of(1), looked);
  }

  @Test
  void nobodyIsLookedAtOnceItIsCancelled() {
    until(1, 1_010);
    alarm.cancel();
    clock.advance(Duration.ofMillis(10));
    assertEquals(List.of(), looked);
    alarm.wakeAt(1_020);
    clock.advance(Duration.ofMillis(10));
    assertEquals(List.of(1), looked);
  }
}
