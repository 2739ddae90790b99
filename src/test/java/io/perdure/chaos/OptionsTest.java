package io.perdure.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void whatStandsBehindTheDashesStartsANode() {
    Options options = Options.parse(List.of("--seed", "7", "--nodes", "5", "--", "java", "-jar"));
    assertEquals(7, options.seed());
    assertEquals(5, options.nodes());
    assertEquals(List.of("java", "-jar"), options.command());
  }

  @Test
  void nodesTalkOpenlyUnlessThereAreCertificates() {
    assertNull(Options.parse(List.of()).certificates());
    Options options = Options.parse(List.of("--certificates", "/tmp/c", "--again", "the same"));
    assertEquals(Path.of("/tmp/c"), options.certificates());
    assertEquals("the same", options.again());
  }

  @Test
  void theShortRunHasEachOfItsFaultsOnce() {
    Options options = Options.parse(List.of("--quick"));
    assertEquals(options.faults().size(), options.rounds());
  }

  @Test
  void anOptionThatIsNoneIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Options.parse(List.of("--slow")));
  }

  @Test
  void anOptionWithoutItsValueIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Options.parse(List.of("--seed")));
  }
}
