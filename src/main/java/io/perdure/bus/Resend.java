package io.perdure.bus;

import static java.lang.System.Logger.Level.DEBUG;

import io.perdure.bus.Address.Scope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks other nodes: finds the owner, and asks the next one when there is one. Knows what is under
 * way to which node ({@link Flight}) and what waits for an owner; how many may wait is bounded.
 * Thread-safe.
 *
 * <p>All of it goes by parcels, for a request of Vert.x by itself does not tell before its timeout
 * that a node could not be connected to.
 */
final class Resend {
  /** So many requests wait for owners at a time, or such with bodies of so many bytes. */
  static final int WAITING_MAX = 10_000;

  static final long WAITING_BYTES_MAX = 64 << 20;

  private static final System.Logger LOG = System.getLogger(Resend.class.getName());

  private final Vertx vertx;

  /** Null in a JVM that is no node and only asks some. */
  private final Routes routes;

  private final String self;

  /** For those who ask outside of any context. */
  private final ContextInternal outside;

  /** Who is asked what. */
  private final Map<String, Set<Flight<?>>> flights = new ConcurrentHashMap<>();

  /** What waits, by shard and in its order; guards the sums, too. */
  private final Map<Integer, Set<Flight<?>>> waiting = new HashMap<>();

  private int waits;
  private long waitingBytes;

  Resend(Vertx vertx, Routes routes) {
    this.vertx = vertx;
    this.routes = routes;
    this.self = routes == null ? null : routes.self();
    this.outside = ((VertxInternal) vertx).createEventLoopContext();
    if (routes != null) {
      routes.onOwner(this::known);
      routes.onGone(this::gone);
    }
  }

  /** Whether that is asked here. */
  boolean reaches(Address<?, ?> to) {
    return switch (to.scope()) {
      case NODE -> false;
      case CLUSTER -> vertx.isClustered();
      case SHARD, REGISTRY, PEER -> routes != null;
    };
  }

  /** As {@link Bus#request}, of which it is the part for other nodes. */
  <Q extends Message, R extends Message> Future<R> request(
      Address<Q, R> to, Q message, long timeoutMillis) {
    ContextInternal context = (ContextInternal) Vertx.currentContext();
    if (context == null || context.owner() != vertx || !context.inThread()) {
      Promise<R> answer = Promise.promise();
      outside.runOnContext(
          v -> new Flight<>(this, outside, to, message, timeoutMillis).start().onComplete(answer));
      return answer.future();
    }
    return new Flight<>(this, context, to, message, timeoutMillis).start();
  }

  /** Where what is sent to {@code to} goes now; null while its owner is not known. */
  Address<?, ?> reached(Address<?, ?> to) {
    if (routes == null || (!to.owned() && to.scope() != Scope.PEER)) {
      return to;
    }
    String node = node(to);
    return node == null ? null : reached(to, node);
  }

  /** {@code to} on {@code node}; on this one it is local, and nothing is written for it. */
  <Q extends Message, R extends Message> Address<Q, R> reached(Address<Q, R> to, String node) {
    Scope scope = node.equals(self) ? Scope.NODE : Scope.PEER;
    if (to.owned()) {
      return to.on(node, scope);
    }
    return to.scope() == Scope.PEER && scope == Scope.NODE ? to.local() : to;
  }

  /** Name of the node that is to be asked, "" for any; null while it is not known. */
  String node(Address<?, ?> to) {
    return switch (to.scope()) {
      case SHARD, REGISTRY -> routes.owner(to.shard());
      case PEER -> to.node();
      case NODE, CLUSTER -> "";
    };
  }

  void moved(int shard, String node, String owner) {
    routes.moved(shard, node, owner);
  }

  /** That of the present context, which is that of a flight. */
  Outbox outbox() {
    return Outbox.current(vertx, self);
  }

  void begun(Flight<?> flight, String node) {
    flights.computeIfAbsent(node, name -> ConcurrentHashMap.newKeySet()).add(flight);
  }

  void ended(Flight<?> flight, String node) {
    flights.get(node).remove(flight);
  }

  /** Has {@code flight} go on when an owner becomes known; false when too many wait. */
  boolean enter(Flight<?> flight) {
    synchronized (waiting) {
      if (waits >= WAITING_MAX || waitingBytes + flight.bytes() > WAITING_BYTES_MAX) {
        return false;
      }
      waits++;
      waitingBytes += flight.bytes();
      waiting.computeIfAbsent(flight.shard(), shard -> new LinkedHashSet<>()).add(flight);
      return true;
    }
  }

  /** {@code flight} waits no more; false when it did not. */
  boolean leave(Flight<?> flight) {
    synchronized (waiting) {
      Set<Flight<?>> room = waiting.get(flight.shard());
      if (room == null || !room.remove(flight)) {
        return false;
      }
      if (room.isEmpty()) {
        waiting.remove(flight.shard());
      }
      left(flight);
      return true;
    }
  }

  private void left(Flight<?> flight) {
    waits--;
    waitingBytes -= flight.bytes();
  }

  /** What waits for {@code shard} goes there, and what is asked elsewhere, if that does no harm. */
  void known(int shard) {
    List<Flight<?>> woken = new ArrayList<>();
    synchronized (waiting) {
      Set<Flight<?>> room = waiting.remove(shard);
      if (room != null) {
        room.forEach(this::left);
        woken.addAll(room);
      }
    }
    woken.forEach(Flight::wake);
    String owner = routes.owner(shard);
    if (owner == null) {
      return;
    }
    flights.forEach(
        (node, asked) -> {
          if (!node.equals(owner)) {
            asked.forEach(
                flight -> {
                  if (flight.isOf(shard)) {
                    flight.overtaken(node);
                  }
                });
          }
        });
  }

  private void gone(String node) {
    Set<Flight<?>> asked = flights.get(node);
    if (asked != null && !asked.isEmpty()) {
      LOG.log(DEBUG, "{0} has gone, with {1} requests under way to it", node, asked.size());
      asked.forEach(flight -> flight.lost(node));
    }
  }
}
