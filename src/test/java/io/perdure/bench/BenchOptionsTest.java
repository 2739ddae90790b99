package io.perdure.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchOptionsTest {
  @Test
  void aRunWithoutOptionsMeasuresEverythingOnceWithNothingRetained() {
    BenchOptions options = BenchOptions.parse();

    assertEquals(BenchOptions.MODES, options.modes());
    assertEquals(List.of(0L), options.retained());
    assertEquals(List.of(1024), options.payloads());
    assertEquals(64, options.connections());
    assertEquals(2000, options.window());
  }

  @Test
  void numbersMayEndInThousandsAndMillions() {
    BenchOptions options =
        BenchOptions.parse("--retained", "0,1m,10M", "--payloads", "1k,16k,128k");

    assertEquals(List.of(0L, 1_000_000L, 10_000_000L), options.retained());
    assertEquals(List.of(1024, 16_384, 131_072), options.payloads());
    assertEquals(1024, options.payloadBytes());
  }

  @Test
  void aQuickRunIsShorterUnlessToldOtherwise() {
    BenchOptions quick = BenchOptions.parse("--quick");
    BenchOptions longer = BenchOptions.parse("--quick", "--seconds", "5");

    assertTrue(quick.warmUpSeconds() < BenchOptions.parse().warmUpSeconds());
    assertEquals(3, quick.seconds());
    assertEquals(5, longer.seconds());
    assertEquals(BenchOptions.MODES_QUICK, quick.modes());
  }

  @Test
  void settingsArePassedOnAsTheyAre() {
    BenchOptions options = BenchOptions.parse("--set", "a=1", "--set", "b=x=y");

    assertEquals("1", options.settings().get("a"));
    assertEquals("x=y", options.settings().get("b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--seconds 0",
        "--seconds ten",
        "--payloads 1g",
        "--payloads 1m",
        "--retained -1",
        "--modes all",
        "--kinds http2",
        "--nothing 1",
        "--set"
      })
  void whatIsWrongIsRefused(String line) {
    String[] words = line.split(" ", -1);

    assertThrows(IllegalArgumentException.class, () -> BenchOptions.parse(words));
  }
}
