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
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Functions outside of the node: served over HTTP, and real programs. */
@ExtendWith(PerdureExtension.class)
@Timeout(60)
class RuntimesTest {
  /** A server of the test that answers every request; the URL. */
  private static String server(PerdureNode node, Handler<HttpServerRequest> handler)
      throws ExecutionException, InterruptedException, TimeoutException {
    HttpServer server =
        node.vertx()
            .createHttpServer()
            .requestHandler(handler)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    return "http://127.0.0.1:" + server.actualPort() + "/run";
  }

  private static void http(NodeApi api, String name, String url, String more) {
    api.putFunction(name, "{\"runtime\":{\"kind\":\"http\",\"url\":\"" + url + "\"}" + more + "}");
  }

  private static void sh(NodeApi api, String name, String script, String more) {
    String text = script.replace("\\", "\\\\").replace("\"", "\\\"");
    api.putFunction(
        name,
        "{\"runtime\":{\"kind\":\"command\",\"command\":[\"sh\",\"-c\",\""
            + text
            + "\"],\"env\":{\"GREETING\":\"bonjour\"}}"
            + more
            + "}");
  }

  @Test
  void anHttpFunctionGetsThePayloadAndItsAnswerIsTheResult(PerdureNode node) throws Exception {
    String url =
        server(
            node,
            request ->
                request
                    .body()
                    .onSuccess(
                        body ->
                            request
                                .response()
                                .end(
                                    request.getHeader("Perdure-Invocation-Id")
                                        + " "
                                        + request.getHeader("Perdure-Attempt")
                                        + " "
                                        + body)));
    NodeApi api = NodeApi.of(node);
    http(api, "web", url, "");
    String id = api.submit("web", "payload");
    assertEquals(Status.SUCCEEDED, status(api.ended(id)));
    assertEquals(id + " 1 payload", api.get(invocation(id) + "/result").expect(200).text());
  }

  @Test
  void aBusyFunctionIsAskedAgainAfterTheTimeItNames(PerdureNode node) throws Exception {
    AtomicInteger calls = new AtomicInteger();
    String url =
        server(
            node,
            request -> {
              int call = calls.incrementAndGet();
              if (call == 1) {
                request.response().setStatusCode(429).putHeader("Retry-After", "120").end();
              } else if (call == 2) {
                request.response().setStatusCode(503).putHeader("Retry-After", "300").end();
              } else {
                request.response().end("done");
              }
            });
    NodeApi api = NodeApi.of(node);
    http(api, "busy", url, "");
    String id = api.submit("busy", "");
    JsonNode first = api.reaches(id, Status.RETRYING, 1);
    assertEquals("2026-01-01T00:02:00.000Z", first.path("dueAt").asText(), first::toString);
    node.clock().advance(Duration.ofSeconds(119));
    assertEquals(1, calls.get());
    node.clock().advance(Duration.ofSeconds(1));
    JsonNode second = api.reaches(id, Status.RETRYING, 2);
    assertEquals("2026-01-01T00:07:00.000Z", second.path("dueAt").asText(), second::toString);
    node.clock().advance(Duration.ofMinutes(5));
    assertEquals(Status.SUCCEEDED, status(api.ended(id)));
  }

  @Test
  void anHttpErrorIsTheFunctionsOwn(PerdureNode node) throws Exception {
    String url =
        server(node, request -> request.response().setStatusCode(500).end("stack trace here"));
    NodeApi api = NodeApi.of(node);
    http(api, "bad", url, "");
    JsonNode ended = api.ended(api.submit("bad", ""));
    assertEquals(Status.FAILED, status(ended));
    assertEquals(1, ended.path("attempts").asInt());
    assertEquals("function", ended.path("error").path("kind").asText(), ended::toString);
  }

  @Test
  void aResultAboveTheLimitFailsTheAttempt(PerdureNode node) throws Exception {
    byte[] large = new byte[(6 << 20) + 1];
    String url = server(node, request -> request.response().end(Buffer.buffer(large)));
    NodeApi api = NodeApi.of(node);
    http(api, "large", url, "");
    JsonNode ended = api.ended(api.submit("large", ""));
    assertEquals(Status.FAILED, status(ended));
    assertTrue(ended.path("error").path("message").asText().contains("6291456"), ended::toString);
  }

  @Test
  void aPayloadAndAResultOf6MiBGoRoundUnchanged(PerdureNode node) throws Exception {
    String url =
        server(node, request -> request.body().onSuccess(body -> request.response().end(body)));
    NodeApi api = NodeApi.of(node);
    http(api, "mirror", url, "");
    byte[] payload = new byte[6 << 20];
    new Random(7).nextBytes(payload);
    String id =
        api.send("POST", NodeApi.function("mirror") + "/invocations", payload)
            .expect(202)
            .json()
            .path("id")
            .asText();
    JsonNode ended = api.ended(id);
    assertEquals(Status.SUCCEEDED, status(ended), ended::toString);
    assertTrue(Arrays.equals(payload, api.get(invocation(id) + "/result").expect(200).body()));
    assertTrue(Arrays.equals(payload, api.get(invocation(id) + "/payload").expect(200).body()));
  }

  @Test
  void aProgramReadsThePayloadAndWritesResultAndLog(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    sh(api, "greet", "read name; echo \"$GREETING $name\"; echo working >&2", "");
    String id = api.submit("greet", "Ada\n");
    JsonNode ended = api.ended(id);
    assertEquals(Status.SUCCEEDED, status(ended), ended::toString);
    assertEquals("bonjour Ada\n", api.get(invocation(id) + "/result").expect(200).text());
    assertEquals("working\n", api.get(invocation(id) + "/log").expect(200).text());
  }

  @Test
  void theExitCodeOfAProgramDecides(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    sh(api, "bad", "echo broken >&2; exit 3", "");
    String id = api.submit("bad", "");
    JsonNode ended = api.ended(id);
    assertEquals(Status.FAILED, status(ended));
    assertTrue(ended.path("error").toString().contains("3"), ended::toString);
    assertEquals("broken\n", api.get(invocation(id) + "/log").expect(200).text());
  }

  @Test
  void aProgramThatDoesNotExistFailsWithItsName(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    api.putFunction(
        "gone", "{\"runtime\":{\"kind\":\"command\",\"command\":[\"no-such-program-here\"]}}");
    String id = api.submit("gone", "");
    JsonNode now = api.reaches(id, Status.FAILED);
    assertTrue(now.path("error").toString().contains("no-such-program-here"), now::toString);
  }

  @Test
  void aStoppedProgramAndItsChildrenAreGone(PerdureNode node, @TempDir Path directory)
      throws Exception {
    NodeApi api = NodeApi.of(node);
    Path pids = directory.resolve("pids");
    sh(
        api,
        "family",
        "sleep 600 & echo $$ $! > " + pids + ".tmp; mv " + pids + ".tmp " + pids + "; wait",
        ",\"timeoutMs\":86400000");
    String id = api.submit("family", "");
    api.reaches(id, Status.RUNNING);
    awaitFile(pids);
    api.post(invocation(id) + ":stop", "").expect(202);
    JsonNode ended = api.ended(id);
    assertEquals(Status.STOPPED, status(ended));
    assertTrue(events(ended).contains("STOP_DELIVERED"), ended::toString);
    for (String pid : Files.readString(pids).strip().split(" ", -1)) {
      assertEnds(Long.parseLong(pid));
    }
  }

  @Test
  void aProgramThatPrintsTooMuchFails(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    sh(api, "chatty", "head -c 7000000 /dev/zero", "");
    JsonNode ended = api.ended(api.submit("chatty", ""));
    assertEquals(Status.FAILED, status(ended), ended::toString);
    assertTrue(ended.path("error").path("message").asText().contains("6291456"), ended::toString);
  }

  @Test
  void aProgramThatNeverEndsIsEndedByItsTimeLimit(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    sh(api, "stuck", "sleep 600", ",\"timeoutMs\":5000");
    String id = api.submit("stuck", "");
    api.reaches(id, Status.RUNNING);
    node.clock().advance(Duration.ofSeconds(5));
    JsonNode ended = api.ended(id);
    assertEquals(Status.FAILED, status(ended), ended::toString);
    assertEquals("timeout", ended.path("error").path("kind").asText());
    assertEquals(List.of("ENQUEUED", "RUNNING", "FAILED"), events(ended));
  }

  /**
   * The rest of a group is killed behind its leader. A zombie is gone: in a container there may be
   * nobody to collect it.
   */
  private static void assertEnds(long pid) throws IOException {
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (ProcessHandle.of(pid).isPresent() && !zombie(pid)) {
      assertTrue(System.nanoTime() < patience, "process " + pid + " goes on");
      Thread.onSpinWait();
    }
  }

  private static boolean zombie(long pid) throws IOException {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "stat")).contains(") Z ");
    } catch (NoSuchFileException e) {
      return false; // gone, or no Linux: the next look tells
    }
  }

  private static void awaitFile(Path file) throws Exception {
    try (var watch = file.getFileSystem().newWatchService()) {
      file.getParent().register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      while (!Files.exists(file)) {
        var key = watch.poll(20, TimeUnit.SECONDS);
        assertTrue(key != null, () -> file + " does not appear");
        key.reset();
      }
    }
  }
}
