package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.events;
import static io.perdure.testkit.NodeApi.function;
import static io.perdure.testkit.NodeApi.invocation;
import static io.perdure.testkit.NodeApi.status;
import static org.junit.jupiter.api.Assertions.assertEquals;

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

/** A node that is stopped in good order and started again on the same data. */
@ExtendWith(PerdureExtension.class)
@Timeout(60)
class RestartTest {
  @Test
  void whatRanIsRunAgainAndWhatWaitedRunsThen(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("work").concurrency(2).never();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ids.add(api.submit("work", "payload " + i));
    }
    api.reaches(ids.get(0), Status.RUNNING);

    node.restart();
    node.function("work").concurrency(2).serves(Future::succeededFuture);
    api = NodeApi.of(node);
    node.clock().advance(Duration.ofMinutes(5)); // what the platform lost waits for a moment
    for (int i = 0; i < 10; i++) {
      String id = ids.get(i);
      JsonNode ended = api.ended(id);
      assertEquals(Status.SUCCEEDED, status(ended), ended::toString);
      assertEquals("payload " + i, api.get(invocation(id) + "/result").expect(200).text());
    }
  }

  @Test
  void whatHadEndedIsReadAsBefore(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    String id = api.submit("echo", "kept");
    JsonNode before = api.ended(id);
    node.restart();
    api = NodeApi.of(node);
    assertEquals(before, api.state(id));
    assertEquals("kept", api.get(invocation(id) + "/result").expect(200).text());
  }

  @Test
  void aDelayAndARetryKeepTheirTimes(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("flaky").retries(2, Duration.ofMinutes(10)).failsThenReturns(1, "done");
    String retried = api.submit("flaky", "");
    String due = api.reaches(retried, Status.RETRYING).path("dueAt").asText();
    String delayed = api.submit("flaky", "", "Perdure-Delay", "1h");

    node.restart();
    node.function("flaky").retries(2, Duration.ofMinutes(10)).returns("done");
    api = NodeApi.of(node);
    assertEquals(due, api.state(retried).path("dueAt").asText());
    assertEquals(Status.RETRYING, status(api.state(retried)));
    assertEquals(Status.ENQUEUED, status(api.state(delayed)));
    node.clock().advance(Duration.ofMinutes(10));
    assertEquals(Status.SUCCEEDED, status(api.ended(retried)));
    assertEquals(Status.ENQUEUED, status(api.state(delayed)));
    node.clock().advance(Duration.ofMinutes(50));
    assertEquals(Status.SUCCEEDED, status(api.ended(delayed)));
  }

  @Test
  void aStopThatWasAnsweredHoldsAndNothingRunsAgain(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("deaf").never();
    String id = api.submit("deaf", "");
    api.reaches(id, Status.RUNNING);
    api.post(invocation(id) + ":stop", "{\"graceMs\":3600000}").expect(202);
    node.restart();
    node.function("deaf").serves(Future::succeededFuture);
    api = NodeApi.of(node);
    JsonNode ended = api.ended(id);
    assertEquals(Status.STOPPED, status(ended), ended::toString);
    assertEquals(1, ended.path("attempts").asInt());
  }

  @Test
  void aShutdownSpendsNothingOfTheFunctionsOwnAttempts(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("once").never(); // a single attempt
    String id = api.submit("once", "x");
    api.reaches(id, Status.RUNNING);
    node.restart();
    node.function("once").serves(Future::succeededFuture);
    api = NodeApi.of(node);
    node.clock().advance(Duration.ofMinutes(5));
    JsonNode ended = api.ended(id);
    assertEquals(Status.SUCCEEDED, status(ended), ended::toString);
    assertEquals(true, events(ended).contains("PLATFORM_RETRY"), ended::toString);
  }

  @Test
  void functionsKeepTheirSettingsAndRevisions(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    api.putFunction(
        "made",
        "{\"runtime\":{\"kind\":\"http\",\"url\":\"http://127.0.0.1:1/\"},\"concurrency\":3,"
            + "\"retry\":{\"maxAttempts\":4,\"backoffMs\":250,\"maxBackoffMs\":5000}}");
    NodeApi.Answer before = api.get(function("made")).expect(200);
    node.restart();
    NodeApi.Answer after = NodeApi.of(node).get(function("made")).expect(200);
    assertEquals(before.json(), after.json());
    assertEquals(before.header("etag"), after.header("etag"));
  }
}
