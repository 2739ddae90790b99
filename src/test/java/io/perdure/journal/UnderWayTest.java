package io.perdure.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UnderWayTest {
  private final AtomicInteger failures = new AtomicInteger();
  private final UnderWay underWay = new UnderWay("j", this::failed);

  private void failed() {
    assertFalse(Thread.holdsLock(underWay));
    failures.incrementAndGet();
  }

  private void refused(String why) {
    assertFalse(underWay.admit());
    assertEquals(why, underWay.refused().getMessage());
  }

  @Test
  void oneThatIsOverMakesRoomForAnother() {
    for (int i = 0; i < 2 * UnderWay.MAX; i++) {
      assertTrue(underWay.admit());
      underWay.over();
    }
    assertNull(underWay.failure());
  }

  @Test
  void oneTooManyEndsTheJournalForGood() {
    for (int i = 0; i < UnderWay.MAX; i++) {
      assertTrue(underWay.admit());
    }
    refused("journal j has ended: 1024 commits waited");
    underWay.over();
    refused("journal j has ended: 1024 commits waited");
    assertEquals(1, failures.get());
  }

  @Test
  void theFirstFailureIsWhatIsToldEverAfter() {
    JournalException first = underWay.failed("no space left", null);
    assertEquals("journal j has ended: no space left", first.getMessage());
    assertSame(first, underWay.failed("another", null));
    assertSame(first, underWay.failed(new JournalException("a third", null)));
    assertFalse(underWay.admit());
    assertSame(first, underWay.refused());
    assertSame(first, underWay.failure());
    assertEquals(1, failures.get());
  }

  @Test
  void aJournalWithNothingUnderWayEndsAsItIsClosed() {
    assertTrue(underWay.close().succeeded());
    refused("journal j is closed");
    assertNull(underWay.failure());
    assertEquals(0, failures.get());
  }

  @Test
  void closingWaitsForTheLast() {
    underWay.admit();
    underWay.admit();
    Future<Void> closed = underWay.close();
    refused("journal j is closed");
    underWay.over();
    assertFalse(closed.isComplete());
    underWay.over();
    assertTrue(closed.succeeded());
    assertTrue(underWay.close().succeeded());
  }

  @Test
  void aCommitGoesOnWhereItCameFromUntilThatHasEnded() throws Exception {
    Vertx vertx = Vertx.vertx();
    Context context = vertx.getOrCreateContext();
    underWay.admit();
    underWay.admit();
    var ran = new CompletableFuture<Context>();
    underWay.goOn(context, v -> ran.complete(Vertx.currentContext()));
    assertSame(context, ran.get(30, TimeUnit.SECONDS));
    underWay.over();
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    Future<Void> closed = underWay.close();
    assertFalse(closed.isComplete());
    underWay.goOn(context, v -> {});
    assertTrue(closed.succeeded());
  }
}
