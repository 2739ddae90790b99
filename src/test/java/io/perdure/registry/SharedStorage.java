package io.perdure.registry;

import io.perdure.bus.Routes;
import io.perdure.journal.Batch;
import io.perdure.journal.Journal;
import io.perdure.journal.JournalException;
import io.perdure.store.Store;
import io.perdure.store.StoreConfig;
import io.perdure.store.StoreOptions;
import io.perdure.store.StoreReader;
import io.perdure.store.StoreShared;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The registry's storage on several nodes, with a store each, and one owner that the test names.
 * What is committed is applied to a node when it is not held back there. Thread-safe.
 */
final class SharedStorage implements AutoCloseable {
  private final StoreShared shared = new StoreShared(StoreConfig.DEFAULT);
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final List<Batch> log = new ArrayList<>();
  private final List<Consumer<Integer>> onOwner = new ArrayList<>();
  private String owner;
  private int term;

  /** What becomes of a commit that fails: true is in the log and not told. */
  private boolean failsInTheLog;

  /** How many commits are made before the one that fails. */
  private int failsAfter = Integer.MAX_VALUE;

  /** Whether none is made, and said so. */
  private boolean refuses;

  private boolean hasRefused;

  SharedStorage(Path dir, List<String> names) {
    for (String name : names) {
      nodes.put(name, new Node(name, Store.open(dir.resolve(name), StoreOptions.registry(shared))));
    }
  }

  Node node(String name) {
    return nodes.get(name);
  }

  /** From now on {@code name} owns the registry; null for nobody. */
  synchronized void own(String name) {
    term++;
    refuses = false;
    String before = owner;
    owner = name;
    for (Node node : nodes.values()) {
      if (node.name.equals(name)) {
        node.release();
        node.watchers.forEach(RegistryStorage.Watcher::gained);
      } else if (before != null || name != null) {
        node.watchers.forEach(watcher -> watcher.lost(name));
      }
    }
    if (name != null) {
      onOwner.forEach(listener -> listener.accept(Routes.REGISTRY));
    }
  }

  /** The commit behind the next {@code after} fails. */
  synchronized void fail(int after, boolean inTheLog) {
    failsAfter = after;
    failsInTheLog = inTheLog;
  }

  /** Nothing is committed before {@link #own}. */
  synchronized void refuse() {
    refuses = true;
  }

  synchronized boolean hasRefused() {
    return hasRefused;
  }

  synchronized int committed() {
    return log.size();
  }

  private synchronized void commit(int as, Batch batch) {
    boolean fails = failsAfter == 0;
    failsAfter = fails ? Integer.MAX_VALUE : failsAfter - 1;
    if (refuses) {
      hasRefused = true;
      throw JournalException.refused(new JournalException("leadership is being handed on", null));
    }
    if (as != term || (fails && !failsInTheLog)) {
      throw new JournalException("another node leads", null);
    }
    log.add(batch);
    nodes.values().forEach(Node::catchUp);
    if (fails) {
      throw new JournalException("nobody knows", null);
    }
  }

  @Override
  public void close() {
    nodes.values().forEach(node -> node.store.close());
    shared.close();
  }

  /** One node's part. */
  final class Node implements RegistryStorage.Source {
    private final String name;
    private final Store store;
    private final List<RegistryStorage.Watcher> watchers = new ArrayList<>();
    private int applied;
    private boolean heldBack;

    private Node(String name, Store store) {
      this.name = name;
      this.store = store;
    }

    Store store() {
      return store;
    }

    /** Nothing is applied here until it is released. */
    void holdBack() {
      synchronized (SharedStorage.this) {
        heldBack = true;
      }
    }

    void release() {
      synchronized (SharedStorage.this) {
        heldBack = false;
        catchUp();
      }
    }

    /** Takes all that was held back as a snapshot, of which only the end is told. */
    void replace() {
      synchronized (SharedStorage.this) {
        for (; applied < log.size(); applied++) {
          store.apply(new Batch().append(log.get(applied)), applied + 1);
        }
        heldBack = false;
        watchers.forEach(RegistryStorage.Watcher::replaced);
      }
    }

    private void catchUp() {
      while (!heldBack && applied < log.size()) {
        Batch batch = log.get(applied++);
        store.apply(new Batch().append(batch), applied);
        watchers.forEach(watcher -> watcher.applied(batch, applied));
      }
    }

    @Override
    public RegistryStorage open() {
      synchronized (SharedStorage.this) {
        return new Opening(store, new Committing(term));
      }
    }

    @Override
    public void watch(RegistryStorage.Watcher watcher) {
      synchronized (SharedStorage.this) {
        watchers.add(watcher);
        watcher.members(nodes.keySet());
        if (name.equals(owner)) {
          watcher.gained();
        } else {
          watcher.lost(owner);
        }
      }
    }

    @Override
    public StoreReader replica() {
      return store;
    }

    /** Completes while this node owns the registry. */
    Future<Void> confirm() {
      synchronized (SharedStorage.this) {
        return name.equals(owner)
            ? Future.succeededFuture()
            : Future.failedFuture("another node leads");
      }
    }

    /** Owners as this node knows them: at once. */
    Routes routes() {
      return new Routes() {
        @Override
        public String self() {
          return name;
        }

        @Override
        public String owner(int shard) {
          synchronized (SharedStorage.this) {
            return owner;
          }
        }

        @Override
        public void moved(int shard, String node, String to) {}

        @Override
        public void onOwner(Consumer<Integer> listener) {
          synchronized (SharedStorage.this) {
            onOwner.add(listener);
          }
        }

        @Override
        public void onGone(Consumer<String> listener) {}
      };
    }

    private final class Opening implements RegistryStorage {
      private final Store of;
      private final Committing journal;

      private Opening(Store of, Committing journal) {
        this.of = of;
        this.journal = journal;
      }

      @Override
      public StoreReader reader() {
        return of;
      }

      @Override
      public Journal journal() {
        return journal;
      }

      @Override
      public Future<Void> confirm() {
        synchronized (SharedStorage.this) {
          return journal.as == term ? Future.succeededFuture() : Node.this.confirm();
        }
      }

      @Override
      public void checkpoint(Path directory) {
        of.checkpoint(directory);
      }
    }
  }

  private final class Committing implements Journal {
    private final int as;

    private Committing(int as) {
      this.as = as;
    }

    @Override
    public Future<Void> commit(Batch batch) {
      Promise<Void> promise = Promise.promise();
      Context context = Vertx.currentContext();
      Throwable failure = null;
      try {
        SharedStorage.this.commit(as, batch);
      } catch (JournalException e) {
        failure = e;
      }
      Throwable cause = failure;
      context.runOnContext(
          none -> {
            if (cause == null) {
              promise.complete();
            } else {
              promise.fail(cause);
            }
          });
      return promise.future();
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
