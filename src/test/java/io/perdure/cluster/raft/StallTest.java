package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class StallTest {
  private static final long SECOND = 1_000_000_000;

  private final Stall stall = new Stall(60_000, 0);

  @Test
  void whatGoesOnIsNeverStalled() {
    for (long second = 0; second < 600; second++) {
      assertFalse(stall.isStalled(List.of(second / 30), second * SECOND));
    }
  }

  @Test
  void whatNeverEndsIsGivenUp() {
    Vertx vertx = Vertx.vertx();
    try {
      Future<Void> watched =
          Stall.watch(vertx, 20, () -> "as ever", Promise.<Void>promise().future());
      assertInstanceOf(TimeoutException.class, Seat.failure(watched));
      Seat.get(Stall.watch(vertx, 20, () -> "as ever", Future.succeededFuture()));
    } finally {
      Seat.get(vertx.close());
    }
  }

  @Test
  void whatStaysAsItIsIsStalledAfterTheLimit() {
    assertFalse(stall.isStalled(List.of(1), 10 * SECOND));
    assertFalse(stall.isStalled(List.of(1), 69 * SECOND));
    assertTrue(stall.isStalled(List.of(1), 70 * SECOND));
    assertFalse(stall.isStalled(List.of(2), 71 * SECOND));
  }
}
