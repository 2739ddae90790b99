package io.perdure.store;

import io.perdure.journal.Family;
import java.util.List;

/**
 * Reads the committed state of one shard (or of the registry). Thread-safe. Every call but {@link
 * #glance} may touch the disk: never on an event loop. Fails with {@link StoreException} on a
 * broken store.
 */
public interface StoreReader {
  /** What {@link #glance} gives for a key that is surely not there. */
  byte[] ABSENT = {};

  /** The value of {@code key}, or null. */
  byte[] get(Family family, byte[] key);

  /**
   * The value of {@code key} if memory has it, {@link #ABSENT} if memory tells that there is none,
   * null if only the disk could tell, or the store is closed. Never waits: the one call that an
   * event loop may make. Empty values cannot be told from unknown ones.
   */
  byte[] glance(Family family, byte[] key);

  /** The values of {@code keys} in order, null where there is none. */
  List<byte[]> getAll(Family family, List<byte[]> keys);

  /** A view of this moment, unaffected by later commits; to be closed soon, it holds back space. */
  View view();

  /**
   * As {@link #view}, for a thread that must not be held up: a scan that would step over more than
   * {@code removedMax} removed or overwritten entries in one move fails with {@link
   * StoreException}.
   */
  View briefView(int removedMax);

  /** One moment's state. One thread at a time. */
  interface View extends AutoCloseable {
    byte[] get(Family family, byte[] key);

    List<byte[]> getAll(Family family, List<byte[]> keys);

    /**
     * Keys within [from, to) in ascending order, or descending from the greatest below {@code to}.
     *
     * @param from inclusive, null for the first key
     * @param to exclusive, null for beyond the last key
     */
    Scan scan(Family family, byte[] from, byte[] to, boolean descending);

    @Override
    void close();
  }

  /** Stands on an entry while {@link #valid()}. One thread at a time. */
  interface Scan extends AutoCloseable {
    boolean valid();

    byte[] key();

    byte[] value();

    void next();

    /** Goes to the first entry at or after {@code key} (descending: at or before). */
    void seek(byte[] key);

    @Override
    void close();
  }
}
