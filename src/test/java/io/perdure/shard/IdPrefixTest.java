package io.perdure.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.perdure.invocation.InvocationId;
import io.perdure.testkit.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdPrefixTest {
  @Test
  void rangeHasExactlyTheIdsThatBeginSo() {
    Seeds.each(
        500,
        random -> {
          InvocationId id = new InvocationId(random.nextLong(), random.nextLong());
          String prefix = id.toString().substring(0, random.nextInt(37));
          IdPrefix range = IdPrefix.of(prefix);
          assertNotNull(range, prefix);
          for (int flips = 0; flips < 20; flips++) {
            InvocationId other =
                random.nextBoolean()
                    ? new InvocationId(id.high() ^ 1L << random.nextInt(64), id.low())
                    : new InvocationId(id.high(), id.low() ^ 1L << random.nextInt(64));
            boolean within =
                other.compareTo(range.from()) >= 0
                    && (range.to() == null || other.compareTo(range.to()) < 0);
            assertEquals(other.toString().startsWith(prefix), within, prefix + " " + other);
          }
        });
  }

  @Test
  void theLastOfAllPrefixesHasNoEnd() {
    assertNull(IdPrefix.of("ffffffff-ff").to());
    assertNull(IdPrefix.of("ffffffff-ffff-ffff-ffff-ffffffffffff").to());
    assertEquals(new InvocationId(2, 0), IdPrefix.of("00000000-0000-0001-ffff-ffffffffffff").to());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "key",
        "0000000A",
        "00000000x",
        "000000000",
        "-",
        "00000000-0000-7000-8000-0000000000000"
      })
  void whatNoIdBeginsWithHasNoRange(String prefix) {
    assertNull(IdPrefix.of(prefix));
  }
}
