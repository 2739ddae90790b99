package io.perdure.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.config.Problems;
import io.perdure.config.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetentionConfigTest {
  private final Problems problems = new Problems();

  @Test
  void sweepsEveryFiveSecondsUnlessSet() {
    assertEquals(new RetentionConfig(Duration.ofSeconds(5), 500), read(Map.of()));
    assertTrue(problems.isEmpty(), problems::toString);
  }

  @Test
  void intervalBelowASecondIsAProblem() {
    read(Map.of("retention.sweep-interval", "10ms"));
    assertTrue(problems.toString().contains("from 1s to 1h"), problems::toString);
  }

  private RetentionConfig read(Map<String, String> set) {
    return new Settings(problems)
        .set(set)
        .read(root -> RetentionConfig.read(root.section("retention")));
  }
}
