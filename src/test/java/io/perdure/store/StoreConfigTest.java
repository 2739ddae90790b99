package io.perdure.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.config.Problems;
import io.perdure.config.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoreConfigTest {
  private final Problems problems = new Problems();

  private StoreConfig read(Map<String, String> environment) {
    return new Settings(problems).environment(environment).read(StoreConfig::read);
  }

  @Test
  void theDefaultsObeyTheirOwnRules() {
    assertEquals(StoreConfig.DEFAULT, read(Map.of()));
    assertTrue(problems.isEmpty());
  }

  @Test
  void sizesAreReadWithTheirUnits() {
    assertEquals(
        new StoreConfig(1 << 30, 16 << 20, 128 << 20),
        read(Map.of("PERDURE_CACHE_BYTES", "1GiB", "PERDURE_WRITE_BUFFERS_BYTES", "16MiB")));
    assertTrue(problems.isEmpty());
  }

  @Test
  void aSizeThatCannotWorkIsAProblem() {
    assertEquals(StoreConfig.DEFAULT, read(Map.of("PERDURE_LOG_BYTES", "1KiB")));
    assertTrue(!problems.isEmpty());
  }
}
