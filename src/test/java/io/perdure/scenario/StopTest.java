package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.events;
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
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PerdureExtension.class)
@Timeout(60)
class StopTest {
  private static final List<String> STOPPED_WAITING =
      List.of("ENQUEUED", "STOP_REQUESTED", "STOPPING", "STOPPED");

  @Test
  void aQueuedInvocationIsStoppedAtOnceAndNeverRuns(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    Promise<Buffer> blocker = Promise.promise();
    node.function("one").concurrency(1).serves(payload -> blocker.future());
    String running = api.submit("one", "");
    api.reaches(running, Status.RUNNING);
    String queued = api.submit("one", "");
    JsonNode stopped = api.post(invocation(queued) + ":stop", "").expect(200).json();
    assertEquals(Status.STOPPED, status(stopped));
    blocker.complete(Buffer.buffer("done"));
    assertEquals(Status.SUCCEEDED, status(api.ended(running)));
    assertEquals(STOPPED_WAITING, events(api.state(queued)));
    assertEquals(0, api.state(queued).path("attempts").asInt());
  }

  @Test
  void aDelayedInvocationIsStoppedAtOnce(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    String id = api.submit("echo", "", "Perdure-Delay", "1h");
    api.post(invocation(id) + ":stop", "").expect(200);
    node.clock().advance(Duration.ofHours(2));
    assertEquals(STOPPED_WAITING, events(api.state(id)));
  }

  @Test
  void aRetryThatWaitsIsStoppedAtOnce(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("flaky").retries(3, Duration.ofMinutes(1)).failsThenReturns(1, "done");
    String id = api.submit("flaky", "");
    api.reaches(id, Status.RETRYING);
    JsonNode stopped = api.post(invocation(id) + ":stop", "").expect(200).json();
    assertEquals(Status.STOPPED, status(stopped));
    node.clock().advance(Duration.ofMinutes(5));
    assertEquals(1, api.state(id).path("attempts").asInt());
  }

  @Test
  void everyStepOfTheStopOfARunningAttemptIsAnEvent(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    Promise<Buffer> end = Promise.promise();
    node.function("polite").serves(payload -> end.future());
    var events = node.vertx().eventBus();
    events.<JsonObject>consumer(
        "perdure.fn.default.polite.stop",
        message -> events.publish(message.body().getString("ack"), "cleaning up"));
    String id = api.submit("polite", "");
    api.reaches(id, Status.RUNNING);
    JsonNode asked = api.post(invocation(id) + ":stop", "{\"graceMs\":60000}").expect(202).json();
    assertEquals(Status.STOPPING, status(asked));
    api.has(id, "STOP_ACKNOWLEDGED");
    end.fail("stopped early");
    JsonNode ended = api.ended(id);
    assertEquals(Status.STOPPED, status(ended));
    List<String> seen = new ArrayList<>(events(ended));
    // The two come from different places and may overtake each other.
    assertTrue(seen.remove("STOP_DELIVERED"), seen::toString);
    assertTrue(seen.remove("STOP_ACKNOWLEDGED"), seen::toString);
    assertEquals(
        List.of(
            "ENQUEUED",
            "RUNNING",
            "STOP_REQUESTED",
            "STOPPING",
            "RESULT_DISCARDED",
            "STOP_GONE",
            "STOPPED"),
        seen);
  }

  @Test
  void anAttemptThatIgnoresItsStopIsGivenUpAfterItsGrace(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("deaf").never();
    String id = api.submit("deaf", "");
    api.reaches(id, Status.RUNNING);
    api.post(invocation(id) + ":stop", "{\"graceMs\":3000}").expect(202);
    api.has(id, "STOP_DELIVERED");
    node.clock().advance(Duration.ofMillis(2_999));
    JsonNode still = api.state(id);
    assertEquals(Status.STOPPING, status(still));
    assertTrue(
        still.path("why").path("message").asText().endsWith("waiting for attempt 1 to end"),
        still::toString);
    node.clock().advance(Duration.ofMillis(1));
    assertEquals(Status.STOPPED, status(api.ended(id)));
  }

  @Test
  void theResultOfAStoppedAttemptIsNotedAndNotKept(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    Promise<Buffer> end = Promise.promise();
    node.function("late").serves(payload -> end.future());
    String id = api.submit("late", "");
    api.reaches(id, Status.RUNNING);
    api.post(invocation(id) + ":stop", "{\"graceMs\":60000}").expect(202);
    end.complete(Buffer.buffer("too late"));
    JsonNode ended = api.ended(id);
    assertEquals(Status.STOPPED, status(ended));
    assertTrue(events(ended).contains("RESULT_DISCARDED"), ended::toString);
    api.get(invocation(id) + "/result").problem(404, "no-result");
  }

  @Test
  void whatHasEndedCannotBeStopped(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    String id = api.submit("echo", "");
    api.ended(id);
    api.post(invocation(id) + ":stop", "").problem(409, "conflict");
  }

  @Test
  void aGracefulStopLeavesTheOutcomeToTheAttempt(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    Promise<Buffer> end = Promise.promise();
    node.function("slow").serves(payload -> end.future());
    String id = api.submit("slow", "");
    api.reaches(id, Status.RUNNING);
    JsonNode asked = api.post(invocation(id) + ":stop", "{\"mode\":\"graceful\"}").json();
    assertEquals(Status.RUNNING, status(asked));
    end.complete(Buffer.buffer("finished all the same"));
    JsonNode ended = api.ended(id);
    assertEquals(Status.SUCCEEDED, status(ended));
    assertEquals("finished all the same", api.get(invocation(id) + "/result").text());
  }

  @Test
  void noRetryFollowsAGracefulStop(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    Promise<Buffer> end = Promise.promise();
    node.function("slow").retries(5, Duration.ofSeconds(1)).serves(payload -> end.future());
    String id = api.submit("slow", "");
    api.reaches(id, Status.RUNNING);
    api.post(invocation(id) + ":stop", "{\"mode\":\"graceful\"}").expect(202);
    end.fail("gave up");
    JsonNode ended = api.ended(id);
    assertEquals(Status.FAILED, status(ended));
    assertEquals(1, ended.path("attempts").asInt());
  }
}
