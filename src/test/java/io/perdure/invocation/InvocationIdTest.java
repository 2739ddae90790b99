package io.perdure.invocation;

import static java.util.Locale.ROOT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InvocationIdTest {
  private static final long T0 = 1_700_000_000_000L;
  private static final int COUNTERS = 1 << 20;

  private final Random random = new Random(1);

  @Test
  void idIsAVersion7UuidOfItsTime() {
    var id = minter(5).next(T0);
    var uuid = UUID.fromString(id.toString());
    assertEquals(7, uuid.version());
    assertEquals(2, uuid.variant());
    assertEquals(T0, uuid.getMostSignificantBits() >>> 16);
    assertEquals(T0, id.millis());
  }

  @Test
  void idCarriesItsShard() {
    for (int shard : new int[] {0, 1, 2048, InvocationId.SHARDS_MAX - 1}) {
      assertEquals(shard, minter(shard).next(T0).shard());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, InvocationId.SHARDS_MAX})
  void aShardBeyondTwelveBitsIsRefused(int shard) {
    assertThrows(IllegalArgumentException.class, () -> minter(shard));
  }

  @Test
  void idsOfOneMillisecondAscend() {
    var minter = minter(3);
    var last = minter.next(T0);
    for (int i = 0; i < 1_000; i++) {
      var next = minter.next(T0);
      assertTrue(next.compareTo(last) > 0);
      assertEquals(T0, next.millis());
      last = next;
    }
  }

  @Test
  void aFullCounterMovesOnToTheNextMillisecond() {
    var minter = minter(3);
    var last = minter.next(T0);
    for (int i = 1; i < COUNTERS; i++) {
      last = minter.next(T0);
    }
    assertEquals(T0, last.millis());
    var next = minter.next(T0);
    assertEquals(T0 + 1, next.millis());
    assertEquals(0, next.counter());
    assertTrue(next.compareTo(last) > 0);
  }

  @Test
  void idsAscendWhenTheClockStepsBack() {
    var minter = minter(3);
    var before = minter.next(T0);
    var after = minter.next(T0 - 60_000);
    assertEquals(T0, after.millis());
    assertTrue(after.compareTo(before) > 0);
  }

  @Test
  void minterDoesNotWrapRoundAtTheEndOfTime() {
    var minter = minter(3);
    minter.next(InvocationId.MILLIS_MAX);
    assertThrows(IllegalStateException.class, () -> minter.next(InvocationId.MILLIS_MAX + 1));
  }

  @Test
  void byteOrderIsTheOrderOfIds() {
    List<InvocationId> ids = anyIds(200);
    for (var a : ids) {
      for (var b : ids) {
        int byBytes = Arrays.compareUnsigned(bytes(a), bytes(b));
        assertEquals(Integer.signum(byBytes), Integer.signum(a.compareTo(b)));
      }
    }
  }

  @Test
  void textOrderIsTheOrderOfIds() {
    List<InvocationId> ids = anyIds(200);
    for (var a : ids) {
      for (var b : ids) {
        int byText = a.toString().compareTo(b.toString());
        assertEquals(Integer.signum(byText), Integer.signum(a.compareTo(b)));
      }
    }
  }

  @Test
  void bytesAreReadBackFromAnyOffset() {
    for (var id : anyIds(50)) {
      byte[] at = new byte[InvocationId.BYTES + 7];
      id.write(at, 5);
      assertEquals(id, InvocationId.read(at, 5));
      assertArrayEquals(bytes(id), Arrays.copyOfRange(at, 5, 5 + InvocationId.BYTES));
    }
  }

  @Test
  void textIsReadBackInEitherCase() {
    for (var id : anyIds(50)) {
      assertEquals(UUID.fromString(id.toString()).toString(), id.toString());
      assertEquals(Optional.of(id), InvocationId.parse(id.toString()));
      assertEquals(Optional.of(id), InvocationId.parse(id.toString().toUpperCase(ROOT)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "018bcfe5-6800-7003-8000-0000000000", // short
        "018bcfe5-6800-7003-8000-00000000000000", // long
        "018bcfe5-6800-7003-8000-00000000000g", // no digit
        "018bcfe5-6800-7003-8000-00000000000\u0661", // a digit, but not an ASCII one
        "018bcfe56-800-7003-8000-000000000000", // dashes elsewhere
        "018bcfe5-6800-7003-8000+000000000000",
        "018bcfe5-6800-4003-8000-000000000000", // version 4
        "018bcfe5-6800-1003-8000-000000000000", // version 1
        "018bcfe5-6800-7003-4000-000000000000", // variant of NCS
        "018bcfe5-6800-7003-c000-000000000000", // variant of Microsoft
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff"
      })
  void whatWasNeverGivenOutIsNotRead(String text) {
    assertEquals(Optional.empty(), InvocationId.parse(text));
  }

  @Test
  void nullIsNotRead() {
    assertEquals(Optional.empty(), InvocationId.parse(null));
  }

  @Test
  void randomUuidsAreNotRead() {
    for (int i = 0; i < 100; i++) {
      assertEquals(Optional.empty(), InvocationId.parse(UUID.randomUUID().toString()));
    }
  }

  @Test
  void floorAndCeilingBoundAllIdsOfTheirMillisecond() {
    for (int shard : new int[] {0, 7, InvocationId.SHARDS_MAX - 1}) {
      var minter = minter(shard);
      for (int i = 0; i < 100; i++) {
        var id = minter.next(T0);
        assertTrue(InvocationId.floor(T0).compareTo(id) <= 0);
        assertTrue(InvocationId.ceiling(T0).compareTo(id) >= 0);
        assertTrue(InvocationId.ceiling(T0 - 1).compareTo(id) < 0);
        assertTrue(InvocationId.floor(T0 + 1).compareTo(id) > 0);
      }
    }
  }

  @Test
  void floorAndCeilingAreIdsThemselves() {
    for (var bound : List.of(InvocationId.floor(T0), InvocationId.ceiling(T0))) {
      assertEquals(Optional.of(bound), InvocationId.parse(bound.toString()));
      assertEquals(T0, bound.millis());
    }
  }

  @Test
  void boundsOutsideOfTimeAreItsEnds() {
    assertEquals(InvocationId.floor(0), InvocationId.floor(-1));
    assertEquals(InvocationId.ceiling(0), InvocationId.ceiling(Long.MIN_VALUE));
    assertEquals(InvocationId.floor(InvocationId.MILLIS_MAX), InvocationId.floor(Long.MAX_VALUE));
    var last = InvocationId.ceiling(Long.MAX_VALUE);
    assertEquals(InvocationId.ceiling(InvocationId.MILLIS_MAX), last);
    assertTrue(last.compareTo(minter(4095).next(InvocationId.MILLIS_MAX)) >= 0);
  }

  @Test
  void everyLaterIdIsBeyondThePositionAdvancedTo() {
    Seeds.each(
        200,
        seed -> {
          var minter = new InvocationId.Minter(seed.nextInt(4), seed);
          for (int i = 0; i < 50; i++) {
            var position = position(seed);
            minter.advanceBeyond(position);
            for (int n = 0; n < 3; n++) {
              var id = minter.next(T0 + seed.nextInt(5));
              assertTrue(id.compareTo(position) > 0, () -> id + " is not beyond " + position);
            }
          }
        });
  }

  @Test
  void advancingToTheLastCounterOfAMillisecondIsBeyondItToo() {
    var minter = minter(3);
    var position = new InvocationId(T0 << 16 | 0x7003, 0xBFFF_FFFF_FFFF_FFFFL);
    minter.advanceBeyond(position);
    assertTrue(minter.next(T0).compareTo(position) > 0);
  }

  @Test
  void advancingBackwardsChangesNothing() {
    var minter = minter(3);
    var last = minter.next(T0);
    minter.advanceBeyond(InvocationId.ceiling(T0 - 1));
    minter.advanceBeyond(last);
    assertEquals(1, minter.next(T0).counter());
  }

  @Test
  void advancingNeedsNoGreaterTimeThanThePositionHas() {
    var beyondLower = minter(3);
    beyondLower.advanceBeyond(minter(2).next(T0));
    assertEquals(T0, beyondLower.next(T0).millis(), "ids of a lower shard sort below ours");
    var beyondHigher = minter(3);
    beyondHigher.advanceBeyond(minter(4).next(T0));
    assertEquals(T0 + 1, beyondHigher.next(T0).millis());
  }

  @Test
  void frontierIsBeyondEarlierIdsAndNotBeyondLaterOnes() {
    Seeds.each(
        200,
        seed -> {
          var minter = new InvocationId.Minter(seed.nextInt(4), seed);
          var last = InvocationId.floor(0);
          for (int i = 0; i < 100; i++) {
            if (seed.nextInt(4) == 0) {
              minter.advanceBeyond(position(seed));
            }
            var earlier = last;
            var frontier = minter.frontier();
            assertTrue(frontier.compareTo(earlier) > 0, () -> frontier + " <= " + earlier);
            last = minter.next(T0 + seed.nextInt(10) - 3);
            var later = last;
            assertTrue(frontier.compareTo(later) <= 0, () -> frontier + " > " + later);
          }
        });
  }

  @Test
  void frontierIsBeyondWhatWasAdvancedTo() {
    Seeds.each(
        200,
        seed -> {
          var minter = new InvocationId.Minter(seed.nextInt(4), seed);
          minter.next(T0);
          var position = position(seed);
          minter.advanceBeyond(position);
          assertTrue(minter.frontier().compareTo(position) > 0);
        });
  }

  /** A position near T0 in one of four shards, often at an end of the counter's range. */
  private static InvocationId position(Random random) {
    long high = (T0 + random.nextInt(8) - 3) << 16 | 0x7000 | random.nextInt(4);
    long counter =
        switch (random.nextInt(3)) {
          case 0 -> 0;
          case 1 -> COUNTERS - 1;
          default -> random.nextInt(COUNTERS);
        };
    return new InvocationId(high, 0b10L << 62 | counter << 42 | random.nextLong() >>> 22);
  }

  private List<InvocationId> anyIds(int count) {
    List<InvocationId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long at = i % 2 == 0 ? T0 : random.nextLong(InvocationId.MILLIS_MAX);
      ids.add(minter(random.nextInt(InvocationId.SHARDS_MAX)).next(at));
    }
    return ids;
  }

  private InvocationId.Minter minter(int shard) {
    return new InvocationId.Minter(shard, random);
  }

  private static byte[] bytes(InvocationId id) {
    byte[] bytes = new byte[InvocationId.BYTES];
    id.write(bytes, 0);
    return bytes;
  }
}
