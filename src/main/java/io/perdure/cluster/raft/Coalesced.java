package io.perdure.cluster.raft;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Something asked often that takes a while: who asks while it is under way shares the next. */
final class Coalesced {
  private final Supplier<? extends CompletionStage<Void>> round;

  /** Guards the two below. */
  private final Object lock = new Object();

  private boolean underWay;
  private CompletableFuture<Void> next;

  Coalesced(Supplier<? extends CompletionStage<Void>> round) {
    this.round = round;
  }

  /** Completes as a round does that begins after this call. */
  CompletableFuture<Void> ask() {
    CompletableFuture<Void> mine;
    synchronized (lock) {
      if (underWay) {
        if (next == null) {
          next = new CompletableFuture<>();
        }
        return next;
      }
      underWay = true;
      mine = new CompletableFuture<>();
    }
    begin(mine);
    return mine;
  }

  private void begin(CompletableFuture<Void> asked) {
    CompletionStage<Void> result;
    try {
      result = round.get();
    } catch (RuntimeException e) {
      result = CompletableFuture.failedFuture(e);
    }
    result.whenComplete(
        (done, e) -> {
          CompletableFuture<Void> following;
          synchronized (lock) {
            following = next;
            next = null;
            underWay = following != null;
          }
          if (e == null) {
            asked.complete(null);
          } else {
            asked.completeExceptionally(e);
          }
          if (following != null) {
            begin(following);
          }
        });
  }
}
