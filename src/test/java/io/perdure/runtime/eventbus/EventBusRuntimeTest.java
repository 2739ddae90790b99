package io.perdure.runtime.eventbus;

import static io.perdure.runtime.Attempts.await;
import static io.perdure.runtime.Attempts.call;
import static io.perdure.runtime.Attempts.next;
import static io.perdure.runtime.Attempts.on;
import static io.perdure.runtime.Attempts.outcome;
import static io.perdure.runtime.Attempts.stop;
import static io.perdure.runtime.Attempts.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Attempts;
import io.perdure.runtime.Call;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Running;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(VertxExtension.class)
class EventBusRuntimeTest {
  private static final String ADDRESS = "perdure.fn.default.fn";
  private static final RuntimeSpec SPEC = new RuntimeSpec.EventBus(ADDRESS);

  private Vertx vertx;
  private EventBusRuntime runtime;

  @BeforeEach
  void install(Vertx vertx) {
    this.vertx = vertx;
    Bus.install(vertx); // its codec selector must not touch functions
    runtime = new EventBusRuntime(vertx);
  }

  @Test
  void handlerGetsThePayloadAsBufferAndItsReplyIsTheResult() throws Exception {
    serve(call -> call.reply(Buffer.buffer("got ").appendBuffer(call.body())));
    assertEquals("got hello", result(call(SPEC, "hello")));
  }

  @Test
  void headersSayWhatIsCalled() throws Exception {
    CompletableFuture<MultiMap> seen = new CompletableFuture<>();
    serve(
        call -> {
          seen.complete(call.headers());
          call.reply(null);
        });
    Call call = call(SPEC, "x");
    outcome(vertx, runtime, call);
    MultiMap headers = seen.get(10, TimeUnit.SECONDS);
    assertEquals(call.invocation().id().toString(), headers.get("id"));
    assertEquals("2", headers.get("attempt"));
    assertEquals("fn", headers.get("function"));
    assertEquals("default", headers.get("namespace"));
    assertEquals("61000", headers.get("deadline"));
    assertTrue(headers.get("traceparent").startsWith(Attempts.TRACE.substring(0, 36)));
  }

  @Test
  void handlerCannotChangeThePayloadOfTheNextAttempt() throws Exception {
    serve(
        call -> {
          call.body().setByte(0, (byte) 'X');
          call.reply(null);
        });
    Call call = call(SPEC, "abc");
    outcome(vertx, runtime, call);
    assertEquals("abc", text(call.payload()));
  }

  static Stream<Arguments> replies() {
    return Stream.of(
        Arguments.of(Buffer.buffer("b"), "b"),
        Arguments.of(new byte[] {'y'}, "y"),
        Arguments.of("täxt", "täxt"),
        Arguments.of(new JsonObject().put("a", 1), "{\"a\":1}"),
        Arguments.of(new JsonArray().add(1), "[1]"),
        Arguments.of(null, ""));
  }

  @ParameterizedTest
  @MethodSource("replies")
  void everyUsualReplyIsAResult(Object reply, String expected) throws Exception {
    serve(call -> call.reply(reply));
    assertEquals(expected, result(call(SPEC, "x")));
  }

  @Test
  void replyOfAnotherTypeIsABadResponse() throws Exception {
    serve(call -> call.reply(42));
    RunError error = failed(call(SPEC, "x")).error();
    assertEquals(Kind.BAD_RESPONSE, error.kind());
    assertEquals("UnsupportedReply", error.type());
    assertTrue(error.message().contains("java.lang.Integer"), error.message());
  }

  @Test
  void messageOfPerdureItselfIsNoResult() throws Exception {
    serve(call -> call.reply(Done.DONE));
    assertEquals("UnsupportedReply", failed(call(SPEC, "x")).error().type());
  }

  @Test
  void resultOfExactlyTheLimitIsKept() throws Exception {
    serve(call -> call.reply(Buffer.buffer(new byte[1000])));
    Outcome.Succeeded outcome =
        assertInstanceOf(Outcome.Succeeded.class, outcome(vertx, runtime, call(SPEC, "x")));
    assertEquals(1000, outcome.result().length);
  }

  @Test
  void resultBeyondTheLimitIsABadResponse() throws Exception {
    serve(call -> call.reply(Buffer.buffer(new byte[1001])));
    Outcome.Failed failed = failed(call(SPEC, "x"));
    assertEquals("ResultTooLarge", failed.error().type());
    assertEquals(Kind.BAD_RESPONSE, failed.error().kind());
    assertArrayEquals(Outcome.NOTHING, failed.result());
  }

  @Test
  void failedMessageIsAFailureOfTheFunction() throws Exception {
    serve(call -> call.fail(42, "no such image"));
    assertEquals(
        new RunError(Kind.FUNCTION, "EventBus 42", "no such image"),
        failed(call(SPEC, "x")).error());
  }

  @Test
  void addressNobodyServesIsAFailureOfThePlatform() throws Exception {
    Outcome.PlatformFailed failed =
        assertInstanceOf(Outcome.PlatformFailed.class, outcome(vertx, runtime, call(SPEC, "x")));
    assertEquals("NoHandler", failed.error().type());
    assertEquals("no verticle serves " + ADDRESS, failed.error().message());
  }

  @Test
  void functionWithoutAddressHasOneOfItsName() throws Exception {
    serve(call -> call.reply("default"));
    Running running = Attempts.start(vertx, runtime, call(new RuntimeSpec.EventBus(""), "x"));
    assertEquals(ADDRESS, running.instance());
    assertEquals(
        "default",
        text(assertInstanceOf(Outcome.Succeeded.class, await(running.outcome())).result()));
  }

  @Test
  void outcomeComesOnTheEventLoopThatStarted() throws Exception {
    serve(call -> call.reply("x"));
    CompletableFuture<List<Thread>> threads = new CompletableFuture<>();
    vertx.runOnContext(
        v -> {
          Thread started = Thread.currentThread();
          runtime
              .start(call(SPEC, "x"))
              .outcome()
              .onComplete(o -> threads.complete(List.of(started, Thread.currentThread())));
        });
    List<Thread> both = threads.get(10, TimeUnit.SECONDS);
    assertEquals(both.get(0), both.get(1));
  }

  @Test
  void stopReachesTheHandlerAndItsAnswerIsTheAcknowledgement() throws Exception {
    BlockingQueue<Message<Buffer>> calls = new LinkedBlockingQueue<>();
    serve(calls::add);
    BlockingQueue<JsonObject> stops = new LinkedBlockingQueue<>();
    vertx
        .eventBus()
        .<JsonObject>consumer(
            ADDRESS + ".stop",
            stop -> {
              stops.add(stop.body());
              vertx.eventBus().send(stop.body().getString("ack"), "stopping at page 7");
            });
    Call call = call(SPEC, "x");
    Running running = Attempts.start(vertx, runtime, call);
    Message<Buffer> received = next(calls);
    BlockingQueue<String> steps = stop(vertx, running, StopMode.CANCEL, 3000);
    JsonObject stop = next(stops);
    assertEquals(call.invocation().id().toString(), stop.getString("id"));
    assertEquals(2, stop.getInteger("attempt"));
    assertEquals("cancel", stop.getString("mode"));
    assertEquals(3000, stop.getLong("graceMs"));
    assertEquals("DELIVERED published to " + ADDRESS + ".stop", next(steps));
    assertEquals("ACKNOWLEDGED stopping at page 7", next(steps));
    received.reply("half");
    assertInstanceOf(Outcome.Succeeded.class, await(running.outcome()));
  }

  @Test
  void stopReachesEveryInstanceOfTheVerticle() throws Exception {
    serve(call -> {});
    BlockingQueue<Integer> told = new LinkedBlockingQueue<>();
    for (int instance = 0; instance < 3; instance++) {
      int number = instance;
      vertx.eventBus().consumer(ADDRESS + ".stop", stop -> told.add(number));
    }
    Running running = Attempts.start(vertx, runtime, call(SPEC, "x"));
    stop(vertx, running, StopMode.GRACEFUL, 0);
    List<Integer> instances = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      instances.add(next(told));
    }
    instances.sort(null);
    assertEquals(List.of(0, 1, 2), instances);
  }

  @Test
  void deliveryIsKnownBeforeStopReturnsInOneJvm() throws Exception {
    serve(call -> {});
    Running running = Attempts.start(vertx, runtime, call(SPEC, "x"));
    List<String> steps =
        on(
            vertx,
            () -> {
              List<String> told = new ArrayList<>();
              running.stop(StopMode.CANCEL, 0, (step, detail) -> told.add(step.name()));
              return List.copyOf(told);
            });
    assertEquals(List.of("DELIVERED"), steps);
  }

  @Test
  void attemptCannotBeEndedByForce() {
    assertFalse(runtime.endsByForce());
  }

  private interface Handler {
    void handle(Message<Buffer> call);
  }

  private void serve(Handler handler) throws Exception {
    await(vertx.eventBus().<Buffer>consumer(ADDRESS, handler::handle).completion());
  }

  private String result(Call call) throws Exception {
    Outcome outcome = outcome(vertx, runtime, call);
    return text(assertInstanceOf(Outcome.Succeeded.class, outcome).result());
  }

  private Outcome.Failed failed(Call call) throws Exception {
    return assertInstanceOf(Outcome.Failed.class, outcome(vertx, runtime, call));
  }
}
