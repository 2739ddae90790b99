package io.perdure.shard;

import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.journal.Family;
import io.perdure.store.Changes;
import io.perdure.store.Keys;
import io.perdure.store.RecordCodec;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;

/**
 * What can be told of a shard without asking its thread, and without waiting for the disk: what has
 * ended, for its committed record is all there is to know. Everything else depends on what the
 * shard has decided and not yet committed. Thread: any; null means that the shard is to be asked.
 */
public final class Glance {
  /** Larger bodies are not copied on the caller's thread. */
  static final int BODY_BYTES_MAX = 64 * 1024;

  private final StoreReader reader;
  private final Bodies bodies;

  Glance(StoreReader reader, Bodies bodies) {
    this.reader = reader;
    this.bodies = bodies;
  }

  /** The invocation, if it has ended and memory has it. */
  public Invocation ended(InvocationId id) {
    byte[] record = reader.glance(Family.RECORD, Keys.id(id));
    if (record == null || record.length == 0) {
      return null;
    }
    try {
      Invocation committed = RecordCodec.decode(record);
      return committed.status().terminal() ? committed : null;
    } catch (StoreException e) {
      return null; // the shard finds it broken, too, and sees to it
    }
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
        && !bodies.isRemoved(ref);
  }

  /** Whether no invocation that was acknowledged has the key; false when that is not known. */
  public boolean isUnused(long functionUid, String key) {
    byte[] id = reader.glance(Family.KEY, Keys.idempotency(functionUid, key));
    return id != null && id.length == 0;
  }
}
