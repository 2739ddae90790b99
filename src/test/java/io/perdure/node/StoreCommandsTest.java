package io.perdure.node;

import static io.perdure.testkit.NodeApi.function;
import static io.perdure.testkit.NodeApi.invocation;
import static io.perdure.testkit.NodeApi.status;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.config.Problems;
import io.perdure.config.Settings;
import io.perdure.invocation.Status;
import io.perdure.store.StoreException;
import io.perdure.testkit.ChildNode;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.Zips;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StoreCommandsTest {
  private static final byte[] CODE =
      Zips.zip().file("bootstrap", 0755, new byte[600_000]).level(0).file("a", "x").bytes();

  @TempDir Path directory;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  private static NodeConfig config(Path data) {
    Problems problems = new Problems();
    NodeConfig config =
        new Settings(problems).set(Map.of("data.dir", data.toString())).read(NodeConfig::read);
    problems.throwIfAny();
    return config;
  }

  private int verify(Path data) {
    printed.reset();
    return StoreCommands.verify(config(data), List.of(), out, out);
  }

  private String said() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aNodeThatWasKilledLeavesSoundDataAndItsBackupIsANodeOfItsOwn()
      throws IOException, InterruptedException {
    Path data = directory.resolve("data");
    Path restored = directory.resolve("restored");
    List<String> kept = new ArrayList<>();
    List<String> later = new ArrayList<>();
    Path backup;
    String token;
    try (ChildNode node = ChildNode.on(data)) {
      NodeApi api = node.api(data);
      token = ChildNode.token(data.resolve("accounts.json"));
      api.putFunction("cat", "{\"runtime\":{\"kind\":\"command\",\"command\":[\"cat\"]}}");
      api.putFunction(
          "own",
          "{\"runtime\":{\"kind\":\"custom\"},\"code\":{\"zip\":\""
              + Base64.getEncoder().encodeToString(CODE)
              + "\"}}");
      for (int i = 0; i < 20; i++) {
        kept.add(api.submit("cat", "payload " + i));
      }
      for (String id : kept) {
        assertEquals(Status.SUCCEEDED, status(api.ended(id)));
      }
      JsonNode made = api.post("/v1/admin/backups", "{\"name\":\"one\"}").expect(201).json();
      backup = Path.of(made.path("directory").asText());
      for (int i = 0; i < 20; i++) {
        later.add(api.submit("cat", "later " + i));
      }
      node.kill();
    }
    assertEquals(0, verify(data), this::said);
    assertTrue(said().contains("0 problems"), this::said);

    assertEquals(
        0, StoreCommands.restore(List.of(backup.toString(), restored.toString()), out, out));
    assertEquals(0, verify(restored), this::said);
    Path accounts = data.resolve("accounts.json");
    try (ChildNode node = ChildNode.on(restored, "--set", "accounts.file=" + accounts)) {
      NodeApi api = new NodeApi(node.listening(), token);
      for (int i = 0; i < 20; i++) {
        String result = api.get(invocation(kept.get(i)) + "/result").expect(200).text();
        assertEquals("payload " + i, result);
      }
      assertArrayEquals(CODE, api.get(function("own") + "/code").expect(200).body());
      for (String id : later) {
        api.get(invocation(id)).problem(404, "not-found");
      }
      api.ended(api.submit("cat", "after the restore"));
    }
  }

  @Test
  void nothingIsRestoredIntoADirectoryThatHoldsSomething() throws IOException {
    Path full = Files.createDirectories(directory.resolve("full"));
    Files.writeString(full.resolve("mine"), "");
    assertThrows(
        StoreException.class,
        () -> StoreCommands.restore(List.of(directory.toString(), full.toString()), out, out));
  }

  @Test
  void wrongArgumentsAreTold() {
    assertEquals(2, StoreCommands.restore(List.of("one"), out, out));
    assertTrue(said().contains("restore FROM TO"), this::said);
    printed.reset();
    assertEquals(2, StoreCommands.verify(config(directory), List.of("a", "b"), out, out));
    assertTrue(said().contains("verify [DIR]"), this::said);
  }
}
