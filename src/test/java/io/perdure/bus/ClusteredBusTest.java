package io.perdure.bus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.GetState;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.bus.ShardMessages.State;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.client.PerdureClient;
import io.perdure.client.Submission;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.runtime.Attempts;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.eventbus.EventBusRuntime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes and a client that really are on several Vert.x, joined by a cluster manager. */
class ClusteredBusTest {
  private static final int SHARD = 3;
  private static final Address<Submit, Submitted> SUBMIT = Addresses.SUBMIT.at(SHARD);
  private static final Address<GetState, State> STATE = Addresses.SHARD_STATE.at(SHARD);
  private static final long LONG = 60_000;
  private static final long FOR_EVER = 600_000; // longer than a test waits

  private static JoinedVertx first;
  private static JoinedVertx second;

  private final TestRoutes routes = new TestRoutes("a").owns(SHARD, "b");
  private Bus a;
  private Bus b;

  @BeforeAll
  static void join() throws Exception {
    first = JoinedVertx.first();
    second = first.another();
  }

  @AfterAll
  static void leave() throws Exception {
    second.leave();
    first.leave();
  }

  @BeforeEach
  void install() {
    a = Bus.install(first.vertx(), routes);
    b = Bus.install(second.vertx(), new TestRoutes("b"));
  }

  private static <T> T await(Future<T> future) throws Exception {
    try {
      return future.toCompletionStage().toCompletableFuture().get(90, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }

  private static Failure refused(Future<?> future) {
    return assertThrows(FailureException.class, () -> await(future)).failure();
  }

  private static Submit submit(String key, byte[] payload) {
    return new Submit(
        1,
        "LATEST",
        key,
        null,
        "r",
        Invocation.Origin.NATIVE,
        null,
        false,
        0,
        null,
        Map.of("größe", "1"),
        0,
        null,
        payload);
  }

  private static Invocation invocation() {
    return new AnyMessage(new Random(1), false).of(Found.class).invocation();
  }

  @Test
  void ownerOnAnotherNodeIsAskedAndAnswers() throws Exception {
    byte[] payload = new byte[200_000];
    new Random(2).nextBytes(payload);
    var sent = submit("k", payload);
    var answer = new Submitted(invocation(), true);
    var received = new CompletableFuture<Submit>();
    await(
        b.serve(
            SUBMIT,
            ask -> {
              received.complete(ask);
              return Future.succeededFuture(answer);
            }));
    assertEquals(answer, await(a.request(SUBMIT, sent, LONG)));
    assertNotSame(sent, received.join());
    assertTrue(AnyMessage.same(sent, received.join()));
  }

  @Test
  void ownerOnThisNodeIsAskedByReference() throws Exception {
    var address = Addresses.GET_BODY.at(4);
    routes.owns(4, "a");
    var asked = new GetBody(null, Part.RESULT);
    var answer = new Body(null, new byte[] {1});
    await(
        a.serve(
            address,
            ask -> {
              assertSame(asked, ask);
              return Future.succeededFuture(answer);
            }));
    assertSame(answer, await(a.request(address, asked, LONG)));
  }

  @Test
  void failureOfAnotherNodeIsTheAnswer() throws Exception {
    var address = Addresses.SHARD_STATE.at(5);
    routes.owns(5, "b");
    var failure = new Failure.Throttled("backlog", "full", 250);
    await(b.serve(address, ask -> Future.failedFuture(new FailureException(failure))));
    assertEquals(failure, refused(a.request(address, new GetState(), LONG)));
  }

  @Test
  void clientAsksAnyNode() throws Exception {
    Set<String> asked = ConcurrentHashMap.newKeySet();
    Invocation known = invocation();
    for (Map.Entry<String, Bus> node : Map.of("a", a, "b", b).entrySet()) {
      await(
          node.getValue()
              .serve(
                  Addresses.CLIENT_GET_BODY,
                  ask -> {
                    asked.add(node.getKey());
                    return Future.succeededFuture(new Body(known, new byte[] {7}));
                  }));
    }
    JoinedVertx outside = first.another();
    var client = PerdureClient.create(outside.vertx());
    for (int i = 0; i < 4; i++) {
      assertArrayEquals(new byte[] {7}, await(client.result(known.id())).getBytes());
    }
    assertEquals(Set.of("a", "b"), asked);
    outside.leave();
  }

  @Test
  void clientWithoutANodeIsTold() {
    assertInstanceOf(
        Failure.Unavailable.class,
        refused(PerdureClient.create(first.vertx()).get(invocation().id())));
  }

  @Test
  void clientAsksAgainWhenTheNodeThatItAskedIsSilent() throws Exception {
    var times = new AtomicInteger();
    var found = new Found(invocation());
    Promise<Found> never = Promise.promise();
    await(
        b.serve(
            Addresses.CLIENT_AWAIT,
            ask -> times.incrementAndGet() == 1 ? never.future() : Future.succeededFuture(found)));
    var client = PerdureClient.create(first.vertx());
    assertEquals(found.invocation(), await(client.await(found.invocation().id(), Duration.ZERO)));
    assertEquals(2, times.get());
  }

  @Test
  void ownerWhoseAnswerIsLostIsAskedAgain() throws Exception {
    var times = new AtomicInteger();
    Promise<State> lost = Promise.promise();
    var address = Addresses.SHARD_STATE.at(7);
    routes.owns(7, "b");
    var answer = new State(7, "b", null, 1);
    await(
        b.serve(
            address,
            ask -> times.incrementAndGet() == 1 ? lost.future() : Future.succeededFuture(answer)));
    assertEquals("b", await(a.request(address, new GetState(), 20_000)).phase());
    assertEquals(2, times.get());
  }

  @Test
  void functionIsServedInAnotherJvm() throws Exception {
    var served =
        second
            .vertx()
            .eventBus()
            .<Buffer>consumer(
                "fn.echo",
                call -> {
                  if (call.body().length() == 0) {
                    call.fail(7, "nothing to do");
                  } else {
                    call.reply(Buffer.buffer("got ").appendBuffer(call.body()));
                  }
                });
    await(served.completion());
    var runtime = new EventBusRuntime(first.vertx());
    var spec = new RuntimeSpec.EventBus("fn.echo");
    var done =
        assertInstanceOf(
            Outcome.Succeeded.class,
            Attempts.outcome(first.vertx(), runtime, Attempts.call(spec, "hello")));
    assertEquals("got hello", Attempts.text(done.result()));
    var failed =
        assertInstanceOf(
            Outcome.Failed.class,
            Attempts.outcome(first.vertx(), runtime, Attempts.call(spec, "")));
    assertEquals(RunError.Kind.FUNCTION, failed.error().kind());
  }

  /** Joins {@code node} as c; what is given back completes once it has taken a call. */
  private static <Q extends Message, A extends Message>
      CompletableFuture<Void> takesAndNeverAnswers(JoinedVertx node, Address<Q, A> address)
          throws Exception {
    var reached = new CompletableFuture<Void>();
    Promise<A> never = Promise.promise();
    await(
        Bus.install(node.vertx(), new TestRoutes("c"))
            .serve(
                address,
                ask -> {
                  reached.complete(null);
                  return never.future();
                }));
    return reached;
  }

  @Test
  void whatMayBeRepeatedOutlivesItsNode() throws Exception {
    JoinedVertx third = first.another();
    var reached = takesAndNeverAnswers(third, STATE);
    await(b.serve(STATE, ask -> Future.succeededFuture(new State(SHARD, "b", null, 1))));
    routes.owns(SHARD, "c");
    Future<State> asked = a.request(STATE, new GetState(), LONG);
    reached.get(30, TimeUnit.SECONDS);
    third.kill();
    routes.owns(SHARD, "b");
    assertEquals("b", await(asked).phase());
  }

  @Test
  void whatMayNotBeRepeatedFailsWithItsNode() throws Exception {
    var address = Addresses.SUBMIT.at(6);
    JoinedVertx third = first.another();
    var reached = takesAndNeverAnswers(third, address);
    routes.owns(6, "c");
    Future<Submitted> asked = a.request(address, submit(null, new byte[1]), LONG);
    reached.get(30, TimeUnit.SECONDS);
    third.kill();
    var failure = assertInstanceOf(Failure.Unavailable.class, refused(asked));
    assertTrue(failure.message().contains("not known whether"), failure::message);
  }

  @Test
  void aNodeThatIsThereButCannotBeReachedIsNotWaitedFor() throws Exception {
    var address = Addresses.SUBMIT.at(6);
    JoinedVertx third = first.another();
    var reached = takesAndNeverAnswers(third, address);
    routes.owns(6, "c");
    Future<Submitted> asked = a.request(address, submit(null, new byte[1]), FOR_EVER);
    reached.get(30, TimeUnit.SECONDS);
    third.deafen();
    var failure = assertInstanceOf(Failure.Unavailable.class, refused(asked));
    assertTrue(failure.message().contains("not known whether"), failure::message);
    third.kill();
  }

  @Test
  void clientGoesOnWithoutTheNodeThatHasDied() throws Exception {
    JoinedVertx third = first.another();
    var c = Bus.install(third.vertx(), new TestRoutes("c"));
    var submitted = new Submitted(invocation(), true);
    for (Bus node : List.of(b, c)) {
      await(node.serve(Addresses.CLIENT_SUBMIT, ask -> Future.succeededFuture(submitted)));
    }
    JoinedVertx outside = first.another();
    var client = PerdureClient.create(outside.vertx());
    var submission = Submission.of("f").withKey("k");
    for (int i = 0; i < 4; i++) { // it is connected to both
      await(client.submit(submission, Buffer.buffer("x")));
    }
    third.kill();
    var all =
        Stream.generate(() -> client.submit(submission, Buffer.buffer("x"))).limit(8).toList();
    for (Future<Invocation> one : all) {
      assertEquals(submitted.invocation(), await(one));
    }
    outside.leave();
  }
}
