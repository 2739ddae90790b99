package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.events;
import static io.perdure.testkit.NodeApi.function;
import static io.perdure.testkit.NodeApi.invocation;
import static io.perdure.testkit.NodeApi.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Status;
import io.perdure.testkit.NodeApi;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PerdureExtension.class)
@Timeout(60)
class LifeTest {
  @Test
  void whatWasSubmittedRunsAndItsResultIsKept(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    String id = api.submit("echo", "salut");
    JsonNode ended = api.ended(id);
    assertEquals(Status.SUCCEEDED, status(ended), ended::toString);
    assertEquals(List.of("ENQUEUED", "RUNNING", "SUCCEEDED"), events(ended));
    assertEquals(1, ended.path("attempts").asInt());
    assertEquals("2026-01-01T00:00:00.000Z", ended.path("acceptedAt").asText());
    assertEquals("2026-01-01T00:00:00.000Z", ended.path("endedAt").asText());
    assertEquals("salut", api.get(invocation(id) + "/result").expect(200).text());
    assertEquals("salut", api.get(invocation(id) + "/payload").expect(200).text());
  }

  @Test
  void aFailureIsKeptWithItsError(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("bad").serves(payload -> Future.failedFuture("no such picture"));
    JsonNode ended = api.ended(api.submit("bad", ""));
    assertEquals(Status.FAILED, status(ended), ended::toString);
    assertTrue(ended.path("error").path("message").asText().contains("no such picture"));
    assertEquals("failed", ended.path("why").path("code").asText());
  }

  @Test
  void aFailedAttemptIsRepeatedAfterItsBackoffAndNotBefore(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("flaky").retries(3, Duration.ofMinutes(1)).failsThenReturns(1, "done");
    String id = api.submit("flaky", "");
    JsonNode waiting = api.reaches(id, Status.RETRYING);
    Duration backoff =
        Duration.between(PerdureNode.START, Instant.parse(waiting.path("dueAt").asText()));
    assertTrue(backoff.compareTo(Duration.ofSeconds(48)) >= 0, backoff::toString);
    assertTrue(backoff.compareTo(Duration.ofSeconds(60)) <= 0, backoff::toString);

    node.clock().advance(backoff.minusMillis(1));
    assertEquals(Status.RETRYING, status(api.state(id)));
    node.clock().advance(Duration.ofMillis(1));
    JsonNode ended = api.ended(id);
    assertEquals(Status.SUCCEEDED, status(ended), ended::toString);
    assertEquals(2, ended.path("attempts").asInt());
    assertEquals(List.of("ENQUEUED", "RUNNING", "RETRYING", "RUNNING", "SUCCEEDED"), events(ended));
  }

  @Test
  void theLastAllowedFailureEndsIt(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("hopeless").retries(3, Duration.ofSeconds(1)).failsThenReturns(9, "never");
    String id = api.submit("hopeless", "");
    for (int failed = 1; failed < 3; failed++) {
      // To the due time and no further: another attempt could fail within the same step.
      Instant due = Instant.parse(api.reaches(id, Status.RETRYING, failed).path("dueAt").asText());
      node.clock().advance(Duration.between(node.clock().instant(), due));
    }
    JsonNode ended = api.ended(id);
    assertEquals(Status.FAILED, status(ended), ended::toString);
    assertEquals(3, ended.path("attempts").asInt());
  }

  @Test
  void aDelayedInvocationStartsAtItsTimeAndNotBefore(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    String id = api.submit("echo", "later", "Perdure-Delay", "1h");
    assertEquals(
        "delayed until 2026-01-01T01:00:00.000Z",
        api.state(id).path("why").path("message").asText());
    node.clock().advance(Duration.ofHours(1).minusMillis(1));
    assertEquals(Status.ENQUEUED, status(api.state(id)));
    node.clock().advance(Duration.ofMillis(1));
    JsonNode ended = api.ended(id);
    assertEquals(Status.SUCCEEDED, status(ended));
    assertEquals("2026-01-01T01:00:00.000Z", ended.path("startedAt").asText());
  }

  @Test
  void whatWaitsLongerThanItsEventAgeExpiresWithoutARun(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("slow")
        .concurrency(1)
        .eventAge(Duration.ofMinutes(10))
        .timeout(Duration.ofHours(2))
        .never();
    String first = api.submit("slow", "");
    api.reaches(first, Status.RUNNING);
    String second = api.submit("slow", "");
    node.clock().advance(Duration.ofMinutes(10).minusMillis(1));
    node.sweep();
    assertEquals(Status.ENQUEUED, status(api.state(second)));
    node.clock().advance(Duration.ofMillis(1));
    node.sweep();
    JsonNode ended = api.ended(second);
    assertEquals(Status.EXPIRED, status(ended), ended::toString);
    assertEquals(0, ended.path("attempts").asInt());
    assertEquals(Status.RUNNING, status(api.state(first)));
  }

  @Test
  void whatIsDelayedBeyondItsEventAgeExpiresWhenItIsDequeued(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("late").eventAge(Duration.ofSeconds(3)).returns("done");
    String id = api.submit("late", "", "Perdure-Delay", "4s");
    node.clock().advance(Duration.ofSeconds(4)); // the reaper comes every 5 s
    JsonNode ended = api.ended(id);
    assertEquals(Status.EXPIRED, status(ended), ended::toString);
    assertEquals(0, ended.path("attempts").asInt());
  }

  @Test
  void whatGetsASlotAfterItsEventAgeExpires(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("slow")
        .concurrency(1)
        .eventAge(Duration.ofSeconds(3))
        .timeout(Duration.ofSeconds(4))
        .never();
    String first = api.submit("slow", "");
    api.reaches(first, Status.RUNNING);
    String second = api.submit("slow", "");
    node.clock().advance(Duration.ofSeconds(4));
    assertEquals(Status.FAILED, status(api.ended(first)));
    assertEquals(Status.EXPIRED, status(api.ended(second)));
  }

  @Test
  void anAttemptThatPassesItsTimeLimitFails(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("slow").timeout(Duration.ofSeconds(30)).never();
    String id = api.submit("slow", "");
    api.reaches(id, Status.RUNNING);
    node.clock().advance(Duration.ofSeconds(40));
    JsonNode ended = api.ended(id);
    assertEquals(Status.FAILED, status(ended), ended::toString);
    assertEquals("timeout", ended.path("error").path("kind").asText(), ended::toString);
  }

  @Test
  void aRedriveIsANewInvocationOfTheSamePayload(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("flaky").failsThenReturns(1, "done");
    String first = api.submit("flaky", "again", "Perdure-Label-team", "a");
    assertEquals(Status.FAILED, status(api.ended(first)));
    JsonNode accepted = api.post(invocation(first) + ":redrive", "").expect(202).json();
    String second = accepted.path("id").asText();
    assertEquals(first, accepted.path("redriveOf").asText());
    JsonNode ended = api.ended(second);
    assertEquals(Status.SUCCEEDED, status(ended));
    assertEquals("a", ended.path("labels").path("team").asText());
    assertEquals("again", api.get(invocation(second) + "/payload").text());
    assertEquals(Status.FAILED, status(api.state(first)));
  }

  @Test
  void onlyWhatHasEndedCanBeRedriven(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("slow").never();
    String id = api.submit("slow", "");
    api.post(invocation(id) + ":redrive", "").problem(409, "conflict");
  }

  @Test
  void everyLineOfABatchIsAnInvocation(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(p -> Future.succeededFuture(Buffer.buffer("<" + p + ">")));
    String lines = "{\"payload\":\"one\"}\n{\"nonsense\":1}\n{\"payload\":\"two\"}\n";
    String[] answers =
        api.post(function("echo") + "/invocations:batch", lines).expect(200).text().split("\n");
    assertEquals(3, answers.length);
    String one = NodeApi.parse(answers[0]).path("id").asText();
    String two = NodeApi.parse(answers[2]).path("id").asText();
    assertEquals(Status.SUCCEEDED, status(api.ended(one)), () -> String.join("\n", answers));
    assertEquals(Status.SUCCEEDED, status(api.ended(two)));
    assertEquals("<\"one\">", api.get(invocation(one) + "/result").text());
    assertEquals("<\"two\">", api.get(invocation(two) + "/result").text());
    assertTrue(answers[1].contains("nonsense"), answers[1]);
  }
}
