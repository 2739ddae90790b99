package io.perdure.shard;

import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.time.Clock;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The starts that are not on disk: what memory knows more than the store, and what every answer
 * puts over it until a batch that tells of the start is committed. Starts of attempts that have run
 * for long enough are written down. Belongs to the shard's thread.
 */
final class Starts {
  /**
   * A start that is not on disk.
   *
   * @param invocation as it is shown
   * @param onDisk the status below which the store has it
   */
  record Started(Invocation invocation, Status onDisk) {}

  private final Clock clock;
  private final long afterMillis;
  private final Consumer<Live> write;
  private final Consumer<Runnable> turn;

  /** In the order in which they began. */
  private final Map<InvocationId, Live> ahead = new LinkedHashMap<>();

  /** Those that a batch on its way tells of, in the order of the batches. */
  private final ArrayDeque<Live> leaving = new ArrayDeque<>();

  private Clock.Timer timer;
  private boolean closed;

  /**
   * Of one shard.
   *
   * @param afterMillis how long an attempt runs before its start is written down
   * @param write puts the entry into the batch being built
   * @param turn runs what a timer calls for
   */
  Starts(Clock clock, long afterMillis, Consumer<Live> write, Consumer<Runnable> turn) {
    this.clock = clock;
    this.afterMillis = afterMillis;
    this.write = write;
    this.turn = turn;
  }

  /** {@code entry} has begun: its current value is not in any batch. */
  void began(Live entry) {
    entry.started = new Started(entry.current, entry.written.status());
    entry.startedBatch = 0;
    ahead.put(entry.id, entry);
    schedule(entry);
  }

  /** Batch {@code number} is the newest that knows of {@code entry}. */
  void written(Live entry, long number) {
    if (entry.started != null && entry.startedBatch == 0) {
      entry.startedBatch = number;
      leaving.add(entry);
    }
  }

  /** All batches up to {@code number} are committed. */
  void committed(long number) {
    while (!leaving.isEmpty() && leaving.peek().startedBatch <= number) {
      Live entry = leaving.poll();
      entry.started = null;
      ahead.remove(entry.id);
    }
  }

  /** A copy for whoever reads the store at this moment. */
  Map<InvocationId, Started> snapshot() {
    Map<InvocationId, Started> copy = new HashMap<>(ahead.size() * 2);
    ahead.forEach((id, entry) -> copy.put(id, entry.started));
    return copy;
  }

  /** The starts there are at this moment. */
  Iterable<Live> entries() {
    return ahead.values();
  }

  void close() {
    closed = true;
    cancel();
    ahead.clear();
    leaving.clear();
  }

  private void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void schedule(Live oldest) {
    if (timer == null && !closed) {
      timer = clock.at(begunAt(oldest) + afterMillis, () -> turn.accept(this::writeDown));
    }
  }

  /** Writes down what has run for long enough, so that a restart knows that it may have run. */
  private void writeDown() {
    cancel();
    long ripe = clock.millis() - afterMillis;
    for (Live entry : ahead.values()) {
      if (entry.startedBatch != 0) {
        continue;
      }
      if (begunAt(entry) > ripe) {
        schedule(entry);
        return;
      }
      write.accept(entry);
    }
  }

  private static long begunAt(Live entry) {
    var events = entry.started.invocation().events();
    return events.get(events.size() - 1).at();
  }
}
