package io.perdure.node;

import static io.perdure.testkit.NodeApi.invocation;
import static io.perdure.testkit.NodeApi.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perdure.invocation.Status;
import io.perdure.testkit.ChildNode;
import io.perdure.testkit.NodeApi;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node on a file system of its own that is small and gets full. */
@Timeout(120)
class FullDiskTest {
  private static final String PAYLOAD = "p".repeat(200_000);

  private static final int FUNCTIONS_MAX = 5_000;
  private static final int SHARDS = 2;
  private static final int SUBMITS_MAX = 2_000;
  private static final Pattern SERVES_AGAIN = Pattern.compile("shard \\d serves after");

  @TempDir Path directory;

  /** Mounted in a name space of the child's own, so it goes with the child. */
  private ChildNode node(int mib, String... settings) throws IOException, InterruptedException {
    List<String> unshare = List.of("unshare", "--map-root-user", "--mount", "sh", "-c");
    String mount = "mount -t tmpfs -o size=" + mib + "m none " + directory;
    assumeTrue(permitted(unshare, mount), "no file system may be mounted here");
    List<String> before = new ArrayList<>(unshare);
    before.addAll(List.of(mount + " && exec \"$@\"", "sh"));
    List<String> arguments = new ArrayList<>();
    for (String setting : settings) {
      arguments.addAll(List.of("--set", setting));
    }
    arguments.addAll(
        List.of(
            "--set", "data.dir=" + directory.resolve("data"),
            "--set", "http.port=0",
            "--set", "data.shards=" + SHARDS,
            "--set", "store.log-bytes=8MiB",
            "--set", "store.write-buffers-bytes=8MiB"));
    return ChildNode.start(before, Map.of(), arguments.toArray(String[]::new));
  }

  private static boolean permitted(List<String> unshare, String mount) throws InterruptedException {
    List<String> command = new ArrayList<>(unshare);
    command.add(mount);
    try {
      Process trial = new ProcessBuilder(command).start();
      return trial.waitFor(10, TimeUnit.SECONDS) && trial.exitValue() == 0;
    } catch (IOException e) {
      return false; // there is no such program
    }
  }

  private NodeApi api(ChildNode node) {
    return new NodeApi(
        node.listening(), ChildNode.token(inside(node).resolve("data").resolve("accounts.json")));
  }

  /** The small file system, which only the child has mounted. */
  private Path inside(ChildNode node) {
    return Path.of("/proc", Long.toString(node.pid()), "root", directory.toString());
  }

  /** Writes up to {@code mib}; false when there was no room for all of it. */
  private static boolean fill(Path file, int mib) {
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < mib; i++) {
        out.write(new byte[1 << 20]);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Waits for the next one, after as many as have been seen. */
  private static void awaitRecovery(ChildNode node, int seen) {
    AtomicInteger before = new AtomicInteger(seen);
    node.line(line -> SERVES_AGAIN.matcher(line).find() && before.getAndDecrement() == 0);
  }

  private static NodeApi.Answer submit(NodeApi api) {
    return api.trySubmit("later", PAYLOAD, "Perdure-Delay", "1h");
  }

  @Test
  void aNearlyFullDiskRefusesSubmitsAndAllElseGoesOn() throws IOException, InterruptedException {
    try (ChildNode node = node(128, "data.free-bytes-min=48MiB")) {
      NodeApi api = api(node);
      api.putFunction(
          "cat", "{\"runtime\":{\"kind\":\"command\",\"command\":[\"cat\"]},\"paused\":true}");
      String id = api.submit("cat", "accepted before");
      assertTrue(fill(inside(node).resolve("ballast"), 90));
      node.line(line -> line.contains("new invocations are refused"));
      NodeApi.Answer refused = api.trySubmit("cat", "");
      String detail = refused.problem(503, "unavailable").path("detail").asText();
      assertTrue(detail.contains("bytes left, less than 50331648"), detail);
      assertNotNull(refused.header("retry-after"));

      api.post(NodeApi.function("cat") + ":resume", "").expect(200);
      assertEquals(Status.SUCCEEDED, status(api.ended(id)));
      assertEquals("accepted before", api.get(invocation(id) + "/result").expect(200).text());

      Files.delete(inside(node).resolve("ballast"));
      node.line(line -> line.contains("new invocations are accepted"));
      api.ended(api.submit("cat", "accepted after"));
    }
  }

  @Test
  void aDiskWithoutAnyRoomLosesNothingAndServesAgainWhenItHasSome()
      throws IOException, InterruptedException {
    try (ChildNode node = node(96, "data.free-bytes-min=0")) {
      NodeApi api = api(node);
      api.putFunction("later", "{\"runtime\":{\"kind\":\"event-bus\"}}");
      assertTrue(fill(inside(node).resolve("ballast"), 24));
      List<String> kept = new ArrayList<>();
      NodeApi.Answer answer = submit(api);
      while (answer.status() == 202 && kept.size() < SUBMITS_MAX) {
        kept.add(answer.json().path("id").asText());
        answer = submit(api);
      }
      String detail = answer.problem(503, "unavailable").path("detail").asText();
      assertTrue(detail.contains("No space left on device"), detail);
      assertNotNull(answer.header("retry-after"));
      api.get("/livez").expect(200);
      NodeApi.Answer ready = api.get("/readyz").expect(503);
      assertTrue(ready.json().path("reason").asText().contains("No space left"), ready::text);

      Files.delete(inside(node).resolve("ballast"));
      int recoveries = 0;
      int accepted = 0; // in a row: each shard has its turn
      while (accepted < 2 * SHARDS) {
        boolean taken = submit(api).status() == 202;
        accepted = taken ? accepted + 1 : 0;
        if (!taken) {
          awaitRecovery(node, recoveries++);
        }
      }
      assertTrue(recoveries > 0);
      api.get("/readyz").expect(200);
      for (String id : kept) {
        assertEquals(PAYLOAD, api.get(invocation(id) + "/payload").expect(200).text());
      }
      node.terminate();
      assertEquals(0, node.exitCode(Duration.ofSeconds(20)));
    }
  }

  @Test
  void aRegistryWithoutAnyRoomKeepsItsFunctionsAndTakesChangesAgainWhenItHasSome()
      throws IOException, InterruptedException {
    try (ChildNode node = node(96, "data.free-bytes-min=0")) {
      NodeApi api = api(node);
      assertFalse(fill(inside(node).resolve("ballast"), 96));
      int kept = 0;
      NodeApi.Answer answer = putLarge(api, kept);
      while (answer.status() == 201 && kept < FUNCTIONS_MAX) {
        answer = putLarge(api, ++kept);
        if (kept % 50 == 0) { // what the stores themselves gave back meanwhile is taken, too
          fill(inside(node).resolve("ballast"), 96);
        }
      }
      String detail = answer.problem(503, "unavailable").path("detail").asText();
      assertTrue(detail.contains("No space left on device"), detail);

      Files.delete(inside(node).resolve("ballast"));
      node.line(line -> line.contains("the registry is open again"));
      assertEquals(2, putLarge(api, kept).status() / 100);
      putLarge(api, kept + 1).expect(201);
      for (int i = 0; i <= kept + 1; i++) {
        api.get(NodeApi.function("large-" + i)).expect(200);
      }
    }
  }

  private static NodeApi.Answer putLarge(NodeApi api, int i) {
    String json =
        "{\"runtime\":{\"kind\":\"command\",\"command\":[\"cat\",\"" + "x".repeat(4_000) + "\"]}}";
    return api.send("PUT", NodeApi.function("large-" + i), json.getBytes(StandardCharsets.UTF_8));
  }
}
