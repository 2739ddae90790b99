package io.perdure.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.config.Problems;
import io.perdure.config.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeConfigTest {
  private static List<String> problems(Map<String, String> set) {
    Problems problems = new Problems();
    new Settings(problems).set(set).read(NodeConfig::read);
    return problems.messages();
  }

  @Test
  void theDefaultsGoTogether() {
    assertEquals(List.of(), problems(Map.of()));
  }

  @Test
  void aQueueThatCannotTakeTheWindowsOfAllShardsIsAProblem() {
    assertEquals(
        List.of(
            "executor.queue-per-function (from --set): expected at least 641,"
                + " which is shard.window (641) times data.shards (1)"),
        problems(
            Map.of(
                "executor.queue-per-function", "640", "shard.window", "641", "data.shards", "1")));
  }

  @Test
  void aQueueThatTakesExactlyTheWindowsOfAllShardsIsNone() {
    assertEquals(
        List.of(),
        problems(
            Map.of(
                "executor.queue-per-function", "640", "shard.window", "64", "data.shards", "10")));
  }
}
