package io.perdure.bus;

import java.util.function.Consumer;

/**
 * Which node owns a shard, as far as this one knows; {@link #REGISTRY} stands for the registry.
 * Thread-safe; nothing here waits.
 */
public interface Routes {
  /** Number under which the owner of the registry is known. */
  int REGISTRY = -1;

  /** Name of this node; null for one that stands alone, which owns everything. */
  String self();

  /** Name of the node that owns {@code shard}; null while none is known. */
  String owner(int shard);

  /** {@code node} has said that it does not own {@code shard}, and named {@code owner} instead. */
  void moved(int shard, String node, String owner);

  /** Tells {@code listener} of each shard whose owner becomes known, from now on. */
  void onOwner(Consumer<Integer> listener);

  /** Tells {@code listener} of each node that has gone, from now on. */
  void onGone(Consumer<String> listener);
}
