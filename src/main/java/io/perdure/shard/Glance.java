package io.perdure.shard;

import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.journal.Family;
import io.perdure.store.Changes;
import io.perdure.store.Keys;
import io.perdure.store.Meta;
import io.perdure.store.RecordCodec;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import java.util.function.IntSupplier;

/**
 * What can be told of a shard without asking its thread, and without waiting for the disk: what has
 * ended, for its committed record is all there is to know. Everything else depends on what the
 * shard has decided and not yet committed. Thread: any; null means that the shard is to be asked.
 */
public final class Glance {
  /** Larger bodies are not copied on the caller's thread. */
  static final int BODY_BYTES_MAX = 64 * 1024;

  private final StoreReader reader;
  private final IntSupplier lowWater;

  /** Null where nobody else can own the shard. */
  private final Clock clock;

  private Glance(StoreReader reader, IntSupplier lowWater, Clock clock) {
    this.reader = reader;
    this.lowWater = lowWater;
    this.clock = clock;
  }

  /** At the shard of a node that stands alone. */
  static Glance ofSole(StoreReader reader, Bodies bodies) {
    return new Glance(reader, bodies::lowWater, null);
  }

  /**
   * At a replica, wherever its shard is owned, and it may lag behind: only what does not change any
   * more is told.
   */
  static Glance ofReplica(StoreReader reader, Clock clock) {
    return new Glance(reader, () -> lowWaterOf(reader), clock);
  }

  /** The bucket below which bodies are removed; all of them when memory cannot tell. */
  private static int lowWaterOf(StoreReader reader) {
    byte[] mark = reader.glance(Family.META, Meta.lowWater());
    return mark == null ? Integer.MAX_VALUE : mark.length == 0 ? 0 : (int) Meta.number(mark);
  }

  /** The invocation, if it has ended and memory has it. */
  public Invocation ended(InvocationId id) {
    byte[] record = reader.glance(Family.RECORD, Keys.id(id));
    if (record == null || record.length == 0) {
      return null;
    }
    try {
      Invocation committed = RecordCodec.decode(record);
      return isFinal(committed) ? committed : null;
    } catch (StoreException e) {
      return null; // the shard finds it broken, too, and sees to it
    }
  }

  /** Elsewhere what it owes may be delivered by now, and it may be removed after its retention. */
  private boolean isFinal(Invocation committed) {
    return clock == null
        ? committed.status().terminal()
        : committed.over() && committed.isKeptAt(clock.millis());
  }

  /** The invocation that has the key, likewise. */
  public Invocation ended(long functionUid, String key) {
    byte[] id = reader.glance(Family.KEY, Keys.idempotency(functionUid, key));
    return id == null || id.length == 0 ? null : ended(InvocationId.read(id, 0));
  }

  /** A body of what has ended, if it is small and memory has it. */
  public byte[] body(Invocation ended, Part part) {
    return isSmall(ended, part)
        ? Changes.glanceAtBody(reader, Reads.family(part), ended.id(), part.of(ended))
        : null;
  }

  /** The same wherever it is: this one waits for the disk. */
  byte[] read(Invocation ended, Part part) {
    try {
      return isSmall(ended, part)
          ? Changes.readBody(reader, Reads.family(part), ended.id(), part.of(ended))
          : null;
    } catch (StoreException e) {
      return null; // removed in this moment, closed or broken: the shard finds out, and tells
    }
  }

  /** Whether there is such a body, small and readable. */
  boolean isSmall(Invocation ended, Part part) {
    BodyRef ref = part.of(ended);
    return !ref.isEmpty()
        && ref.isKept()
        && ref.bytes() <= BODY_BYTES_MAX
        && ref.bucket() >= lowWater.getAsInt();
  }

  /** Whether no invocation that was acknowledged has the key; false when that is not known. */
  public boolean isUnused(long functionUid, String key) {
    if (clock != null) {
      return false; // another node may have accepted one by now
    }
    byte[] id = reader.glance(Family.KEY, Keys.idempotency(functionUid, key));
    return id != null && id.length == 0;
  }
}
