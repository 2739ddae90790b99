package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.function;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.perdure.example.EchoVerticle;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import io.perdure.store.StoreContents;
import io.perdure.testkit.Applied;
import io.perdure.testkit.ChildNode;
import io.perdure.testkit.FreePorts;
import io.perdure.testkit.NodeApi;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * "From one node to a cluster" of docs/cluster.md, word by word, with a process for each node and
 * each command; and what has grown does without the node that it grew from.
 */
@Timeout(300)
class ConvertedDirectoryTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ENDED = 600;
  private static final int QUEUED = 60;
  private static final int BATCH = 100;
  private static final int SHARDS = 2;

  /** Rows of {@code cluster status}. */
  private static final Predicate<String> GROUP =
      Pattern.compile("(shard-\\d+|registry) ").asPredicate();

  private static final Predicate<String> WHOLE = Pattern.compile(" n1 n2 n3$").asPredicate();

  @TempDir private Path dir;
  private final List<Integer> ports = FreePorts.take(12);
  private final Map<String, ChildNode> running = new HashMap<>();

  @AfterEach
  void end() {
    running.values().forEach(ChildNode::close);
  }

  // ---- what the documentation has one do

  private Path data(String node) {
    return dir.resolve(node + "/data");
  }

  /** The file of settings of a node; {@code cluster} is empty for one that stands alone. */
  private void settings(String node, Map<String, Object> cluster) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("http", Map.of("host", "127.0.0.1", "port", ports.get(number(node) - 1)));
    all.put("data", Map.of("dir", data(node).toString(), "shards", SHARDS));
    all.put("verticles", List.of(EchoVerticle.class.getName()));
    if (!cluster.isEmpty()) {
      all.put("accounts", Map.of("file", dir.resolve("accounts.json").toString()));
      all.put("cluster", cluster);
    }
    Files.createDirectories(dir.resolve(node));
    Files.writeString(file(node), JSON.writeValueAsString(all));
  }

  private Path file(String node) {
    return dir.resolve(node + "/perdure.json");
  }

  private static int number(String node) {
    return Integer.parseInt(node.substring(1));
  }

  /** Of the first {@code count} nodes, as {@code cluster.nodes} has them. */
  private List<String> members(int count) {
    List<String> members = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      int first = 3 * i;
      members.add(
          "n%d=127.0.0.1:%d:%d:%d"
              .formatted(i, ports.get(first), ports.get(first + 1), ports.get(first + 2)));
    }
    return members;
  }

  private void start(String node) throws IOException {
    running.put(node, ChildNode.start("--config", file(node).toString()));
  }

  private void terminate(String node) throws InterruptedException {
    running.get(node).terminate();
    assertEquals(0, running.remove(node).exitCode());
  }

  /** A command of the documentation on the machine of {@code node}; what it printed. */
  private ChildNode perdure(String node, String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of("--config", file(node).toString(), "cluster"));
    all.addAll(List.of(words));
    return ChildNode.start(all.toArray(String[]::new));
  }

  private void join(String node) throws Exception {
    settings(
        node, Map.of("enabled", true, "join", true, "node", node, "nodes", members(number(node))));
    start(node);
    int code;
    do { // it is refused as long as the node has not been heard of
      code = perdure("n1", "add", node).exitCode();
    } while (code != 0);
    running.get(node).listening();
  }

  /** Until each group is on all three, with nothing that it lacks there. */
  private void awaitNothingToDo() throws Exception {
    String said;
    do {
      ChildNode status = perdure("n1", "status");
      assertEquals(0, status.exitCode(), status.stderr());
      said = status.stdout();
    } while (!said.endsWith("\nnothing to do") || !said.lines().filter(GROUP).allMatch(WHOLE));
    assertEquals(SHARDS + 1, said.lines().filter(GROUP).count(), said);
  }

  // ---- what is in it

  private NodeApi api(String node) {
    running.get(node).listening();
    return new NodeApi(
        URI.create("http://127.0.0.1:" + ports.get(number(node) - 1)),
        ChildNode.token(dir.resolve("accounts.json")));
  }

  /** The same once it serves. */
  private NodeApi ready(String node) {
    NodeApi api = api(node);
    int code;
    do {
      code = api.get("/readyz").status();
    } while (code != 200);
    return api;
  }

  private static void put(NodeApi api, String name) {
    api.putFunction(
        name,
        "{\"runtime\":{\"kind\":\"event-bus\",\"address\":\"" + EchoVerticle.ADDRESS + "\"}}");
  }

  private static List<String> submit(NodeApi api, String name, int count) {
    List<String> ids = new ArrayList<>();
    while (ids.size() < count) {
      String lines = "{\"payload\":\"old\"}\n".repeat(Math.min(BATCH, count - ids.size()));
      String answers = api.post(function(name) + "/invocations:batch", lines).expect(200).text();
      answers.lines().forEach(line -> ids.add(NodeApi.parse(line).path("id").asText()));
    }
    return ids;
  }

  private Map<String, Invocation> records(String node) throws IOException {
    Map<String, Invocation> all = new HashMap<>();
    StoreContents.invocations(data(node)).forEach(one -> all.put(one.id().toString(), one));
    return all;
  }

  /** The ids of a list, page by page: each once. */
  private static Set<String> listed(NodeApi api, String name) {
    Set<String> ids = new HashSet<>();
    String cursor = "";
    do {
      JsonNode page =
          api.get(function(name) + "/invocations?limit=100" + cursor).expect(200).json();
      for (JsonNode one : page.path("invocations")) {
        assertTrue(ids.add(one.path("id").asText()), () -> "twice: " + one);
      }
      cursor = page.path("cursor").isNull() ? "" : "&cursor=" + page.path("cursor").asText();
    } while (!cursor.isEmpty());
    return ids;
  }

  @Test
  void aNodeBecomesAClusterThatDoesWithoutIt() throws Exception {
    settings("n1", Map.of());
    start("n1");
    running.get("n1").listening();
    Files.copy(data("n1").resolve("accounts.json"), dir.resolve("accounts.json"));
    NodeApi alone = api("n1");
    put(alone, "echo");
    put(alone, "waits");
    alone.post(function("waits") + ":pause", "").expect(200);
    List<String> queued = submit(alone, "waits", QUEUED);
    List<String> ended = submit(alone, "echo", ENDED);
    ended.forEach(alone::ended);
    terminate("n1");
    Map<String, Invocation> before = records("n1");
    assertEquals(ENDED + QUEUED, before.size());

    settings("n1", Map.of("enabled", true, "node", "n1", "nodes", members(1)));
    ChildNode convert = perdure("n1", "convert", "--data-dir", data("n1").toString());
    assertEquals(0, convert.exitCode(), convert.stderr());
    start("n1");
    running.get("n1").listening();
    join("n2");
    join("n3");
    awaitNothingToDo();
    String late = api("n1").submit("echo", "late");
    api("n3").ended(late);

    running.remove("n1").kill();
    terminate("n2"); // what is left has to come back without the first, too
    start("n2");
    Set<String> all = new HashSet<>(before.keySet());
    all.add(late);
    for (String node : List.of("n2", "n3")) {
      NodeApi api = ready(node);
      ended.forEach(id -> assertEquals(Status.SUCCEEDED, NodeApi.status(api.state(id)), id));
      queued.forEach(id -> assertEquals(Status.ENQUEUED, NodeApi.status(api.state(id)), id));
      Set<String> listed = listed(api, "echo");
      listed.addAll(listed(api, "waits"));
      assertEquals(all, listed, node);
    }
    api("n2").post(function("waits") + ":resume", "").expect(200);
    queued.forEach(id -> assertEquals(Status.SUCCEEDED, NodeApi.status(api("n3").ended(id))));
    Applied.awaitAlike(List.of(api("n2"), api("n3")));
    terminate("n2");
    terminate("n3");

    for (String node : List.of("n2", "n3")) {
      Map<String, Invocation> now = records(node);
      assertEquals(all, now.keySet(), node);
      ended.forEach(id -> assertEquals(before.get(id), now.get(id), node));
      for (String id : queued) {
        int shard = before.get(id).id().shard();
        long greatest =
            before.values().stream()
                .filter(one -> one.id().shard() == shard)
                .mapToLong(Invocation::epoch)
                .max()
                .orElseThrow();
        assertTrue(now.get(id).epoch() > greatest, () -> now.get(id) + " after " + greatest);
      }
    }
  }
}
