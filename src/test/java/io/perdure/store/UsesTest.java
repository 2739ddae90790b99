package io.perdure.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UsesTest {
  private final Uses uses = new Uses();

  @Test
  void nobodyComesInOnceItIsClosed() throws Exception {
    assertTrue(uses.begin());
    uses.end();
    assertTrue(uses.close(0));
    assertFalse(uses.begin());
  }

  @Test
  void itStaysOpenWhileSomebodyIsThere() throws Exception {
    assertTrue(uses.begin());
    assertTrue(uses.begin());
    uses.end();
    assertFalse(uses.close(1));
    assertTrue(uses.begin());
    uses.end();
    uses.end();
    assertTrue(uses.close(0));
  }

  @Test
  void closingWaitsForTheLast() throws Exception {
    assertTrue(uses.begin());
    var closed =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return uses.close(60_000);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertFalse(closed.isDone());
    uses.end();
    assertTrue(closed.get(30, TimeUnit.SECONDS));
  }
}
