package io.perdure.executor;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.GuestMessages.DropGuest;
import io.perdure.bus.GuestMessages.GuestCount;
import io.perdure.bus.GuestMessages.GuestId;
import io.perdure.bus.GuestMessages.GuestNews;
import io.perdure.bus.GuestMessages.GuestOrder;
import io.perdure.bus.GuestMessages.GuestReleased;
import io.perdure.bus.GuestMessages.GuestsKept;
import io.perdure.bus.GuestMessages.KeepGuests;
import io.perdure.bus.GuestMessages.ReturnGuest;
import io.perdure.bus.GuestMessages.StopGuest;
import io.perdure.bus.GuestMessages.TakeIn;
import io.perdure.bus.GuestMessages.TakenIn;
import io.perdure.invocation.RunError;
import io.perdure.runtime.Call;
import io.perdure.runtime.FunctionRuntime;
import io.perdure.runtime.ResultRoom;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Attempts that this node runs for others, which are full. Their time limits, stops and outcomes
 * are their origins' business: here they only have a slot, and an end when nobody asks for them any
 * more. Belongs to the executor's event loop, which calls {@link #tick} every {@link
 * Hosts#TICK_MILLIS}.
 */
final class Guests {
  /** An origin that is not heard for so long is gone, or has other plans. */
  static final long UNHEARD_MILLIS = 5_000;

  /** How long an answer to news is waited for. */
  private static final long ASK_MILLIS = 2_000;

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final System.Logger LOG = System.getLogger(Guests.class.getName());

  private final ExecutorConfig config;
  private final Clock clock;
  private final Bus bus;
  private final LongSupplier nanos;
  private final Map<String, FunctionRuntime> runtimes;
  private final HandOvers handOvers;
  private final ExecutorMeters meters;

  /** Slots of this node that nobody needs. */
  private final IntSupplier free;

  /** Whether this node may take anything in. */
  private final BooleanSupplier takesIn;

  /** Told whenever a guest takes a slot or leaves it, by 1 or -1. */
  private final IntConsumer slot;

  /** In the order in which they came. */
  private final Map<GuestId, Guest> guests = new LinkedHashMap<>();

  /** Dropped by their origins, and not over yet. */
  private final Set<Guest> leaving = new HashSet<>();

  /** When each origin was heard, {@link #nanos}. */
  private final Map<String, Long> heard = new HashMap<>();

  private boolean draining;

  /**
   * No guests.
   *
   * @param nanos a clock that never goes back
   * @param free slots of this node that are free, and that nothing of its own waits for
   * @param takesIn whether this node may take anything in
   * @param slot told of each slot that is taken, 1, or free again, -1
   */
  Guests(
      ExecutorConfig config,
      Clock clock,
      Bus bus,
      LongSupplier nanos,
      Map<String, FunctionRuntime> runtimes,
      HandOvers handOvers,
      ExecutorMeters meters,
      IntSupplier free,
      BooleanSupplier takesIn,
      IntConsumer slot) {
    this.config = config;
    this.clock = clock;
    this.bus = bus;
    this.nanos = nanos;
    this.runtimes = runtimes;
    this.handOvers = handOvers;
    this.meters = meters;
    this.free = free;
    this.takesIn = takesIn;
    this.slot = slot;
  }

  // ---- in

  /** Runs it at once, or says that it does not. */
  Future<TakenIn> take(TakeIn ask) {
    heard.put(ask.guest().origin(), nanos.getAsLong());
    FunctionRuntime runtime = runtimes.get(ask.function().runtime().kind());
    if (slots() == 0 || runtime == null || !runtime.hasRoom(ask.function())) {
      return Future.succeededFuture(new TakenIn(false, false, null, slots()));
    }
    HandOvers.Room room = ask.direct() ? handOvers.room() : null;
    Call call =
        new Call(
            ask.invocation(),
            ask.function(),
            ask.epoch(),
            ask.attempt(),
            ask.payload(),
            clock.millis() + ask.function().timeoutMillis(),
            room == null ? ResultRoom.of(config.resultBytesMax()) : room,
            config.logBytesMax());
    Guest guest = new Guest(ask, runtime.endsByForce(), room, this::deliver, this::over);
    guests.put(guest.id, guest);
    slot.accept(1);
    meters.takenIn();
    guest.start(runtime, call);
    return Future.succeededFuture(new TakenIn(true, guest.begun(), guest.instance(), slots()));
  }

  private int slots() {
    return draining || !takesIn.getAsBoolean() ? 0 : Math.max(0, free.getAsInt());
  }

  /** What an origin still wants. */
  Future<GuestsKept> keep(KeepGuests told) {
    heard.put(told.origin(), nanos.getAsLong());
    Set<Long> numbers = new HashSet<>(told.numbers());
    dropAll(
        guest ->
            guest.id.origin().equals(told.origin())
                && (guest.id.session() != told.session()
                    || (guest.id.number() <= told.last() && !numbers.contains(guest.id.number()))),
        "its node does not ask for it any more");
    List<Long> missing = new ArrayList<>();
    for (long number : told.numbers()) {
      if (!guests.containsKey(new GuestId(told.origin(), told.session(), number))) {
        missing.add(number);
      }
    }
    return Future.succeededFuture(new GuestsKept(missing, slots()));
  }

  /** How many there are, of which their origins do not know the end. */
  Future<GuestCount> count() {
    return Future.succeededFuture(new GuestCount(guests.size() + leaving.size()));
  }

  void told(GuestOrder order) {
    Guest guest = guests.get(order.guest());
    if (guest == null) {
      return;
    }
    if (order instanceof StopGuest stop) {
      guest.stop(stop.mode(), stop.graceMillis());
    } else if (order instanceof ReturnGuest) {
      giveBack(guest);
    } else if (order instanceof DropGuest) {
      drop(guest);
    }
  }

  private void giveBack(Guest guest) {
    if (guest.withdraw()) {
      guest.tell(new GuestReleased(guest.id));
    }
  }

  // ---- out

  /** Tells the origin what comes next; again by the next tick, until it is answered. */
  private void deliver(Guest guest) {
    GuestNews next = guest.nextNews();
    if (next == null) {
      return;
    }
    bus.request(Addresses.GUEST_NEWS.onNode(guest.id.origin()), next, ASK_MILLIS)
        .onComplete(
            done -> {
              guest.delivered(done.succeeded());
              if (done.failed()) {
                LOG.log(
                    DEBUG,
                    "{0} has not been told of attempt {1}, it is again: {2}",
                    guest.id.origin(),
                    guest.describe(),
                    done.cause().getMessage());
                return;
              }
              if (guest.isToldOf()) {
                guests.remove(guest.id, guest);
                guest.release();
              }
              deliver(guest);
            });
  }

  /** Nothing of it is left: its slot is free. */
  private void over(Guest guest) {
    leaving.remove(guest);
    slot.accept(-1);
  }

  /** Ends it; nobody is told. */
  private void drop(Guest guest) {
    guests.remove(guest.id, guest);
    guest.release();
    if (!guest.isOver()) {
      leaving.add(guest);
      guest.end(clock.millis() + Slots.FORCE_MILLIS);
    }
  }

  private void dropAll(Predicate<Guest> which, String why) {
    for (Guest guest : List.copyOf(guests.values())) {
      if (which.test(guest)) {
        if (!guest.isOver()) {
          LOG.log(WARNING, "attempt {0} is ended, {1}", guest.describe(), why);
        }
        drop(guest);
      }
    }
  }

  // ---- time

  void tick() {
    long now = nanos.getAsLong();
    dropAll(
        guest -> now - heard.get(guest.id.origin()) > UNHEARD_MILLIS * NANOS_PER_MILLI,
        "nothing has been heard of its node for " + UNHEARD_MILLIS / 1_000 + " s");
    heard.values().removeIf(at -> now - at > 2 * UNHEARD_MILLIS * NANOS_PER_MILLI);
    for (Guest guest : List.copyOf(leaving)) {
      if (guest.endBy() <= clock.millis()) {
        LOG.log(
            ERROR, "attempt {0} did not end by force, given up: it may go on", guest.describe());
        guest.giveUp();
      }
    }
    List.copyOf(guests.values()).forEach(this::deliver);
  }

  /** That node has gone. */
  void gone(String node) {
    dropAll(guest -> guest.id.origin().equals(node), "its node has gone");
  }

  /** Takes nothing in any more, and gives back what has not begun. */
  void drain() {
    draining = true;
    List.copyOf(guests.values()).forEach(this::giveBack);
  }

  /** Ends all, {@code error} being told. */
  void endAll(RunError error) {
    for (Guest guest : List.copyOf(guests.values())) {
      if (!guest.isOver()) {
        guest.answer(error);
        leaving.add(guest);
        guest.end(clock.millis() + Slots.FORCE_MILLIS);
      }
    }
  }
}
