package io.perdure.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.testkit.ChildNode;
import io.perdure.testkit.NodeApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The start contract, with one node that all tests of this class look at. */
@Timeout(120)
class StartTest {
  @TempDir static Path shared;

  private static Path data;
  private static ChildNode node;

  @BeforeAll
  static void startOneNode() throws IOException {
    data = shared.resolve("data");
    Path config = shared.resolve("perdure.json");
    String settings =
        """
        { // only what differs
          "data": {"dir": "%s", "shards": 2},
          "http": {"port": 1},
          "invocation": {"payload-bytes-max": "1KiB"}
        }
        """;
    Files.writeString(config, settings.formatted(data));
    node =
        ChildNode.start(
            List.of(),
            Map.of("PERDURE_HTTP_PORT", "0", "PERDURE_INVOCATION_PAYLOAD_BYTES_MAX", "2KiB"),
            "--config",
            config.toString(),
            "--set",
            "invocation.payload-bytes-max=3KiB");
  }

  @AfterAll
  static void endIt() throws InterruptedException {
    node.kill();
  }

  @Test
  void theEnvironmentOutdoesTheFileAndAnOptionBoth() throws IOException {
    NodeApi api = node.api(data);
    int port = node.listening().getPort();
    assertNotEquals(1, port); // the file's
    assertEquals(Integer.toString(port), Files.readString(data.resolve("http.port")));
    api.putFunction("echo", "{\"runtime\":{\"kind\":\"event-bus\"}}");
    api.submit("echo", "x".repeat(3 << 10), "Perdure-Delay", "1h");
    api.trySubmit("echo", "x".repeat((3 << 10) + 1)).problem(413, "too-large");
  }

  @Test
  void theFirstStartMakesAnAccountForItsOwnerOnlyAndSaysWhereNotWhat()
      throws IOException, InterruptedException {
    Path accounts = data.resolve("accounts.json");
    node.listening();
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(accounts)));
    node.line(line -> line.contains(accounts.toString()));
    JsonNode account = NodeApi.parse(Files.readString(accounts)).at("/accounts/0");
    String printed = node.stdout() + node.stderr();
    assertFalse(printed.contains(account.at("/tokens/0").asText()));
    assertFalse(printed.contains(account.at("/keys/0/secret").asText()));
  }

  @Test
  void probesNeedNoTokenAndTheApiDoes() {
    NodeApi anyone = new NodeApi(node.listening(), null);
    assertEquals("live", anyone.get("/livez").expect(200).json().path("status").asText());
    assertEquals("ready", anyone.get("/readyz").expect(200).json().path("status").asText());
    assertTrue(anyone.get("/metrics").expect(200).text().contains("perdure_"));
    anyone.get("/v1/invocations").problem(401, "unauthorized");
  }

  @Test
  void logLinesAreJsonWithoutPayloadsAndTokens() throws IOException, InterruptedException {
    NodeApi api = node.api(data);
    api.putFunction("broken", "{\"runtime\":{\"kind\":\"command\",\"command\":[\"false\"]}}");
    api.ended(api.submit("broken", "a-very-secret-payload"));
    String token = ChildNode.token(data.resolve("accounts.json"));
    String printed = node.stdout() + node.stderr();
    assertFalse(printed.contains("a-very-secret-payload"));
    assertFalse(printed.contains(token));
    List<String> logged = printed.lines().filter(line -> line.startsWith("{")).toList();
    assertFalse(logged.isEmpty());
    logged.forEach(NodeApi::parse);
  }

  @Test
  void aSecondProcessOnTheSameDataIsRefused() throws IOException, InterruptedException {
    node.listening();
    try (ChildNode second = ChildNode.on(data)) {
      assertEquals(1, second.exitCode());
      String said = second.stderr();
      assertTrue(
          said.contains("another process (pid " + node.pid() + ") uses " + data), () -> said);
    }
  }

  @Test
  void aPortInUseIsNamedWithItsSettings(@TempDir Path other)
      throws IOException, InterruptedException {
    int port = node.listening().getPort();
    try (ChildNode second = ChildNode.on(other, "--set", "http.port=" + port)) {
      assertEquals(1, second.exitCode());
      String said = second.stderr();
      assertTrue(said.contains("127.0.0.1:" + port), () -> said);
      assertTrue(said.contains("http.host") && said.contains("http.port"), () -> said);
    }
  }

  @Test
  void everyProblemOfTheConfigurationIsToldAtOnce(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path config = directory.resolve("perdure.json");
    Files.writeString(config, "{\"http\": {\"prot\": 80}, \"shard\": {\"window\": \"many\"}}");
    try (ChildNode wrong =
        ChildNode.start(
            List.of(),
            Map.of("PERDURE_DATA_SHARDS", "0"),
            "--config",
            config.toString(),
            "--set",
            "drain.grace=1h")) {
      assertEquals(2, wrong.exitCode());
      String said = wrong.stderr();
      assertTrue(said.contains("http.prot"), () -> said);
      assertTrue(said.contains("did you mean http.port?"), () -> said);
      assertTrue(said.contains("shard.window"), () -> said);
      assertTrue(said.contains("data.shards = 0"), () -> said);
      assertTrue(said.contains("PERDURE_DATA_SHARDS"), () -> said);
      assertTrue(said.contains("drain.grace"), () -> said);
      assertEquals("", wrong.stdout());
    }
  }

  @Test
  void aDataDirectoryThatIsAFileIsRefused(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve("data"), "");
    refused(ChildNode.on(file), file + " is a file");
  }

  @Test
  void aForeignDirectoryIsRefusedAndLeftAsItIs(@TempDir Path directory)
      throws IOException, InterruptedException {
    Files.writeString(directory.resolve("thesis.txt"), "years of work");
    refused(ChildNode.on(directory), "has other files (thesis.txt)");
    try (var files = Files.list(directory)) {
      assertEquals(List.of(directory.resolve("thesis.txt")), files.toList());
    }
  }

  @Test
  void aStoreThatIsMissingIsToldAndEndsTheStart(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path data = directory.resolve("data");
    try (ChildNode first = ChildNode.on(data)) {
      first.listening();
      first.kill();
    }
    Files.delete(data.resolve("registry/CURRENT"));
    refused(ChildNode.on(data), "the store in " + data.resolve("registry") + " is missing");
  }

  @Test
  void theNativeCodeLeavesNoFileBehindEvenIfKilled(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    var environment = Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary);
    String data = "data.dir=" + directory.resolve("data");
    try (ChildNode child =
        ChildNode.start(List.of(), environment, "--set", data, "--set", "http.port=0")) {
      child.listening();
      child.kill();
    }
    try (var left = Files.walk(temporary)) {
      assertEquals(List.of(), left.filter(file -> file.toString().contains("rocksdb")).toList());
    }
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsRefused(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path data = Files.createDirectory(directory.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeTrue(!Files.isWritable(data), "runs as root, who may write everywhere");
    refused(ChildNode.on(data), "cannot be written by this user");
  }

  @Test
  void aBrokenAccountsFileIsRefusedWithItsProblems(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path accounts = directory.resolve("accounts.json");
    Files.writeString(accounts, "{\"accounts\":[{\"id\":\"1\",\"tokenz\":[]}]}");
    try (ChildNode wrong =
        ChildNode.on(directory.resolve("data"), "--set", "accounts.file=" + accounts)) {
      assertEquals(2, wrong.exitCode());
      String said = wrong.stderr();
      assertTrue(said.contains(accounts.toString()), () -> said);
      assertTrue(said.contains("accounts[0]: field 2: expected no other fields"), () -> said);
    }
  }

  private static void refused(ChildNode child, String why) throws InterruptedException {
    try (child) {
      assertEquals(1, child.exitCode());
      String said = child.stderr();
      assertTrue(said.contains(why), () -> said);
      assertFalse(said.contains("\tat "), () -> "a stack trace is no message: " + said);
    }
  }
}
