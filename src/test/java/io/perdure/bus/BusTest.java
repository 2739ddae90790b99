package io.perdure.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.ExecutorMessages.Gate;
import io.perdure.bus.ExecutorMessages.GetGate;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.State;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class BusTest {
  private static final Address<GetGate, Gate> GATE = Addresses.GATE;
  private static final Gate ANSWER = new Gate(1, 2, 3, false, 4, 5);

  /** Kept, for java.util.logging forgets a logger that nobody holds. */
  private static final Logger LOGGER = Logger.getLogger(Bus.class.getName());

  private final List<LogRecord> logged = new CopyOnWriteArrayList<>();
  private final Handler listener =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          logged.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void hearWhatIsLogged() {
    LOGGER.setUseParentHandlers(false);
    LOGGER.addHandler(listener);
  }

  @AfterEach
  void leaveTheLogAlone() {
    LOGGER.removeHandler(listener);
    LOGGER.setUseParentHandlers(true);
  }

  @Test
  void requestAndAnswerAreHandedOverAsTheyAre(Vertx vertx, VertxTestContext test) {
    var bus = Bus.install(vertx);
    var asked = new GetBody(null, ShardMessages.Part.RESULT);
    var answer = new Body(null, new byte[] {1});
    var address = Addresses.GET_BODY.at(3);
    bus.serve(
            address,
            request -> {
              test.verify(() -> assertSame(asked, request));
              return Future.succeededFuture(answer);
            })
        .compose(v -> bus.request(address, asked))
        .onComplete(
            test.succeeding(
                body -> {
                  test.verify(() -> assertSame(answer, body));
                  test.completeNow();
                }));
  }

  @Test
  void answerComesBackOnTheContextThatAsked(Vertx vertx, VertxTestContext test) {
    var bus = Bus.install(vertx);
    bus.serve(GATE, ask -> Future.succeededFuture(ANSWER)).onFailure(test::failNow);
    var context = vertx.getOrCreateContext();
    context.runOnContext(
        v ->
            bus.request(GATE, new GetGate(1))
                .onComplete(
                    test.succeeding(
                        gate -> {
                          test.verify(() -> assertSame(context, Vertx.currentContext()));
                          test.completeNow();
                        })));
  }

  @Test
  void failureIsAnAnswerAndNotLogged(Vertx vertx, VertxTestContext test) {
    var full = new Failure.Throttled("backlog", "the backlog is full", 250);
    refused(
        vertx,
        test,
        ask -> Future.failedFuture(new FailureException(full)),
        failure -> {
          assertSame(full, failure);
          assertEquals(List.of(), logged);
        });
  }

  @Test
  void failureThatIsThrownIsAnAnswerToo(Vertx vertx, VertxTestContext test) {
    var conflict = new Failure.Conflict("it has ended");
    refused(
        vertx,
        test,
        ask -> {
          throw new FailureException(conflict);
        },
        failure -> assertSame(conflict, failure));
  }

  @Test
  void bugIsAnsweredAsInternalAndLoggedOnceWithItsStack(Vertx vertx, VertxTestContext test) {
    var bug = new IllegalStateException("a bug");
    refused(
        vertx,
        test,
        ask -> {
          throw bug;
        },
        failure -> loggedAs(failure, bug));
  }

  @Test
  void bugInAFutureIsAnsweredAndLoggedTheSame(Vertx vertx, VertxTestContext test) {
    var bug = new IllegalStateException("a bug");
    refused(vertx, test, ask -> Future.failedFuture(bug), failure -> loggedAs(failure, bug));
  }

  private void loggedAs(Failure failure, Throwable bug) {
    var internal = assertInstanceOf(Failure.Internal.class, failure);
    assertEquals(1, logged.size());
    var line = logged.get(0);
    assertEquals(Level.SEVERE, line.getLevel());
    assertSame(bug, line.getThrown());
    assertTrue(line.getMessage().contains(internal.reference()), line::getMessage);
    assertTrue(line.getMessage().contains(GATE.name()), line::getMessage);
  }

  @Test
  void handlerWithoutAFutureIsABug(Vertx vertx, VertxTestContext test) {
    refused(
        vertx,
        test,
        ask -> null,
        failure -> {
          assertInstanceOf(Failure.Internal.class, failure);
          assertEquals(1, logged.size());
        });
  }

  @Test
  void futureWithoutAnAnswerIsABug(Vertx vertx, VertxTestContext test) {
    refused(
        vertx,
        test,
        ask -> Future.succeededFuture(),
        failure -> {
          assertInstanceOf(Failure.Internal.class, failure);
          assertEquals(1, logged.size());
        });
  }

  @Test
  void answerOfAnotherClassIsABugWhereItIsReceived(Vertx vertx, VertxTestContext test) {
    var bus = Bus.install(vertx);
    vertx.eventBus().localConsumer(GATE.name(), message -> message.reply(Done.DONE));
    expectFailure(
        bus.request(GATE, new GetGate(1)),
        test,
        failure -> assertInstanceOf(Failure.Internal.class, failure));
  }

  /** Serves GATE with {@code handler}, asks once, and looks at the failure that comes back. */
  private static void refused(
      Vertx vertx, VertxTestContext test, Function<GetGate, Future<Gate>> handler, Check check) {
    var bus = Bus.install(vertx);
    expectFailure(
        bus.serve(GATE, handler).compose(v -> bus.request(GATE, new GetGate(1))), test, check);
  }

  private static void expectFailure(Future<?> future, VertxTestContext test, Check check) {
    future.onComplete(
        test.failing(
            e -> {
              test.verify(() -> check.of(assertInstanceOf(FailureException.class, e).failure()));
              test.completeNow();
            }));
  }

  private interface Check {
    void of(Failure failure);
  }

  @Test
  void addressThatNobodyServesIsUnavailable(Vertx vertx, VertxTestContext test) {
    expectFailure(
        Bus.install(vertx).request(GATE, new GetGate(1)),
        test,
        failure -> {
          var unavailable = assertInstanceOf(Failure.Unavailable.class, failure);
          assertTrue(unavailable.message().startsWith(GATE.name() + " is not served"));
          assertTrue(unavailable.retryAfterMillis() > 0);
        });
  }

  @Test
  void answerThatDoesNotComeIsUnavailable(Vertx vertx, VertxTestContext test) {
    var bus = Bus.install(vertx);
    Promise<Gate> never = Promise.promise();
    expectFailure(
        bus.serve(GATE, ask -> never.future()).compose(v -> bus.request(GATE, new GetGate(1), 10)),
        test,
        failure ->
            assertEquals(
                GATE.name() + " did not answer in time",
                assertInstanceOf(Failure.Unavailable.class, failure).message()));
  }

  @Test
  void addressIsServedUntilItsVerticleEnds(Vertx vertx, VertxTestContext test) {
    var bus = Bus.install(vertx);
    var verticle =
        new VerticleBase() {
          @Override
          public Future<?> start() {
            return bus.serve(GATE, ask -> Future.succeededFuture(ANSWER));
          }
        };
    expectFailure(
        vertx
            .deployVerticle(verticle)
            .compose(id -> bus.request(GATE, new GetGate(1)).compose(gate -> vertx.undeploy(id)))
            .compose(v -> bus.request(GATE, new GetGate(1))),
        test,
        failure -> assertInstanceOf(Failure.Unavailable.class, failure));
  }

  @Test
  void everyListenerHearsWhatIsPublished(Vertx vertx, VertxTestContext test) {
    var bus = Bus.install(vertx);
    var changed = new FunctionChanged(7, false);
    Future.all(
            Stream.generate(test::checkpoint)
                .limit(3)
                .map(
                    heard ->
                        bus.listen(
                            Addresses.FUNCTION_CHANGED,
                            message -> {
                              test.verify(() -> assertSame(changed, message));
                              heard.flag();
                            }))
                .toList())
        .onComplete(test.succeeding(v -> bus.publish(Addresses.FUNCTION_CHANGED, changed)));
  }

  @Test
  void listenerGoesOnAfterABugAndItIsLogged(Vertx vertx, VertxTestContext test) {
    var bus = Bus.install(vertx);
    bus.listen(
            Addresses.FUNCTION_CHANGED,
            message -> {
              if (message.deleted()) {
                throw new IllegalStateException("a bug");
              }
              test.verify(
                  () -> {
                    assertEquals(1, logged.size());
                    assertNotNull(logged.get(0).getThrown());
                  });
              test.completeNow();
            })
        .onComplete(
            test.succeeding(
                v -> {
                  bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(7, true));
                  bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(7, false));
                }));
  }

  @Test
  void failureThatNobodyWaitsForIsLogged(Vertx vertx, VertxTestContext test) {
    var bus = Bus.install(vertx);
    var shard = Addresses.ATTEMPT.at(1);
    bus.serve(
            shard,
            told ->
                told.attempt() == 1
                    ? Future.failedFuture(new FailureException(new Failure.Fenced(1, "n2")))
                    : Future.succeededFuture(Done.DONE))
        .compose(
            v -> {
              bus.send(shard, new ShardMessages.Released(null, 1, 1));
              return bus.request(shard, new ShardMessages.Released(null, 1, 2));
            })
        .onComplete(
            test.succeeding(
                done -> {
                  test.verify(
                      () -> {
                        assertEquals(1, logged.size());
                        assertEquals(Level.WARNING, logged.get(0).getLevel());
                      });
                  test.completeNow();
                }));
  }

  @Test
  void installingTwiceGivesTheSameBus(Vertx vertx, VertxTestContext test) {
    var first = Bus.install(vertx);
    var second = Bus.install(vertx);
    first
        .serve(GATE, ask -> Future.succeededFuture(ANSWER))
        .compose(v -> second.request(GATE, new GetGate(1)))
        .onComplete(
            test.succeeding(
                gate -> {
                  test.verify(() -> assertSame(ANSWER, gate));
                  test.completeNow();
                }));
  }

  @Test
  void shardsAreServedApart(Vertx vertx, VertxTestContext test) {
    var bus = Bus.install(vertx);
    Future.all(
            bus.serve(Addresses.SHARD_STATE.at(0), ask -> state(0)),
            bus.serve(Addresses.SHARD_STATE.at(1), ask -> state(1)))
        .compose(v -> bus.request(Addresses.SHARD_STATE.at(1), new ShardMessages.GetState()))
        .onComplete(
            test.succeeding(
                state -> {
                  test.verify(() -> assertEquals(1, state.shard()));
                  test.completeNow();
                }));
  }

  private static Future<State> state(int shard) {
    return Future.succeededFuture(new State(shard, "serving", null, 1));
  }

  @Test
  void onlyAddressesOfShardsHaveANumber() {
    assertThrows(IllegalStateException.class, () -> GATE.at(1));
  }
}
