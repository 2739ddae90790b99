package io.perdure.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Routes of one node that a test sets. Thread-safe. */
public final class TestRoutes implements Routes {
  /** A node has said that it does not own a shard. */
  record Moved(int shard, String node, String owner) {}

  private final String self;
  private final Map<Integer, String> owners = new ConcurrentHashMap<>();
  private final List<Consumer<Integer>> known = new CopyOnWriteArrayList<>();
  private final List<Consumer<String>> gone = new CopyOnWriteArrayList<>();
  private final List<Moved> moves = new CopyOnWriteArrayList<>();

  /** Of the node named {@code self}. */
  public TestRoutes(String self) {
    this.self = self;
  }

  /** From now on {@code owner} owns {@code shard}; null for nobody. */
  public TestRoutes owns(int shard, String owner) {
    if (owner == null) {
      owners.remove(shard);
    } else {
      owners.put(shard, owner);
      known.forEach(listener -> listener.accept(shard));
    }
    return this;
  }

  /** That node has gone. */
  public void goes(String node) {
    gone.forEach(listener -> listener.accept(node));
  }

  List<Moved> moves() {
    return new ArrayList<>(moves);
  }

  @Override
  public String self() {
    return self;
  }

  @Override
  public String owner(int shard) {
    return owners.get(shard);
  }

  @Override
  public void moved(int shard, String node, String owner) {
    moves.add(new Moved(shard, node, owner));
    if (node.equals(owners.get(shard)) && !node.equals(owner)) {
      owns(shard, owner);
    }
  }

  @Override
  public void onOwner(Consumer<Integer> listener) {
    known.add(listener);
  }

  @Override
  public void onGone(Consumer<String> listener) {
    gone.add(listener);
  }
}
