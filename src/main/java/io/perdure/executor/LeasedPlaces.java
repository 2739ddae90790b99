package io.perdure.executor;

import static io.perdure.bus.LimitMessages.PLACES_LEASE_MILLIS;
import static java.lang.System.Logger.Level.DEBUG;

import io.perdure.bus.LimitMessages.PlacesGrant;
import io.perdure.bus.LimitMessages.PlacesMoved;
import io.perdure.bus.LimitMessages.PlacesRenewed;
import io.perdure.bus.LimitMessages.PlacesUse;
import io.perdure.bus.LimitMessages.RenewPlaces;
import io.perdure.invocation.Function;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.LongToIntFunction;

/**
 * The places that homes have lent to this node of a cluster, each home being asked for all of its
 * functions at once. A lease ends by this node's own clock, counted from when it was asked for; so
 * it has ended here before its home lends the places to another. Belongs to the executor's event
 * loop, which calls {@link #tick} every {@link #TICK_MILLIS}.
 */
final class LeasedPlaces implements Places {
  /** How often it is seen whether a lease has ended. */
  static final long TICK_MILLIS = 250;

  /** How long an answer is waited for: several can be asked for while a lease is good. */
  static final long ASK_MILLIS = 1_000;

  private static final int TICKS_PER_RENEWAL = 4;
  private static final long LEASE_NANOS = PLACES_LEASE_MILLIS * 1_000_000;
  private static final System.Logger LOG = System.getLogger(LeasedPlaces.class.getName());

  /** Asks the home of a shard. */
  interface Homes {
    Future<PlacesRenewed> renew(RenewPlaces report);
  }

  private final String node;
  private final long session;
  private final LongToIntFunction concurrency;
  private final LongSupplier nanos;
  private final Homes homes;
  private final Host host;
  private final List<Line> lines = new ArrayList<>();
  private long lastNumber;
  private long ticks;
  private volatile int held;

  /** What there is of one function. */
  private static final class Lease {
    int held;

    /** Not more are to be used: others want the rest, and what is not used here. */
    int share = PlacesGrant.ALL;

    long until;

    /** Most that were used of late: so many are kept for what comes next. */
    int peak;

    /** As of the last report. */
    int wanted;

    /** The home had no more: it says so when it has. */
    boolean denied;

    /** The home has answered the last report, and knows what all nodes have. */
    boolean counted;
  }

  /** The functions whose home is one shard. */
  private static final class Line {
    final int shard;
    final Map<Long, Lease> leases = new LinkedHashMap<>();
    long epoch;

    /** The present home has been told what there is. */
    boolean known;

    boolean asking;
    boolean again;
    boolean failed;

    Line(int shard) {
      this.shard = shard;
    }
  }

  /**
   * None so far.
   *
   * @param node name of this node
   * @param session another one each time the node is started
   * @param shards number of homes
   * @param concurrency of a function by its uid, 0 when it has been deleted
   * @param nanos a clock that never goes back
   */
  LeasedPlaces(
      String node,
      long session,
      int shards,
      LongToIntFunction concurrency,
      LongSupplier nanos,
      Homes homes,
      Host host) {
    this.node = node;
    this.session = session;
    this.concurrency = concurrency;
    this.nanos = nanos;
    this.homes = homes;
    this.host = host;
    for (int i = 0; i < shards; i++) {
      lines.add(new Line(i));
    }
  }

  /** Places that this node has; any thread. */
  int held() {
    return held;
  }

  @Override
  public int of(Function function) {
    Lease lease = line(function.uid()).leases.get(function.uid());
    boolean good = lease != null && nanos.getAsLong() - lease.until < 0;
    return good ? Math.min(Math.min(lease.held, lease.share), function.concurrency()) : 0;
  }

  @Override
  public void wanted(Function function) {
    Line line = line(function.uid());
    Lease lease = line.leases.computeIfAbsent(function.uid(), uid -> new Lease());
    if (!lease.denied) {
      ask(line);
    }
  }

  @Override
  public void freed(long functionUid) {
    Line line = line(functionUid);
    Lease lease = line.leases.get(functionUid);
    if (lease == null || lease.share == PlacesGrant.ALL) {
      return;
    }
    if (lease.held > Math.min(lease.share, host.useful(functionUid))) {
      ask(line); // somebody waits for it
    }
  }

  @Override
  public boolean mayGrow() {
    return true;
  }

  @Override
  public boolean uncounted(long functionUid) {
    Lease lease = line(functionUid).leases.get(functionUid);
    return lease == null || !lease.counted;
  }

  /** Another node may be the home of what belongs to {@code shard}. */
  void homeMoved(int shard) {
    if (shard >= 0 && shard < lines.size()) {
      lines.get(shard).known = false;
      ask(lines.get(shard));
    }
  }

  /** A home says that places are free, or wanted by others. */
  void moved(PlacesMoved told) {
    Line line = lines.get(told.shard());
    for (PlacesGrant one : told.shares()) {
      Lease lease = line.leases.get(one.functionUid());
      if (lease != null) {
        lease.share = one.share();
        lease.denied = false;
      }
    }
    ask(line);
  }

  /** Ends the leases that are over, and renews the others in time. */
  void tick() {
    boolean renews = ++ticks % TICKS_PER_RENEWAL == 0;
    for (Line line : lines) {
      endOverdue(line);
      if (renews) {
        for (Lease lease : line.leases.values()) {
          lease.denied = false;
          lease.peak -= (lease.peak + 3) / 4;
        }
      }
      if (line.failed || (renews && !(line.leases.isEmpty() && line.known))) {
        ask(line);
      }
    }
    count();
  }

  private void endOverdue(Line line) {
    long now = nanos.getAsLong();
    List<Long> overdue = new ArrayList<>();
    line.leases.forEach(
        (function, lease) -> {
          if (lease.held > 0 && now - lease.until >= 0) {
            lease.held = 0;
            overdue.add(function);
          }
        });
    overdue.forEach(function -> host.lost(function, 0));
  }

  private Line line(long function) {
    return lines.get(Math.floorMod(function, lines.size()));
  }

  private void count() {
    int all = 0;
    for (Line line : lines) {
      for (Lease lease : line.leases.values()) {
        all += lease.held;
      }
    }
    held = all;
  }

  // ---- to a home and back

  private void ask(Line line) {
    endOverdue(line);
    if (line.asking) {
      line.again = true; // one at a time: what a home answers is not overtaken
      return;
    }
    List<PlacesUse> uses = new ArrayList<>(line.leases.size());
    Iterator<Map.Entry<Long, Lease>> all = line.leases.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Long, Lease> next = all.next();
      PlacesUse use = use(next.getKey(), next.getValue());
      if (use.held() > 0 || use.wanted() > 0) {
        uses.add(use);
      } else {
        all.remove();
      }
    }
    line.asking = true;
    line.again = false;
    line.failed = false;
    long askedAt = nanos.getAsLong();
    RenewPlaces report = new RenewPlaces(node, session, ++lastNumber, line.epoch, line.shard, uses);
    homes.renew(report).onComplete(answer -> answered(line, report, askedAt, answer));
  }

  /** What is given back is used no more from here on. */
  private PlacesUse use(long function, Lease lease) {
    int all = concurrency.applyAsInt(function);
    int used = host.used(function);
    lease.wanted = Math.min(all, Math.max(used, host.useful(function)));
    lease.peak = Math.max(lease.peak, used);
    lease.counted = false;
    boolean contended = lease.share != PlacesGrant.ALL;
    int useful =
        contended ? Math.min(lease.wanted, lease.share) : Math.max(lease.wanted, lease.peak);
    lease.held = Math.min(lease.held, Math.max(used, Math.min(useful, all)));
    return new PlacesUse(function, all, lease.held, lease.wanted);
  }

  private void answered(
      Line line, RenewPlaces report, long askedAt, AsyncResult<PlacesRenewed> answer) {
    if (answer.failed()) {
      line.asking = false;
      line.failed = true; // the next tick tries again
      LOG.log(
          DEBUG, "home {0} did not renew its places: {1}", line.shard, answer.cause().getMessage());
      return;
    }
    line.known = answer.result().homeEpoch() == report.homeEpoch();
    line.epoch = answer.result().homeEpoch();
    long until = askedAt + LEASE_NANOS;
    if (nanos.getAsLong() - until < 0) {
      for (PlacesGrant grant : answer.result().grants()) {
        granted(line, grant, until);
      }
    }
    line.asking = false; // only now: what starts meanwhile must not ask with half of the answer
    count();
    if (line.again || !line.known) {
      ask(line);
    }
  }

  private void granted(Line line, PlacesGrant grant, long until) {
    Lease lease = line.leases.get(grant.functionUid());
    if (lease == null) {
      return;
    }
    int before = lease.held;
    int usableBefore = Math.min(lease.held, lease.share);
    lease.held = grant.held();
    lease.share = grant.share();
    lease.until = until;
    int usable = Math.min(lease.held, lease.share);
    lease.denied = usable < lease.wanted;
    // Free by the home's own account, and yet not granted: others may have more than it knows of.
    lease.counted = grant.share() != PlacesGrant.ALL || grant.held() >= lease.wanted;
    if (lease.held < before) {
      host.lost(grant.functionUid(), lease.held);
    } else if (usable > usableBefore) {
      host.more(grant.functionUid());
    }
  }
}
