package io.perdure.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.PerdureClient;
import io.perdure.testkit.ClusterNodes;
import io.perdure.testkit.NodeApi;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What three nodes do as one: whole nodes, formed once for all tests, which any order suits. */
class ClusterTest {
  @TempDir private static Path data;
  private static ClusterNodes cluster;

  @BeforeAll
  static void form() throws Exception {
    cluster = ClusterNodes.form(data, 3, Map.of("data.shards", "3"));
    cluster.vertx("n1").eventBus().<Buffer>consumer("echo", call -> call.reply(call.body()));
  }

  @AfterAll
  static void end() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static void putEcho(String node, String function) {
    cluster
        .api(node)
        .putFunction(function, "{\"runtime\":{\"kind\":\"event-bus\",\"address\":\"echo\"}}");
  }

  @Test
  void functionThatOneNodeHasAcknowledgedIsKnownToAllAtOnce() {
    for (String maker : cluster.names()) {
      putEcho(maker, "made-at-" + maker);
      for (String other : cluster.names()) {
        assertEquals(
            202, cluster.api(other).trySubmit("made-at-" + maker, "x").status(), maker + other);
      }
    }
  }

  @Test
  void whatAnyNodeAcceptedAnyOtherTells() {
    putEcho("n1", "told");
    for (String at : cluster.names()) {
      String id = cluster.api(at).submit("told", "hello from " + at);
      for (String other : cluster.names()) {
        NodeApi api = cluster.api(other);
        assertEquals("SUCCEEDED", api.ended(id).path("status").asText());
        assertEquals(
            "hello from " + at, api.get("/v1/invocations/" + id + "/result").expect(200).text());
      }
    }
  }

  @Test
  void keyIsTakenOnceWhicheverNodeIsAsked() {
    putEcho("n1", "keyed");
    for (int i = 0; i < 6; i++) {
      Set<String> ids = new HashSet<>();
      for (String at : cluster.names()) {
        NodeApi.Answer answer =
            cluster.api(at).trySubmit("keyed", "same", "Idempotency-Key", "order-" + i);
        assertEquals(2, answer.status() / 100, answer::text);
        ids.add(answer.json().path("id").asText());
      }
      assertEquals(1, ids.size(), ids::toString);
    }
  }

  @Test
  void listIsCompleteAndWithoutRepetitionWhicheverNodeGivesThePages() {
    putEcho("n1", "listed");
    Set<String> submitted = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      for (String at : cluster.names()) {
        submitted.add(cluster.api(at).submit("listed", "x"));
      }
    }
    List<String> listed = new ArrayList<>();
    String cursor = "";
    int page = 0;
    do {
      String at = cluster.names().get(page++ % 3);
      JsonNode found =
          cluster
              .api(at)
              .get("/v1/namespaces/default/functions/listed/invocations?limit=7" + cursor)
              .expect(200)
              .json();
      found.path("invocations").forEach(one -> listed.add(one.path("id").asText()));
      JsonNode next = found.path("cursor");
      cursor = next.isTextual() ? "&cursor=" + next.asText() : "";
    } while (!cursor.isEmpty());
    assertEquals(submitted, new HashSet<>(listed));
    assertEquals(submitted.size(), listed.size());
  }

  @Test
  void clientInAnyJvmOfTheClusterSubmitsAndAwaits() throws Exception {
    putEcho("n2", "called");
    PerdureClient client = PerdureClient.create(cluster.vertx("n3"));
    var accepted =
        client.submit("called", Buffer.buffer("over the bus")).await(30, TimeUnit.SECONDS);
    var ended = client.await(accepted.id()).await(30, TimeUnit.SECONDS);
    assertTrue(ended.status().terminal());
    assertEquals("over the bus", client.result(ended.id()).await(30, TimeUnit.SECONDS).toString());
  }

  @Test
  void metricsOfAClusterAreThoseOfTheReadme() throws Exception {
    Set<String> served =
        Pattern.compile(
                "(?m)^# TYPE (perdure_(?:raft|places|attempts_handed|ratelimit_home)_\\w+) ")
            .matcher(cluster.api("n1").get("/metrics").text())
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toSet());
    String readme = Files.readString(Path.of("README.md"));
    Set<String> told =
        Pattern.compile("`(perdure_\\w+)`")
            .matcher(readme.substring(readme.indexOf("<!-- metrics of a cluster -->")))
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toSet());
    assertEquals(told, served);
  }

  @Test
  void nodeThatEndsInGoodOrderLosesNothingAndTakesItsPlaceAgain() throws Exception {
    putEcho("n1", "staying");
    Set<String> before = new HashSet<>();
    for (int i = 0; i < 9; i++) {
      before.add(cluster.api("n2").submit("staying", "x"));
    }
    cluster.stop("n2");
    NodeApi left = cluster.api("n3");
    String meanwhile = left.submit("staying", "x", "Idempotency-Key", "meanwhile");
    before.add(meanwhile);
    for (String id : before) {
      assertEquals("SUCCEEDED", left.ended(id).path("status").asText());
    }
    cluster.start("n2");
    for (String id : before) {
      assertEquals("SUCCEEDED", cluster.api("n2").ended(id).path("status").asText());
    }
    assertNotEquals(meanwhile, cluster.api("n2").submit("staying", "y"));
  }
}
