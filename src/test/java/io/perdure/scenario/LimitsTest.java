package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.function;
import static io.perdure.testkit.NodeApi.invocation;
import static io.perdure.testkit.NodeApi.status;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Status;
import io.perdure.testkit.NodeApi;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is refused, and that the node serves on. */
@Timeout(60)
class LimitsTest {
  @Test
  void aPayloadOverTheLimitIsRefusedAndNamesIt() {
    try (PerdureNode node = PerdureNode.start(Map.of("invocation.payload-bytes-max", "1KiB"))) {
      NodeApi api = NodeApi.of(node);
      node.function("echo").serves(Future::succeededFuture);
      JsonNode problem = api.trySubmit("echo", "x".repeat(1025)).problem(413, "too-large");
      assertTrue(problem.path("detail").asText().contains("1024"), problem::toString);
      api.submit("echo", "x".repeat(1024));
    }
  }

  @Test
  void aFullBacklogIsRefusedWithATimeToTryAgainAndTakesMoreOnceItHasRoom() {
    try (PerdureNode node = PerdureNode.start(Map.of("shard.backlog-per-function", "3"))) {
      NodeApi api = NodeApi.of(node);
      node.function("later").serves(Future::succeededFuture);
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        ids.add(api.submit("later", "", "Perdure-Delay", "1h"));
      }
      NodeApi.Answer refused = api.trySubmit("later", "");
      refused.problem(429, "throttled");
      assertNotNull(refused.header("retry-after"));
      node.function("other").returns("of another queue");
      api.submit("other", "");
      api.post(invocation(ids.get(0)) + ":stop", "").expect(200);
      api.submit("later", "");
    }
  }

  @Test
  void aBacklogIsCountedAgainAfterARestart() {
    try (PerdureNode node = PerdureNode.start(Map.of("shard.backlog-per-function", "2"))) {
      node.function("later").serves(Future::succeededFuture);
      NodeApi.of(node).submit("later", "", "Perdure-Delay", "1h");
      NodeApi.of(node).submit("later", "", "Perdure-Delay", "1h");
      node.restart();
      NodeApi.of(node).trySubmit("later", "").problem(429, "throttled");
    }
  }

  @Test
  void aDiskThatIsNearlyFullRefusesWhatGrowsAndServesReads() {
    try (PerdureNode node = PerdureNode.start(Map.of("data.free-bytes-min", "8000000TiB"))) {
      NodeApi api = NodeApi.of(node);
      byte[] echo = "{\"runtime\":{\"kind\":\"event-bus\"}}".getBytes(UTF_8);
      NodeApi.Answer refused = api.send("PUT", function("echo"), echo);
      JsonNode problem = refused.problem(503, "unavailable");
      assertTrue(problem.path("detail").asText().contains("bytes left"), problem::toString);
      assertNotNull(refused.header("retry-after"));
      api.get("/v1/namespaces/default/functions").expect(200);
      api.get("/livez").expect(200);
    }
  }

  @Test
  void theNodesOwnConcurrencyIsABoundToo() {
    try (PerdureNode node = PerdureNode.start(Map.of("executor.concurrency", "2"))) {
      NodeApi api = NodeApi.of(node);
      node.function("slow").never();
      api.reaches(api.submit("slow", ""), Status.RUNNING);
      api.reaches(api.submit("slow", ""), Status.RUNNING);
      JsonNode third = api.state(api.submit("slow", ""));
      assertEquals(Status.ENQUEUED, status(third));
      assertEquals(
          "waiting for the node's concurrency 2/2", third.path("why").path("message").asText());
    }
  }

  @Test
  void aBacklogFarAboveTheWindowsIsWorkedOffToItsEnd() {
    Map<String, String> small =
        Map.of("shard.window", "2", "executor.queue-per-function", "64", "data.shards", "3");
    try (PerdureNode node = PerdureNode.start(small)) {
      NodeApi api = NodeApi.of(node);
      node.function("echo").concurrency(4).serves(Future::succeededFuture);
      api.post(function("echo") + ":pause", "").expect(200);
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 100; i++) {
        lines.append("{\"payload\":").append(i).append(",\"key\":\"k").append(i).append("\"}\n");
      }
      String[] answers =
          api.post(function("echo") + "/invocations:batch", lines.toString())
              .expect(200)
              .text()
              .strip()
              .split("\n", -1);
      api.post(function("echo") + ":resume", "").expect(200);
      for (String answer : answers) {
        String id = NodeApi.parse(answer).path("id").asText();
        assertEquals(Status.SUCCEEDED, status(api.ended(id)));
      }
    }
  }
}
