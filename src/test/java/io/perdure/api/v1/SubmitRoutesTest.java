package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.v1.HttpCalls.Answer;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.router.Answers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubmitRoutesTest {
  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  @Test
  void submitIsAcceptedWithIdStatusAndLinks() {
    Answer answer = SERVER.http().post(SERVER.function("plain"), "hello").expect(202);
    JsonNode json = answer.json();
    String path = "/v1/invocations/" + json.path("id").asText();
    assertEquals(path, answer.header("location"));
    assertEquals("application/json", answer.header("content-type"));
    assertEquals("ENQUEUED", json.path("status").asText());
    assertTrue(json.path("key").isNull());
    assertEquals("default", json.path("namespace").asText());
    assertEquals("plain", json.path("function").asText());
    assertEquals(24, json.path("acceptedAt").asText().length());
    assertNotNull(Instant.parse(json.path("acceptedAt").asText()));
    assertEquals(path, json.at("/links/self").asText());
    assertEquals(path + "/result", json.at("/links/result").asText());
    assertEquals("hello", SERVER.http().get(path + "/payload").expect(200).text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json",
        "text/plain; charset=utf-16",
        "nonsense"
      })
  void payloadIsOpaqueWhateverItsContentType(String type) {
    String path = SERVER.function("opaque" + Integer.toHexString(type.hashCode()));
    byte[] payload =
        "--x\r\na=1&b=%zz\r\n{not json\u0000\r\n--x--".getBytes(StandardCharsets.UTF_8);
    Answer answer = SERVER.http().post(path, payload, "Content-Type", type).expect(202);
    assertArrayEquals(payload, SERVER.http().get(answer.header("location") + "/payload").body());
  }

  @Test
  void headersBecomeWhatTheySay() {
    String path = SERVER.function("headers");
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    Answer answer =
        SERVER
            .http()
            .post(
                path,
                "",
                "Idempotency-Key",
                "order 7",
                "Perdure-Delay",
                "1h",
                "Perdure-Label-Team",
                "blue",
                "perdure-label-x.y",
                "a=b",
                "traceparent",
                trace,
                "X-Request-Id",
                "my-request")
            .expect(202);
    assertEquals("my-request", answer.header("x-request-id"));
    Invocation made = invocation(answer);
    assertEquals("order 7", made.key());
    // From the moment the request was understood, which is a little before it was accepted.
    long delay = made.dueAt() - made.acceptedAt();
    assertTrue(delay > 3_500_000 && delay <= 3_600_000, () -> "delayed by " + delay);
    assertEquals(Map.of("team", "blue", "x.y", "a=b"), made.labels());
    assertEquals(trace, made.traceparent());
    assertEquals("my-request", made.requestId());
  }

  @Test
  void delayMayBeATime() {
    Instant later = Instant.ofEpochMilli(System.currentTimeMillis() + 60_000);
    Answer answer =
        SERVER
            .http()
            .post(SERVER.function("attime"), "", "Perdure-Delay", later.toString())
            .expect(202);
    assertEquals(later.toEpochMilli(), invocation(answer).dueAt());
  }

  @Test
  void malformedTraceparentIsDropped() {
    Answer answer =
        SERVER.http().post(SERVER.function("trace"), "", "traceparent", "00-zz").expect(202);
    assertNull(invocation(answer).traceparent());
  }

  @Test
  void knownKeyWithTheSamePayloadAnswersTheFirst() {
    String path = SERVER.function("keyed");
    Answer first = SERVER.http().post(path, "a", "Idempotency-Key", "k").expect(202);
    Answer second = SERVER.http().post(path, "a", "Idempotency-Key", "k").expect(200);
    assertEquals(first.json().path("id"), second.json().path("id"));
    assertEquals(first.header("location"), second.header("location"));
  }

  @Test
  void knownKeyWithAnotherPayloadIsRefused() {
    String path = SERVER.function("rekeyed");
    Answer first = SERVER.http().post(path, "a", "Idempotency-Key", "k").expect(202);
    JsonNode problem =
        SERVER.http().post(path, "b", "Idempotency-Key", "k").problem(422, "key-reused");
    assertEquals(first.json().path("id"), problem.path("existing"));
  }

  @Test
  void preferWaitAnswersTheEndWhenItComesInTime() {
    String path = SERVER.function("waited");
    CompletableFuture<Answer> answer =
        CompletableFuture.supplyAsync(
            () -> SERVER.http().post(path, "in", "Prefer", "respond-async, wait=20"));
    InvocationId id = awaitRecord("waited");
    Answers.until("it waits", () -> SERVER.shards.waiting() > 0 || answer.isDone());
    SERVER.shards.finish(id, Status.SUCCEEDED, "out".getBytes(StandardCharsets.UTF_8));
    Answer done = answer.join().expect(200);
    assertEquals("wait=20", done.header("preference-applied"));
    assertEquals("SUCCEEDED", done.json().path("status").asText());
    assertEquals(3, done.json().path("resultBytes").asInt());
  }

  @Test
  void preferWaitThatEndsTooEarlyIsStillAccepted() {
    SERVER.http().post(SERVER.function("unwaited"), "", "Prefer", "wait=1").expect(202);
    SERVER.http().post(SERVER.function("badprefer"), "", "Prefer", "wait=soon").expect(202);
  }

  @Test
  void whileDrainingSubmitsAreRefusedWithATime() {
    String path = SERVER.function("drained");
    SERVER.router.refuseSubmits(new Failure.Unavailable("the node is draining", 1_500));
    try {
      for (Answer answer :
          new Answer[] {SERVER.http().post(path, "x"), SERVER.http().post(path + ":batch", "{}")}) {
        JsonNode problem = answer.problem(503, "unavailable");
        assertEquals("the node is draining", problem.path("detail").asText());
        assertEquals(1_500, problem.path("retryAfterMs").asInt());
        assertEquals("2", answer.header("retry-after"));
      }
    } finally {
      SERVER.router.acceptAll();
    }
    SERVER.http().post(path, "x").expect(202);
  }

  @Test
  void beforeEverythingIsReadNothingIsSaidNotToExist() {
    String path = SERVER.function("unread");
    SERVER.router.refuseAll(new Failure.Unavailable("the node is starting", 1_000));
    try {
      SERVER.http().post(path, "x").problem(503, "unavailable");
      SERVER.http().get(path).problem(503, "unavailable");
      SERVER.http().get("/v1/namespaces/default/functions/no").problem(503, "unavailable");
      SERVER.http(null).get(path).problem(401, "unauthorized");
    } finally {
      SERVER.router.acceptAll();
    }
    SERVER.http().post(path, "x").expect(202);
  }

  @Test
  void fullBacklogIsThrottledWithATime() {
    String path = SERVER.function("full");
    SERVER.shards.refusing = new Failure.Throttled("backlog", "the backlog is full", 20);
    try {
      Answer answer = SERVER.http().post(path, "x");
      assertEquals(20, answer.problem(429, "throttled").path("retryAfterMs").asInt());
      assertEquals("1", answer.header("retry-after"));
    } finally {
      SERVER.shards.refusing = null;
    }
  }

  @Test
  void functionOfAnotherAccountDoesNotExist() {
    String path = SERVER.function("mine");
    SERVER.http(ApiServer.OTHER_TOKEN).post(path, "x").problem(404, "not-found");
  }

  private static Invocation invocation(Answer answer) {
    String id = answer.json().path("id").asText();
    return SERVER.shards.records.get(InvocationId.parse(id).orElseThrow());
  }

  private static InvocationId awaitRecord(String function) {
    Answers.until("it is accepted", () -> record(function).isPresent());
    return record(function).orElseThrow().id();
  }

  private static Optional<Invocation> record(String function) {
    return SERVER.shards.records.values().stream()
        .filter(one -> one.function().equals(function))
        .findFirst();
  }
}
