package io.perdure.cluster.raft;

import io.perdure.journal.Batch;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/** An entry on its way through Ratis, which hands it back when it is applied on this member. */
final class Handed implements Message {
  /** Told what became of an entry. Called on the thread that applies. */
  @FunctionalInterface
  interface Applied {
    /**
     * It is in the log of a majority.
     *
     * @param accepted false when nothing was applied, because the term was another
     */
    void applied(boolean accepted);
  }

  private final Entry entry;
  private final Batch batch;
  private final Applied applied;
  private final ByteString content;

  Handed(Entry entry, Batch batch, Applied applied) {
    this.entry = entry;
    this.batch = batch;
    this.applied = applied;
    content = entry.encoded();
  }

  @Override
  public ByteString getContent() {
    return content;
  }

  Entry entry() {
    return entry;
  }

  /** The whole of it, of which the entry may be a part. */
  Batch batch() {
    return batch;
  }

  void applied(boolean accepted) {
    applied.applied(accepted);
  }
}
