package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.invocation;
import static io.perdure.testkit.NodeApi.status;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Status;
import io.perdure.testkit.NodeApi;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever wants to see an invocation while it lives. */
@ExtendWith(PerdureExtension.class)
@Timeout(60)
class StreamTest {
  @Test
  void aStreamShowsEveryEventAsItHappensAndEndsWithTheInvocation(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    Promise<Buffer> end = Promise.promise();
    node.function("slow").serves(payload -> end.future());
    String id = api.submit("slow", "");
    api.reaches(id, Status.RUNNING);
    try (var lines = api.lines(invocation(id) + "/events").body()) {
      Iterator<String> line = lines.iterator();
      assertEquals(List.of("1 ENQUEUED", "2 RUNNING"), List.of(event(line), event(line)));
      end.complete(Buffer.buffer("done")); // only now: the stream is live
      assertEquals("3 SUCCEEDED", event(line));
      assertEquals(false, line.hasNext());
    }
  }

  @Test
  void aStreamGoesOnBehindTheLastEventSeen(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("flaky").retries(2, Duration.ofSeconds(1)).failsThenReturns(1, "done");
    String id = api.submit("flaky", "");
    api.reaches(id, Status.RETRYING);
    node.clock().advance(Duration.ofSeconds(2));
    api.ended(id);
    try (var lines = api.lines(invocation(id) + "/events", "Last-Event-ID", "3").body()) {
      List<String> events = new ArrayList<>();
      Iterator<String> line = lines.iterator();
      while (line.hasNext()) {
        events.add(event(line));
      }
      assertEquals(List.of("4 RUNNING", "5 SUCCEEDED"), events);
    }
    api.get(invocation(id) + "/events", "Last-Event-ID", "5").expect(204);
  }

  @Test
  void aLongPollIsAnsweredByTheEnd(PerdureNode node)
      throws ExecutionException, InterruptedException, TimeoutException {
    NodeApi api = NodeApi.of(node);
    Promise<Buffer> end = Promise.promise();
    node.function("slow").serves(payload -> end.future());
    String id = api.submit("slow", "");
    var poll = CompletableFuture.supplyAsync(() -> api.get(invocation(id) + "?wait=30s"));
    api.reaches(id, Status.RUNNING);
    end.complete(Buffer.buffer("done"));
    assertEquals(Status.SUCCEEDED, status(poll.get(30, TimeUnit.SECONDS).expect(200).json()));
  }

  @Test
  void aLongPollIsAnsweredWithTheStateWhenItsTimeIsOver(PerdureNode node)
      throws ExecutionException, InterruptedException, TimeoutException {
    NodeApi api = NodeApi.of(node);
    node.function("slow").never();
    String id = api.submit("slow", "");
    api.reaches(id, Status.RUNNING);
    var poll = CompletableFuture.supplyAsync(() -> api.get(invocation(id) + "?wait=10ms"));
    while (!poll.isDone()) {
      node.clock().advance(Duration.ofMillis(10)); // the poll may not have arrived yet
      api.state(id);
    }
    assertEquals(Status.RUNNING, status(poll.get(1, TimeUnit.SECONDS).expect(200).json()));
  }

  @Test
  void aSubmitThatWaitsIsAnsweredWithTheFinalState(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("fast").returns("done");
    NodeApi.Answer answer = api.trySubmit("fast", "", "Prefer", "wait=20").expect(200);
    assertEquals(Status.SUCCEEDED, status(answer.json()));
    assertEquals("wait=20", answer.header("preference-applied"));
  }

  /** Reads up to the end of an event; its id and its type. */
  private static String event(Iterator<String> lines) {
    String id = "";
    String type = "";
    while (lines.hasNext()) {
      String line = lines.next();
      if (line.startsWith("id: ")) {
        id = line.substring(4);
      } else if (line.startsWith("event: ")) {
        type = line.substring(7);
      } else if (line.isEmpty() && !type.isEmpty()) {
        return id + " " + type;
      }
    }
    return "the end";
  }
}
