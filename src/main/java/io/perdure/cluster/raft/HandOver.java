package io.perdure.cluster.raft;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * Hands the leadership of a group to another member. Ratis refuses whatever is written meanwhile,
 * and a journal ends with the first batch that is refused: so the journals keep back what they have
 * until it is over, and go on with it if the group is led here still. Thread-safe.
 */
final class HandOver {
  private final Transfer transfer;
  private final List<Runnable> waiting = new ArrayList<>();
  private int underWay;

  /** Asks Ratis to hand leadership to {@code member}, which is given up after {@code millis}. */
  interface Transfer {
    CompletableFuture<RaftClientReply> begin(RaftPeerId member, long millis) throws IOException;
  }

  HandOver(Transfer transfer) {
    this.transfer = transfer;
  }

  /**
   * Hands leadership to {@code member}. May block.
   *
   * @param millis after so long it is given up
   * @return completes in time, well or not
   */
  CompletableFuture<RaftClientReply> to(RaftPeerId member, long millis) throws IOException {
    begin();
    try {
      return transfer
          .begin(member, millis)
          .copy()
          .orTimeout(2 * millis, TimeUnit.MILLISECONDS) // nothing may be kept back for ever
          .whenComplete((reply, e) -> end());
    } catch (IOException | RuntimeException e) {
      end();
      throw e;
    }
  }

  /**
   * Whether nothing is to be written now.
   *
   * @param then run once, when that is over, by whoever ended it; not at all when it is false
   */
  synchronized boolean keepsBack(Runnable then) {
    if (underWay > 0) {
      waiting.add(then);
    }
    return underWay > 0;
  }

  private synchronized void begin() {
    underWay++;
  }

  private void end() {
    List<Runnable> kept;
    synchronized (this) {
      underWay--;
      if (underWay > 0) {
        return;
      }
      kept = List.copyOf(waiting);
      waiting.clear();
    }
    kept.forEach(Runnable::run);
  }
}
