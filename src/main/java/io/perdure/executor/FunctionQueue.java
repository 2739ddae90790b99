package io.perdure.executor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** What waits and how much runs of one function. */
final class FunctionQueue {
  final long functionUid;
  final Deque<Attempt> waiting = new ArrayDeque<>();
  int running;

  /** It has its place among those that may start one. */
  boolean ready;

  /** Versions whose runtime had no room when it was last asked. */
  final Set<String> full = new HashSet<>();

  /** None of those at its head has room: nothing is to be tried until the runtime says so. */
  boolean blocked;

  FunctionQueue(long functionUid) {
    this.functionUid = functionUid;
  }

  /** There may be room again. */
  void unblock() {
    full.clear();
    blocked = false;
  }
}
