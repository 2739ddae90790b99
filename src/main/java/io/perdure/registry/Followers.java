package io.perdure.registry;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.journal.Journal;
import io.perdure.store.StoreReader;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Which nodes may tell of functions. On the owner of the registry: who else may, and how far each
 * has followed; a change is acknowledged once every node that may tell of functions sees it. On
 * each: whether this one may. Thread-safe.
 *
 * <p>Whoever has just become the owner knows nothing of the leases that the one before has granted,
 * so every member counts as having one until all of those have ended.
 */
public final class Followers {
  /** How long a lease is, from when it was asked for. */
  static final long LEASE_MILLIS = 5_000;

  /** How much longer the owner counts with it: for clocks that do not run alike. */
  static final long SLACK_MILLIS = 250;

  /** A node that has not seen what others have waited for so long is granted nothing more. */
  static final long LAG_MILLIS_MAX = 1_000;

  /** Most that wait to be acknowledged; the changes of more are made, and not told of as made. */
  static final int WAITING_MAX = 10_000;

  private static final long HELD_NANOS = TimeUnit.MILLISECONDS.toNanos(LEASE_MILLIS + SLACK_MILLIS);
  private static final long RETRY_MILLIS = 1_000;

  /** What is known of one node. */
  private static final class Follower {
    private long through;
    private long heldUntil;
  }

  /** Whoever waits for all to have seen the change {@code index}. */
  private record Waiter(long index, long sinceNanos, Promise<Void> promise) {}

  private final String self;
  private final LongSupplier shown;
  private final LongSupplier nanos;

  private volatile boolean held;
  private volatile long heldUntil;

  /** Guarded by this, as all below: in the order of their indexes. */
  private final List<Waiter> waiting = new ArrayList<>();

  private final Map<String, Follower> followers = new HashMap<>();
  private Set<String> members = Set.of();
  private boolean owns;
  private long acknowledged;

  /**
   * Nothing is owned at first.
   *
   * @param self name of this node
   * @param shown index of the last change that is seen on this node
   * @param nanos a time that is never put back or forward
   */
  public Followers(String self, LongSupplier shown, LongSupplier nanos) {
    this.self = self;
    this.shown = shown;
    this.nanos = nanos;
  }

  /**
   * The same storage, whose changes are acknowledged here. To be watched by all who watch {@code
   * source}: who owns the registry is known here before they are told.
   */
  public RegistryStorage.Source over(RegistryStorage.Source source) {
    return new RegistryStorage.Source() {
      @Override
      public RegistryStorage open() {
        return new Acknowledging(source.open(), Followers.this);
      }

      @Override
      public void watch(RegistryStorage.Watcher watcher) {
        source.watch(watcher);
      }

      @Override
      public Failure stale() {
        return current() ? null : refusal();
      }

      @Override
      public StoreReader replica() {
        return source.replica();
      }
    };
  }

  private record Acknowledging(RegistryStorage storage, Followers followers)
      implements RegistryStorage {
    @Override
    public StoreReader reader() {
      return storage.reader();
    }

    @Override
    public Journal journal() {
      return storage.journal();
    }

    @Override
    public Future<Void> confirm() {
      return storage.confirm();
    }

    @Override
    public Future<Void> acknowledged() {
      return storage.acknowledged().compose(told -> followers.acknowledged());
    }

    @Override
    public void checkpoint(Path directory) {
      storage.checkpoint(directory);
    }
  }

  /** This node has been granted a lease that ends at {@code nanos}. */
  void hold(long until) {
    heldUntil = until;
    held = true;
  }

  /**
   * Whether what this node has of the registry is current: every change that was acknowledged by
   * now is seen. What is looked up and then found to have been current can be told, be it that
   * there is no such function. Thread: any; takes some 30 ns.
   */
  public boolean current() {
    return held && heldUntil - nanos.getAsLong() > 0;
  }

  /** What is told instead while it is not. */
  public static Failure refusal() {
    return new Failure.Unavailable(
        "this node cannot reach the owner of the registry, so it cannot know functions",
        RETRY_MILLIS);
  }

  /** These nodes may be granted leases from now on. */
  public synchronized void members(Set<String> nodes) {
    members = Set.copyOf(nodes);
  }

  /** This node owns the registry, and sees all that has been acknowledged before. */
  public synchronized void gained() {
    long until = nanos.getAsLong() + HELD_NANOS;
    followers.clear();
    for (String member : members) {
      Follower follower = new Follower();
      follower.heldUntil = until;
      followers.put(member, follower);
    }
    owns = true;
    acknowledged = shown.getAsLong();
  }

  /** This node does not own the registry: nobody learns here any more who has seen what. */
  public void lost() {
    List<Waiter> all;
    synchronized (this) {
      owns = false;
      all = List.copyOf(waiting);
      waiting.clear();
    }
    all.forEach(waiter -> waiter.promise.fail(moved()));
  }

  synchronized boolean owns() {
    return owns;
  }

  private static FailureException moved() {
    return unavailable(
        "the registry has moved to another node: what was asked for is made, but perhaps not seen"
            + " everywhere yet");
  }

  private static FailureException unavailable(String why) {
    return new FailureException(new Failure.Unavailable(why, RETRY_MILLIS));
  }

  /** Completes once all that this node shows by now is seen on every node with a lease. */
  Future<Void> acknowledged() {
    long index = shown.getAsLong();
    Promise<Void> promise = Promise.promise();
    synchronized (this) {
      if (!owns) {
        return Future.failedFuture(moved());
      }
      if (index <= acknowledged || reached(nanos.getAsLong()) >= index) {
        acknowledged = Math.max(acknowledged, index);
        return Future.succeededFuture();
      }
      if (waiting.size() >= WAITING_MAX) {
        return Future.failedFuture(
            unavailable("the change is made, but too many wait until theirs are seen everywhere"));
      }
      waiting.add(new Waiter(index, nanos.getAsLong(), promise));
    }
    return promise.future();
  }

  /** How far all have followed that may tell of functions. */
  private long reached(long now) {
    long least = Long.MAX_VALUE;
    for (Map.Entry<String, Follower> entry : followers.entrySet()) {
      Follower follower = entry.getValue();
      if (!entry.getKey().equals(self) && follower.heldUntil - now > 0) {
        least = Math.min(least, follower.through);
      }
    }
    return least;
  }

  /** {@code node} sees all changes up to {@code index}. */
  void seen(String node, long index) {
    synchronized (this) {
      Follower follower = followers.get(node);
      if (!owns || follower == null) {
        return;
      }
      follower.through = Math.max(follower.through, index);
    }
    look();
  }

  /**
   * {@code node} asks for a lease, and it is known that no other node had followed this one as the
   * owner when it asked.
   *
   * @return how long it is from when it was asked for, in milliseconds; 0 for none
   */
  long grant(String node, long through) {
    long granted;
    synchronized (this) {
      granted = granted(node, through);
    }
    look();
    return granted;
  }

  private long granted(String node, long through) {
    if (!owns || !members.contains(node)) {
      return 0;
    }
    Follower follower = followers.computeIfAbsent(node, name -> new Follower());
    follower.through = Math.max(follower.through, through);
    long now = nanos.getAsLong();
    boolean own = node.equals(self);
    if (!own && (follower.through < acknowledged || isLate(follower, now))) {
      return 0;
    }
    follower.heldUntil = Math.max(follower.heldUntil, now + HELD_NANOS);
    return LEASE_MILLIS;
  }

  /** Else a node that does not get any further, and goes on asking, would hold up everything. */
  private boolean isLate(Follower follower, long now) {
    return !waiting.isEmpty()
        && waiting.get(0).index > follower.through
        && now - waiting.get(0).sinceNanos > TimeUnit.MILLISECONDS.toNanos(LAG_MILLIS_MAX);
  }

  /** Tells those who wait for what all have seen; to be called whenever a lease may have ended. */
  void look() {
    List<Waiter> done = new ArrayList<>();
    synchronized (this) {
      if (waiting.isEmpty()) {
        return;
      }
      long reached = reached(nanos.getAsLong());
      Iterator<Waiter> all = waiting.iterator();
      while (all.hasNext()) {
        Waiter waiter = all.next();
        if (waiter.index <= reached) {
          acknowledged = Math.max(acknowledged, waiter.index);
          done.add(waiter);
          all.remove();
        }
      }
    }
    done.forEach(waiter -> waiter.promise.complete());
  }
}
