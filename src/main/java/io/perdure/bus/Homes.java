package io.perdure.bus;

import io.vertx.core.Future;
import java.util.Set;

/**
 * What a node of a cluster decides for all: limits have their home with the owner of a shard.
 * Thread-safe.
 */
public interface Homes {
  /** Who owns what, as far as this node knows. */
  Routes routes();

  /** How many shards there are, each a home. */
  int shards();

  /**
   * Which ownership of {@code shard} this node is in: a positive number, another one for each. It
   * has not ended by some moment after the call. Fails as fenced when this node does not own the
   * shard, and as unavailable when that is not known. Completes on any thread.
   */
  Future<Long> confirm(int shard);

  /** Names of all nodes of the cluster, gone ones included; empty while they are not known. */
  Set<String> nodes();

  /** Names of those that are there, as far as this one hears. */
  Set<String> present();

  /**
   * Whether this node may run what is another one's: not one that its operator wants to be without
   * work.
   */
  boolean takesIn();
}
