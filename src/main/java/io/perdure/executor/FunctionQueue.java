package io.perdure.executor;

import java.util.ArrayDeque;
import java.util.Deque;

/** What waits and how much runs of one function. */
final class FunctionQueue {
  final long functionUid;
  final Deque<Attempt> waiting = new ArrayDeque<>();
  int running;

  /** It has its place among those that may start one. */
  boolean ready;

  FunctionQueue(long functionUid) {
    this.functionUid = functionUid;
  }
}
