package io.perdure.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long START = 1_700_000_000L * SECOND;

  @Test
  void startsFull() {
    TokenBucket bucket = new TokenBucket(5, 1, START);
    for (int i = 0; i < 5; i++) {
      assertEquals(0, bucket.take(1, START));
    }
    assertEquals(SECOND, bucket.take(1, START));
  }

  @Test
  void refusedRequestTakesNothing() {
    TokenBucket bucket = new TokenBucket(3, 1, START);
    assertEquals(0, bucket.take(1, START));
    assertEquals(SECOND, bucket.take(3, START));
    assertEquals(0, bucket.take(2, START));
  }

  @Test
  void toldWaitIsLongEnoughAndNotAnyLonger() {
    TokenBucket bucket = new TokenBucket(7, 7, START);
    assertEquals(0, bucket.take(7, START));
    long wait = bucket.take(1, START);
    assertEquals(142_857_143, wait);
    assertEquals(1, bucket.take(1, START + wait - 1));
    assertEquals(0, bucket.take(1, START + wait));
  }

  @Test
  void holdsNoMoreThanItsCapacity() {
    TokenBucket bucket = new TokenBucket(2, 1, START);
    long later = START + 3_600 * SECOND;
    assertEquals(0, bucket.take(2, later));
    assertEquals(SECOND, bucket.take(1, later));
  }

  @Test
  void rateDoesNotDriftHoweverOftenItIsAsked() {
    int perSecond = 333;
    TokenBucket bucket = new TokenBucket(perSecond, perSecond, START);
    assertEquals(0, bucket.take(perSecond, START));
    long taken = 0;
    long end = START + 60 * SECOND;
    Random steps = new Random(7);
    for (long now = START;
        now <= end;
        now = now == end ? end + 1 : Math.min(end, now + 1 + steps.nextInt(200_000))) {
      if (bucket.take(1, now) == 0) {
        taken++;
      }
    }
    assertEquals(60L * perSecond, taken);
  }

  @Test
  void moreThanTheCapacityIsLentToAFullBucket() {
    TokenBucket bucket = new TokenBucket(10, 10, START);
    assertEquals(0, bucket.take(25, START));
    assertEquals(SECOND * 16 / 10, bucket.take(1, START));
    assertEquals(SECOND * 25 / 10, bucket.take(25, START));
    assertEquals(0, bucket.take(25, START + SECOND * 25 / 10));
  }

  @Test
  void clockSteppedBackDoesNotStopTheRefill() {
    TokenBucket bucket = new TokenBucket(1, 1, START);
    assertEquals(0, bucket.take(1, START));
    long back = START - 3_600 * SECOND;
    assertEquals(SECOND, bucket.take(1, back));
    assertEquals(0, bucket.take(1, back + SECOND));
  }

  @Test
  void isFullOnceEverythingHasComeBack() {
    TokenBucket bucket = new TokenBucket(3, 3, START);
    assertTrue(bucket.isFull(START));
    bucket.take(1, START);
    assertFalse(bucket.isFull(START + 333_333_333));
    assertTrue(bucket.isFull(START + 333_333_334));
  }

  @Test
  void largestNumbersDoNotOverflow() {
    int most = TokenBucket.TOKENS_MAX;
    TokenBucket bucket = new TokenBucket(most, most, 0);
    assertEquals(0, bucket.take(Integer.MAX_VALUE, 0));
    assertEquals(2_147_483_647L, bucket.take(most, 0));
    assertTrue(bucket.isFull(Long.MAX_VALUE));
  }

  @Test
  void refusesARateOfNothing() {
    assertThrows(IllegalArgumentException.class, () -> new TokenBucket(1, 0, START));
    assertThrows(IllegalArgumentException.class, () -> new TokenBucket(0, 1, START));
  }
}
