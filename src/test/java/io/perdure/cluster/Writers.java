package io.perdure.cluster;

import io.perdure.cluster.LiveCluster.LiveNode;
import io.perdure.cluster.raft.GroupState;
import io.perdure.cluster.raft.RaftGroup;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import io.perdure.store.StoreReader;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One writer for each shard, who commits one entry after another with whoever leads it, and counts
 * what was acknowledged.
 */
final class Writers {
  private final LiveCluster cluster;
  private final Context context;
  private final Map<Integer, AtomicLong> acknowledged = new ConcurrentHashMap<>();
  private final List<Promise<Void>> ended = new ArrayList<>();
  private volatile boolean stopped;

  Writers(LiveCluster cluster) {
    this.cluster = cluster;
    this.context = cluster.vertx.getOrCreateContext();
    for (int shard = 0; shard < LiveCluster.SHARDS; shard++) {
      acknowledged.put(shard, new AtomicLong());
      Promise<Void> end = Promise.promise();
      ended.add(end);
      int number = shard;
      context.runOnContext(v -> next(number, end));
    }
  }

  private void next(int shard, Promise<Void> end) {
    if (stopped) {
      end.complete();
      return;
    }
    AtomicLong count = acknowledged.get(shard);
    write(shard, count.get())
        .onSuccess(done -> count.incrementAndGet())
        .onComplete(
            done -> cluster.vertx.setTimer(done.succeeded() ? 2 : 50, id -> next(shard, end)));
  }

  private Future<Void> write(int shard, long number) {
    for (LiveNode node : cluster.nodes.values()) {
      RaftGroup group = node.group(shard);
      if (group != null) {
        GroupState state = group.state();
        if (state.ready()) {
          Batch batch = new Batch().put(Family.META, key(number), new byte[100]);
          return group.journal(state.term()).commit(batch);
        }
      }
    }
    return Future.failedFuture("nobody leads");
  }

  private static byte[] key(long number) {
    return Keys.meta("test-" + number);
  }

  /** How much of {@code shard} was acknowledged so far. */
  long acknowledged(int shard) {
    return acknowledged.get(shard).get();
  }

  void stop() {
    stopped = true;
    ended.forEach(end -> LiveCluster.get(end.future()));
  }

  /** How many of the acknowledged entries of {@code shard} {@code store} does not have. */
  long lost(int shard, StoreReader store) {
    long lost = 0;
    for (long number = 0; number < acknowledged(shard); number++) {
      if (store.get(Family.META, key(number)) == null) {
        lost++;
      }
    }
    return lost;
  }
}
