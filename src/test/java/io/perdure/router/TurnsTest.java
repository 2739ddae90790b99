package io.perdure.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final Turns turns = new Turns("things", 2, 2);
  private final List<Promise<Integer>> begun = new ArrayList<>();

  private Future<Integer> take() {
    return turns.take(
        () -> {
          Promise<Integer> work = Promise.promise();
          begun.add(work);
          return work.future();
        });
  }

  @Test
  void whoeverComesWhenAllAreBusyHasTheNextTurn() {
    take();
    take();
    Future<Integer> third = take();
    assertEquals(2, begun.size());

    begun.get(1).complete(1);
    assertEquals(3, begun.size());
    begun.get(2).complete(3);
    assertEquals(3, third.result());
  }

  @Test
  void aTurnThatFailsIsOver() {
    take();
    Future<Integer> thrown =
        turns.take(
            () -> {
              throw new IllegalStateException("no");
            });
    take();

    assertInstanceOf(IllegalStateException.class, thrown.cause());
    assertEquals(2, begun.size());
    begun.get(0).fail("no");
    take();
    assertEquals(3, begun.size());
  }

  @Test
  void moreThanMayWaitAreThrottled() {
    for (int i = 0; i < 4; i++) {
      take();
    }

    FailureException refused = assertInstanceOf(FailureException.class, take().cause());
    assertInstanceOf(Failure.Throttled.class, refused.failure());
    assertEquals(2, begun.size());
  }

  @Test
  void aTurnIsTakenOnTheContextItWasAskedForOn() {
    Vertx vertx = Vertx.vertx();
    try {
      take();
      take();
      Context context = vertx.getOrCreateContext();
      Promise<Context> where = Promise.promise();
      Promise<Void> asked = Promise.promise();
      context.runOnContext(
          now -> {
            turns.take(
                () -> {
                  where.complete(Vertx.currentContext());
                  return Future.succeededFuture();
                });
            asked.complete();
          });
      asked.future().await();

      begun.get(0).complete(0);

      assertSame(context, where.future().await());
      assertEquals(2, begun.size());
    } finally {
      vertx.close().await();
    }
  }
}
