package io.perdure.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.config.Problems;
import io.perdure.config.Settings;
import io.perdure.store.DataDirectory;
import io.perdure.store.ReplicatedDirectory;
import io.perdure.store.StoreConfig;
import io.perdure.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterCommandsTest {
  private static final Map<String, String> FIRST =
      Map.of(
          "cluster.enabled", "true",
          "cluster.node", "n1",
          "cluster.nodes", "n1=127.0.0.1:1:2:3");

  @TempDir Path temp;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  private int run(Map<String, String> settings, String... words) {
    Problems problems = new Problems();
    Map<String, String> all = new HashMap<>(settings);
    all.put("data.dir", temp.resolve("data").toString());
    NodeConfig config = new Settings(problems).set(all).read(NodeConfig::read);
    problems.throwIfAny();
    return ClusterCommands.run(config, List.of(words), out, out);
  }

  private String said() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  private void assertConverted(Path dir) {
    try (ReplicatedDirectory data = ReplicatedDirectory.open(dir, 2, StoreConfig.DEFAULT, "n1")) {
      assertTrue(said().contains("n1." + data.incarnation()), said());
      assertTrue(said().contains(data.formed().orElseThrow().id()), said());
      assertEquals(3, data.formed().get().members().get(0).memberPort());
    }
  }

  @Test
  void convertMakesTheDirectoryThatOfTheFirstNode() {
    DataDirectory.open(temp.resolve("data"), 2, StoreConfig.DEFAULT).close();
    assertEquals(0, run(FIRST, "convert"), this::said);
    assertConverted(temp.resolve("data"));
  }

  @Test
  void anotherDirectoryCanBeNamed() {
    Path other = temp.resolve("other");
    DataDirectory.open(other, 2, StoreConfig.DEFAULT).close();
    assertEquals(0, run(FIRST, "convert", "--data-dir", other.toString()), this::said);
    assertConverted(other);
  }

  @Test
  void whatIsNoDirectoryIsRefused() {
    StoreException refused = assertThrows(StoreException.class, () -> run(FIRST, "convert"));
    assertTrue(refused.getMessage().contains("no data directory"), refused.getMessage());
  }

  @Test
  void theNodeHasToBeKnown() {
    assertEquals(2, run(Map.of(), "convert"));
    assertTrue(said().contains("cluster.enabled=true, cluster.node and cluster.nodes"), said());
  }

  @Test
  void otherWordsAreNotUnderstood() {
    assertEquals(2, run(FIRST));
    assertEquals(2, run(FIRST, "konvert"));
    assertEquals(2, run(FIRST, "convert", "data"));
    assertTrue(said().contains("expected: cluster convert [--data-dir DIR]"), said());
  }
}
