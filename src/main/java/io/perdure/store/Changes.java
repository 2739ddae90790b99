package io.perdure.store;

import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a change of an invocation means in keys and values: the record, and every index entry that
 * follows from it. {@link #entries} is the definition of the indexes; {@link #apply} writes the
 * difference between two forms of a record, {@link Verify} recomputes the whole.
 */
public final class Changes {
  private static final byte[] NOTHING = {};
  private static final int COUNTER_KEY_BYTES = 10;

  private Changes() {}

  /**
   * Appends to {@code batch} what turns the committed form {@code before} into {@code after}. Only
   * what differs is written. Bodies are not touched: their bucket removes them.
   *
   * @param before null when it does not exist
   * @param after null when it is removed
   */
  public static void apply(Invocation before, Invocation after, Batch batch) {
    if (before == null && after == null) {
      return;
    }
    if (before != null && after != null) {
      if (!before.id().equals(after.id()) || lane(before) != lane(after)) {
        throw new IllegalArgumentException("an invocation keeps its id, function and mode");
      }
      if (before.equals(after)) {
        return;
      }
    }
    byte[] id = Keys.id((after == null ? before : after).id());
    if (after == null) {
      batch.delete(Family.RECORD, id);
    } else {
      batch.put(Family.RECORD, id, RecordCodec.encode(after));
    }
    key(before, after, id, batch);
    list(before, after, batch);
    status(before, after, batch);
    ended(before, after, batch);
    due(before, after, batch);
    started(before, after, id, batch);
    owing(before, after, batch);
    expiry(before, after, batch);
  }

  /** Receives the index entries of a record. */
  interface Entries {
    void entry(Family family, byte[] key, byte[] value);
  }

  /** Every index entry that {@code of} has when it is committed, without the record itself. */
  static void entries(Invocation of, Entries to) {
    if (of.key() != null) {
      to.entry(Family.KEY, Keys.idempotency(of.functionUid(), of.key()), Keys.id(of.id()));
    }
    to.entry(Family.LIST, Keys.list(lane(of), of.id()), NOTHING);
    to.entry(Family.STATUS, statusKey(of), NOTHING);
    if (of.status().terminal()) {
      to.entry(Family.ENDED, endedKey(of), endedValue(of));
    }
    if (queued(of)) {
      to.entry(Family.DUE, dueKey(of), NOTHING);
    }
    if (runs(of)) {
      to.entry(Family.STARTED, Keys.id(of.id()), NOTHING);
    }
    if (of.owes()) {
      to.entry(Family.OWING, owingKey(of), NOTHING);
    }
    if (needsAttention(of)) {
      to.entry(Family.EXPIRY, expiryKey(of), NOTHING);
    }
  }

  /** Appends {@code bytes} as the body that {@code ref} refers to, in pieces. */
  public static void body(Family family, InvocationId id, BodyRef ref, byte[] bytes, Batch batch) {
    if (ref.bytes() != bytes.length) {
      throw new IllegalArgumentException(
          "the reference says " + ref.bytes() + " bytes, the body has " + bytes.length);
    }
    for (int chunk = 0; chunk < ref.chunks(); chunk++) {
      int from = chunk * BodyRef.CHUNK_BYTES;
      int length = Math.min(BodyRef.CHUNK_BYTES, bytes.length - from);
      batch.put(family, Keys.chunk(ref.bucket(), id, chunk), bytes, from, length);
    }
  }

  /**
   * The whole body that {@code ref} refers to; empty when nothing is stored. The caller has
   * compared the bucket with {@link Meta#lowWater}.
   *
   * @throws StoreException when a piece is missing or has the wrong length
   */
  public static byte[] readBody(StoreReader reader, Family family, InvocationId id, BodyRef ref) {
    return readBody(key -> reader.get(family, key), family, id, ref);
  }

  /** The body that {@code ref} refers to if memory has it in one piece, else null. */
  public static byte[] glanceAtBody(
      StoreReader reader, Family family, InvocationId id, BodyRef ref) {
    if (ref.chunks() != 1) {
      return null;
    }
    byte[] bytes = reader.glance(family, Keys.chunk(ref.bucket(), id, 0));
    return bytes == null || bytes.length != ref.bytes() ? null : bytes;
  }

  /** As {@link #readBody(StoreReader, Family, InvocationId, BodyRef)}, at the view's moment. */
  public static byte[] readBody(
      StoreReader.View view, Family family, InvocationId id, BodyRef ref) {
    return readBody(key -> view.get(family, key), family, id, ref);
  }

  /**
   * The counters of every function: lane to counts, indexed by {@link Status#code()}. The shard
   * keeps them in memory from then on and writes them ({@link Keys#counter}, {@link Keys#number})
   * with its commits.
   */
  public static Map<Long, long[]> loadCounters(StoreReader reader) {
    try (StoreReader.View view = reader.view()) {
      return loadCounters(view);
    }
  }

  /** As {@link #loadCounters(StoreReader)}, at the view's moment. */
  public static Map<Long, long[]> loadCounters(StoreReader.View view) {
    byte[] prefix = {'c'};
    Map<Long, long[]> counters = new HashMap<>();
    try (StoreReader.Scan scan = view.scan(Family.META, prefix, Keys.after(prefix), false)) {
      for (; scan.valid(); scan.next()) {
        byte[] key = scan.key();
        int code = key.length == COUNTER_KEY_BYTES ? key[COUNTER_KEY_BYTES - 1] : 0;
        if (code < 1 || code > Status.values().length || scan.value().length != Long.BYTES) {
          throw new StoreException("a counter is damaged", null);
        }
        counters
                .computeIfAbsent(Keys.longAt(key, 1), lane -> new long[Status.values().length + 1])[
                code] =
            Meta.number(scan.value());
      }
    }
    return counters;
  }

  /** The counters of one lane at the view's moment, indexed by {@link Status#code()}. */
  public static long[] counters(StoreReader.View view, long lane) {
    long[] counts = new long[Status.values().length + 1];
    for (Status status : Status.values()) {
      counts[status.code()] = Meta.number(view.get(Family.META, Keys.counter(lane, status)));
    }
    return counts;
  }

  private interface Lookup {
    byte[] get(byte[] key);
  }

  private static byte[] readBody(Lookup lookup, Family family, InvocationId id, BodyRef ref) {
    if (ref.isEmpty()) {
      return NOTHING;
    }
    if (ref.chunks() == 1) {
      return chunk(lookup, family, id, ref, 0);
    }
    byte[] whole = new byte[ref.bytes()];
    for (int i = 0; i < ref.chunks(); i++) {
      byte[] chunk = chunk(lookup, family, id, ref, i);
      System.arraycopy(chunk, 0, whole, i * BodyRef.CHUNK_BYTES, chunk.length);
    }
    return whole;
  }

  private static byte[] chunk(
      Lookup lookup, Family family, InvocationId id, BodyRef ref, int chunk) {
    byte[] bytes = lookup.get(Keys.chunk(ref.bucket(), id, chunk));
    String problem = chunkProblem(ref, chunk, bytes);
    if (problem != null) {
      throw new StoreException(family + " of " + id + ": " + problem, null);
    }
    return bytes;
  }

  /** What is wrong with {@code bytes} as that piece of {@code ref}, or null. */
  static String chunkProblem(BodyRef ref, int chunk, byte[] bytes) {
    String piece = "piece " + (chunk + 1) + " of " + ref.chunks();
    if (bytes == null) {
      return piece + " is missing";
    }
    int expected = Math.min(BodyRef.CHUNK_BYTES, ref.bytes() - chunk * BodyRef.CHUNK_BYTES);
    return bytes.length == expected
        ? null
        : piece + " has " + bytes.length + " bytes instead of " + expected;
  }

  private static void key(Invocation before, Invocation after, byte[] id, Batch batch) {
    String old = before == null ? null : before.key();
    String now = after == null ? null : after.key();
    if (Objects.equals(old, now)) {
      return;
    }
    if (old != null) {
      batch.delete(Family.KEY, Keys.idempotency(before.functionUid(), old));
    }
    if (now != null) {
      batch.put(Family.KEY, Keys.idempotency(after.functionUid(), now), id);
    }
  }

  private static void list(Invocation before, Invocation after, Batch batch) {
    if (before == null) {
      batch.put(Family.LIST, Keys.list(lane(after), after.id()), NOTHING);
    } else if (after == null) {
      batch.delete(Family.LIST, Keys.list(lane(before), before.id()));
    }
  }

  private static void status(Invocation before, Invocation after, Batch batch) {
    if (before != null && after != null && before.status() == after.status()) {
      return;
    }
    move(
        Family.STATUS,
        before == null ? null : statusKey(before),
        after == null ? null : statusKey(after),
        batch);
  }

  private static void ended(Invocation before, Invocation after, Batch batch) {
    boolean was = before != null && before.status().terminal();
    boolean is = after != null && after.status().terminal();
    if (was && is && before.endedAt() == after.endedAt() && before.status() == after.status()) {
      return;
    }
    if (was) {
      batch.delete(Family.ENDED, endedKey(before));
    }
    if (is) {
      batch.put(Family.ENDED, endedKey(after), endedValue(after));
    }
  }

  private static void due(Invocation before, Invocation after, Batch batch) {
    boolean was = before != null && queued(before);
    boolean is = after != null && queued(after);
    if (was && is && before.dueAt() == after.dueAt()) {
      return;
    }
    move(Family.DUE, was ? dueKey(before) : null, is ? dueKey(after) : null, batch);
  }

  private static void started(Invocation before, Invocation after, byte[] id, Batch batch) {
    boolean was = before != null && runs(before);
    boolean is = after != null && runs(after);
    if (was != is) {
      move(Family.STARTED, was ? id : null, is ? id : null, batch);
    }
  }

  private static void owing(Invocation before, Invocation after, Batch batch) {
    boolean was = before != null && before.owes();
    boolean is = after != null && after.owes();
    boolean same = was && is && before.delivery().equals(after.delivery());
    if ((was || is) && !same) {
      move(Family.OWING, was ? owingKey(before) : null, is ? owingKey(after) : null, batch);
    }
  }

  private static void expiry(Invocation before, Invocation after, Batch batch) {
    boolean was = before != null && needsAttention(before);
    boolean is = after != null && needsAttention(after);
    if (was && is && before.attentionAt() == after.attentionAt()) {
      return;
    }
    move(Family.EXPIRY, was ? expiryKey(before) : null, is ? expiryKey(after) : null, batch);
  }

  private static void move(Family family, byte[] from, byte[] to, Batch batch) {
    if (from != null) {
      batch.delete(family, from);
    }
    if (to != null) {
      batch.put(family, to, NOTHING);
    }
  }

  /** It waits in the queue of its function. */
  private static boolean queued(Invocation of) {
    return of.status().waiting() && of.mode() == Invocation.Mode.ASYNC;
  }

  /**
   * A restart has to look at it: it runs, or its caller waits for it. Such a one is with the
   * executor from its first commit on, and never in a queue.
   */
  private static boolean runs(Invocation of) {
    return of.status() == Status.RUNNING
        || of.status() == Status.STOPPING
        || (of.status().waiting() && of.mode() == Invocation.Mode.SYNC);
  }

  private static boolean needsAttention(Invocation of) {
    return of.attentionAt() != Long.MAX_VALUE;
  }

  private static byte[] statusKey(Invocation of) {
    return Keys.status(lane(of), of.status(), of.id());
  }

  private static byte[] endedKey(Invocation of) {
    return Keys.timed(lane(of), of.endedAt(), of.id());
  }

  private static byte[] endedValue(Invocation of) {
    return new byte[] {(byte) of.status().code()};
  }

  /** The status that an entry of ENDED tells, or null when an older program wrote it. */
  public static Status endedStatus(byte[] value) {
    return value.length == 0 ? null : Status.of(value[0]);
  }

  /** See {@link Keys#lane}. */
  public static long lane(Invocation of) {
    return Keys.lane(of.functionUid(), of.mode(), of.tracked());
  }

  private static byte[] dueKey(Invocation of) {
    return Keys.timed(of.functionUid(), of.dueAt(), of.id());
  }

  /** See {@link Keys#destination}: of what owes a delivery. */
  public static long destination(Invocation of) {
    return Keys.destination(of.delivery().destination().group(of.account()));
  }

  /** OWING, of what owes a delivery. */
  public static byte[] owingKey(Invocation of) {
    return Keys.timed(destination(of), of.delivery().nextAt(), of.id());
  }

  private static byte[] expiryKey(Invocation of) {
    return Keys.expiry(Math.max(0, of.attentionAt()), of.id());
  }
}
