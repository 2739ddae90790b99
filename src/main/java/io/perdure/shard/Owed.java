package io.perdure.shard;

import static java.lang.System.Logger.Level.INFO;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.DeliveryMessages.Deliver;
import io.perdure.bus.DeliveryMessages.DeliveryTold;
import io.perdure.invocation.DeliveryPolicy;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.journal.Family;
import io.perdure.store.Changes;
import io.perdure.store.Keys;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Hands over the deliveries that are due, a bounded number per destination. What is owed is the
 * OWING index on disk; per destination this keeps only what is under way, from where to read on,
 * and when the next attempt is due. Belongs to the shard's thread.
 */
final class Owed {
  private static final System.Logger LOG = System.getLogger(Owed.class.getName());
  private static final long NEVER = Long.MAX_VALUE;

  private static final class Lane {
    final long destination;
    final Set<InvocationId> underWay = new HashSet<>();

    /** Everything below this OWING key has been handed over; null for the start. */
    byte[] cursor;

    /** No entry at or beyond the cursor is due earlier, {@link #NEVER} when there is none. */
    long nextAt = NEVER;

    /** It waits for others to end. */
    boolean held;

    Lane(long destination) {
      this.destination = destination;
    }
  }

  private final Bus bus;
  private final Clock clock;
  private final Shard shard;
  private final DeliveryPolicy policy;
  private final Map<Long, Lane> lanes = new HashMap<>();
  private final ArrayDeque<Lane> held = new ArrayDeque<>();
  private final Wakes wakes;
  private int total;
  private boolean closed;

  Owed(Bus bus, Clock clock, Shard shard, DeliveryPolicy policy) {
    this.bus = bus;
    this.clock = clock;
    this.shard = shard;
    this.policy = policy;
    this.wakes = new Wakes(clock, shard::turn, key -> serve(lane(key)));
  }

  /**
   * Something is owed on disk to {@code destination}, the first attempt of it due at {@code at}.
   */
  void recovered(long destination, long at) {
    Lane lane = lane(destination);
    lane.nextAt = at;
    serve(lane);
  }

  /** {@code invocation} is committed as owing a delivery, and none is under way. */
  void owes(Invocation invocation) {
    if (closed) {
      return;
    }
    Lane lane = lane(Changes.destination(invocation));
    long at = invocation.delivery().nextAt();
    byte[] key = Changes.owingKey(invocation);
    boolean first = lane.nextAt > clock.millis();
    if (first && at <= clock.millis() && hasRoom(lane)) {
      // Nothing before it is left on disk: a later read need not pass over what was done since.
      if (lane.cursor == null || Arrays.compareUnsigned(key, lane.cursor) > 0) {
        lane.cursor = key;
      }
      handOver(lane, invocation);
      return;
    }
    lane.nextAt = Math.min(lane.nextAt, at);
    if (lane.cursor != null && Arrays.compareUnsigned(key, lane.cursor) < 0) {
      lane.cursor = key;
    }
    serve(lane);
  }

  /** What became of an attempt; what another one than the present tells is refused. */
  void told(DeliveryTold told) {
    Live entry = shard.memory.load(told.id());
    Lane lane =
        entry == null || !entry.current.owes()
            ? null
            : lanes.get(Changes.destination(entry.current));
    if (told.epoch() != shard.epoch() || lane == null || !lane.underWay.contains(told.id())) {
      LOG.log(
          INFO,
          "the end of delivery attempt {0} of {1} is fenced, ignored",
          told.outcome().attempt(),
          told.id());
      return;
    }
    if (shard.delivered(entry, told.outcome())) {
      lane.underWay.remove(told.id());
      total--;
      serveHeld();
      serve(lane);
      if (lane.underWay.isEmpty() && lane.nextAt == NEVER) {
        lanes.remove(lane.destination);
      }
    }
  }

  /** Nothing is handed over any more. */
  void close() {
    closed = true;
    wakes.close();
  }

  private boolean hasRoom(Lane lane) {
    int room = total < policy.total() ? policy.perTarget() : 1;
    return lane.underWay.size() < room && shard.admission.startsAttempts();
  }

  /** Hands over what is due, as far as there is room, and sees to it that the rest has its turn. */
  private void serve(Lane lane) {
    if (closed) {
      return;
    }
    long now = clock.millis();
    if (lane.nextAt <= now && hasRoom(lane)) {
      read(lane, now);
    }
    if (lane.nextAt > now && lane.nextAt != NEVER) {
      wakes.at(lane.destination, lane.nextAt);
    } else if (lane.nextAt <= now && lane.underWay.size() < policy.perTarget() && !lane.held) {
      lane.held = true;
      held.add(lane);
    }
  }

  /** Those that found all room taken, each in its turn. */
  private void serveHeld() {
    for (int i = held.size(); i > 0 && total < policy.total(); i--) {
      Lane lane = held.poll();
      lane.held = false;
      serve(lane);
    }
  }

  private void read(Lane lane, long now) {
    byte[] prefix = Keys.function(lane.destination);
    byte[] from = lane.cursor == null ? prefix : lane.cursor;
    lane.nextAt = NEVER;
    boolean any = false;
    try (StoreReader.View view = shard.reader.view();
        StoreReader.Scan scan = view.scan(Family.OWING, from, Keys.after(prefix), false)) {
      for (; scan.valid(); scan.next()) {
        byte[] key = scan.key();
        long at = Keys.longAt(key, 8);
        lane.cursor = key;
        any = true;
        if (at > now || !hasRoom(lane)) {
          lane.nextAt = at;
          return;
        }
        InvocationId id = Keys.trailingId(key);
        Live entry = shard.memory.load(id);
        if (entry != null
            && entry.current.owes()
            && shard.memory.isCommitted(entry) // else its turn comes after the commit
            && !lane.underWay.contains(id)) {
          handOver(lane, entry.current);
        }
      }
      // Beyond the last one: what comes later has a greater key, or moves the cursor back.
      lane.cursor = any ? Arrays.copyOf(lane.cursor, lane.cursor.length + 1) : lane.cursor;
    }
  }

  private void handOver(Lane lane, Invocation invocation) {
    lane.underWay.add(invocation.id());
    total++;
    bus.send(
        Addresses.DELIVER,
        new Deliver(invocation, shard.epoch(), invocation.delivery().attempts() + 1));
  }

  private Lane lane(long destination) {
    return lanes.computeIfAbsent(destination, Lane::new);
  }
}
