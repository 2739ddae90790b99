package io.perdure.shard;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import io.perdure.store.RecordCodec;
import io.perdure.store.StoreReader;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * The invocations of a shard that are in memory: what is with the executor, and what has changed
 * since the last commit. All others are read from disk when they are needed. Belongs to the shard's
 * thread.
 */
final class Memory {
  private final StoreReader reader;
  private final Commits commits;
  private final Map<InvocationId, Live> live = new HashMap<>();

  /** Those with a change in a batch; one that is in several stands here as often. */
  private final ArrayDeque<Live> touched = new ArrayDeque<>();

  Memory(StoreReader reader, Commits commits) {
    this.reader = reader;
    this.commits = commits;
  }

  /** The entry in memory, or null. */
  Live get(InvocationId id) {
    return live.get(id);
  }

  /** The entry in memory, else one read from disk; null if there is none. */
  Live load(InvocationId id) {
    Live entry = live.get(id);
    if (entry != null) {
      return entry.place == Live.Place.GONE ? null : entry;
    }
    byte[] record = reader.get(Family.RECORD, Keys.id(id));
    if (record == null) {
      return null;
    }
    Invocation stored = RecordCodec.decode(record);
    return new Live(stored, stored);
  }

  /** Keeps {@code entry}: the executor is about to get it. */
  void adopt(Live entry) {
    live.put(entry.id, entry);
  }

  /** Keeps {@code entry}, which was put into the batch being built, until that is committed. */
  void changed(Live entry) {
    entry.batch = commits.changed();
    adopt(entry);
    touched.add(entry);
  }

  /** A batch is committed: what it was kept for is over. */
  void committed() {
    for (int i = touched.size(); i > 0; i--) {
      Live entry = touched.poll();
      if (isCommitted(entry)) {
        forget(entry);
      } else {
        touched.add(entry);
      }
    }
  }

  /** Drops what is committed and not with the executor: it is read again when it is needed. */
  void forget(Live entry) {
    boolean home = entry.place == Live.Place.HOME && entry.parked.isEmpty();
    if ((home || entry.place == Live.Place.GONE) && isCommitted(entry)) {
      live.remove(entry.id, entry);
    }
  }

  /** Whether all that is decided on {@code entry} is committed. */
  boolean isCommitted(Live entry) {
    return entry.batch <= commits.committed();
  }

  /** The entry's value, once all of it that is decided is committed. */
  Future<Invocation> committed(Live entry) {
    if (isCommitted(entry)) {
      return Future.succeededFuture(entry.current);
    }
    Invocation decided = entry.current;
    return commits.told(entry.batch, () -> decided);
  }

  /**
   * For what {@link #load} does not have: told once its removal, if there was one, is committed.
   */
  <T> Future<T> notFound(InvocationId id) {
    Failure failure = new Failure.NotFound("invocation", id.toString());
    Live gone = live.get(id);
    Future<Void> known = gone == null ? Future.succeededFuture() : committed(gone).mapEmpty();
    return known.compose(v -> Future.failedFuture(new FailureException(failure)));
  }

  /** All that are in memory, those whose removal is decided included. */
  Collection<Live> all() {
    return Collections.unmodifiableCollection(live.values());
  }

  int size() {
    return live.size();
  }

  /** Whether the executor has nothing of this shard. */
  boolean isQuiet() {
    return live.values().stream()
        .noneMatch(entry -> entry.place == Live.Place.OFFERED || entry.place == Live.Place.RUNNING);
  }

  /** Whether something runs that began before {@code millis}. */
  boolean hasRunSince(long millis) {
    return live.values().stream()
        .anyMatch(entry -> entry.place == Live.Place.RUNNING && entry.beganAt < millis);
  }

  /** Whether the executor has something that nobody waits for. */
  boolean hasAsync() {
    return live.values().stream()
        .anyMatch(
            entry ->
                (entry.place == Live.Place.OFFERED || entry.place == Live.Place.RUNNING)
                    && entry.current.mode() == Invocation.Mode.ASYNC);
  }

  /** The earliest time for attention of what is in memory: a look at that may have been in vain. */
  long firstAttention() {
    long first = Long.MAX_VALUE;
    for (Live entry : live.values()) {
      if (entry.place != Live.Place.GONE) {
        first = Math.min(first, entry.written.attentionAt());
      }
    }
    return first;
  }

  /** Drops everything; who waits for what the executor has is told {@code undecided}. */
  void close(Failure undecided) {
    for (Live entry : live.values()) {
      for (Live.Parked parked : entry.unpark()) {
        if (parked.answer() != null) {
          parked.answer().tryFail(new FailureException(undecided));
        }
      }
    }
    live.clear();
    touched.clear();
  }
}
