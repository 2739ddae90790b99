package io.perdure.api.fc.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The memory of nonces: each once, none too long, never too many. */
class NoncesTest {
  private static final Instant NOW = Instant.parse("2026-01-31T08:00:00Z");

  @Test
  void nonceIsFirstOnceUntilItsTime() {
    Nonces nonces = new Nonces(10);
    assertTrue(nonces.first("a", "n", NOW.plusMillis(2), NOW));
    assertFalse(nonces.first("a", "n", NOW.plusMillis(2), NOW));
    assertFalse(nonces.first("a", "n", NOW.plusMillis(9), NOW.plusMillis(1)));
    assertTrue(nonces.first("a", "n", NOW.plusMillis(9), NOW.plusMillis(2)));
    assertFalse(nonces.first("a", "n", NOW.plusMillis(9), NOW.plusMillis(8)));
    assertEquals(1, nonces.kept());
    assertEquals(0, nonces.forgotten());
  }

  @Test
  void accountsAreApart() {
    Nonces nonces = new Nonces(1);
    assertTrue(nonces.first("a", "n", NOW.plusSeconds(1), NOW));
    assertTrue(nonces.first("b", "n", NOW.plusSeconds(1), NOW));
    assertFalse(nonces.first("a", "n", NOW.plusSeconds(1), NOW));
    assertEquals(2, nonces.kept());
  }

  @Test
  void anyTextIsANonce() {
    Nonces nonces = new Nonces(10);
    for (String text : List.of("", " ", "x".repeat(10_000), "\u672a", "\0")) {
      assertTrue(nonces.first("a", text, NOW.plusSeconds(1), NOW));
      assertFalse(nonces.first("a", text, NOW.plusSeconds(1), NOW));
    }
  }

  @Test
  void oldestIsForgottenFirstAndCounted() {
    Nonces nonces = new Nonces(100);
    for (int i = 0; i < 150; i++) {
      assertTrue(nonces.first("a", "n" + i, NOW.plusSeconds(9), NOW));
    }
    assertEquals(100, nonces.kept());
    assertEquals(50, nonces.forgotten());
    assertFalse(nonces.first("a", "n50", NOW.plusSeconds(9), NOW));
    assertTrue(nonces.first("a", "n49", NOW.plusSeconds(9), NOW));
    assertTrue(nonces.first("a", "n50", NOW.plusSeconds(9), NOW), "was the oldest");
  }

  @Test
  void whatIsPastIsDroppedWithoutBeingCounted() {
    Nonces nonces = new Nonces(1_000);
    for (int i = 0; i < 1_000; i++) {
      nonces.first("a", "n" + i, NOW.plusSeconds(1), NOW);
    }
    for (int i = 0; i < 500; i++) {
      nonces.first("a", "m" + i, NOW.plusSeconds(9), NOW.plusSeconds(2));
    }
    assertEquals(500, nonces.kept());
    assertEquals(0, nonces.forgotten());
  }

  @Test
  void numbersAreKeptAsAPlainModelKeepsThem() {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      int most = 1 + random.nextInt(300);
      LongAdder kept = new LongAdder();
      LongAdder forgotten = new LongAdder();
      SeenOnce seen = new SeenOnce(most, kept, forgotten);
      Map<Long, Long> model = new HashMap<>();
      Queue<Long> order = new ArrayDeque<>();
      for (int i = 0; i < 5_000; i++) {
        // few low bits and few numbers, so that places collide and numbers come again
        long number = (random.nextInt(60) << 6 | random.nextInt(7)) * 0x1_0000_0001L;
        boolean expected = model.putIfAbsent(number, 1L) == null;
        if (expected) {
          order.add(number);
        }
        String at = "seed " + seed + ", step " + i;
        assertEquals(expected, seen.first(number, Long.MAX_VALUE, 0), at);
        if (order.size() > most) {
          model.remove(order.remove());
        }
        assertEquals(order.size(), kept.sum(), at);
      }
    }
  }

  @Test
  void ofManyThreadsOneIsFirst() throws Exception {
    Nonces nonces = new Nonces(100_000);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<Long> all =
          () ->
              IntStream.range(0, 20_000)
                  .filter(i -> nonces.first("a", "n" + i, NOW.plusSeconds(1), NOW))
                  .count();
      List<Long> firsts = new ArrayList<>();
      for (Future<Long> each : threads.invokeAll(List.of(all, all, all, all))) {
        firsts.add(each.get());
      }
      assertEquals(20_000, firsts.stream().mapToLong(Long::longValue).sum(), firsts::toString);
      assertEquals(20_000, nonces.kept());
    } finally {
      threads.shutdownNow();
    }
  }
}
