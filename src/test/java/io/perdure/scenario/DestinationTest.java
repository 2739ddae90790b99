package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.events;
import static io.perdure.testkit.NodeApi.function;
import static io.perdure.testkit.NodeApi.status;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Status;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.Webhook;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Outcomes that are delivered, on a whole node. */
@ExtendWith(PerdureExtension.class)
@Timeout(60)
class DestinationTest {
  private static void destinations(NodeApi api, String function, String success, String failure) {
    api.send(
            "PUT",
            function(function) + "/async-settings/LATEST",
            body(success, failure).getBytes(UTF_8))
        .expect(201);
  }

  private static String body(String success, String failure) {
    return "{\"onSuccess\":" + quoted(success) + ",\"onFailure\":" + quoted(failure) + "}";
  }

  private static String quoted(String text) {
    return text == null ? "null" : "\"" + text + "\"";
  }

  @Test
  void successIsPostedToItsWebhook(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("work").returns("done");
    try (Webhook hook = Webhook.answering(204)) {
      destinations(api, "work", hook.url(), null);
      String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
      String id = api.submit("work", "{\"a\":1}", "traceparent", trace);
      Webhook.Received posted = hook.next();
      assertEquals("application/json", posted.header("content-type"));
      assertEquals(id, posted.header("Perdure-Invocation-Id"));
      assertEquals("1", posted.header("Perdure-Delivery-Attempt"));
      assertTrue(posted.header("traceparent").startsWith(trace.substring(0, 36)));
      assertEquals("/hook?a=b", posted.request().uri());
      JsonNode event = NodeApi.parse(posted.body());
      assertEquals(1, event.path("version").asInt());
      assertEquals(id, event.path("id").asText());
      assertEquals("SUCCEEDED", event.path("status").asText());
      assertEquals("{\"a\":1}", event.at("/payload/content").asText());
      assertEquals("done", event.at("/result/content").asText());
      JsonNode told = api.has(id, "DELIVERED");
      assertEquals("SUCCEEDED", told.at("/delivery/state").asText());
      assertEquals(hook.url(), told.at("/delivery/destination").asText());
      assertEquals(Status.SUCCEEDED, status(told));
    }
  }

  @Test
  void failureStopAndExpiryGoToTheOtherDestination(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("broken").concurrency(1).never();
    BlockingQueue<JsonNode> told = new LinkedBlockingQueue<>();
    node.vertx()
        .eventBus()
        .<Buffer>consumer(
            "told",
            message -> {
              told.add(NodeApi.parse(message.body().toString()));
              message.reply(null);
            });
    destinations(api, "broken", null, "event-bus:told");
    String running = api.submit("broken", "");
    api.reaches(running, Status.RUNNING);
    String waiting = api.submit("broken", "");
    api.post(NodeApi.invocation(waiting) + ":stop", "{}").expect(200);
    JsonNode stopped = api.has(waiting, "DELIVERED");
    assertEquals("STOPPED", take(told).path("status").asText());
    assertEquals(Status.STOPPED, status(stopped));
  }

  private static JsonNode take(BlockingQueue<JsonNode> from) {
    try {
      return from.poll(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Test
  void outcomeIsSubmittedToAnotherFunctionOnce(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("first").returns("one");
    node.function("second").serves(Future::succeededFuture);
    destinations(api, "first", "function:default/second", null);
    String id = api.submit("first", "in");
    JsonNode delivered = api.has(id, "DELIVERED");
    JsonNode list = api.get(function("second") + "/invocations").expect(200).json();
    assertEquals(1, list.path("invocations").size(), list::toString);
    String next = list.at("/invocations/0/id").asText();
    JsonNode second = api.ended(next);
    assertEquals("destination-" + id, second.path("key").asText());
    assertEquals("destination", second.path("origin").asText());
    assertEquals(1, second.path("depth").asInt());
    assertEquals(0, delivered.path("depth").asInt());
    JsonNode event =
        NodeApi.parse(api.get(NodeApi.invocation(next) + "/payload").expect(200).text());
    assertEquals("one", event.at("/result/content").asText());
  }

  @Test
  void whatIsNotThereFailsTheDeliveryAndNotTheInvocation(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("first").returns("one");
    destinations(api, "first", "function:default/nobody", null);
    JsonNode failed = api.has(api.submit("first", "in"), "DELIVERY_FAILED");
    assertEquals("FAILED", failed.at("/delivery/state").asText());
    assertTrue(failed.at("/delivery/error").asText().contains("nobody"), failed::toString);
    assertEquals(Status.SUCCEEDED, status(failed));
  }

  @Test
  void functionThatIsItsOwnDestinationEndsAtTheDepthLimit(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("loop").returns("again");
    destinations(api, "loop", "function:default/loop", null);
    String id = api.submit("loop", "in");
    for (int depth = 0; depth < 16; depth++) {
      JsonNode now = api.has(id, "DELIVERED");
      assertEquals(depth, now.path("depth").asInt());
      id =
          api.get(function("loop") + "/invocations?prefix=destination-" + id)
              .expect(200)
              .json()
              .at("/invocations/0/id")
              .asText();
    }
    JsonNode last = api.has(id, "DELIVERY_FAILED");
    assertEquals(16, last.path("depth").asInt());
    assertTrue(last.at("/delivery/error").asText().contains("depth-max is 16"), last::toString);
    String metrics = api.get("/metrics").expect(200).text();
    assertTrue(
        metrics
            .lines()
            .anyMatch(
                line ->
                    line.startsWith("perdure_deliveries_total{outcome=\"too-deep\"")
                        && line.endsWith(" 1.0")),
        "too-deep is not counted");
  }

  @Test
  void deliveryInMidRetryGoesOnAfterARestart(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("work").returns("done");
    try (Webhook hook = Webhook.answering(500)) {
      destinations(api, "work", hook.url(), null);
      String id = api.submit("work", "in");
      hook.next();
      JsonNode before = api.has(id, "DELIVERY_RETRY");
      assertEquals("PENDING", before.at("/delivery/state").asText());

      node.restart();
      api = NodeApi.of(node);
      assertEquals(before.path("delivery"), api.state(id).path("delivery"));
      hook.answer(response -> response.end());
      node.clock().advance(Duration.ofSeconds(1));
      assertEquals("2", hook.next().header("Perdure-Delivery-Attempt"));
      JsonNode after = api.has(id, "DELIVERED");
      assertEquals(2, after.at("/delivery/attempts").asInt());
    }
  }

  @Test
  void streamOfEventsEndsWithTheDelivery(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("work").returns("done");
    try (Webhook hook = Webhook.answering(200)) {
      destinations(api, "work", hook.url(), null);
      String id = api.submit("work", "in");
      List<String> types = new ArrayList<>();
      api.lines(NodeApi.invocation(id) + "/events")
          .body()
          .filter(line -> line.startsWith("event: "))
          .forEach(line -> types.add(line.substring("event: ".length())));
      assertEquals(List.of("ENQUEUED", "RUNNING", "SUCCEEDED", "DELIVERED"), types);
    }
  }

  @Test
  void whatOwesADeliveryOutlivesItsRetentionAndIsRemovedThen(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("work").returns("done");
    try (Webhook hook = Webhook.answering(503)) {
      api.send(
              "PUT",
              function("work") + "/async-settings/LATEST",
              ("{\"retention\":{\"succeededMs\":60000,\"failedMs\":60000},\"onSuccess\":\""
                      + hook.url()
                      + "\"}")
                  .getBytes(UTF_8))
          .expect(201);
      String id = api.submit("work", "in");
      api.has(id, "DELIVERY_RETRY");
      node.clock().advance(Duration.ofMinutes(2));
      node.sweep();
      assertEquals("PENDING", api.state(id).at("/delivery/state").asText());
      hook.answer(response -> response.end());
      node.clock().advance(Duration.ofMinutes(10));
      api.has(id, "DELIVERED");
      node.sweep();
      api.get(NodeApi.invocation(id)).expect(404);
    }
  }

  @Test
  void whatBecomesInvalidWithItsFunctionIsToldToo(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("gone").concurrency(1).never();
    try (Webhook hook = Webhook.answering(200)) {
      destinations(api, "gone", null, hook.url());
      String id = api.submit("gone", "in", "Perdure-Delay", "1h");
      api.send("DELETE", function("gone"), new byte[0]).expect(204);
      assertEquals("INVALID", NodeApi.parse(hook.next().body()).path("status").asText());
      assertEquals(Status.INVALID, status(api.has(id, "DELIVERED")));
    }
  }

  @Test
  void deliveryIsGivenUpWhenItsTimeIsOver(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("work").returns("done");
    destinations(api, "work", "event-bus:nobody", null);
    String id = api.submit("work", "in");
    JsonNode now = api.has(id, "DELIVERY_RETRY");
    int tries = 0;
    while (now.at("/delivery/state").asText().equals("PENDING")) {
      int last = now.path("events").size();
      assertTrue(++tries < 50, now::toString);
      node.clock().advance(Duration.ofMinutes(5));
      now = api.get(NodeApi.invocation(id) + "?wait=20s&afterSeq=" + last).expect(200).json();
    }
    assertTrue(events(now).contains("DELIVERY_FAILED"), now::toString);
    assertEquals("no verticle serves nobody", now.at("/delivery/error").asText());
    assertEquals(Status.SUCCEEDED, status(now));
  }
}
