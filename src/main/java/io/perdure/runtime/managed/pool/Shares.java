package io.perdure.runtime.managed.pool;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * How what a node has for instances is divided. Pure: it counts and decides, and starts or ends
 * nothing. Not thread-safe.
 *
 * <p>Who is denied room gets a place in a line, and while somebody stands there nobody else starts
 * an instance: so what becomes free adds up for the first in line, also for one that needs much. In
 * front stand those whose function has less than its fair share (the limit divided by the functions
 * that have or want something), in the order in which they came; then the others.
 *
 * @param <H> who holds instances and asks for them
 */
final class Shares<H extends Shares.Holder> {
  /**
   * How long somebody stands in line before busy instances are taken from others, 1 s: shorter, and
   * functions that share too few instances would do nothing but start them.
   */
  static final long PATIENCE_MILLIS = 1000;

  private static final double ROUNDING = 1e-9;
  private static final Held NOTHING = new Held();

  /** Instances of one kind. Compared by identity. */
  interface Holder {
    /** Shares are those of functions, whatever their versions. */
    long functionUid();

    /** Of one instance. */
    int memoryMb();

    /** Which only one instance of the node can have, or 0. */
    int port();
  }

  /** What somebody holds. */
  private static final class Held {
    int instances;
    int memoryMb;
  }

  private final Room limits;
  private final Map<H, Long> line = new LinkedHashMap<>(); // with the time since when
  private final Map<Long, Held> byFunction = new HashMap<>();
  private final Map<H, Integer> byHolder = new HashMap<>();
  private final Set<Integer> ports = new HashSet<>();
  private final Held all = new Held();
  private final Held leaving = new Held();
  private int starting;
  private H admitted; // whose turn it is at this moment, else null

  Shares(Room limits) {
    this.limits = limits;
  }

  // ---- what is held

  /** An instance begins to start. */
  void took(H holder) {
    count(holder, 1);
    starting++;
    if (holder.port() > 0) {
      ports.add(holder.port());
    }
  }

  /** Its start is over, however it went. */
  void started() {
    starting--;
  }

  /** One is about to end: what it has will be free. */
  void leaving(H holder) {
    leaving.instances++;
    leaving.memoryMb += holder.memoryMb();
  }

  /** One is gone that was {@link #leaving}. */
  void gone(H holder) {
    leaving.instances--;
    leaving.memoryMb -= holder.memoryMb();
    count(holder, -1);
    ports.remove(holder.port());
  }

  private void count(H holder, int sign) {
    all.instances += sign;
    all.memoryMb += sign * holder.memoryMb();
    Held own = byFunction.computeIfAbsent(holder.functionUid(), uid -> new Held());
    own.instances += sign;
    own.memoryMb += sign * holder.memoryMb();
    if (own.instances == 0) {
      byFunction.remove(holder.functionUid());
    }
    if (byHolder.merge(holder, sign, Integer::sum) == 0) {
      byHolder.remove(holder);
    }
  }

  int instances() {
    return all.instances;
  }

  int memoryMb() {
    return all.memoryMb;
  }

  int starting() {
    return starting;
  }

  // ---- who may have one

  /** False for what is larger than all there is: it never gets any. */
  boolean possible(H holder) {
    return holder.memoryMb() <= limits.memoryMbMax();
  }

  /** True when {@code holder} may start an instance now. */
  boolean mayStart(H holder) {
    if (!fits(holder)) {
      return false;
    }
    H first = first();
    return admitted == holder || first == null || first == holder;
  }

  private boolean fits(H holder) {
    return starting < limits.startsMax() && hasSpace(holder);
  }

  /** True when there is room for one, were it not for those that are starting. */
  boolean hasSpace(H holder) {
    return all.instances < limits.instancesMax()
        && all.memoryMb + holder.memoryMb() <= limits.memoryMbMax()
        && portIsFree(holder);
  }

  private boolean portIsFree(H holder) {
    return holder.port() == 0 || !ports.contains(holder.port());
  }

  /** {@code holder} was denied: it stands in line, unless it does already. */
  void wants(H holder, long now) {
    line.putIfAbsent(holder, now);
  }

  void wantsNoMore(H holder) {
    line.remove(holder);
  }

  /**
   * Whose turn it is, if there is room for it now, else null. It leaves the line and goes first
   * until {@link #served}.
   */
  H admit() {
    H first = first();
    if (first == null || !fits(first)) {
      return null;
    }
    line.remove(first);
    admitted = first;
    return first;
  }

  /** The one that was admitted has taken what it needs. */
  void served() {
    admitted = null;
  }

  /** The first in line, those aside that only wait for a port: they keep nobody waiting. */
  private H first() {
    H first = null;
    for (H one : line.keySet()) {
      if (portIsFree(one)) {
        if (hasLessThanItsShare(one)) {
          return one;
        }
        first = first == null ? one : first;
      }
    }
    return first;
  }

  // ---- what others have to give

  /** Whom room has to be made for: what is free, or will be soon, does not do. Else null. */
  H inNeed() {
    H first = first();
    return first == null || willFit(first) ? null : first;
  }

  private boolean willFit(H holder) {
    return all.instances - leaving.instances < limits.instancesMax()
        && all.memoryMb - leaving.memoryMb + holder.memoryMb() <= limits.memoryMbMax();
  }

  /** True when somebody else waits for the port that {@code holder} has. */
  boolean portIsWanted(H holder) {
    return holder.port() > 0
        && line.keySet().stream().anyMatch(one -> one != holder && one.port() == holder.port());
  }

  /** True when an instance of {@code holder} that has just become free has to make room. */
  boolean mustYield(H holder, long now) {
    for (Map.Entry<H, Long> one : line.entrySet()) {
      H other = one.getKey();
      boolean patient = now - one.getValue() >= PATIENCE_MILLIS;
      if (patient && other != holder && holder.port() > 0 && other.port() == holder.port()) {
        return true;
      }
    }
    H first = inNeed();
    if (first == null || first == holder || now - line.get(first) < PATIENCE_MILLIS) {
      return false;
    }
    boolean hasNothing = !byHolder.containsKey(first);
    // With one less it must still have its share, else the two would take it from each other.
    boolean richer =
        first.functionUid() != holder.functionUid()
            && hasLessThanItsShare(first)
            && shares(holder, 1) > 1 - ROUNDING;
    return hasNothing || richer;
  }

  private boolean hasLessThanItsShare(H holder) {
    return shares(holder, 0) < 1 - ROUNDING;
  }

  /** How many fair shares the function of {@code holder} has, with so many instances less. */
  private double shares(H holder, int less) {
    Held own = byFunction.getOrDefault(holder.functionUid(), NOTHING);
    double instances = own.instances - less;
    double memoryMb = own.memoryMb - less * holder.memoryMb();
    return functions()
        * Math.max(instances / limits.instancesMax(), memoryMb / limits.memoryMbMax());
  }

  /** Functions that have or want something. */
  private long functions() {
    return byFunction.size()
        + line.keySet().stream()
            .mapToLong(Holder::functionUid)
            .distinct()
            .filter(uid -> !byFunction.containsKey(uid))
            .count();
  }
}
