package io.perdure.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.runtime.Attempts;
import io.perdure.testkit.ClusterNodes;
import io.perdure.testkit.NodeApi;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes, of which one is drained while all of them are at work. */
@Timeout(300)
class DrainedNodeTest {
  private static final int CALLERS = 6;
  private static final long PATIENCE_SECONDS = 120;

  @TempDir private static Path data;
  private static ClusterNodes cluster;

  /** How often each invocation of "counted" has run. */
  private static final Map<String, Integer> RUNS = new ConcurrentHashMap<>();

  /** Calls of "held", which have no answer yet. */
  private static final BlockingQueue<Message<Buffer>> HELD = new LinkedBlockingQueue<>();

  @BeforeAll
  static void form() throws Exception {
    cluster = ClusterNodes.form(data, 3, Map.of("data.shards", "6"));
    for (String node : cluster.names()) {
      cluster.vertx(node).eventBus().consumer("perdure.fn.default.counted", DrainedNodeTest::count);
      cluster.vertx(node).eventBus().<Buffer>consumer("perdure.fn.default.held", HELD::add);
    }
    for (String function : List.of("counted", "held")) {
      cluster
          .api("n1")
          .putFunction(function, "{\"runtime\":{\"kind\":\"event-bus\"},\"timeoutMs\":600000}");
    }
  }

  private static void count(Message<Buffer> call) {
    RUNS.merge(call.headers().get("id"), 1, Integer::sum);
    call.reply(call.body());
  }

  @AfterAll
  static void end() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static void change(String node, String operation) {
    cluster.api("n3").post("/v1/cluster/nodes/" + node + ":" + operation, "").expect(202);
  }

  private static JsonNode node(String name) {
    for (JsonNode node : cluster.api("n3").get("/v1/cluster").expect(200).json().path("nodes")) {
      if (node.path("name").asText().equals(name)) {
        return node;
      }
    }
    throw new AssertionError("no node " + name);
  }

  private static void until(String name, Predicate<JsonNode> holds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    JsonNode node = node(name);
    while (!holds.test(node)) {
      assertTrue(System.nanoTime() < end, node::toString);
      node = node(name);
    }
  }

  private static Set<String> submitUntil(AtomicBoolean over, String at) {
    Set<String> ids = new HashSet<>();
    while (!over.get()) {
      NodeApi.Answer answer = cluster.api(at).trySubmit("counted", "x");
      assertEquals(202, answer.status(), answer::text);
      ids.add(answer.json().path("id").asText());
    }
    return ids;
  }

  @Test
  void whatIsSubmittedWithoutAKeyWhileShardsMoveIsAcceptedAndRunsOnce() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    List<Future<Set<String>>> submitted = new ArrayList<>();
    try {
      for (int i = 0; i < CALLERS; i++) {
        String at = cluster.names().get(i % 3);
        submitted.add(callers.submit(() -> submitUntil(over, at)));
      }
      for (String name : List.of("n1", "n2")) {
        change(name, "drain");
        until(name, node -> node.path("drained").asBoolean());
        change(name, "resume");
        until(name, node -> node.path("leads").asInt() == 2);
      }
    } finally {
      over.set(true);
      callers.shutdown();
    }
    Set<String> ids = new HashSet<>();
    for (Future<Set<String>> one : submitted) {
      ids.addAll(one.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
    for (String id : ids) {
      JsonNode ended = cluster.api("n3").ended(id);
      assertEquals("SUCCEEDED", ended.path("status").asText(), ended::toString);
      assertEquals(1, ended.path("attempts").asInt(), ended::toString);
    }
    assertEquals(ids, RUNS.keySet(), "nothing has run of which its caller does not know");
    assertTrue(RUNS.values().stream().allMatch(times -> times == 1));
  }

  @Test
  void whatIsSubmittedToADrainedNodeDoesNotWaitForWhatRunsThere() throws Exception {
    NodeApi n1 = cluster.api("n1");
    String running = n1.submit("held", "x");
    Message<Buffer> first = Attempts.next(HELD);
    change("n1", "drain");
    until("n1", node -> node.path("state").asText().equals("draining"));
    until("n1", node -> node.path("leads").asInt() == 1);
    for (int i = 0; i < 4; i++) {
      String other = n1.submit("held", "x");
      Message<Buffer> call = Attempts.next(HELD);
      assertEquals(other, call.headers().get("id"));
      call.reply(Buffer.buffer());
    }
    first.reply(Buffer.buffer());
    until("n1", node -> node.path("drained").asBoolean());
    assertEquals(1, cluster.api("n2").ended(running).path("attempts").asInt());
    change("n1", "resume");
    until("n1", node -> node.path("leads").asInt() == 2);
  }
}
