package io.perdure.store;

import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.journal.Family;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** {@link Verify} of one shard's store. One thread. */
final class VerifyShard {
  private static final Family[] INDEXES = {
    Family.KEY,
    Family.LIST,
    Family.STATUS,
    Family.ENDED,
    Family.DUE,
    Family.STARTED,
    Family.OWING,
    Family.EXPIRY
  };

  private final int shard;
  private final long epoch;
  private final Store store;
  private final Verify.Findings findings;
  private final Map<Family, Long> found = new EnumMap<>(Family.class);
  private final Map<Long, long[]> counted = new HashMap<>();
  private StoreReader.View view;
  private long lowWater;

  VerifyShard(int shard, long epoch, Store store, Verify.Findings findings) {
    this.shard = shard;
    this.epoch = epoch;
    this.store = store;
    this.findings = findings;
  }

  void run() {
    try (StoreReader.View now = store.view()) {
      view = now;
      lowWater = Meta.number(view.get(Family.META, Meta.lowWater()));
      findings.entries(Family.RECORD, records());
      for (Family family : INDEXES) {
        index(family);
      }
      counters();
    }
  }

  private void problem(String text) {
    findings.problem("shard " + shard + ": " + text);
  }

  private long records() {
    long records = 0;
    try (StoreReader.Scan scan = view.scan(Family.RECORD, null, null, false)) {
      for (; scan.valid(); scan.next()) {
        records++;
        Invocation invocation = decoded(scan.key(), scan.value());
        if (invocation != null) {
          record(invocation);
        }
      }
    }
    return records;
  }

  private Invocation decoded(byte[] key, byte[] value) {
    if (key.length != InvocationId.BYTES) {
      problem("a record's key has " + key.length + " bytes");
      return null;
    }
    InvocationId id = InvocationId.read(key, 0);
    try {
      Invocation invocation = RecordCodec.decode(value);
      if (invocation.id().equals(id)) {
        return invocation;
      }
      problem("record " + id + " says it is " + invocation.id());
    } catch (StoreException e) {
      problem("record " + id + ": " + e.getMessage());
    }
    return null;
  }

  private void record(Invocation of) {
    if (of.id().shard() != shard) {
      problem("record " + of.id() + " belongs to shard " + of.id().shard());
    }
    if (of.epoch() > epoch) {
      problem("record " + of.id() + " has epoch " + of.epoch() + ", the present is " + epoch);
    }
    counted
        .computeIfAbsent(Changes.lane(of), lane -> new long[Status.values().length + 1])[
        of.status().code()]++;
    Changes.entries(of, (family, key, value) -> entry(of, family, key, value));
    body(of, Family.PAYLOAD, of.payload());
    body(of, Family.RESULT, of.result());
    body(of, Family.LOG, of.log());
  }

  private void entry(Invocation of, Family family, byte[] key, byte[] value) {
    byte[] stored = view.get(family, key);
    if (stored == null) {
      problem(family + " of " + of.id() + " (" + of.status() + ") is missing");
      return;
    }
    found.merge(family, 1L, Long::sum);
    boolean older = family == Family.ENDED && stored.length == 0;
    if (!older && !Arrays.equals(stored, value)) {
      problem(family + " of " + of.id() + " (" + of.status() + ") has the wrong value");
    }
  }

  private void body(Invocation of, Family family, BodyRef ref) {
    if (ref.bucket() < lowWater) {
      return;
    }
    for (int chunk = 0; chunk < ref.chunks(); chunk++) {
      byte[] bytes = view.get(family, Keys.chunk(ref.bucket(), of.id(), chunk));
      String wrong = Changes.chunkProblem(ref, chunk, bytes);
      if (wrong != null) {
        problem(family + " of " + of.id() + ": " + wrong);
      }
    }
  }

  /**
   * Every entry that a record asks for has been looked up, and they are distinct: as many entries
   * as were found means that there are no others.
   */
  private void index(Family family) {
    long entries = 0;
    try (StoreReader.Scan scan = view.scan(family, null, null, false)) {
      for (; scan.valid(); scan.next()) {
        entries++;
      }
    }
    findings.entries(family, entries);
    if (entries != found.getOrDefault(family, 0L)) {
      extras(family);
    }
  }

  private void extras(Family family) {
    try (StoreReader.Scan scan = view.scan(family, null, null, false)) {
      for (; scan.valid(); scan.next()) {
        byte[] named = family == Family.KEY ? scan.value() : scan.key();
        if (named.length < InvocationId.BYTES) {
          problem(family + " has an entry that names no invocation");
          continue;
        }
        InvocationId id = Keys.trailingId(named);
        byte[] record = view.get(Family.RECORD, Keys.id(id));
        if (record == null) {
          problem(family + " has an entry of " + id + ", which does not exist");
        } else if (!asksFor(record, family, scan.key())) {
          problem(family + " has an entry of " + id + " that its record does not ask for");
        }
      }
    }
  }

  private static boolean asksFor(byte[] record, Family family, byte[] key) {
    boolean[] asks = {false};
    try {
      Changes.entries(
          RecordCodec.decode(record),
          (of, expected, value) -> asks[0] |= of == family && Arrays.equals(expected, key));
    } catch (StoreException e) {
      return true; // the record has been reported; what it asks for is unknown
    }
    return asks[0];
  }

  private void counters() {
    Map<Long, long[]> stored = Changes.loadCounters(view);
    counted.forEach((lane, counts) -> compare(lane, counts, stored.remove(lane)));
    stored.forEach((lane, counts) -> compare(lane, new long[counts.length], counts));
  }

  private void compare(long lane, long[] counted, long[] stored) {
    for (Status status : Status.values()) {
      long is = stored == null ? 0 : stored[status.code()];
      if (is != counted[status.code()]) {
        problem(
            "function "
                + Keys.functionOf(lane)
                + " has "
                + counted[status.code()]
                + (Keys.modeOf(lane) == Invocation.Mode.SYNC ? " synchronous" : "")
                + " invocations "
                + status
                + ", its counter says "
                + is);
      }
    }
  }
}
