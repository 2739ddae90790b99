package io.perdure.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.BusMessages.Parcel;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.bus.ShardMessages.Released;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a context sends in one turn to an address of which much is asked. */
@ExtendWith(VertxExtension.class)
class ParcelTest {
  private static final Address<ShardMessages.FromExecutor, Done> ONE_WAY = Addresses.ATTEMPT.at(1);
  private static final Address<GetBody, Body> ASKED = Addresses.GET_BODY.at(1);

  /** How many messages each parcel had that was delivered to an address of a shard. */
  private final List<Integer> parcels = new CopyOnWriteArrayList<>();

  private Bus bus;
  private Context context;

  @BeforeEach
  void countParcels(Vertx vertx) {
    bus = Bus.install(vertx);
    context = vertx.getOrCreateContext();
    vertx
        .eventBus()
        .addInboundInterceptor(
            delivery -> {
              if (delivery.body() instanceof Parcel parcel) {
                parcels.add(parcel.items().size());
              }
              delivery.next();
            });
  }

  private static Released message(int number) {
    return new Released(null, 1, number);
  }

  @Test
  void messagesOfOneTurnTravelTogetherInTheirOrder(VertxTestContext test) {
    List<Integer> heard = new ArrayList<>();
    bus.listen(
            ONE_WAY,
            told -> {
              heard.add(told.attempt());
              if (told.attempt() == 9) {
                test.verify(
                    () -> {
                      assertEquals(IntStream.range(0, 10).boxed().toList(), heard);
                      assertEquals(List.of(10), parcels);
                    });
                test.completeNow();
              }
            })
        .onFailure(test::failNow);
    context.runOnContext(v -> IntStream.range(0, 10).forEach(i -> bus.send(ONE_WAY, message(i))));
  }

  @Test
  void oneMessageWaitsForNothing(VertxTestContext test) {
    bus.listen(ONE_WAY, told -> test.completeNow()).onFailure(test::failNow);
    context.runOnContext(v -> bus.send(ONE_WAY, message(1)));
  }

  @Test
  void parcelHasItsBound(VertxTestContext test) {
    int many = 2 * Outbox.ITEMS_MAX + 1;
    bus.listen(
            ONE_WAY,
            told -> {
              if (told.attempt() == many - 1) {
                test.verify(
                    () -> assertEquals(List.of(Outbox.ITEMS_MAX, Outbox.ITEMS_MAX, 1), parcels));
                test.completeNow();
              }
            })
        .onFailure(test::failNow);
    context.runOnContext(v -> IntStream.range(0, many).forEach(i -> bus.send(ONE_WAY, message(i))));
  }

  @Test
  void parcelWithLargeBodiesIsSentAtOnce(VertxTestContext test) {
    byte[] large = new byte[Outbox.BYTES_MAX / 2];
    bus.listen(
            ONE_WAY,
            told -> {
              if (told.attempt() == 2) {
                test.verify(() -> assertEquals(List.of(2, 1), parcels));
                test.completeNow();
              }
            })
        .onFailure(test::failNow);
    context.runOnContext(
        v ->
            IntStream.range(0, 3)
                .forEach(
                    i ->
                        bus.send(
                            ONE_WAY,
                            new ShardMessages.Succeeded(
                                null, 1, i, 0, null, large, new byte[0], ""))));
  }

  @Test
  void eachRequestOfAParcelHasAnAnswerOfItsOwn(VertxTestContext test) {
    var full = new Failure.Throttled("backlog", "the backlog is full", 250);
    var body = new Body(null, new byte[] {1});
    bus.serve(
            ASKED,
            get ->
                get.part() == Part.LOG
                    ? Future.failedFuture(new FailureException(full))
                    : Future.succeededFuture(body))
        .onFailure(test::failNow);
    context.runOnContext(
        v -> {
          var refused = bus.request(ASKED, new GetBody(null, Part.LOG));
          var answered = bus.request(ASKED, new GetBody(null, Part.RESULT));
          Future.join(refused, answered)
              .onComplete(
                  done -> {
                    test.verify(
                        () -> {
                          assertSame(full, failure(refused.cause()));
                          assertSame(body, answered.result());
                          assertEquals(List.of(2, 2), parcels); // there and back
                          assertSame(context, Vertx.currentContext());
                        });
                    test.completeNow();
                  });
        });
  }

  @Test
  void answerWaitsForNoOther(VertxTestContext test) {
    Promise<Body> later = Promise.promise();
    var body = new Body(null, new byte[] {1});
    bus.serve(ASKED, get -> get.part() == Part.LOG ? later.future() : Future.succeededFuture(body))
        .onFailure(test::failNow);
    context.runOnContext(
        v -> {
          var slow = bus.request(ASKED, new GetBody(null, Part.LOG));
          bus.request(ASKED, new GetBody(null, Part.RESULT))
              .onSuccess(quick -> later.complete(body))
              .compose(quick -> slow)
              .onComplete(test.succeedingThenComplete());
        });
  }

  @Test
  void sendsAndRequestsToAnAddressKeepTheirOrder(VertxTestContext test) {
    List<Integer> heard = new ArrayList<>();
    bus.serve(
            ONE_WAY,
            told -> {
              heard.add(told.attempt());
              return Future.succeededFuture(Done.DONE);
            })
        .onFailure(test::failNow);
    context.runOnContext(
        v -> {
          bus.send(ONE_WAY, message(1));
          bus.request(ONE_WAY, message(2))
              .onComplete(
                  test.succeeding(
                      done -> {
                        test.verify(() -> assertEquals(List.of(1, 2), heard));
                        test.completeNow();
                      }));
        });
  }

  @Test
  void requestsThatNobodyServesAreUnavailableAtOnce(VertxTestContext test) {
    context.runOnContext(
        v ->
            bus.request(ASKED, new GetBody(null, Part.LOG))
                .onComplete(
                    test.failing(
                        e -> {
                          test.verify(() -> isUnavailable(e, " is not served"));
                          test.completeNow();
                        })));
  }

  @Test
  void requestThatIsNotAnsweredInTimeIsUnavailable(VertxTestContext test) {
    Promise<Body> never = Promise.promise();
    bus.serve(ASKED, get -> never.future()).onFailure(test::failNow);
    context.runOnContext(
        v ->
            bus.request(ASKED, new GetBody(null, Part.LOG), 10)
                .onComplete(
                    test.failing(
                        e -> {
                          test.verify(() -> isUnavailable(e, " did not answer in time"));
                          test.completeNow();
                        })));
  }

  @Test
  void whoWaitsLearnsThatNobodyServesAnyMore(Vertx vertx, VertxTestContext test) {
    Promise<Body> never = Promise.promise();
    Promise<Void> asked = Promise.promise();
    var verticle =
        new VerticleBase() {
          @Override
          public Future<?> start() {
            return bus.serve(
                ASKED,
                get -> {
                  asked.complete();
                  return never.future();
                });
          }
        };
    vertx
        .deployVerticle(verticle)
        .onComplete(
            test.succeeding(
                id ->
                    context.runOnContext(
                        v -> {
                          asked.future().compose(x -> vertx.undeploy(id));
                          bus.request(ASKED, new GetBody(null, Part.LOG))
                              .onComplete(
                                  test.failing(
                                      e -> {
                                        test.verify(() -> isUnavailable(e, " is not served"));
                                        test.completeNow();
                                      }));
                        })));
  }

  @Test
  void turnHasOneNumberAndTheNextAnother(VertxTestContext test) {
    context.runOnContext(
        v -> {
          long first = bus.turn();
          test.verify(() -> assertEquals(first, bus.turn()));
          context.runOnContext(
              w -> {
                test.verify(() -> assertNotEquals(first, bus.turn()));
                test.completeNow();
              });
        });
  }

  private static Failure failure(Throwable cause) {
    return assertInstanceOf(FailureException.class, cause).failure();
  }

  private static void isUnavailable(Throwable cause, String why) {
    String message = assertInstanceOf(Failure.Unavailable.class, failure(cause)).message();
    assertTrue(message.startsWith(ASKED.name() + why), message);
  }
}
