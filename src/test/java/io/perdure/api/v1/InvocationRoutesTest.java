package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.v1.HttpCalls.Answer;
import io.perdure.bus.Addresses;
import io.perdure.bus.ExecutorMessages.Gate;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.router.Answers;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class InvocationRoutesTest {
  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  @BeforeAll
  static void serveGate() {
    for (int shard = 0; shard < ApiServer.SHARDS; shard++) {
      Answers.of(
          SERVER.bus.serve(
              Addresses.SHARD_GATE.at(shard),
              asked -> Future.succeededFuture(new Gate(4, 4, 1, false, 4, 64))));
    }
  }

  @Test
  void stateHasAllItsFields() {
    String path = submit("fields", "in", "Idempotency-Key", "k", "Perdure-Label-a", "b");
    JsonNode json = SERVER.http().get(path).expect(200).json();
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    assertEquals(
        List.of(
            "id",
            "key",
            "namespace",
            "function",
            "qualifier",
            "status",
            "reason",
            "why",
            "attempts",
            "acceptedAt",
            "startedAt",
            "endedAt",
            "dueAt",
            "expiresAt",
            "labels",
            "error",
            "payloadBytes",
            "resultBytes",
            "logBytes",
            "origin",
            "mode",
            "requestId",
            "traceparent",
            "instance",
            "version",
            "memoryBytes",
            "redriveOf",
            "tracked",
            "depth",
            "delivery",
            "events"),
        names);
    assertEquals("LATEST", json.path("qualifier").asText());
    assertEquals("b", json.at("/labels/a").asText());
    assertEquals(2, json.path("payloadBytes").asInt());
    assertEquals("async", json.path("mode").asText());
    assertTrue(json.path("startedAt").isNull());
    assertTrue(json.path("expiresAt").isNull());
    assertEquals("concurrency", json.at("/why/code").asText());
    assertEquals("waiting for concurrency 4/4", json.at("/why/message").asText());
    assertEquals("waiting for concurrency 4/4", json.path("reason").asText());
    JsonNode event = json.at("/events/0");
    assertEquals(1, event.path("seq").asInt());
    assertEquals("ENQUEUED", event.path("type").asText());
    assertEquals(0, event.path("attempt").asInt());
    assertTrue(event.path("at").asText().endsWith("Z"));
    assertEquals("", event.path("detail").asText());
  }

  @Test
  void failureShowsItsError() {
    String path = submit("failing", "");
    SERVER.shards.finish(id(path), Status.FAILED, new byte[0]);
    SERVER.shards.change(
        id(path),
        next -> {
          next.error = new RunError(RunError.Kind.FUNCTION, "ExitCode", "exit code 3");
          next.reason = "attempt 1 of 1 failed";
          return next;
        });
    JsonNode json = SERVER.http().get(path).expect(200).json();
    assertEquals("ExitCode", json.at("/error/type").asText());
    assertEquals("exit code 3", json.at("/error/message").asText());
    assertEquals("attempt 1 of 1 failed", json.path("reason").asText());
    assertEquals("failed", json.at("/why/code").asText());
    assertEquals(1, json.path("attempts").asInt());
    assertTrue(json.path("expiresAt").asText().endsWith("Z"));
  }

  @Test
  void waitAnswersOnceItHasEnded() {
    String path = submit("longpoll", "");
    CompletableFuture<Answer> answer =
        CompletableFuture.supplyAsync(() -> SERVER.http().get(path + "?wait=30s"));
    awaitWaiting(answer);
    SERVER.shards.finish(id(path), Status.SUCCEEDED, new byte[0]);
    assertEquals("SUCCEEDED", answer.join().expect(200).json().path("status").asText());
  }

  @Test
  void waitThatIsOverAnswersTheStateAsItIs() {
    String path = submit("shortpoll", "");
    assertEquals(
        "ENQUEUED",
        SERVER.http().get(path + "?wait=1ms").expect(200).json().path("status").asText());
  }

  @Test
  void waitForTheNextEventAnswersWithIt() {
    String path = submit("nextevent", "");
    assertEquals(1, SERVER.http().get(path + "?wait=30s&afterSeq=0").json().path("events").size());
    CompletableFuture<Answer> answer =
        CompletableFuture.supplyAsync(() -> SERVER.http().get(path + "?wait=30s&afterSeq=1"));
    awaitWaiting(answer);
    SERVER.shards.finish(id(path), Status.SUCCEEDED, new byte[0]);
    assertEquals(3, answer.join().expect(200).json().path("events").size());
  }

  @Test
  void resultIsBytesOnceThereIsOne() {
    String path = submit("result", "");
    assertTrue(
        SERVER
            .http()
            .get(path + "/result")
            .problem(409, "conflict")
            .path("detail")
            .asText()
            .contains("ENQUEUED"));
    byte[] result = {0, 1, -1};
    SERVER.shards.finish(id(path), Status.SUCCEEDED, result);
    Answer answer = SERVER.http().get(path + "/result").expect(200);
    assertArrayEquals(result, answer.body());
    assertEquals("application/octet-stream", answer.header("content-type"));
    assertEquals("SUCCEEDED", answer.header("perdure-status"));
  }

  @Test
  void emptyResultHasNoContentAndAFailureWithoutOneIsNotFound() {
    String succeeded = submit("noresult", "");
    SERVER.shards.finish(id(succeeded), Status.SUCCEEDED, new byte[0]);
    SERVER.http().get(succeeded + "/result").expect(204);
    String failed = submit("noresult2", "");
    SERVER.shards.finish(id(failed), Status.FAILED, new byte[0]);
    SERVER.http().get(failed + "/result").problem(404, "no-result");
  }

  @Test
  void removedBodiesAreGone() {
    String path = submit("gone", "payload");
    SERVER.shards.finish(id(path), Status.SUCCEEDED, new byte[] {1});
    for (String part : new String[] {"payload", "result", "log"}) {
      SERVER.shards.removed.add(part.toUpperCase(java.util.Locale.ROOT) + id(path));
      SERVER.http().get(path + "/" + part).problem(410, "removed");
    }
  }

  @Test
  void emptyPayloadAndLogHaveNoContent() {
    String path = submit("nothing", "");
    SERVER.http().get(path + "/payload").expect(204);
    SERVER.http().get(path + "/log").expect(204);
  }

  @Test
  void stopByDefaultCancels() {
    String path = submit("stopped", "");
    JsonNode json = SERVER.http().post(path + ":stop", "").expect(200).json();
    assertEquals("STOPPED", json.path("status").asText());
    assertEquals("stopped by dev before it ran", json.at("/why/message").asText());
    SERVER.http().post(path + ":stop", "").problem(409, "conflict");
  }

  @Test
  void stopOfARunningOneIsAcceptedWithItsMode() {
    String path = submit("stopping", "");
    SERVER.shards.change(
        id(path),
        next -> {
          next.status = Status.RUNNING;
          next.attempts = 1;
          return next;
        });
    JsonNode json =
        SERVER
            .http()
            .post(path + ":stop", "{\"mode\":\"graceful\",\"graceMs\":10}")
            .expect(202)
            .json();
    assertEquals("stopping", json.at("/why/code").asText());
    assertEquals(StopMode.GRACEFUL, SERVER.shards.records.get(id(path)).stop());
  }

  @Test
  void redriveMakesANewOne() {
    String path = submit("redriven", "again");
    SERVER.http().post(path + ":redrive", "").problem(409, "conflict");
    SERVER.shards.finish(id(path), Status.FAILED, new byte[0]);
    Answer answer = SERVER.http().post(path + ":redrive", "").expect(202);
    assertNotEquals(path, answer.header("location"));
    assertEquals(id(path).toString(), answer.json().path("redriveOf").asText());
    assertEquals("again", SERVER.http().get(answer.header("location") + "/payload").text());
  }

  @Test
  void invocationOfAnotherAccountDoesNotExist() {
    String path = submit("private", "x");
    HttpCalls other = SERVER.http(ApiServer.OTHER_TOKEN);
    for (String below : new String[] {"", "?wait=1s", "/payload", "/result", "/log", "/events"}) {
      other.get(path + below).problem(404, "not-found");
    }
    other.post(path + ":stop", "").problem(404, "not-found");
    other.post(path + ":redrive", "").problem(404, "not-found");
    assertEquals(Status.ENQUEUED, SERVER.shards.records.get(id(path)).status());
  }

  @Test
  void whatCannotBeAnIdIsNotFound() {
    for (String id :
        new String[] {
          "7",
          "not-an-id",
          "019b76da-a800-7fff-8000-000000000000",
          "019b76da-a800-4000-8000-000000000000",
          "%00",
          "a%2Fb",
          "x".repeat(500)
        }) {
      SERVER.http().get("/v1/invocations/" + id).problem(404, "not-found");
    }
  }

  @Test
  void headAnswersWithoutBody() {
    String path = submit("head", "x");
    Answer answer =
        SERVER.http().send("HEAD", path, java.net.http.HttpRequest.BodyPublishers.noBody());
    answer.expect(200);
    assertEquals(0, answer.body().length);
    assertEquals("application/json", answer.header("content-type"));
  }

  private static String submit(String function, String payload, String... headers) {
    String path = SERVER.function(function);
    return SERVER
        .http()
        .post(path, payload.getBytes(StandardCharsets.UTF_8), headers)
        .expect(202)
        .header("location");
  }

  private static InvocationId id(String path) {
    return InvocationId.parse(path.substring(path.lastIndexOf('/') + 1)).orElseThrow();
  }

  private static void awaitWaiting(CompletableFuture<Answer> answer) {
    Answers.until("it waits", () -> SERVER.shards.waiting() > 0 || answer.isDone());
  }
}
