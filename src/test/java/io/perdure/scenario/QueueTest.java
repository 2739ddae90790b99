package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.events;
import static io.perdure.testkit.NodeApi.function;
import static io.perdure.testkit.NodeApi.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Status;
import io.perdure.testkit.NodeApi;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The queue of a function, and what an invocation says of its wait. */
@ExtendWith(PerdureExtension.class)
@Timeout(60)
class QueueTest {
  private static String why(JsonNode invocation) {
    return invocation.path("why").path("message").asText();
  }

  @Test
  void whatWaitsForASlotSaysHowManyAreTaken(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("slow").concurrency(4).never();
    for (int i = 0; i < 4; i++) {
      api.reaches(api.submit("slow", ""), Status.RUNNING);
    }
    JsonNode fifth = api.state(api.submit("slow", ""));
    assertEquals("waiting for concurrency 4/4", why(fifth));
    assertEquals("concurrency", fifth.path("why").path("code").asText());
    assertEquals("waiting for concurrency 4/4", fifth.path("reason").asText());
  }

  @Test
  void whatWaitsForItsRetrySaysWhichAndWhen(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("flaky").retries(4, Duration.ofMinutes(1)).failsThenReturns(2, "done");
    String id = api.submit("flaky", "");
    api.reaches(id, Status.RETRYING, 1);
    node.clock().advance(Duration.ofMinutes(1));
    JsonNode waiting = api.reaches(id, Status.RETRYING, 2);
    assertEquals(
        "retry 2 of 3 at " + waiting.path("dueAt").asText() + ", after EventBus 1: failure 2",
        why(waiting));
  }

  @Test
  void aPausedFunctionAcceptsAndStartsNothing(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    api.post(function("echo") + ":pause", "").expect(200);
    String id = api.submit("echo", "");
    node.clock().advance(Duration.ofMinutes(1));
    JsonNode waiting = api.state(id);
    assertEquals(Status.ENQUEUED, status(waiting));
    assertEquals("paused by test at 2026-01-01T00:00:00.000Z", why(waiting));
    assertTrue(api.get(function("echo")).json().path("paused").asBoolean());
  }

  @Test
  void aResumedFunctionStartsWhatHasWaited(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    api.post(function("echo") + ":pause", "").expect(200);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add(api.submit("echo", ""));
    }
    api.post(function("echo") + ":resume", "").expect(200);
    for (String id : ids) {
      assertEquals(Status.SUCCEEDED, status(api.ended(id)));
    }
  }

  @Test
  void aPauseOutlivesARestart(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    api.post(function("echo") + ":pause", "").expect(200);
    String id = api.submit("echo", "");
    node.restart();
    api = NodeApi.of(node);
    assertEquals("paused by test at 2026-01-01T00:00:00.000Z", why(api.state(id)));
  }

  @Test
  void whatIsQueuedBecomesInvalidWhenItsFunctionIsDeleted(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("slow").concurrency(1).never();
    String running = api.submit("slow", "");
    api.reaches(running, Status.RUNNING);
    String queued = api.submit("slow", "");
    String delayed = api.submit("slow", "", "Perdure-Delay", "1h");
    api.send("DELETE", function("slow"), new byte[0]).expect(204);
    for (String id : List.of(queued, delayed)) {
      JsonNode ended = api.ended(id);
      assertEquals(Status.INVALID, status(ended));
      assertEquals(List.of("ENQUEUED", "INVALID"), events(ended));
      assertEquals(
          "the function was deleted", ended.path("events").path(1).path("detail").asText());
    }
    api.trySubmit("slow", "").problem(404, "not-found");
  }

  @Test
  void aFunctionMadeAgainStartsEmpty(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    String old = api.submit("echo", "a", "Idempotency-Key", "k");
    api.ended(old);
    api.send("DELETE", function("echo"), new byte[0]).expect(204);
    api.putFunction("echo", "{\"runtime\":{\"kind\":\"event-bus\"}}");
    String list = function("echo") + "/invocations";
    assertEquals(0, api.get(list).expect(200).json().path("invocations").size());
    assertEquals(0, api.get(list + ":count").expect(200).json().path("count").asInt());
    String fresh = api.submit("echo", "b", "Idempotency-Key", "k");
    assertEquals(Status.SUCCEEDED, status(api.ended(fresh)));
    assertEquals(Status.SUCCEEDED, status(api.state(old)));
  }
}
