package io.perdure.runtime.managed.pool;

import io.perdure.runtime.managed.pool.InstanceMeters.Retirement;
import io.perdure.time.Clock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * All instances of a node: hands out the room there is for them as {@link Shares} decides, and
 * takes it back from those that do without it best. Executor's event loop.
 */
final class Fleet {
  private static final int ID_BYTES = 8;

  private final Room config;
  private final Parts parts;
  private final Clock clock;
  private final InstanceMeters meters;
  private final int resultBytesMax;
  private final Shares<Pool> shares;
  private final SecureRandom random = new SecureRandom();
  private final Set<Pool> pools = new LinkedHashSet<>(); // those that have instances
  private final Set<Future<?>> cleaning = new HashSet<>();
  private Context context;
  private LongConsumer onRoom = uid -> {};
  private boolean settling;
  private boolean closed;

  Fleet(Room config, Parts parts, Clock clock, InstanceMeters meters, int resultBytesMax) {
    this.config = config;
    this.parts = parts;
    this.clock = clock;
    this.meters = meters;
    this.resultBytesMax = resultBytesMax;
    this.shares = new Shares<>(config);
  }

  /** From now on {@code listener} is told of functions that may have room again. */
  void attach(Context executor, LongConsumer listener) {
    context = executor;
    onRoom = listener;
  }

  Context context() {
    return context;
  }

  Parts parts() {
    return parts;
  }

  Clock clock() {
    return clock;
  }

  long now() {
    return clock.millis();
  }

  InstanceMeters meters() {
    return meters;
  }

  int resultBytesMax() {
    return resultBytesMax;
  }

  boolean closed() {
    return closed;
  }

  /** Nothing is started any more. */
  void close() {
    closed = true;
  }

  /** "i-" and 16 hexadecimal digits: nobody else on this or another node has it. */
  String newId() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return "i-" + HexFormat.of().formatHex(bytes);
  }

  // ---- room

  /** False for a function whose instances are larger than all there is. */
  boolean possible(Pool pool) {
    return shares.possible(pool);
  }

  /** True when one more would find room once no other is starting. */
  boolean hasSpace(Pool pool) {
    return shares.hasSpace(pool);
  }

  /** For people. */
  String describeRoom() {
    return "the node has no room for more: "
        + shares.instances()
        + " of "
        + config.instancesMax()
        + " instances, "
        + shares.memoryMb()
        + " of "
        + config.memoryMbMax()
        + " MB";
  }

  /** Those that have instances. */
  List<Pool> pools() {
    return List.copyOf(pools);
  }

  boolean mayStart(Pool pool) {
    return !closed && shares.mayStart(pool);
  }

  /** {@code pool} was denied an instance: it is told when it may have one. */
  void wants(Pool pool) {
    shares.wants(pool, now());
    settleSoon();
  }

  void wantsNoMore(Pool pool) {
    shares.wantsNoMore(pool);
  }

  /** True when an instance of {@code pool} that has nothing to do has to make room for others. */
  boolean mustYield(Pool pool) {
    return shares.mustYield(pool, now());
  }

  /** May be called from within anything: the executor is told that asking again may help. */
  void tell(long functionUid) {
    if (!closed) {
      onRoom.accept(functionUid);
    }
  }

  /** {@code functionUid} is told soon, from the event loop and not from within this call. */
  void tellSoon(long functionUid) {
    context.runOnContext(v -> tell(functionUid));
  }

  void took(Pool pool) {
    pools.add(pool);
    shares.took(pool);
  }

  void started() {
    shares.started();
    settleSoon();
  }

  void leaving(Pool pool) {
    shares.leaving(pool);
  }

  void gone(Pool pool) {
    shares.gone(pool);
    if (pool.instances().isEmpty()) {
      pools.remove(pool);
    }
    settleSoon();
  }

  /**
   * Not at once: what asks may be in the middle of something, and what makes room for several is
   * looked at once.
   */
  private void settleSoon() {
    if (!settling && !closed) {
      settling = true;
      context.runOnContext(
          v -> {
            settling = false;
            settle();
          });
    }
  }

  /** Gives those in line what there is, and makes room for the rest. */
  private void settle() {
    for (Pool next = shares.admit(); next != null && !closed; next = shares.admit()) {
      next.admitted();
      shares.served();
    }
    shares.served();
    for (Pool pool : pools()) {
      if (shares.portIsWanted(pool)) {
        retireIdle(pool);
      }
    }
    while (true) {
      Pool needs = shares.inNeed();
      if (needs == null || !retireIdle(longestIdle(needs))) {
        return;
      }
    }
  }

  /** The pool with the instance that has been idle for longest; null when there is none. */
  private Pool longestIdle(Pool but) {
    Pool longest = null;
    long since = Long.MAX_VALUE;
    for (Pool pool : pools) {
      Instance idle = pool == but ? null : pool.longestIdle();
      if (idle != null && idle.idleSince() < since) {
        longest = pool;
        since = idle.idleSince();
      }
    }
    return longest;
  }

  private static boolean retireIdle(Pool pool) {
    Instance idle = pool == null ? null : pool.longestIdle();
    if (idle != null) {
      idle.doom(Retirement.ROOM);
    }
    return idle != null;
  }

  // ---- the end

  /** {@code work} is waited for before all is closed. */
  void cleansUp(Future<?> work) {
    if (!work.isComplete()) {
      cleaning.add(work);
      work.onComplete(done -> cleaning.remove(work));
    }
  }

  Future<Void> cleaned() {
    return cleaning.isEmpty()
        ? Future.succeededFuture()
        : Future.join(List.copyOf(cleaning)).transform(done -> Future.succeededFuture());
  }
}
