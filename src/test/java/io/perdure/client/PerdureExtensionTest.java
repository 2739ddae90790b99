package io.perdure.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.config.InvalidConfiguration;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class PerdureExtensionTest {
  @RegisterExtension
  static final PerdureExtension PERDURE =
      new PerdureExtension().set("invocation.payload-bytes-max", "10").set("data.shards", "2");

  private PerdureNode before;
  private Path data;

  @BeforeEach
  void takeTheNode(PerdureNode node) {
    before = node;
    data = node.directory();
  }

  @AfterEach
  void theNodeIsStillThere(PerdureNode node) {
    assertTrue(Files.isDirectory(node.directory()));
  }

  @Test
  void allParametersOfATestAreOneNode(PerdureNode one, PerdureNode two) {
    assertSame(one, two);
    assertSame(before, one);
  }

  @Test
  void theSettingsAreThoseOfTheNode(PerdureNode node) {
    node.function("echo").serves(Future::succeededFuture);
    PerdureNode.await(node.client().submit("echo", Buffer.buffer("0123456789")));
    assertThrows(
        FailureException.class,
        () -> PerdureNode.await(node.client().submit("echo", Buffer.buffer("0123456789x"))));
  }

  @Test
  void theClockStandsStillUntilItIsMoved(PerdureNode node) {
    assertEquals(PerdureNode.START, node.clock().instant());
    node.clock().advance(Duration.ofDays(1));
    assertEquals(PerdureNode.START.plus(Duration.ofDays(1)), node.clock().instant());
  }

  @Test
  void aWrongSettingIsNamed() {
    InvalidConfiguration refused =
        assertThrows(
            InvalidConfiguration.class, () -> PerdureNode.start(Map.of("shard.windo", "4")));
    assertTrue(refused.getMessage().contains("shard.window"), refused::getMessage);
  }

  @Test
  void closingRemovesTheDirectory() {
    Path directory;
    try (PerdureNode node = PerdureNode.start(Map.of())) {
      directory = node.directory();
      assertNotEquals(data, directory);
      assertTrue(Files.isDirectory(directory));
    }
    assertTrue(Files.notExists(directory));
  }
}
