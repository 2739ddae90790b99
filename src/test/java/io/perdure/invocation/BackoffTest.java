package io.perdure.invocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.testkit.Seeds;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {
  @Test
  void pausesDoubleFromTheFirst() {
    for (int n = 1; n <= 20; n++) {
      assertEquals(100L << (n - 1), Backoff.delayMillis(100, Long.MAX_VALUE, 0, n, 1));
    }
  }

  @Test
  void pausesEndAtTheCap() {
    assertEquals(800, Backoff.delayMillis(100, 1_000, 0, 4, 1));
    assertEquals(1_000, Backoff.delayMillis(100, 1_000, 0, 5, 1));
    assertEquals(1_000, Backoff.delayMillis(100, 1_000, 0, 1_000, 1));
    assertEquals(1_000, Backoff.delayMillis(100, 1_000, 0, Integer.MAX_VALUE, 1));
  }

  @Test
  void noPauseStaysNone() {
    assertEquals(0, Backoff.delayMillis(0, 0, 0.2, 7, 1));
    assertEquals(0, Backoff.delayMillis(0, 60_000, 0.2, 7, 1));
  }

  @Test
  void everyPauseIsWithinItsBounds() {
    Seeds.each(
        2_000,
        random -> {
          long first = random.nextLong(RetryPolicy.BACKOFF_MILLIS_MAX + 1);
          long cap = first + random.nextLong(RetryPolicy.BACKOFF_MILLIS_MAX - first + 1);
          double jitter = random.nextDouble();
          int n = 1 + random.nextInt(RetryPolicy.ATTEMPTS_MAX);
          double whole = Math.min((double) cap, first * Math.pow(2, n - 1));
          long pause = Backoff.delayMillis(first, cap, jitter, n, random.nextLong());
          assertTrue(pause <= Math.ceil(whole), () -> pause + " > " + whole);
          assertTrue(pause >= Math.floor(whole * (1 - jitter)), () -> pause + " < " + whole);
        });
  }

  @Test
  void jitterFollowsFromTheSeed() {
    assertEquals(
        Backoff.delayMillis(10_000, 60_000, 0.5, 3, 42),
        Backoff.delayMillis(10_000, 60_000, 0.5, 3, 42));
  }

  @Test
  void jitterSpreadsNeighbouringSeedsOverTheWholeShare() {
    var pauses =
        LongStream.range(0, 1_000)
            .map(seed -> Backoff.delayMillis(10_000, 10_000, 0.5, 1, seed))
            .summaryStatistics();
    assertTrue(pauses.getMin() < 5_100, () -> "least " + pauses.getMin());
    assertTrue(pauses.getMax() > 9_900, () -> "greatest " + pauses.getMax());
    assertEquals(7_500, pauses.getAverage(), 150);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
  void jitterOutOfRangeIsRefused(double jitter) {
    assertThrows(IllegalArgumentException.class, () -> policy(1, 0, 0, jitter));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, RetryPolicy.ATTEMPTS_MAX + 1})
  void attemptsOutOfRangeAreRefused(int attempts) {
    assertThrows(IllegalArgumentException.class, () -> policy(attempts, 0, 0, 0));
  }

  @Test
  void pausesOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> policy(1, -1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> policy(1, 2, 1, 0));
    long tooLong = RetryPolicy.BACKOFF_MILLIS_MAX + 1;
    assertThrows(IllegalArgumentException.class, () -> policy(1, 0, tooLong, 0));
  }

  private static RetryPolicy policy(int attempts, long first, long cap, double jitter) {
    return new RetryPolicy(attempts, first, cap, jitter, Set.of());
  }
}
