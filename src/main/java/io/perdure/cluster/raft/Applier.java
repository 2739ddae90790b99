package io.perdure.cluster.raft;

import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Meta;
import io.perdure.store.Replica;
import java.io.ByteArrayOutputStream;

/**
 * Takes the entries of a group's log into the store of this member, the same on every member. The
 * parts of a large batch are put aside in the store until its last one comes: they are in snapshots
 * like everything else. One thread: that which applies.
 */
final class Applier {
  private final Replica replica;

  /** How many parts have been put aside, and the term of their entries: as in the store. */
  private int parts;

  private long partsTerm;

  Applier(Replica replica) {
    this.replica = replica;
    reload();
  }

  /** The store is another one. */
  void reload() {
    parts = (int) Meta.number(replica.get(Family.META, Meta.parts()));
    partsTerm = Meta.number(replica.get(Family.META, Meta.partsTerm()));
  }

  /** An entry without operations: of Raft itself. */
  void skip(long term, long index) {
    replica.apply(new Batch(), term, index);
  }

  /**
   * Applies {@code entry} or, if it was decided in another term than its own or the parts before it
   * are not there, nothing but its place.
   *
   * @param handed the batch it is of, where this member was handed it; else null
   * @return whether it was accepted
   */
  Result apply(Entry entry, Batch handed, long term, long index) {
    boolean first = entry.part() == 0;
    boolean follows = entry.part() == parts && term == partsTerm;
    if (entry.term() != term || !(first || follows)) {
      skip(term, index);
      return new Result(false, null);
    }
    if (entry.kind() == Entry.Kind.PART) {
      putAside(entry, term, index);
      return new Result(true, null);
    }
    Batch batch = handed == null ? Batch.decoded(bytes(entry)) : handed;
    replica.apply(batch, withoutParts(), term, index);
    return new Result(true, batch);
  }

  /**
   * What became of an entry.
   *
   * @param accepted false for one of a leadership that had ended
   * @param batch what has come into force; null for nothing
   */
  record Result(boolean accepted, Batch batch) {}

  private void putAside(Entry entry, long term, long index) {
    Batch more = entry.part() == 0 ? withoutParts() : new Batch();
    more.put(Family.META, Meta.part(entry.part()), entry.bytes().toByteArray())
        .put(Family.META, Meta.parts(), Meta.value(entry.part() + 1L))
        .put(Family.META, Meta.partsTerm(), Meta.value(term));
    replica.apply(new Batch(), more, term, index);
    parts = entry.part() + 1;
    partsTerm = term;
  }

  /** Removes what has been put aside, if anything has: for this batch, or by a deposed leader. */
  private Batch withoutParts() {
    Batch more = new Batch();
    if (parts > 0) {
      for (int part = 0; part < parts; part++) {
        more.delete(Family.META, Meta.part(part));
      }
      more.delete(Family.META, Meta.parts()).delete(Family.META, Meta.partsTerm());
      parts = 0;
      partsTerm = 0;
    }
    return more;
  }

  private byte[] bytes(Entry entry) {
    if (entry.part() == 0) {
      return entry.bytes().toByteArray();
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int part = 0; part < entry.part(); part++) {
      all.writeBytes(replica.get(Family.META, Meta.part(part)));
    }
    all.writeBytes(entry.bytes().toByteArray());
    return all.toByteArray();
  }
}
