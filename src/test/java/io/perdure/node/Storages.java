package io.perdure.node;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.shard.ShardStorage;
import io.perdure.store.DataDirectory;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/** The shards of a data directory as a node opens them, without a node. Blocking. */
public final class Storages {
  private Storages() {}

  /** All of them in order; to be closed before {@code directory} is. */
  public static List<ShardStorage> open(DataDirectory directory, Vertx vertx) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    List<ShardStorage> shards = new ArrayList<>();
    for (int shard = 0; shard < directory.shards(); shard++) {
      shards.add(DirectoryStorage.source(directory, shard, vertx, meters).open());
    }
    return shards;
  }
}
