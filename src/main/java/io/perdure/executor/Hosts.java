package io.perdure.executor;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.GuestMessages.DropGuest;
import io.perdure.bus.GuestMessages.GuestBegan;
import io.perdure.bus.GuestMessages.GuestEnded;
import io.perdure.bus.GuestMessages.GuestId;
import io.perdure.bus.GuestMessages.GuestNews;
import io.perdure.bus.GuestMessages.GuestReleased;
import io.perdure.bus.GuestMessages.GuestStopping;
import io.perdure.bus.GuestMessages.GuestsKept;
import io.perdure.bus.GuestMessages.KeepGuests;
import io.perdure.bus.GuestMessages.ReturnGuest;
import io.perdure.bus.GuestMessages.StopGuest;
import io.perdure.bus.GuestMessages.TakeIn;
import io.perdure.bus.GuestMessages.TakenIn;
import io.perdure.invocation.RunError;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Call;
import io.perdure.runtime.Outcomes;
import io.perdure.runtime.Running;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The other nodes of a cluster, as far as they run attempts of this one. Belongs to the executor's
 * event loop, which calls {@link #tick} every {@link #TICK_MILLIS}.
 *
 * <p>Nodes are asked for free slots only while something waits for this node, so a cluster that is
 * nowhere full costs nothing. What an answer says is used for {@link #NEWS_MILLIS}.
 */
final class Hosts implements Elsewhere, Away.Host {
  static final long TICK_MILLIS = 250;

  /** Longer than a host waits for its origin: it has ended what is given up here. */
  static final long LOST_MILLIS = 6_000;

  /** How old the number of a node's free slots may be. */
  static final long NEWS_MILLIS = 2_000;

  /** How long an answer is waited for. */
  static final long ASK_MILLIS = 2_000;

  /** So many nodes are asked for slots at a time. */
  private static final int ASKED_MAX = 8;

  private static final int TICKS_PER_BEAT = 4;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final System.Logger LOG = System.getLogger(Hosts.class.getName());

  /** Whose attempts they are. */
  interface Origin {
    /** Whether something waits for this node alone. */
    boolean isShort();

    /** Other nodes have slots. */
    void roomElsewhere();

    /**
     * A host has not begun the attempt, and will not.
     *
     * @param refused it was not even taken in
     */
    void cameBack(Attempt attempt, boolean refused);
  }

  private final String self;
  private final long session;
  private final Bus bus;
  private final LongSupplier nanos;
  private final Supplier<Set<String>> nodes;
  private final ExecutorMeters meters;
  private final Origin origin;
  private final Map<String, Host> hosts = new HashMap<>();
  private final Map<Long, Away> away = new HashMap<>();
  private long lastNumber;
  private long ticks;
  private long tickedAt;
  private boolean wasShort;

  /** What is known of a node. */
  private static final class Host {
    int slots;
    long slotsUntil;

    /** Functions of which it took nothing in though it had slots; until the next news. */
    final Set<Long> unwanted = new HashSet<>();

    long heardAt;
    int guests;
    boolean asking;
  }

  /**
   * Nothing is elsewhere so far.
   *
   * @param session another one each time the node is started
   * @param nanos a clock that never goes back
   * @param nodes names of all nodes, this one and gone ones included
   */
  Hosts(
      String self,
      long session,
      Bus bus,
      LongSupplier nanos,
      Supplier<Set<String>> nodes,
      ExecutorMeters meters,
      Origin origin) {
    this.self = self;
    this.session = session;
    this.bus = bus;
    this.nanos = nanos;
    this.nodes = nodes;
    this.meters = meters;
    this.origin = origin;
    this.tickedAt = nanos.getAsLong();
  }

  // ---- where there is room

  @Override
  public int slots() {
    int sum = 0;
    long now = nanos.getAsLong();
    for (Host host : hosts.values()) {
      sum += fresh(host, now);
    }
    return sum;
  }

  @Override
  public String pick(long functionUid) {
    long now = nanos.getAsLong();
    String best = null;
    int most = 0;
    for (Map.Entry<String, Host> one : hosts.entrySet()) {
      int slots = fresh(one.getValue(), now);
      if (slots > most && !one.getValue().unwanted.contains(functionUid)) {
        best = one.getKey();
        most = slots;
      }
    }
    if (best != null) {
      hosts.get(best).slots--;
    }
    return best;
  }

  private static int fresh(Host host, long now) {
    return now - host.slotsUntil < 0 ? host.slots : 0;
  }

  private void hasSlots(Host host, int slots) {
    long now = nanos.getAsLong();
    host.heardAt = now;
    host.slots = slots;
    host.slotsUntil = now + NEWS_MILLIS * NANOS_PER_MILLI;
  }

  // ---- out and back

  /** Has {@link Attempt#host} run {@code call}. */
  Running start(Attempt attempt, Call call) {
    Away one = new Away(attempt, call, ++lastNumber, nanos.getAsLong(), this);
    away.put(one.number, one);
    Host host = host(one.node);
    host.guests++;
    meters.handedOut();
    TakeIn ask =
        new TakeIn(
            id(one),
            call.invocation(),
            call.function(),
            call.epoch(),
            call.attempt(),
            attempt.direct,
            call.payload());
    bus.request(Addresses.TAKE_IN.onNode(one.node), ask, ASK_MILLIS)
        .onComplete(answer -> answered(one, answer));
    return one;
  }

  private void answered(Away one, AsyncResult<TakenIn> answer) {
    if (away.get(one.number) != one) {
      if (answer.succeeded() && answer.result().taken()) {
        bus.send(Addresses.GUEST_ORDER.onNode(one.node), new DropGuest(id(one)));
      }
      return; // it has ended, or nobody wants it any more
    }
    if (answer.failed() && Bus.isUndone(answer.cause())) {
      host(one.node).slots = 0;
      comeBack(one);
      return;
    }
    if (answer.failed()) {
      LOG.log(
          WARNING,
          "whether {0} runs attempt {1} is not known: {2}",
          one.node,
          one.attempt.describe(),
          answer.cause().getMessage());
      one.taken(); // the next beat tells
      return;
    }
    TakenIn told = answer.result();
    Host host = host(one.node);
    hasSlots(host, told.slots());
    if (!told.taken()) {
      if (told.slots() > 0) {
        host.unwanted.add(one.attempt.queue.functionUid);
      }
      comeBack(one);
      return;
    }
    one.taken();
    if (told.begun()) {
      one.begun(told.instance());
    }
  }

  /** Its host has done nothing of it. */
  private void comeBack(Away one) {
    meters.refusedElsewhere();
    one.attempt.payload = one.payload();
    remove(one);
    origin.cameBack(one.attempt, true);
  }

  /** What the host of one of them tells. */
  Future<Done> news(GuestNews news) {
    GuestId id = news.guest();
    Away one = id.session() == session ? away.get(id.number()) : null;
    if (one == null) {
      return Future.succeededFuture(Done.DONE); // nobody waits for it any more
    }
    host(one.node).heardAt = nanos.getAsLong();
    if (news instanceof GuestBegan began) {
      one.begun(began.instance());
    } else if (news instanceof GuestStopping stopping) {
      one.stopping(stopping.acknowledged(), stopping.detail());
    } else if (news instanceof GuestEnded ended) {
      if (ended.error() != null && ended.error().kind() == RunError.Kind.PLATFORM) {
        host(one.node).slots = 0; // it may be about to end: first it is asked again
      }
      remove(one);
      one.ended(ended);
    } else if (news instanceof GuestReleased) {
      remove(one);
      origin.cameBack(one.attempt, false);
    }
    return Future.succeededFuture(Done.DONE);
  }

  @Override
  public void stop(Away one, StopMode mode, long graceMillis) {
    bus.send(Addresses.GUEST_ORDER.onNode(one.node), new StopGuest(id(one), mode, graceMillis));
  }

  @Override
  public void giveBack(Away one) {
    bus.send(Addresses.GUEST_ORDER.onNode(one.node), new ReturnGuest(id(one)));
  }

  /** Nobody waits for {@code one} any more. */
  void drop(Away one) {
    if (away.get(one.number) == one) {
      remove(one);
      bus.send(Addresses.GUEST_ORDER.onNode(one.node), new DropGuest(id(one)));
    }
  }

  private void remove(Away one) {
    away.remove(one.number);
    host(one.node).guests--;
  }

  private GuestId id(Away one) {
    return new GuestId(self, session, one.number);
  }

  private Host host(String node) {
    return hosts.computeIfAbsent(
        node,
        name -> {
          Host host = new Host();
          host.heardAt = nanos.getAsLong();
          host.slotsUntil = host.heardAt;
          return host;
        });
  }

  // ---- beats

  void tick() {
    long now = nanos.getAsLong();
    long late = now - tickedAt - TICK_MILLIS * NANOS_PER_MILLI;
    tickedAt = now;
    boolean beats = ++ticks % TICKS_PER_BEAT == 0;
    if (late > ASK_MILLIS * NANOS_PER_MILLI) {
      // This node was held up: what others have said meanwhile has not been looked at yet.
      hosts.values().forEach(host -> host.heardAt += late);
    } else {
      loseUnheard(now);
    }
    boolean isShort = origin.isShort();
    Set<String> asked = isShort && wasShort ? someNodes() : Set.of();
    wasShort = isShort;
    for (String node : asked) {
      ask(node, host(node));
    }
    if (beats) {
      List.copyOf(hosts.entrySet()).stream()
          .filter(one -> one.getValue().guests > 0)
          .forEach(one -> ask(one.getKey(), one.getValue()));
      hosts.values().removeIf(host -> host.guests == 0 && !host.asking && fresh(host, now) == 0);
    }
  }

  private Set<String> someNodes() {
    List<String> others = new ArrayList<>(nodes.get());
    others.remove(self);
    Collections.shuffle(others);
    return new HashSet<>(others.subList(0, Math.min(ASKED_MAX, others.size())));
  }

  private void ask(String node, Host host) {
    if (host.asking) {
      return;
    }
    host.asking = true;
    List<Away> there = new ArrayList<>();
    List<Long> numbers = new ArrayList<>();
    for (Away one : away.values()) {
      if (one.node.equals(node)) {
        numbers.add(one.number);
        if (one.isThere()) {
          there.add(one);
        }
      }
    }
    bus.request(
            Addresses.KEEP_GUESTS.onNode(node),
            new KeepGuests(self, session, lastNumber, numbers),
            ASK_MILLIS)
        .onComplete(answer -> kept(node, host, there, answer));
  }

  private void kept(String node, Host host, List<Away> there, AsyncResult<GuestsKept> answer) {
    host.asking = false;
    if (answer.failed()) {
      host.slots = 0;
      LOG.log(DEBUG, "{0} takes nothing in: {1}", node, answer.cause().getMessage());
      return;
    }
    hasSlots(host, answer.result().slots());
    host.unwanted.clear();
    Set<Long> missing = new HashSet<>(answer.result().missing());
    there.removeIf(one -> !missing.contains(one.number));
    lose(there, "does not know of it any more");
    if (host.slots > 0) {
      origin.roomElsewhere();
    }
  }

  // ---- hosts that are gone

  /** That node has gone. */
  void gone(String node) {
    Host host = hosts.get(node);
    if (host != null) {
      host.slots = 0;
      lose(away.values().stream().filter(one -> one.node.equals(node)).toList(), "has gone");
    }
  }

  private void loseUnheard(long now) {
    List<Away> unheard =
        away.values().stream()
            .filter(
                one -> {
                  long heard = hosts.get(one.node).heardAt;
                  long since = heard - one.sinceNanos > 0 ? heard : one.sinceNanos;
                  return now - since > LOST_MILLIS * NANOS_PER_MILLI;
                })
            .toList();
    lose(unheard, "has not been heard for " + LOST_MILLIS / 1_000 + " s");
  }

  private void lose(Collection<Away> lost, String why) {
    for (Away one : lost) {
      if (away.get(one.number) == one) {
        LOG.log(
            WARNING,
            "attempt {0} is lost, {1}, which ran it, {2}",
            one.attempt.describe(),
            one.node,
            why);
        remove(one);
        String told = "node " + one.node + ", which ran it, " + why + "; it may have run";
        one.ended(Outcomes.platform("NodeLost", told));
      }
    }
  }
}
