package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.function;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.CodeZip;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import io.perdure.store.StoreContents;
import io.perdure.testkit.Applied;
import io.perdure.testkit.ClusterNodes;
import io.perdure.testkit.NodeApi;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that stands alone becomes the first of a cluster, which grows while it is used. */
@Timeout(300)
class ClusterGrowthTest {
  private static final int ENDED = 1_500;
  private static final int QUEUED = 200;
  private static final int RUNNING = 5;
  private static final int BATCH = 100;
  private static final int SHARDS = 3;
  private static final byte[] CODE =
      CodeZip.of(Map.of("index.py", "def handler(event, context):\n    return event\n")).getBytes();

  @TempDir private Path data;
  private ClusterNodes nodes;
  private final AtomicBoolean held = new AtomicBoolean(true);

  @AfterEach
  void end() throws Exception {
    if (nodes != null) {
      nodes.close();
    }
  }

  private void serve(String node) {
    nodes.vertx(node).eventBus().<Buffer>consumer("echo", call -> call.reply(call.body()));
    nodes
        .vertx(node)
        .eventBus()
        .<Buffer>consumer(
            "held",
            call -> {
              if (!held.get()) {
                call.reply(call.body());
              }
            });
  }

  private static void put(NodeApi api, String name, String address) {
    api.putFunction(
        name,
        "{\"runtime\":{\"kind\":\"event-bus\",\"address\":\""
            + address
            + "\"},\"timeoutMs\":3600000}");
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

  /** Ids by what is to be found of them. */
  private Map<String, List<String>> fill(NodeApi api) {
    put(api, "echo", "echo");
    put(api, "waits", "echo");
    put(api, "held", "held");
    api.post(function("waits") + ":pause", "").expect(200);
    api.putFunction(
        "coded",
        "{\"runtime\":{\"kind\":\"python3\",\"handler\":\"index.handler\"},\"code\":{\"zip\":\""
            + java.util.Base64.getEncoder().encodeToString(CODE)
            + "\"}}");
    byte[] yearly = "{\"cron\":\"0 0 0 1 1 *\"}".getBytes(StandardCharsets.UTF_8);
    api.send("PUT", function("echo") + "/schedules/yearly", yearly);
    Map<String, List<String>> ids = new TreeMap<>();
    ids.put("running", submit(api, "held", RUNNING));
    ids.put("queued", submit(api, "waits", QUEUED));
    ids.put("ended", submit(api, "echo", ENDED));
    ids.put("delayed", List.of(api.submit("echo", "old", "Perdure-Delay", "100h")));
    ids.get("ended").forEach(api::ended);
    ids.get("running").forEach(id -> api.reaches(id, Status.RUNNING));
    return ids;
  }

  /** Submits until it is told to end; what was acknowledged. */
  private CompletableFuture<List<String>> load(AtomicBoolean ending) {
    return CompletableFuture.supplyAsync(
        () -> {
          List<String> acknowledged = new ArrayList<>();
          while (!ending.get()) {
            List<String> there = nodes.names();
            String any = there.get(acknowledged.size() % there.size());
            NodeApi.Answer answer = nodes.api(any).trySubmit("echo", "new");
            if (answer.status() == 202) {
              acknowledged.add(answer.json().path("id").asText());
            }
          }
          return acknowledged;
        });
  }

  private void awaitThreeReplicas() {
    JsonNode cluster = nodes.api("n1").get("/v1/cluster").expect(200).json();
    while (cluster.path("moving").asBoolean() || !replicated(cluster)) {
      // what answers when it is looked at is the clock here: each look asks every node
      cluster = nodes.api("n1").get("/v1/cluster").expect(200).json();
    }
  }

  private static boolean replicated(JsonNode cluster) {
    for (JsonNode group : cluster.path("groups")) {
      if (group.path("replicas").size() != 3) {
        return false;
      }
      for (JsonNode replica : group.path("replicas")) {
        if (!replica.path("alive").asBoolean() || replica.path("lag").asLong(-1) != 0) {
          return false;
        }
      }
    }
    return cluster.path("groups").size() == SHARDS + 1;
  }

  private static Map<String, Invocation> byId(Path directory) throws Exception {
    Map<String, Invocation> all = new HashMap<>();
    StoreContents.invocations(directory).forEach(one -> all.put(one.id().toString(), one));
    return all;
  }

  private static Map<Integer, Long> epochs(Iterable<Invocation> of) {
    Map<Integer, Long> greatest = new TreeMap<>();
    of.forEach(one -> greatest.merge(one.id().shard(), one.epoch(), Math::max));
    return greatest;
  }

  @Test
  void whatOneNodeHadIsOnTheNewPeersOfTheClusterThatItBecomes() throws Exception {
    nodes = ClusterNodes.none(data, 3, Map.of("data.shards", Integer.toString(SHARDS)));
    nodes.startAlone();
    serve("n1");
    Map<String, List<String>> ids = fill(nodes.api("n1"));
    nodes.stop("n1");
    Map<String, Invocation> before = byId(nodes.directory("n1"));
    assertEquals(ids.values().stream().mapToInt(List::size).sum(), before.size());

    nodes.convert();
    held.set(false);
    serve("n1");
    AtomicBoolean ending = new AtomicBoolean();
    CompletableFuture<List<String>> load = load(ending);
    nodes.join("n2");
    nodes.join("n3");
    awaitThreeReplicas();
    ending.set(true);
    List<String> acknowledged = load.get(60, TimeUnit.SECONDS);
    assertTrue(acknowledged.size() > 0);

    NodeApi third = nodes.api("n3");
    for (String id : acknowledged) {
      assertEquals(Status.SUCCEEDED, NodeApi.status(third.ended(id)));
    }
    for (String id : ids.get("running")) {
      JsonNode ended = third.ended(id);
      assertEquals(Status.SUCCEEDED, NodeApi.status(ended));
      // Once more than before, or twice: it is run again before the function is served again.
      assertTrue(ended.path("attempts").asInt() >= 2, ended::toString);
    }
    assertEquals(Status.ENQUEUED, NodeApi.status(third.state(ids.get("queued").get(0))));
    assertArrayEquals(CODE, nodes.api("n2").get(function("coded") + "/code").expect(200).body());
    nodes.api("n2").get(function("echo") + "/schedules/yearly").expect(200);
    Applied.awaitAlike(nodes.names().stream().map(nodes::api).toList());
    nodes.close();

    for (String peer : List.of("n2", "n3")) {
      Map<String, Invocation> held = byId(nodes.directory(peer));
      Set<String> expected = new HashSet<>(before.keySet());
      expected.addAll(acknowledged);
      assertEquals(expected, held.keySet(), peer);
      for (Invocation old : before.values()) {
        Invocation now = held.get(old.id().toString());
        assertTrue(now.epoch() >= old.epoch(), () -> peer + ": " + old + " became " + now);
        if (old.status().terminal()) {
          assertEquals(old, now, peer);
        }
      }
      Map<Integer, Long> old = epochs(before.values());
      for (String id : acknowledged) {
        Invocation one = held.get(id);
        assertTrue(
            one.epoch() > old.get(one.id().shard()),
            () -> peer + ": epoch " + one.epoch() + " after " + old);
      }
    }
    assertEquals(StoreContents.of(nodes.directory("n2")), StoreContents.of(nodes.directory("n3")));
  }
}
