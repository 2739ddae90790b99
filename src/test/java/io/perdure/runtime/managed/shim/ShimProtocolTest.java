package io.perdure.runtime.managed.shim;

import static io.perdure.runtime.Attempts.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Function;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.Attempts;
import io.perdure.runtime.Call;
import io.perdure.runtime.managed.Conversation;
import io.perdure.runtime.managed.Conversation.Answer;
import io.perdure.runtime.managed.Conversation.Answer.Lost;
import io.perdure.runtime.managed.Conversation.Answer.Raised;
import io.perdure.runtime.managed.Conversation.Answer.Returned;
import io.perdure.runtime.managed.Conversations.Blueprint;
import io.perdure.runtime.managed.Regions;
import io.perdure.runtime.managed.StartFailure;
import io.perdure.runtime.managed.shim.ScriptedShim.Frame;
import io.perdure.time.VirtualClock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What server and shims say to each other, with shims that follow a script. */
@ExtendWith(VertxExtension.class)
@Timeout(30)
class ShimProtocolTest {
  private static final int RESULT_BYTES_MAX = 1000;

  private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
  private final List<ScriptedShim> shims = new ArrayList<>();
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private Context context;
  private Path directory;
  private ShimServer server;
  private Function function;

  @BeforeEach
  void listen(Vertx vertx, @TempDir Path directory) throws Exception {
    this.directory = directory.resolve("s");
    context = vertx.getOrCreateContext();
    server = await(on(() -> ShimServer.listen(vertx, clock, this.directory)));
  }

  @AfterEach
  void close() throws Exception {
    for (ScriptedShim shim : shims) {
      shim.close();
    }
    await(on(server::close));
  }

  // -- who may speak

  @Test
  void anybodyMayConnectButNobodyCanListWhatIsThere() throws Exception {
    assertEquals(
        "rwx--x--x", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
    assertEquals(
        "rw-rw-rw-", PosixFilePermissions.toString(Files.getPosixFilePermissions(server.path())));
    assertTrue(server.path().toString().length() < 100);
  }

  @Test
  void directoryWithTooLongANameIsRefused(Vertx vertx) {
    Path deep = directory.resolve("x".repeat(100));
    ExecutionException e =
        assertThrows(
            ExecutionException.class, () -> await(on(() -> ShimServer.listen(vertx, clock, deep))));
    assertTrue(e.getCause().getMessage().contains("shorter directory"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "0", "0.", "0.00", "nonsense", "1.2.3"})
  void wrongTokenIsShutOut(String token) throws Exception {
    conversation(1);
    ScriptedShim stranger = stranger();
    stranger.say(Frames.HELLO, 0, token);
    stranger.awaitClosed();
  }

  @Test
  void whatComesBeforeATokenIsShutOut() throws Exception {
    ScriptedShim stranger = stranger();
    stranger.say(Frames.READY, 0, "");
    stranger.awaitClosed();
    ScriptedShim huge = stranger();
    huge.say(Buffer.buffer().appendInt(1_000_000));
    huge.awaitClosed();
  }

  @Test
  void tokenLetsOneConnectionIn() throws Exception {
    Conversation conversation = conversation(1);
    ScriptedShim first = shim(conversation);
    assertEquals(Frames.INIT, first.hear().type());
    shim(conversation).awaitClosed();
    first.say(Frames.READY, 0, "");
    await(conversation.ready());
  }

  @Test
  void tokenOfAClosedConversationIsWorthNothing() throws Exception {
    Conversation conversation = conversation(1);
    on(conversation::close);
    shim(conversation).awaitClosed();
  }

  @Test
  void tokensDiffer() {
    assertNotEquals(
        conversation(1).environment().get("PERDURE_TOKEN"),
        conversation(1).environment().get("PERDURE_TOKEN"));
  }

  @Test
  void connectionThatSaysNothingIsClosedAfterFiveSeconds() throws Exception {
    ScriptedShim silent = stranger();
    Conversation conversation = conversation(1);
    ScriptedShim known = shim(conversation);
    known.hear(); // so the silent one has been accepted as well
    clock.advance(Duration.ofMillis(ShimServer.HELLO_MILLIS));
    silent.awaitClosed();
    known.say(Frames.READY, 0, "");
    await(conversation.ready());
  }

  @Test
  void oldestStrangerMakesRoom() throws Exception {
    ScriptedShim oldest = stranger();
    for (int i = 0; i < ShimServer.STRANGERS_MAX; i++) {
      stranger();
    }
    oldest.awaitClosed();
  }

  // -- start

  @Test
  void shimIsToldWhatToLoad() throws Exception {
    Frame init = shim(conversation(3)).hear();
    JsonObject expected =
        new JsonObject()
            .put("flavour", "native")
            .put("language", "nodejs")
            .put("runtime", "nodejs20")
            .put("handler", "index.handler")
            .put("initializer", "index.initialize")
            .put("preStop", "index.stop")
            .put("codeDirectory", "/code")
            .put("concurrency", 3)
            .put("resultBytesMax", RESULT_BYTES_MAX)
            .put(
                "function",
                new JsonObject()
                    .put("name", "fn")
                    .put("namespace", "default")
                    .put("version", "LATEST")
                    .put("qualifier", "LATEST")
                    .put("memoryMb", 256)
                    .put("timeoutMs", 60_000)
                    .put("accountId", "1234567890123456")
                    .put("region", "")
                    .put("instanceId", "i-1"));
    assertEquals(Frames.INIT, init.type());
    assertEquals(expected, new JsonObject(init.body()));
  }

  @Test
  void failedStartIsTheFunctions() throws Exception {
    Conversation conversation = conversation(1);
    ScriptedShim shim = shim(conversation);
    shim.say(
        new JsonObject()
            .put("kind", "InitError")
            .put("errorType", "TypeError")
            .put("errorMessage", "no")
            .put("stackTrace", new JsonArray().add("here")),
        Frames.INIT_FAILED,
        0);
    StartFailure failure = failure(conversation);
    assertEquals(Kind.FUNCTION, failure.error().kind());
    assertEquals("InitError", failure.error().type());
    assertEquals("TypeError: no", failure.error().message());
    assertEquals(
        "{\"errorMessage\":\"no\",\"errorType\":\"TypeError\",\"stackTrace\":[\"here\"]}",
        failure.result().toString());
  }

  @Test
  void processThatIsGoneBeforeItIsReadyFailsTheStart() throws Exception {
    Conversation conversation = conversation(1);
    shim(conversation).close();
    assertFalse(conversation.ready().isComplete());
    lose(conversation);
    assertEquals("InitExit", failure(conversation).error().type());
  }

  @Test
  void startThatTakesTooLongSaysWhatWasWaitedFor() throws Exception {
    Conversation conversation = conversation(1);
    assertEquals("the interpreter did not start within 7 ms", late(conversation));
    shim(conversation).hear();
    assertEquals("the code was not loaded within 7 ms", late(conversation));
  }

  private String late(Conversation conversation) {
    return on(() -> conversation.late(7)).message();
  }

  // -- calls

  @Test
  void callIsAnsweredByItsNumber() throws Exception {
    Conversation conversation = conversation(2);
    ScriptedShim shim = ready(conversation);
    Call call = call("payload one");
    Future<Answer> one = send(conversation, call);
    Frame first = shim.hear();
    Future<Answer> two = send(conversation, call("payload two"));
    Frame second = shim.hear();
    assertEquals(Frames.CALL, first.type());
    int length = first.body().getInt(0);
    JsonObject about = new JsonObject(first.body().getBuffer(4, 4 + length));
    assertEquals(call.invocation().id().toString(), about.getString("requestId"));
    assertEquals(61_000, about.getLong("deadlineMs"));
    assertEquals(2, about.getInteger("attempt"));
    assertEquals(1, about.getInteger("retryCount"));
    assertEquals("LATEST", about.getString("qualifier"));
    assertTrue(about.getString("traceparent").startsWith(Attempts.TRACE.substring(0, 36)));
    assertEquals("payload one", first.body().getString(4 + length, first.body().length()));
    shim.say(Frames.RESULT, second.number(), "second");
    shim.say(Frames.RESULT, first.number(), "first");
    assertEquals("first", assertInstanceOf(Returned.class, await(one)).result().toString());
    assertEquals("second", assertInstanceOf(Returned.class, await(two)).result().toString());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void errorTellsWhetherItWasReportedOnPurpose(boolean handled) throws Exception {
    Conversation conversation = conversation(1);
    ScriptedShim shim = ready(conversation);
    Future<Answer> answer = send(conversation, call("x"));
    JsonObject error =
        new JsonObject()
            .put("kind", "Function")
            .put("errorType", "Refused")
            .put("errorMessage", "no")
            .put("stackTrace", new JsonArray().add(new JsonArray().add("a frame")))
            .put("handled", handled);
    shim.say(error, Frames.ERROR, shim.hear().number());
    Raised raised = assertInstanceOf(Raised.class, await(answer));
    assertEquals(Kind.FUNCTION, raised.error().kind());
    assertEquals("Refused", raised.error().type());
    assertEquals(handled, raised.error().handled());
    assertFalse(raised.fatal());
    assertEquals(
        "{\"errorMessage\":\"no\",\"errorType\":\"Refused\",\"stackTrace\":[[\"a frame\"]]}",
        raised.result().toString());
  }

  @Test
  void errorThatIsAMereTextHasNeitherTypeNorStack() throws Exception {
    Conversation conversation = conversation(1);
    ScriptedShim shim = ready(conversation);
    Future<Answer> answer = send(conversation, call("x"));
    JsonObject error = new JsonObject().put("kind", "Function").put("errorMessage", "no");
    shim.say(error, Frames.ERROR, shim.hear().number());
    Raised raised = assertInstanceOf(Raised.class, await(answer));
    assertEquals("{\"errorMessage\":\"no\"}", raised.result().toString());
  }

  @Test
  void errorWithoutRoomForItsStackKeepsTheRest() throws Exception {
    Conversation conversation = conversation(1);
    ScriptedShim shim = ready(conversation);
    Future<Answer> answer = send(conversation, call("x"));
    JsonObject error =
        new JsonObject()
            .put("kind", "Function")
            .put("errorType", "E")
            .put("errorMessage", "m")
            .put("stackTrace", new JsonArray().add("x".repeat(RESULT_BYTES_MAX)));
    shim.say(error, Frames.ERROR, shim.hear().number());
    assertEquals(
        "{\"errorMessage\":\"m\",\"errorType\":\"E\",\"stackTrace\":[]}",
        assertInstanceOf(Raised.class, await(answer)).result().toString());
  }

  @Test
  void resultLargerThanAllowedIsABadResponseAndTheInstanceGoesOn() throws Exception {
    Conversation conversation = conversation(1);
    ScriptedShim shim = ready(conversation);
    Future<Answer> answer = send(conversation, call("x"));
    shim.say(Frames.RESULT, shim.hear().number(), "x".repeat(RESULT_BYTES_MAX + 1));
    Raised raised = assertInstanceOf(Raised.class, await(answer));
    assertEquals("ResultTooLarge", raised.error().type());
    assertFalse(raised.fatal());
    assertServes(conversation, shim);
  }

  @Test
  void logOfACallIsItsOwnAndThatOfNoneIsDropped() throws Exception {
    Conversation conversation = conversation(1);
    ScriptedShim shim = ready(conversation);
    Future<Answer> answer = send(conversation, call("x"));
    int number = shim.hear().number();
    shim.say(Frames.LOG, number, "mine");
    shim.say(Frames.LOG, number + 1, "nobody's");
    shim.say(Frames.RESULT, number, "");
    await(answer);
    assertEquals(List.of("mine"), List.copyOf(log));
  }

  @Test
  void floodOfLogsIsSlowedDownAndNothingOfItIsLost() throws Exception {
    Conversation conversation = conversation(1);
    ScriptedShim shim = ready(conversation);
    Future<Answer> answer = send(conversation, call("x"));
    int number = shim.hear().number();
    int frames = 4 * ShimConversation.LOG_BURST_BYTES / 10_000;
    CompletableFuture<Void> said =
        CompletableFuture.runAsync(
            () -> {
              try {
                for (int i = 0; i < frames; i++) {
                  shim.say(Frames.LOG, number, "x".repeat(10_000));
                }
                shim.say(Frames.RESULT, number, "");
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    while (clock.pending().isEmpty()) {
      Thread.onSpinWait();
    }
    assertFalse(answer.isComplete());
    while (!answer.isComplete()) {
      clock.advance(Duration.ofMillis(ShimConversation.LOG_PAUSE_MILLIS));
      Thread.onSpinWait();
    }
    said.join();
    assertInstanceOf(Returned.class, await(answer));
    assertEquals(frames, log.size());
  }

  @Test
  void cancelNamesTheCall() throws Exception {
    Conversation conversation = conversation(1);
    ScriptedShim shim = ready(conversation);
    Call call = call("x");
    send(conversation, call);
    int number = shim.hear().number();
    assertTrue(on(() -> conversation.cancel(call)));
    Frame cancel = shim.hear();
    assertEquals(Frames.CANCEL, cancel.type());
    assertEquals(number, cancel.number());
    assertFalse(on(() -> conversation.cancel(call("another"))));
  }

  @Test
  void preStopEndsWithItsAnswerOrWithTheInstance() throws Exception {
    Conversation conversation = conversation(1);
    ScriptedShim shim = ready(conversation);
    Future<Void> answered = on(conversation::preStop);
    assertEquals(Frames.PRE_STOP, shim.hear().type());
    shim.say(Frames.PRE_STOPPED, 0, "");
    await(answered);
    Conversation dying = conversation(1);
    ScriptedShim dead = ready(dying);
    Future<Void> given = on(dying::preStop);
    dead.close();
    await(given);
  }

  @Test
  void closeTellsTheShimToExit() throws Exception {
    Conversation conversation = conversation(1);
    ScriptedShim shim = ready(conversation);
    on(conversation::close);
    assertEquals(Frames.EXIT, shim.hear().type());
    shim.awaitClosed();
  }

  @Test
  void callsOfAnInstanceThatIsGoneAreLost() throws Exception {
    Conversation conversation = conversation(1);
    ScriptedShim shim = ready(conversation);
    Future<Answer> under = send(conversation, call("x"));
    shim.hear();
    shim.close();
    assertInstanceOf(Lost.class, await(under));
    assertInstanceOf(Lost.class, await(send(conversation, call("x"))));
  }

  @Test
  void payloadsWaitForAShimThatReadsSlowlyAndArriveWhole() throws Exception {
    Conversation conversation = conversation(20);
    ScriptedShim shim = ready(conversation);
    List<Future<Answer>> answers = new ArrayList<>();
    byte[] payload = new byte[700_000];
    new Random(1).nextBytes(payload);
    for (int i = 0; i < 20; i++) {
      answers.add(send(conversation, call(payload)));
    }
    for (int i = 0; i < 20; i++) {
      Frame frame = shim.hear();
      int at = 4 + frame.body().getInt(0);
      assertArrayEquals(payload, frame.body().getBytes(at, frame.body().length()));
      shim.say(Frames.RESULT, frame.number(), "");
    }
    for (Future<Answer> answer : answers) {
      assertInstanceOf(Returned.class, await(answer));
    }
  }

  // -- nonsense

  /** What a shim may never say while a call of number 1 runs. */
  static List<Buffer> nonsense() {
    return List.of(
        Frames.frame(Frames.READY, 0),
        Frames.frame(Frames.HELLO, 0, Buffer.buffer("again")),
        Frames.frame(Frames.INIT_FAILED, 0, Buffer.buffer("{\"kind\":\"InitError\"}")),
        Frames.frame(Frames.INIT_FAILED, 0, Buffer.buffer("no json")),
        Frames.frame(Frames.RESULT, 0),
        Frames.frame(Frames.RESULT, 2),
        Frames.frame(Frames.ERROR, 1, Buffer.buffer("no json")),
        Frames.frame(Frames.ERROR, 1, Buffer.buffer("[1]")),
        Frames.frame(Frames.ERROR, 1, Buffer.buffer("{\"kind\":7}")),
        Frames.frame(Frames.ERROR, 1, Buffer.buffer("{\"kind\":\"Unknown\"}")),
        Frames.frame(Frames.ERROR, 1, Buffer.buffer("{\"kind\":\"Function\",\"stackTrace\":1}")),
        Frames.frame(Frames.ERROR, 1, Buffer.buffer("[".repeat(100_000))),
        Frames.frame(Frames.PRE_STOPPED, 0),
        Frames.frame(Frames.CALL, 1),
        Frames.frame(0, 0),
        Frames.frame(255, 1),
        Buffer.buffer().appendInt(0),
        Buffer.buffer().appendInt(-1),
        Buffer.buffer().appendInt(100_000_000),
        Buffer.buffer("GET / HTTP/1.1\r\n\r\n"));
  }

  @Test
  void nonsenseEndsTheConversationAndNoOther() throws Exception {
    Conversation good = conversation(1);
    ScriptedShim healthy = ready(good);
    for (Buffer nonsense : nonsense()) {
      Conversation bad = conversation(1);
      ScriptedShim shim = ready(bad);
      Future<Answer> answer = send(bad, call("x"));
      assertEquals(1, shim.hear().number());
      shim.say(nonsense);
      Raised raised = assertInstanceOf(Raised.class, await(answer), nonsense.toString());
      assertEquals(Kind.BAD_RESPONSE, raised.error().kind());
      assertEquals("BadResponse", raised.error().type());
      assertTrue(raised.fatal());
      shim.awaitClosed();
      assertInstanceOf(Lost.class, await(send(bad, call("x"))));
    }
    assertServes(good, healthy);
  }

  @Test
  void nonsenseBeforeItIsReadyFailsTheStart() throws Exception {
    Conversation conversation = conversation(1);
    shim(conversation).say(Frames.RESULT, 1, "");
    assertEquals("BadResponse", failure(conversation).error().type());
  }

  @Test
  void noiseOfManyShimsNeverHurtsTheServer() throws Exception {
    long seed = Long.getLong("perdure.seed", new Random().nextLong());
    String replay = "replay: -Dperdure.seed=" + seed;
    Random random = new Random(seed);
    Conversation good = conversation(1);
    ScriptedShim healthy = ready(good);
    for (int round = 0; round < 300; round++) {
      Conversation noisy = conversation(4);
      ScriptedShim shim = random.nextBoolean() ? ready(noisy) : shim(noisy);
      Future<Answer> answer = send(noisy, call("x"));
      try {
        for (int i = random.nextInt(20); i >= 0; i--) {
          shim.say(noise(random));
        }
      } catch (IOException closed) {
        // by the server, which had heard enough
      }
      shim.close();
      Answer ended = await(answer);
      assertTrue(
          ended instanceof Lost || ended instanceof Raised || ended instanceof Returned, replay);
      on(noisy::close);
    }
    assertServes(good, healthy);
  }

  private static Buffer noise(Random random) {
    byte[] bytes = new byte[random.nextInt(2000)];
    random.nextBytes(bytes);
    Buffer body =
        random.nextBoolean()
            ? Buffer.buffer(bytes)
            : new JsonObject()
                .put("kind", random.nextBoolean() ? "Function" : random.nextInt())
                .put("errorType", random.nextBoolean() ? "E" : null)
                .put("errorMessage", random.nextBoolean() ? "m" : new JsonArray())
                .put("stackTrace", random.nextBoolean() ? new JsonArray().add(1) : "no")
                .toBuffer();
    if (random.nextInt(4) == 0) {
      return body; // no frame at all
    }
    int type = random.nextInt(4) == 0 ? random.nextInt(256) : 64 + random.nextInt(7);
    Buffer frame = Frames.frame(type, random.nextInt(3), body);
    return random.nextInt(4) == 0 ? frame.slice(0, random.nextInt(frame.length())) : frame;
  }

  // -- parts

  private void assertServes(Conversation conversation, ScriptedShim shim) throws Exception {
    Future<Answer> answer = send(conversation, call("x"));
    shim.say(Frames.RESULT, shim.hear().number(), "served");
    assertEquals("served", assertInstanceOf(Returned.class, await(answer)).result().toString());
  }

  private Conversation conversation(int concurrency) {
    Managed spec =
        new Managed(
            Language.NODEJS,
            "nodejs20",
            "index.handler",
            null,
            Map.of(),
            256,
            512,
            concurrency,
            "index.initialize",
            10_000,
            new Managed.Hook("index.stop", 1_000),
            List.of(),
            0,
            60_000);
    function = Attempts.function(1, "fn", spec);
    Blueprint of =
        new Blueprint("i-1", function, spec, Path.of("/code"), Path.of("/work"), RESULT_BYTES_MAX);
    return on(
        () ->
            new ShimConversation(
                of, List.of("program"), server, () -> ShimMessages.init(of, Regions.DEFAULT)));
  }

  private ScriptedShim stranger() throws IOException {
    ScriptedShim shim = new ScriptedShim(server.path());
    shims.add(shim);
    return shim;
  }

  private ScriptedShim shim(Conversation conversation) throws IOException {
    ScriptedShim shim = ScriptedShim.of(conversation);
    shims.add(shim);
    return shim;
  }

  private ScriptedShim ready(Conversation conversation) throws Exception {
    ScriptedShim shim = shim(conversation);
    shim.hear();
    shim.say(Frames.READY, 0, "");
    await(conversation.ready());
    return shim;
  }

  private Call call(String payload) {
    return call(Buffer.buffer(payload).getBytes());
  }

  private Call call(byte[] payload) {
    return Attempts.call(function, payload, RESULT_BYTES_MAX, 100);
  }

  private Future<Answer> send(Conversation conversation, Call call) {
    return on(() -> conversation.call(call, 61_000, bytes -> log.add(bytes.toString())));
  }

  private void lose(Conversation conversation) {
    on(
        () -> {
          conversation.lost();
          return true;
        });
  }

  private static StartFailure failure(Conversation conversation) {
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> await(conversation.ready()));
    return assertInstanceOf(StartFailure.class, e.getCause());
  }

  private <T> T on(Supplier<T> action) {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.runOnContext(
        v -> {
          try {
            result.complete(action.get());
          } catch (RuntimeException | AssertionError e) {
            result.completeExceptionally(e);
          }
        });
    return result.join();
  }
}
