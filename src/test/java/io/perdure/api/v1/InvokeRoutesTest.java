package io.perdure.api.v1;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.v1.HttpCalls.Answer;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.perdure.router.Answers;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invocations whose caller waits, and the instances that run them. */
class InvokeRoutesTest {
  private static final String FUNCTIONS = "/v1/namespaces/default/functions/";

  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  @Test
  void resultComesAsItIs() {
    CompletableFuture<Answer> asked = invoke("fine", "in");
    byte[] result = {0, 1, (byte) 0xFF};
    Invocation ended = SERVER.shards.finish(submitted("fine"), Status.SUCCEEDED, result);
    Answer answer = asked.join().expect(200);
    assertArrayEquals(result, answer.body());
    assertEquals("application/octet-stream", answer.header("content-type"));
    assertEquals(ended.id().toString(), answer.header("perdure-invocation-id"));
    assertEquals("SUCCEEDED", answer.header("perdure-status"));
    assertEquals("LATEST", answer.header("perdure-version"));
    assertEquals("0", answer.header("perdure-memory-bytes"));
    assertNotNull(answer.header("perdure-duration-ms"));
    assertNull(answer.header("perdure-error-type"));
    assertNull(answer.header("perdure-log-tail"));
  }

  @Test
  void emptyResultIsASuccess() {
    CompletableFuture<Answer> asked = invoke("empty", "in");
    SERVER.shards.finish(submitted("empty"), Status.SUCCEEDED, new byte[0]);
    assertEquals("", asked.join().expect(200).text());
  }

  @Test
  void failureShowsWhatTheFunctionAnswered() {
    CompletableFuture<Answer> asked = invoke("failing", "in");
    InvocationId id = submitted("failing");
    SERVER.shards.change(
        id,
        next -> {
          next.error = new RunError(RunError.Kind.FUNCTION, "Täter\n", "on purpose", true);
          return next;
        });
    SERVER.shards.finish(id, Status.FAILED, "{\"errorMessage\":\"x\"}".getBytes(UTF_8));
    Answer answer = asked.join().expect(424);
    assertEquals("{\"errorMessage\":\"x\"}", answer.text());
    assertEquals("FAILED", answer.header("perdure-status"));
    assertEquals("T?ter?", answer.header("perdure-error-type"));
  }

  @Test
  void failureWithoutAnAnswerIsAProblem() {
    CompletableFuture<Answer> asked = invoke("timed", "in");
    InvocationId id = submitted("timed");
    SERVER.shards.change(
        id,
        next -> {
          next.error = new RunError(RunError.Kind.TIMEOUT, "Timeout", "after 5 s");
          return next;
        });
    SERVER.shards.finish(id, Status.FAILED, new byte[0]);
    JsonNode problem = asked.join().problem(424, "invocation-failed");
    assertEquals("it ended FAILED, Timeout: after 5 s", problem.path("detail").asText());
  }

  @Test
  void whatHasNotEndedInTimeGoesOn() {
    Answer answer = invoke("slow", "in", "Perdure-Timeout", "20ms").join().expect(202);
    assertEquals("ENQUEUED", answer.header("perdure-status"));
    assertEquals(answer.header("location"), answer.json().at("/links/self").asText());
    SERVER.http().get(answer.header("location")).expect(200);
  }

  @Test
  void callerWhoGoesAwayStopsNothing() throws Exception {
    function("left");
    try (RawHttp raw = new RawHttp(SERVER.port)) {
      raw.send(
          "POST "
              + FUNCTIONS
              + "left/invoke HTTP/1.1\r\nHost: x\r\n"
              + RawHttp.AUTHORIZATION
              + "Content-Length: 2\r\n\r\nin");
      submitted("left");
    }
    InvocationId id = submitted("left");
    assertEquals(
        "ENQUEUED", SERVER.http().get("/v1/invocations/" + id).json().path("status").asText());
    SERVER.shards.finish(id, Status.SUCCEEDED, new byte[] {7});
    assertArrayEquals(
        new byte[] {7}, SERVER.http().get("/v1/invocations/" + id + "/result").body());
  }

  @Test
  void preferenceBoundsTheWait() {
    invoke("hurried", "in", "Prefer", "wait=1").join().expect(202);
  }

  @Test
  void endOfTheLogComesWhenItIsAskedFor() {
    CompletableFuture<Answer> asked = invoke("logged", "in", "Perdure-Log", "tail");
    InvocationId id = submitted("logged");
    byte[] log = "l".repeat(5_000).getBytes(UTF_8);
    log[log.length - 1] = '!';
    SERVER.shards.bodies.put("LOG" + id, log);
    SERVER.shards.change(
        id,
        next -> {
          next.log = new BodyRef(log.length, 1);
          return next;
        });
    SERVER.shards.finish(id, Status.SUCCEEDED, new byte[0]);
    String tail = asked.join().expect(200).header("perdure-log-tail");
    byte[] bytes = Base64.getDecoder().decode(tail);
    assertEquals(4_096, bytes.length);
    assertEquals('!', bytes[4_095]);
  }

  @Test
  void sameKeyGivesTheFirstResult() {
    CompletableFuture<Answer> asked = invoke("keyed", "in", "Idempotency-Key", "k");
    InvocationId id = submitted("keyed");
    SERVER.shards.finish(id, Status.SUCCEEDED, new byte[] {7});
    asked.join().expect(200);
    Answer again = invoke("keyed", "in", "Idempotency-Key", "k").join().expect(200);
    assertEquals(id.toString(), again.header("perdure-invocation-id"));
    assertArrayEquals(new byte[] {7}, again.body());
    invoke("keyed", "other", "Idempotency-Key", "k").join().problem(422, "key-reused");
  }

  @Test
  void onlyKnownFunctionsAndQualifiersAreInvoked() {
    SERVER.http().post(FUNCTIONS + "nobody/invoke", "").problem(404, "not-found");
    function("known");
    SERVER.http().post(FUNCTIONS + "known/invoke?qualifier=7", "").problem(404, "not-found");
  }

  @ParameterizedTest
  @CsvSource({
    "Perdure-Timeout, 5, Perdure-Timeout",
    "Perdure-Timeout, 0s, Perdure-Timeout",
    "Perdure-Timeout, soon, Perdure-Timeout",
    "Perdure-Log, all, Perdure-Log",
    "Perdure-Delay, 5s, Perdure-Delay",
    "Idempotency-Key, '', key",
    "Perdure-Label-a!b, x, labels",
  })
  void headersAreRefusedByName(String name, String value, String field) {
    function("strict");
    JsonNode problem =
        SERVER.http().post(FUNCTIONS + "strict/invoke", "x", name, value).problem(400, "invalid");
    assertEquals(field, problem.path("field").asText());
  }

  @Test
  void instancesAreWarmedListedAndRetired() {
    SERVER
        .http()
        .json(
            "PUT",
            FUNCTIONS + "pooled",
            "{\"runtime\":{\"kind\":\"python3\",\"handler\":\"index.handler\"}}")
        .expect(201);
    String path = FUNCTIONS + "pooled/instances";
    assertEquals(0, SERVER.http().get(path).expect(200).json().path("instances").size());
    JsonNode warmed = SERVER.http().post(path + ":warm", "{\"count\":3}").expect(200).json();
    assertEquals(3, warmed.path("ready").asInt());
    JsonNode listed = SERVER.http().get(path).expect(200).json();
    assertEquals(3, listed.path("instances").size());
    assertEquals("idle", listed.at("/instances/0/state").asText());
    SERVER.http().json("DELETE", path, "").expect(204);
    assertEquals(0, SERVER.http().get(path).expect(200).json().path("instances").size());
    SERVER.http().post(path + ":warm", "{\"qualifier\":\"7\"}").problem(404, "not-found");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"count\":0} | $.count",
        "{\"count\":1001} | $.count",
        "{\"qualifier\":1} | $.qualifier",
        "{\"instances\":1} | $.instances",
        "x | $",
      })
  void warmingIsRefusedByField(String body, String field) {
    SERVER
        .http()
        .json(
            "PUT",
            FUNCTIONS + "picky",
            "{\"runtime\":{\"kind\":\"python3\",\"handler\":\"index.handler\"}}");
    JsonNode problem =
        SERVER.http().post(FUNCTIONS + "picky/instances:warm", body).problem(400, "invalid");
    assertEquals(field, problem.path("field").asText());
  }

  @Test
  void onlyManagedFunctionsHaveInstances() {
    function("verticle");
    SERVER.http().get(FUNCTIONS + "verticle/instances").problem(409, "conflict");
    SERVER.http().post(FUNCTIONS + "verticle/instances:warm", "").problem(409, "conflict");
    SERVER.http().json("DELETE", FUNCTIONS + "verticle/instances", "").problem(409, "conflict");
  }

  @Test
  void accountShowsWhatItHasAndMayHave() {
    function("counted");
    JsonNode account = SERVER.http().get("/v1/account").expect(200).json();
    assertEquals(ApiServer.ACCOUNT, account.path("id").asText());
    int functions = account.at("/usage/functions").asInt();
    function("counted-too");
    JsonNode later = SERVER.http().get("/v1/account").expect(200).json();
    assertEquals(functions + 1, later.at("/usage/functions").asInt());
    assertEquals(1_000, later.at("/limits/functions").asInt());
    JsonNode other = SERVER.http(ApiServer.OTHER_TOKEN).get("/v1/account").json();
    assertEquals(0, other.at("/usage/functions").asInt());
  }

  /** Makes the function if need be, and asks on another thread. */
  private static CompletableFuture<Answer> invoke(String name, String payload, String... headers) {
    function(name);
    return CompletableFuture.supplyAsync(
        () -> SERVER.http().post(FUNCTIONS + name + "/invoke", payload, headers));
  }

  private static void function(String name) {
    SERVER.http().json("PUT", FUNCTIONS + name, "{\"runtime\":{\"kind\":\"event-bus\"}}");
  }

  /** The one invocation of that function, once it is there. */
  private static InvocationId submitted(String function) {
    Answers.until("submit of " + function, () -> find(function).isPresent());
    return find(function).orElseThrow().id();
  }

  private static Optional<Invocation> find(String function) {
    return SERVER.shards.records.values().stream()
        .filter(one -> one.function().equals(function))
        .findFirst();
  }
}
