package io.perdure.executor;

import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation.Mode;
import io.perdure.invocation.RunError;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What waits and how much runs of one function. What a caller waits for claims a place of the
 * function's concurrency when it comes, or is turned away; so it waits for the node or an instance
 * only, in front of all that nobody waits for.
 */
final class FunctionQueue {
  final long functionUid;

  /** What nobody waits for, in the order in which it was handed over. */
  final Deque<Attempt> waiting = new ArrayDeque<>();

  /** What callers wait for. Never more than the function's concurrency leaves room for. */
  final Deque<Attempt> claims = new ArrayDeque<>();

  int running;

  /** It has its place among those that may start one. */
  boolean ready;

  /** Versions whose runtime had no room when it was last asked. */
  final Set<String> full = new HashSet<>();

  /** None of those at its head has room: nothing is to be tried until the runtime says so. */
  boolean blocked;

  /** For one of them it is this node that has no room. */
  boolean lacksNode;

  FunctionQueue(long functionUid) {
    this.functionUid = functionUid;
  }

  int size() {
    return claims.size() + waiting.size();
  }

  /** How many wait in the same line as {@code attempt}. */
  int waitingLike(Attempt attempt) {
    return dequeOf(attempt).size();
  }

  void add(Attempt attempt) {
    dequeOf(attempt).add(attempt);
  }

  /** To the front: its turn had come. */
  void addFirst(Attempt attempt) {
    dequeOf(attempt).addFirst(attempt);
  }

  void remove(Attempt attempt) {
    dequeOf(attempt).remove(attempt);
    if (isClaim(attempt)) {
      blocked = false; // its place is free for what comes behind it
    }
  }

  /** Everything that waits. */
  List<Attempt> all() {
    List<Attempt> all = new ArrayList<>(claims);
    all.addAll(waiting);
    return all;
  }

  /** There may be room again. */
  void unblock() {
    full.clear();
    blocked = false;
    lacksNode = false;
  }

  /**
   * Whether one may start.
   *
   * @param most places there are
   */
  boolean mayStart(Function function, int most) {
    return size() > 0 && !blocked && !function.paused() && running < most;
  }

  /** Whether one that nobody waits for may start: the claimed places are not for it. */
  boolean hasUnclaimed(int most) {
    return running + claims.size() < most;
  }

  /** Whether one could start if there were more places than {@code most}. */
  boolean lacksPlaces(Function function, int most) {
    return size() > 0 && !blocked && !function.paused() && running >= most;
  }

  /** How many that are waited for are in front of {@code claim}. */
  int claimsBefore(Attempt claim) {
    int before = 0;
    for (Attempt one : claims) {
      if (one == claim) {
        break;
      }
      before++;
    }
    return before;
  }

  /**
   * Why what a caller waits for cannot have a place, or null.
   *
   * @param taken places that run or are claimed already
   */
  static RunError refusal(Function function, int taken) {
    if (function.paused()) {
      return new RunError(
          RunError.Kind.PLATFORM, "Paused", "Function [ " + function.name() + " ] is paused");
    }
    return taken < function.concurrency() ? null : exceeded(function);
  }

  /** Why it has none when all are taken. */
  static RunError exceeded(Function function) {
    return new RunError(
        RunError.Kind.PLATFORM,
        "ConcurrencyExceeded",
        "Function [ "
            + function.name()
            + " ] concurrency exceeded, at most "
            + function.concurrency()
            + " at once");
  }

  /** Why it has none while nobody can say how many are taken. */
  static RunError uncounted(Function function) {
    return new RunError(
        RunError.Kind.PLATFORM,
        "PlacesUnknown",
        "Function [ "
            + function.name()
            + " ] has no free place that is known of: the node that counts them has gone");
  }

  static boolean isClaim(Attempt attempt) {
    return attempt.invocation.mode() == Mode.SYNC;
  }

  private Deque<Attempt> dequeOf(Attempt attempt) {
    return isClaim(attempt) ? claims : waiting;
  }
}
