package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.function;
import static io.perdure.testkit.NodeApi.invocation;
import static io.perdure.testkit.NodeApi.status;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Status;
import io.perdure.testkit.NodeApi;
import io.vertx.core.Future;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PerdureExtension.class)
@Timeout(60)
class RetentionTest {
  @Test
  void whatHasEndedIsKeptFor72HoursToTheMillisecond(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    String id = api.submit("echo", "hello");
    assertEquals("2026-01-04T00:00:00.000Z", api.ended(id).path("expiresAt").asText());

    node.clock().advance(Duration.ofDays(3).minusMillis(1));
    node.sweep();
    assertEquals(Status.SUCCEEDED, status(api.state(id)));
    assertEquals("hello", api.get(invocation(id) + "/result").expect(200).text());
    node.clock().advance(Duration.ofMillis(1));
    assertGone(node, api, id);
    api.get(invocation(id) + "/result").problem(404, "not-found");
  }

  @Test
  void retentionDependsOnTheOutcome(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("flaky").failsThenReturns(1, "done");
    String settings =
        "{'runtime':{'kind':'event-bus'},'retention':{'succeededMs':60000,'failedMs':180000}}";
    api.putFunction("flaky", settings.replace('\'', '"'));
    String failed = api.submit("flaky", "");
    api.ended(failed);
    String succeeded = api.submit("flaky", "");
    api.ended(succeeded);
    node.clock().advance(Duration.ofMinutes(2));
    assertGone(node, api, succeeded);
    assertEquals(Status.FAILED, status(api.state(failed)));
    node.clock().advance(Duration.ofMinutes(2));
    assertGone(node, api, failed);
  }

  @Test
  void aKeyIsFreeAgainOnceItsInvocationIsGone(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").keeps(Duration.ofMinutes(1)).serves(Future::succeededFuture);
    String first = api.submit("echo", "a", "Idempotency-Key", "k");
    api.ended(first);
    node.clock().advance(Duration.ofMinutes(2));
    assertGone(node, api, first);
    String second = api.submit("echo", "b", "Idempotency-Key", "k");
    assertEquals(Status.SUCCEEDED, status(api.ended(second)));
  }

  @Test
  void whatIsGoneIsInNoListAndNoCount(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").keeps(Duration.ofMinutes(1)).serves(Future::succeededFuture);
    String first = api.submit("echo", "a");
    api.ended(first);
    node.clock().advance(Duration.ofSeconds(59));
    String second = api.submit("echo", "b");
    api.ended(second);
    node.clock().advance(Duration.ofSeconds(1));
    assertGone(node, api, first);
    String list = function("echo") + "/invocations";
    assertEquals(1, api.get(list).expect(200).json().path("invocations").size());
    assertEquals(1, api.get(list + ":count").expect(200).json().path("count").asInt());
  }

  @Test
  void whatWaitsLongerThanABodyLivesKeepsItsPayload(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    String id = api.submit("echo", "in a week", "Perdure-Delay", "168h");
    node.clock().advance(Duration.ofDays(7).plusSeconds(1));
    assertEquals(Status.SUCCEEDED, status(api.ended(id)));
    assertEquals("in a week", api.get(invocation(id) + "/result").expect(200).text());
  }

  private static void assertGone(PerdureNode node, NodeApi api, String id) {
    node.sweep();
    api.get(invocation(id)).problem(404, "not-found");
  }
}
