package io.perdure.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.BusMessages.Parcel;
import io.perdure.bus.ShardMessages.FromExecutor;
import io.perdure.bus.ShardMessages.GetState;
import io.perdure.bus.ShardMessages.Released;
import io.perdure.bus.ShardMessages.State;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.bus.TestRoutes.Moved;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How a node finds the owner of a shard; several nodes by name on one Vert.x. */
@ExtendWith(VertxExtension.class)
class RoutingTest {
  private static final int SHARD = 3;
  private static final Address<GetState, State> STATE = Addresses.SHARD_STATE.at(SHARD);
  private static final Address<Submit, Submitted> SUBMIT = Addresses.SUBMIT.at(SHARD);
  private static final Address<FromExecutor, Done> ATTEMPT = Addresses.ATTEMPT.at(SHARD);

  /** Longer than any test should take. */
  private static final long LONG = 20_000;

  private final TestRoutes routes = new TestRoutes("a");
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private Vertx vertx;
  private Bus bus;
  private Context context;

  @BeforeEach
  void joinTheCluster(Vertx vertx) {
    this.vertx = vertx;
    bus = Bus.install(vertx, routes);
    context = vertx.getOrCreateContext();
  }

  private Bus node(String name) {
    return name.equals("a") ? bus : Bus.install(vertx, new TestRoutes(name));
  }

  /** Has {@code node} say how it sees the shard: that it owns it. */
  private Future<Void> owner(String node) {
    return serves(node, () -> Future.succeededFuture(state(node)));
  }

  private Future<Void> serves(String node, java.util.function.Supplier<Future<State>> answer) {
    return node(node)
        .serve(
            STATE,
            ask -> {
              asked.add(node);
              return answer.get();
            });
  }

  private static State state(String node) {
    return new State(SHARD, node, null, 1);
  }

  private static <T> Future<T> fenced(String owner) {
    return refused(new Failure.Fenced(SHARD, owner));
  }

  private static <T> Future<T> refused(Failure failure) {
    return Future.failedFuture(new FailureException(failure));
  }

  private Future<State> ask(long millis) {
    return bus.request(STATE, new GetState(), millis);
  }

  private static Submit submit(String key) {
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
        Map.of(),
        0,
        null,
        new byte[10]);
  }

  private static void expect(Future<State> answer, VertxTestContext test, String by, Check check) {
    answer.onComplete(
        test.succeeding(
            state -> {
              test.verify(
                  () -> {
                    assertEquals(by, state.phase());
                    check.run();
                  });
              test.completeNow();
            }));
  }

  private static void expectUnavailable(
      Future<?> answer, VertxTestContext test, java.util.function.Consumer<String> check) {
    answer.onComplete(
        test.failing(
            e -> {
              test.verify(
                  () -> {
                    Failure failure = assertInstanceOf(FailureException.class, e).failure();
                    var unavailable = assertInstanceOf(Failure.Unavailable.class, failure);
                    assertEquals(1_000, unavailable.retryAfterMillis());
                    check.accept(unavailable.message());
                  });
              test.completeNow();
            }));
  }

  private interface Check {
    void run();
  }

  @Test
  void ownerIsAskedWhereverItIs(VertxTestContext test) {
    routes.owns(SHARD, "b");
    expect(
        Future.all(owner("a"), owner("b")).compose(v -> ask(LONG)),
        test,
        "b",
        () -> assertEquals(List.of("b"), asked));
  }

  @Test
  void thisNodeIsAskedWithoutTheWire(VertxTestContext test) {
    routes.owns(SHARD, "a");
    var answer = state("a");
    serves("a", () -> Future.succeededFuture(answer))
        .compose(v -> ask(LONG))
        .onComplete(
            test.succeeding(
                state -> {
                  test.verify(() -> assertSame(answer, state));
                  test.completeNow();
                }));
  }

  @Test
  void ownerThatIsNamedIsAskedNext(VertxTestContext test) {
    routes.owns(SHARD, "a");
    expect(
        Future.all(serves("a", () -> fenced("b")), owner("b")).compose(v -> ask(LONG)),
        test,
        "b",
        () -> {
          assertEquals(List.of("a", "b"), asked);
          assertEquals(List.of(new Moved(SHARD, "a", "b")), routes.moves());
        });
  }

  @Test
  void ownerThatIsNotNamedIsWaitedFor(VertxTestContext test) {
    routes.owns(SHARD, "a");
    var answer =
        Future.all(serves("a", () -> fenced(null)), owner("b"))
            .compose(
                v -> {
                  vertx.setTimer(20, id -> routes.owns(SHARD, "b"));
                  return ask(LONG);
                });
    expect(answer, test, "b", () -> assertEquals(List.of(), routes.moves()));
  }

  @Test
  void ownerThatIsUnknownAtFirstIsWaitedFor(VertxTestContext test) {
    var answer =
        owner("b")
            .compose(
                v -> {
                  Future<State> asking = ask(LONG);
                  routes.owns(SHARD, "b");
                  return asking;
                });
    expect(answer, test, "b", () -> assertEquals(List.of("b"), asked));
  }

  @Test
  void ownerThatIsNotServingYetIsAskedAgain(VertxTestContext test) {
    routes.owns(SHARD, "b");
    Future<State> asking = ask(LONG);
    vertx.setTimer(20, id -> owner("b").onFailure(test::failNow));
    expect(asking, test, "b", () -> assertEquals(List.of("b"), asked));
  }

  @Test
  void nodeThatNamesItselfIsAskedAgain(VertxTestContext test) {
    routes.owns(SHARD, "b");
    var times = new AtomicInteger();
    expect(
        serves(
                "b",
                () ->
                    times.incrementAndGet() < 4 ? fenced("b") : Future.succeededFuture(state("b")))
            .compose(v -> ask(LONG)),
        test,
        "b",
        () -> assertEquals(4, asked.size()));
  }

  @Test
  void noOwnerUntilTheDeadlineIsUnavailable(VertxTestContext test) {
    expectUnavailable(
        ask(30), test, message -> assertEquals("shard 3 has no owner at the moment", message));
  }

  @Test
  void fencedNeverReachesTheCaller(VertxTestContext test) {
    routes.owns(SHARD, "b");
    expectUnavailable(
        serves("b", () -> fenced("b")).compose(v -> ask(100)),
        test,
        message -> assertEquals("shard 3 has no owner at the moment", message));
  }

  @Test
  void nodesThatNameEachOtherAreAskedWithPauses(VertxTestContext test) {
    routes.owns(SHARD, "b");
    expectUnavailable(
        Future.all(serves("b", () -> fenced("c")), serves("c", () -> fenced("b")))
            .compose(v -> ask(300)),
        test,
        message -> assertTrue(asked.size() < 20, () -> "asked " + asked.size() + " times"));
  }

  @Test
  void anotherRefusalIsTheAnswer(VertxTestContext test) {
    routes.owns(SHARD, "b");
    var failure = new Failure.Unavailable("the commit has failed", 500);
    serves("b", () -> refused(failure))
        .compose(v -> ask(LONG))
        .onComplete(
            test.failing(
                e -> {
                  test.verify(
                      () -> {
                        assertSame(failure, ((FailureException) e).failure());
                        assertEquals(List.of("b"), asked);
                      });
                  test.completeNow();
                }));
  }

  @Test
  void questionToANodeThatHasGoneIsAskedAgain(VertxTestContext test) {
    routes.owns(SHARD, "b");
    Promise<State> never = Promise.promise();
    serves(
            "b",
            () -> {
              routes.owns(SHARD, null);
              routes.goes("b");
              routes.owns(SHARD, "c");
              return never.future();
            })
        .onFailure(test::failNow);
    expect(
        owner("c").compose(v -> ask(LONG)),
        test,
        "c",
        () -> assertEquals(List.of("b", "c"), asked));
  }

  @Test
  void questionIsAskedOfTheNewOwnerWhenTheOldOneIsSilent(VertxTestContext test) {
    routes.owns(SHARD, "b");
    Promise<State> never = Promise.promise();
    serves(
            "b",
            () -> {
              routes.owns(SHARD, "c");
              return never.future();
            })
        .onFailure(test::failNow);
    expect(
        owner("c").compose(v -> ask(LONG)),
        test,
        "c",
        () -> assertEquals(List.of("b", "c"), asked));
  }

  @Test
  void submitWithoutKeyToANodeThatHasGoneFailsAtOnce(VertxTestContext test) {
    routes.owns(SHARD, "b");
    Promise<Submitted> never = Promise.promise();
    expectUnavailable(
        node("b")
            .serve(
                SUBMIT,
                ask -> {
                  routes.owns(SHARD, "c");
                  routes.goes("b");
                  return never.future();
                })
            .compose(v -> bus.request(SUBMIT, submit(null), LONG)),
        test,
        message -> assertTrue(message.contains("not known whether"), message));
  }

  @Test
  void submitWithAKeyIsSentToTheNextOwner(VertxTestContext test) {
    routes.owns(SHARD, "b");
    Promise<Submitted> never = Promise.promise();
    var accepted = new Submitted(null, true);
    Future.all(
            node("b")
                .serve(
                    SUBMIT,
                    ask -> {
                      routes.owns(SHARD, null);
                      routes.goes("b");
                      routes.owns(SHARD, "c");
                      return never.future();
                    }),
            node("c").serve(SUBMIT, ask -> Future.succeededFuture(accepted)))
        .compose(v -> bus.request(SUBMIT, submit("k"), LONG))
        .onComplete(
            test.succeeding(
                submitted -> {
                  test.verify(() -> assertSame(accepted, submitted));
                  test.completeNow();
                }));
  }

  @Test
  void whatIsFencedOfAParcelIsSentOnAlone(VertxTestContext test) {
    routes.owns(SHARD, "b");
    List<Integer> parcels = new CopyOnWriteArrayList<>();
    vertx
        .eventBus()
        .addInboundInterceptor(
            delivery -> {
              if (delivery.body() instanceof Parcel parcel
                  && delivery.message().address().startsWith(SUBMIT.name())) {
                parcels.add(parcel.items().size());
              }
              delivery.next();
            });
    var byB = new Submitted(null, true);
    var byC = new Submitted(null, false);
    Future.all(
            node("b")
                .serve(
                    SUBMIT, ask -> ask.key() == null ? Future.succeededFuture(byB) : fenced("c")),
            node("c").serve(SUBMIT, ask -> Future.succeededFuture(byC)))
        .onComplete(
            test.succeeding(
                v ->
                    context.runOnContext(
                        turn ->
                            Future.all(
                                    Stream.of(null, "k1", "k2", null)
                                        .map(key -> bus.request(SUBMIT, submit(key), LONG))
                                        .toList())
                                .onComplete(
                                    test.succeeding(
                                        all -> {
                                          test.verify(
                                              () -> {
                                                assertEquals(
                                                    List.of(byB, byC, byC, byB), all.list());
                                                assertEquals(List.of(4, 2), parcels);
                                              });
                                          test.completeNow();
                                        })))));
  }

  @Test
  void oneWayMessagesKeepTheirOrder(VertxTestContext test) {
    routes.owns(SHARD, "b");
    List<Integer> heard = new ArrayList<>();
    node("b")
        .listen(
            ATTEMPT,
            told -> {
              heard.add(told.attempt());
              if (told.attempt() == 99) {
                test.verify(() -> assertEquals(IntStream.range(0, 100).boxed().toList(), heard));
                test.completeNow();
              }
            })
        .onComplete(
            test.succeeding(
                v ->
                    context.runOnContext(
                        turn ->
                            IntStream.range(0, 100)
                                .forEach(i -> bus.send(ATTEMPT, new Released(null, 1, i))))));
  }

  @Test
  void oneWayMessageWithoutAnOwnerIsDropped(VertxTestContext test) {
    node("b")
        .listen(
            ATTEMPT,
            told -> {
              test.verify(() -> assertEquals(2, told.attempt()));
              test.completeNow();
            })
        .onComplete(
            test.succeeding(
                v ->
                    context.runOnContext(
                        turn -> {
                          bus.send(ATTEMPT, new Released(null, 1, 1));
                          routes.owns(SHARD, "b");
                          bus.send(ATTEMPT, new Released(null, 1, 2));
                        })));
  }

  @Test
  void moreThanMayWaitForAnOwnerFailAtOnce(VertxTestContext test) {
    context.runOnContext(
        turn -> {
          for (int i = 0; i < Resend.WAITING_MAX; i++) {
            ask(LONG);
          }
          expectUnavailable(
              ask(LONG),
              test,
              message -> assertTrue(message.endsWith("wait for one as may"), message));
        });
  }

  @Test
  void registryIsAskedAtItsOwner(VertxTestContext test) {
    Address<GetState, State> registry =
        Address.registry("perdure.test.registry", GetState.class, State.class);
    routes.owns(Routes.REGISTRY, "b");
    expect(
        node("b")
            .serve(registry, ask -> Future.succeededFuture(state("b")))
            .compose(v -> bus.request(registry, new GetState(), LONG)),
        test,
        "b",
        () -> {});
  }

  @Test
  void registryOfANodeThatStandsAloneIsItsOwn(VertxTestContext test) {
    Address<GetState, State> registry =
        Address.registry("perdure.test.registry", GetState.class, State.class);
    Bus alone = Bus.install(vertx);
    expect(
        alone
            .serve(registry, ask -> Future.succeededFuture(state("alone")))
            .compose(v -> alone.request(registry, new GetState(), LONG)),
        test,
        "alone",
        () -> assertNull(registry.node()));
  }

  @Test
  void nodeIsAskedByItsName(VertxTestContext test) {
    Address<GetState, State> peer = Address.peer("perdure.test.peer", GetState.class, State.class);
    expect(
        Future.all(
                bus.serve(peer, ask -> Future.succeededFuture(state("a"))),
                node("b").serve(peer, ask -> Future.succeededFuture(state("b"))))
            .compose(
                v ->
                    Future.all(
                        bus.request(peer.onNode("a"), new GetState(), LONG),
                        bus.request(peer.onNode("b"), new GetState(), LONG)))
            .map(
                both ->
                    new State(
                        0,
                        both.<State>resultAt(0).phase() + both.<State>resultAt(1).phase(),
                        null,
                        1)),
        test,
        "ab",
        () -> {});
  }

  @Test
  void nodeThatHasGoneFailsWhoAsksIt(VertxTestContext test) {
    Address<GetState, State> peer = Address.peer("perdure.test.peer", GetState.class, State.class);
    Promise<State> never = Promise.promise();
    expectUnavailable(
        node("b")
            .serve(
                peer,
                ask -> {
                  routes.goes("b");
                  return never.future();
                })
            .compose(v -> bus.request(peer.onNode("b"), new GetState(), LONG)),
        test,
        message -> assertEquals("b has gone", message));
  }
}
