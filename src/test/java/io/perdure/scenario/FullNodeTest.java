package io.perdure.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.invocation.Status;
import io.perdure.runtime.Attempts;
import io.perdure.testkit.ClusterNodes;
import io.perdure.testkit.NodeApi;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes, of which n1 runs one attempt at a time: what it owns beyond that runs elsewhere. The
 * last test ends one of them.
 */
@TestMethodOrder(OrderAnnotation.class)
@Timeout(300)
class FullNodeTest {
  @TempDir private static Path data;
  private static ClusterNodes cluster;

  /** Calls that have no answer yet, by function. */
  private static final Map<String, BlockingQueue<Call>> CALLS = new ConcurrentHashMap<>();

  /** A call of a function, and the node whose verticle has it. */
  private record Call(String node, Message<Buffer> message) {
    String id() {
      return message.headers().get("id");
    }

    void answer() {
      message.reply(Buffer.buffer("by " + node));
    }
  }

  @BeforeAll
  static void form() throws Exception {
    cluster =
        ClusterNodes.form(data, 3, Map.of("data.shards", "3", "n1/executor.concurrency", "1"));
    for (String node : cluster.names()) {
      for (String function : List.of("slow", "stopped", "drained", "moved")) {
        BlockingQueue<Call> calls =
            CALLS.computeIfAbsent(function, name -> new LinkedBlockingQueue<>());
        cluster
            .vertx(node)
            .eventBus()
            .<Buffer>consumer(
                "perdure.fn.default." + function, call -> calls.add(new Call(node, call)));
      }
    }
  }

  @AfterAll
  static void end() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** So many invocations that n1 owns, and their calls, all waiting for their answers at once. */
  private static List<Call> calls(String function, int count) throws InterruptedException {
    NodeApi n1 = cluster.api("n1");
    n1.putFunction(function, "{\"runtime\":{\"kind\":\"event-bus\"},\"timeoutMs\":600000}");
    Set<String> submitted = new HashSet<>();
    for (int i = 0; i < count; i++) {
      submitted.add(n1.submit(function, "x"));
    }
    List<Call> calls = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < count; i++) {
      calls.add(Attempts.next(CALLS.get(function)));
      ids.add(calls.get(i).id());
    }
    assertEquals(submitted, ids);
    return calls;
  }

  /** Of the only event of that type. */
  private static String detail(JsonNode invocation, String type) {
    for (JsonNode event : invocation.path("events")) {
      if (event.path("type").asText().equals(type)) {
        return event.path("detail").asText();
      }
    }
    return null;
  }

  @Test
  @Order(1)
  void whatAFullNodeOwnsRunsOnOthersAtTheSameTime() throws Exception {
    List<Call> calls = calls("slow", 6);
    assertEquals(1, calls.stream().filter(call -> call.node().equals("n1")).count());
    for (Call call : calls) {
      JsonNode running = cluster.api("n1").reaches(call.id(), Status.RUNNING);
      assertEquals(call.node() + "/perdure.fn.default.slow", running.path("instance").asText());
    }
    calls.forEach(Call::answer);
    for (Call call : calls) {
      JsonNode history = cluster.api("n2").has(call.id(), "RUNNING");
      assertEquals("on node " + call.node(), detail(history, "RUNNING"));
      JsonNode ended = cluster.api("n2").ended(call.id());
      assertEquals("SUCCEEDED", ended.path("status").asText());
      assertEquals(1, ended.path("attempts").asInt());
      assertEquals(
          "by " + call.node(),
          cluster.api("n3").get("/v1/invocations/" + call.id() + "/result").text());
    }
    assertTrue(CALLS.get("slow").isEmpty());
  }

  @Test
  @Order(2)
  void aStopReachesWhatRunsElsewhere() throws Exception {
    List<Call> calls = calls("stopped", 3);
    Call call = calls.stream().filter(one -> !one.node().equals("n1")).findFirst().orElseThrow();
    BlockingQueue<JsonObject> stops = new LinkedBlockingQueue<>();
    cluster
        .vertx(call.node())
        .eventBus()
        .<JsonObject>consumer(
            "perdure.fn.default.stopped.stop", message -> stops.add(message.body()));
    cluster
        .api("n1")
        .post("/v1/invocations/" + call.id() + ":stop", "{\"graceMs\":60000}")
        .expect(202);
    JsonObject stop = Attempts.next(stops);
    assertEquals(call.id(), stop.getString("id"));
    cluster.api("n1").has(call.id(), "STOP_DELIVERED");
    calls.forEach(Call::answer);
    assertEquals("STOPPED", cluster.api("n1").ended(call.id()).path("status").asText());
  }

  @Test
  @Order(3)
  void whatANodeRunsForOthersHasTimeToEndBeforeItIsDrained() throws Exception {
    List<Call> calls = calls("drained", 3);
    Call guest = calls.stream().filter(one -> !one.node().equals("n1")).findFirst().orElseThrow();
    change(guest.node(), "drain");
    String told = until("a wait for what runs there", now -> now.contains("attempts of other"));
    assertTrue(told.startsWith(guest.node() + " runs "), told);
    calls.forEach(Call::answer);
    until("the end of the drain", now -> now.isEmpty());
    change(guest.node(), "resume");
    for (Call call : calls) {
      assertEquals(1, cluster.api("n1").ended(call.id()).path("attempts").asInt());
    }
    until("the end of all moves", now -> now.isEmpty());
  }

  private static void change(String node, String operation) {
    cluster.api("n1").post("/v1/cluster/nodes/" + node + ":" + operation, "").expect(202);
  }

  /** What is done or waited for in the cluster, once that is so; empty for nothing. */
  private static String until(String what, Predicate<String> holds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (true) {
      JsonNode told = cluster.api("n1").get("/v1/cluster").expect(200).json();
      String now = told.path("now").isNull() ? "" : told.path("now").asText();
      if (holds.test(now)) {
        return now;
      }
      assertTrue(System.nanoTime() < end, () -> what + " did not come: " + told);
    }
  }

  @Test
  @Order(4)
  void whatRanOnANodeThatEndsIsRunAgain() throws Exception {
    List<Call> calls = calls("moved", 6);
    String gone =
        calls.stream().map(Call::node).filter(node -> !node.equals("n1")).findFirst().orElseThrow();
    Set<String> lost = new HashSet<>();
    for (Call call : calls) {
      if (call.node().equals(gone)) {
        lost.add(call.id());
      }
    }
    cluster.stop(gone);
    calls.stream().filter(call -> !call.node().equals(gone)).forEach(Call::answer);
    for (int i = 0; i < lost.size(); i++) {
      Attempts.next(CALLS.get("moved")).answer();
    }
    for (Call call : calls) {
      JsonNode ended = cluster.api("n1").ended(call.id());
      assertEquals("SUCCEEDED", ended.path("status").asText());
      assertEquals(lost.contains(call.id()) ? 2 : 1, ended.path("attempts").asInt());
    }
  }
}
