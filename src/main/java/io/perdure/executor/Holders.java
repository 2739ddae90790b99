package io.perdure.executor;

import java.util.ArrayList;
import java.util.List;

/**
 * The attempts of this node that hold a slot, and whose slots those are: this node's, or another's
 * that runs them. Slots may be held by attempts of other nodes as well, which are only counted.
 * Belongs to the executor's event loop.
 */
final class Holders {
  private final List<Attempt> all = new ArrayList<>();

  /** How many of {@link #all} have a slot of another node, and not of this one. */
  private int away;

  /** Slots of this node that attempts of other nodes have. */
  private int guests;

  /** Slots of this node that are taken. */
  int size() {
    return all.size() - away + guests;
  }

  /** Whether nothing runs here, nor elsewhere for this node. */
  boolean isEmpty() {
    return all.isEmpty() && guests == 0;
  }

  /** Those of this node, at this moment; they may change what is held meanwhile. */
  List<Attempt> copy() {
    return List.copyOf(all);
  }

  /** As {@link #copy}, for who changes nothing. */
  Iterable<Attempt> all() {
    return all;
  }

  /** Attempts of other nodes have taken so many slots more, or less. */
  void guests(int more) {
    guests += more;
  }

  /** {@code attempt} has a slot from now on, of its {@link Attempt#host}. */
  void add(Attempt attempt) {
    attempt.slot = all.size();
    all.add(attempt);
    away += attempt.host == null ? 0 : 1;
  }

  /** It has none any more. The last one takes its place: the order tells nothing. */
  void remove(Attempt attempt) {
    Attempt last = all.remove(all.size() - 1);
    if (last != attempt) {
      all.set(attempt.slot, last);
      last.slot = attempt.slot;
    }
    attempt.slot = -1;
    away -= attempt.host == null ? 0 : 1;
  }
}
