package io.perdure.shard;

import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Signal;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/**
 * An invocation in memory: handed to the executor, running, or concerned by a batch that is not
 * committed yet.
 */
final class Live {
  /** Where it stands between queue and executor. */
  enum Place {
    /** Not with the executor. */
    HOME,
    /** Handed over, not begun. */
    OFFERED,
    /** An attempt runs. */
    RUNNING,
    /** Its removal is decided. */
    GONE
  }

  final InvocationId id;

  /** As it is now; ahead of {@link #written} only by a start that is not written down. */
  Invocation current;

  /** As put into a batch last; null before its creation. */
  Invocation written;

  /** Number of the batch that holds the newest change. */
  long batch;

  Place place = Place.HOME;

  /** When the attempt that runs has begun. */
  long beganAt;

  /** Whether what was handed over has been asked for again. */
  boolean takenBack;

  /** Its payload while it may be needed soon and is small or kept nowhere else, else null. */
  byte[] payload;

  /** Its caller takes a result that is too large to be kept. */
  boolean direct;

  /** Signals to be decided once the executor has given it back or has begun it. */
  List<Parked> parked = List.of();

  /** Its latest start while no batch that knows of it is committed, else null. */
  Starts.Started started;

  /** Number of the first batch that knows of {@link #started}, 0 while there is none. */
  long startedBatch;

  /** A signal that waits for the executor; {@code answer} may be null. */
  record Parked(Signal signal, Promise<Invocation> answer) {}

  Live(Invocation current, Invocation written) {
    this.id = current.id();
    this.current = current;
    this.written = written;
  }

  void park(Signal signal, Promise<Invocation> answer) {
    if (parked.isEmpty()) {
      parked = new ArrayList<>(1);
    }
    parked.add(new Parked(signal, answer));
  }

  /** What was parked, to be decided now. */
  List<Parked> unpark() {
    List<Parked> all = parked;
    parked = List.of();
    return all;
  }
}
