package io.perdure.node;

import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.router.AtHand;
import io.perdure.shard.Fetches;
import io.perdure.shard.Glance;
import io.perdure.shard.ShardVerticle;
import io.vertx.core.Future;
import java.util.List;

/** What the shards of this node show without being asked. Thread-safe. */
final class ShardsAtHand implements AtHand {
  private final Fetches fetches;
  private volatile ShardVerticle[] shards = {}; // by number; null where there is nothing here

  /** None yet; what is to be read from the disk {@code fetches} read. */
  ShardsAtHand(Fetches fetches) {
    this.fetches = fetches;
  }

  /** From now on those in {@code all}. */
  void show(List<ShardVerticle> all) {
    int length = all.stream().mapToInt(shard -> shard.number() + 1).max().orElse(0);
    ShardVerticle[] next = new ShardVerticle[length];
    all.forEach(shard -> next[shard.number()] = shard);
    shards = next;
  }

  @Override
  public Invocation ended(InvocationId id) {
    Glance glance = of(id.shard());
    return glance == null ? null : glance.ended(id);
  }

  @Override
  public Invocation ended(int shard, long functionUid, String key) {
    Glance glance = of(shard);
    return glance == null ? null : glance.ended(functionUid, key);
  }

  @Override
  public byte[] body(Invocation ended, Part part) {
    Glance glance = of(ended.id().shard());
    return glance == null ? null : glance.body(ended, part);
  }

  @Override
  public Future<byte[]> fetch(Invocation ended, Part part) {
    Glance glance = of(ended.id().shard());
    return glance == null ? Future.succeededFuture() : fetches.body(glance, ended, part);
  }

  @Override
  public boolean isUnused(int shard, long functionUid, String key) {
    Glance glance = of(shard);
    return glance != null && glance.isUnused(functionUid, key);
  }

  private Glance of(int shard) {
    ShardVerticle[] all = shards;
    return shard < all.length && all[shard] != null ? all[shard].glance() : null;
  }
}
