package io.perdure.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.bus.Bus;
import io.perdure.client.FunctionSpec;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Fingerprint;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.Status;
import io.perdure.router.Answers;
import io.perdure.router.InvokeOutcome;
import io.perdure.router.KnownFunctions;
import io.perdure.router.Router;
import io.perdure.router.RouterConfig;
import io.perdure.router.SubmitRequest;
import io.perdure.runtime.managed.custom.CustomProgram;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.NodeJs;
import io.perdure.testkit.Python;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bodies too large to be kept, from a caller that waits to his function and back. */
@Timeout(120)
class LargeBodiesTest {
  /** As many as a node has unless it is told. */
  private static final int SHARDS = 6;

  private static final byte[] LARGE = bytes(20 << 20);
  private static final long WAIT_MILLIS = 60_000;

  private static PerdureNode shared;

  @BeforeAll
  static void start() {
    shared = PerdureNode.start(Map.of());
  }

  @AfterAll
  static void stop() {
    shared.close();
  }

  // ---- through every kind of runtime

  @Test
  void theEventBusCarriesThem() {
    shared.function("bus").serves(Future::succeededFuture);
    echoes("bus");
  }

  @Test
  void anHttpServerGetsAndGivesThem() {
    HttpServer server =
        Answers.of(
            shared
                .vertx()
                .createHttpServer()
                .requestHandler(r -> r.body().onSuccess(body -> r.response().end(body)))
                .listen(0, "127.0.0.1"));
    String url = "http://127.0.0.1:" + server.actualPort() + "/";
    put("http", FunctionSpec.of(new RuntimeSpec.Http(url)));
    echoes("http");
  }

  @Test
  void aProgramReadsAndWritesThem() {
    put("cat", FunctionSpec.of(new RuntimeSpec.Command(List.of("cat"), Map.of())));
    echoes("cat");
  }

  @Test
  void pythonGetsAndGivesThem() {
    Python.require();
    Map<String, String> code =
        Map.of("index.py", "def handler(event, context):\n    return event\n");
    shared.deploy("py", FunctionSpec.python3("index.handler").withFlavour(Flavour.FC3), code);
    echoes("py");
  }

  @Test
  void nodeJsGetsAndGivesThem() {
    NodeJs.require();
    Map<String, String> code =
        Map.of("index.js", "exports.handler = (e, c, done) => done(null, e)");
    shared.deploy("js", FunctionSpec.nodejs("index.handler").withFlavour(Flavour.FC3), code);
    echoes("js");
  }

  @Test
  void aCustomRuntimeGetsAndGivesThem(@TempDir Path code) throws IOException {
    CustomProgram.install(code, "bootstrap", "copy");
    shared.deploy("custom", FunctionSpec.custom().withFlavour(Flavour.FC3), code);
    echoes("custom");
  }

  private static void echoes(String function) {
    InvokeOutcome outcome = Answers.of(invoke(shared, function, LARGE));
    assertEquals(Status.SUCCEEDED, outcome.invocation().status(), outcome::toString);
    assertArrayEquals(LARGE, outcome.result());
    assertEquals(LARGE.length, outcome.invocation().result().bytes());
    assertEquals(Fingerprint.of(LARGE), outcome.invocation().result().fingerprint());
    assertEquals(Fingerprint.of(LARGE), outcome.invocation().payload().fingerprint());
    awaitNothingHeld(shared);
  }

  // ---- the record

  @Test
  void theRecordTellsTheirLengthAndThatTheyWereNotKept() {
    NodeApi api = NodeApi.of(shared);
    shared.function("told").serves(Future::succeededFuture);
    String id = id(Answers.of(invoke(shared, "told", LARGE)));
    JsonNode record = api.state(id);
    assertEquals(LARGE.length, record.path("payloadBytes").asInt());
    assertEquals(LARGE.length, record.path("resultBytes").asInt());
    JsonNode problem = api.get(NodeApi.invocation(id) + "/payload").problem(410, "not-kept");
    assertTrue(problem.path("detail").asText().contains("20971520 bytes was not kept"));
    api.get(NodeApi.invocation(id) + "/result").problem(410, "not-kept");
    api.post(NodeApi.invocation(id) + ":redrive", "").problem(410, "not-kept");
  }

  @Test
  void whatIsSmallEnoughIsKept() {
    NodeApi api = NodeApi.of(shared);
    shared.function("small").serves(Future::succeededFuture);
    byte[] small = bytes(6 << 20);
    InvokeOutcome outcome = Answers.of(invoke(shared, "small", small));
    assertArrayEquals(small, outcome.result());
    String path = NodeApi.invocation(id(outcome));
    assertArrayEquals(small, api.get(path + "/payload").expect(200).body());
    assertArrayEquals(small, api.get(path + "/result").expect(200).body());
  }

  @Test
  void aFailureMayTellAsMuch() {
    HttpServer server =
        Answers.of(
            shared
                .vertx()
                .createHttpServer()
                .requestHandler(r -> r.response().setStatusCode(500).end(Buffer.buffer(LARGE)))
                .listen(0, "127.0.0.1"));
    String url = "http://127.0.0.1:" + server.actualPort() + "/";
    put("failing", FunctionSpec.of(new RuntimeSpec.Http(url)));
    InvokeOutcome outcome = Answers.of(invoke(shared, "failing", new byte[0]));
    assertEquals(Status.FAILED, outcome.invocation().status());
    assertEquals("HTTP 500", outcome.invocation().error().type());
    assertArrayEquals(LARGE, outcome.result());
  }

  @Test
  void theRecordEndsWithItsRetention() {
    try (PerdureNode node = PerdureNode.start(Map.of())) {
      node.function("echo").keeps(Duration.ofHours(1)).serves(Future::succeededFuture);
      String id = id(Answers.of(invoke(node, "echo", LARGE)));
      node.clock().advance(Duration.ofMinutes(61));
      node.sweep();
      NodeApi.of(node).get(NodeApi.invocation(id)).expect(404);
    }
  }

  // ---- bounds

  @Test
  void aPayloadAboveTheBoundIsRefused() {
    shared.function("bound").returns("x");
    Failure failure = Answers.failure(invoke(shared, "bound", new byte[(32 << 20) + 1]));
    assertEquals(new Failure.TooLarge("payload", 32 << 20), failure);
  }

  @Test
  void aResultAboveTheBoundFailsTheCall() {
    serves(shared, "vast", (32 << 20) + 1);
    RunError error = failed(Answers.of(invoke(shared, "vast", new byte[0])));
    assertEquals("the result is larger than 33554432 bytes", error.message());
  }

  @Test
  void whoDoesNotTakeThemGetsNoMoreThanIsKept() {
    serves(shared, "much", (6 << 20) + 1);
    SubmitRequest small = request(shared, "much", new byte[0]);
    Router router = router(shared, "much");
    RunError error = failed(Answers.of(router.invoke(small, WAIT_MILLIS, false)));
    assertEquals("the result is larger than 6291456 bytes", error.message());
    SubmitRequest large = request(shared, "much", LARGE);
    assertEquals(
        new Failure.TooLarge("payload", 6 << 20),
        Answers.failure(router.invoke(large, WAIT_MILLIS, false)));
  }

  @Test
  void resultsForWhichThereIsNoMemoryFailAndSayWhy() {
    try (PerdureNode node = PerdureNode.start(Map.of("executor.unkept-bytes-max", "8MiB"))) {
      serves(node, "large", 9 << 20);
      RunError error = failed(Answers.of(invoke(node, "large", new byte[0])));
      assertTrue(error.message().contains("executor.unkept-bytes-max"), error::message);
      serves(node, "fits", 7 << 20);
      assertEquals(7 << 20, Answers.of(invoke(node, "fits", new byte[0])).result().length);
      awaitNothingHeld(node);
    }
  }

  @Test
  void anInstanceWhoseResultFindsNoMemoryServesOn() {
    Python.require();
    try (PerdureNode node = PerdureNode.start(Map.of("executor.unkept-bytes-max", "8MiB"))) {
      Map<String, String> code =
          Map.of("index.py", "def handler(event, context):\n    return bytes(int(event))\n");
      node.deploy("py", FunctionSpec.python3("index.handler").withFlavour(Flavour.FC3), code);
      InvokeOutcome first = Answers.of(invoke(node, "py", "9000000".getBytes(UTF_8)));
      assertTrue(failed(first).message().contains("executor.unkept-bytes-max"));
      InvokeOutcome second = Answers.of(invoke(node, "py", "7000000".getBytes(UTF_8)));
      assertEquals(7_000_000, second.result().length);
      assertEquals(first.invocation().instance(), second.invocation().instance());
    }
  }

  // ---- when somebody goes

  @Test
  void whatNobodyFetchesIsDropped() {
    try (PerdureNode node = PerdureNode.start(Map.of())) {
      Promise<Buffer> answer = Promise.promise();
      node.function("late").serves(payload -> answer.future());
      InvokeOutcome early =
          Answers.of(router(node, "late").invokeDirectly(request(node, "late", LARGE), 0, false));
      assertEquals(false, early.invocation().status().terminal());
      answer.complete(Buffer.buffer(LARGE));
      JsonNode ended = NodeApi.of(node).ended(id(early));
      assertEquals("SUCCEEDED", ended.path("status").asText());
      assertEquals(LARGE.length, held(node));
      node.clock().advance(Duration.ofSeconds(10));
      awaitNothingHeld(node);
    }
  }

  @Test
  void whoAsksAgainByItsKeyIsToldThatTheResultHasGone() {
    serves(shared, "once", LARGE.length);
    Router router = router(shared, "once");
    SubmitRequest request = request(shared, "once", "k", LARGE);
    assertArrayEquals(
        new byte[LARGE.length],
        Answers.of(router.invokeDirectly(request, WAIT_MILLIS, false)).result());
    assertEquals(
        new Failure.NotKept("result", LARGE.length),
        Answers.failure(router.invokeDirectly(request, WAIT_MILLIS, false)));
  }

  @Test
  void aNodeThatEndsInBetweenEndsItAndForgetsThePayload() {
    try (PerdureNode node = PerdureNode.start(Map.of())) {
      node.function("slow").never();
      InvokeOutcome early =
          Answers.of(router(node, "slow").invokeDirectly(request(node, "slow", LARGE), 0, false));
      String id = id(early);
      NodeApi.of(node).reaches(id, Status.RUNNING);
      node.restart();
      NodeApi api = NodeApi.of(node);
      assertEquals(Status.FAILED, NodeApi.status(api.ended(id)));
      api.get(NodeApi.invocation(id) + "/payload").problem(410, "not-kept");
    }
  }

  @Test
  void anAsynchronousCallKeepsWhatItCarries() {
    shared.function("async").returns("x");
    SubmitRequest sync = request(shared, "async", new byte[0]);
    SubmitRequest async = withMode(sync, Invocation.Mode.ASYNC);
    assertInstanceOf(
        Failure.Invalid.class,
        Answers.failure(router(shared, "async").invokeDirectly(async, WAIT_MILLIS, false)));
  }

  // ---- tools

  private static void put(String name, FunctionSpec spec) {
    Answers.of(shared.client().functions().put(name, spec));
  }

  private static void serves(PerdureNode node, String function, int bytes) {
    node.function(function)
        .serves(payload -> Future.succeededFuture(Buffer.buffer(new byte[bytes])));
  }

  private static RunError failed(InvokeOutcome outcome) {
    assertEquals(Status.FAILED, outcome.invocation().status());
    RunError error = outcome.invocation().error();
    assertEquals("ResultTooLarge", error.type());
    return error;
  }

  private static Future<InvokeOutcome> invoke(PerdureNode node, String function, byte[] payload) {
    return router(node, function)
        .invokeDirectly(request(node, function, payload), WAIT_MILLIS, false);
  }

  /** As a surface of the node has one; it knows {@code function} alone. */
  private static Router router(PerdureNode node, String function) {
    Function known = Answers.of(node.client().functions().get(function));
    KnownFunctions functions = new KnownFunctions();
    functions.put(known);
    return new Router(
        Bus.install(node.vertx()), functions, SHARDS, node.clock(), RouterConfig.DEFAULT);
  }

  private static SubmitRequest request(PerdureNode node, String function, byte[] payload) {
    return request(node, function, null, payload);
  }

  private static SubmitRequest request(
      PerdureNode node, String function, String key, byte[] payload) {
    Function known = Answers.of(node.client().functions().get(function));
    return new SubmitRequest(
        known.account(),
        known.namespace(),
        function,
        null,
        key,
        0,
        0,
        Map.of(),
        null,
        Invocation.Origin.FC,
        Invocation.Mode.SYNC,
        null,
        payload);
  }

  private static SubmitRequest withMode(SubmitRequest of, Invocation.Mode mode) {
    return new SubmitRequest(
        of.account(),
        of.namespace(),
        of.function(),
        of.qualifier(),
        of.key(),
        0,
        0,
        of.labels(),
        null,
        of.origin(),
        mode,
        null,
        of.payload());
  }

  private static String id(InvokeOutcome outcome) {
    return outcome.invocation().id().toString();
  }

  private static void awaitNothingHeld(PerdureNode node) {
    Answers.until("nothing is held", () -> held(node) == 0);
  }

  private static long held(PerdureNode node) {
    try (Stream<String> lines = NodeApi.of(node).get("/metrics").text().lines()) {
      return lines
          .filter(line -> line.startsWith("perdure_unkept_bytes "))
          .mapToLong(line -> (long) Double.parseDouble(line.split(" ", -1)[1]))
          .sum();
    }
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(7).nextBytes(bytes);
    return bytes;
  }
}
