package io.perdure.cluster.raft;

import io.perdure.journal.Batch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * What an entry of the log says, as it is encoded: 1 byte version, 1 byte kind, 8 bytes term in
 * which its batch was decided, 4 bytes number of the part, and then the operations of the batch or
 * a part of them.
 *
 * @param kind what the bytes are
 * @param term in which the batch was decided: to be compared with that of the entry
 * @param part from 0; for the last one how many went before
 * @param bytes of the batch
 */
record Entry(Kind kind, long term, int part, ByteString bytes) {
  private static final byte VERSION = 1;
  private static final int HEAD_BYTES = 2 + Long.BYTES + Integer.BYTES;
  private static final int BODY_BYTES_MAX = RaftSettings.ENTRY_BYTES_MAX - HEAD_BYTES;

  enum Kind {
    /** A whole batch. */
    WHOLE(0),
    /** Bytes of a large batch, and more will follow. */
    PART(1),
    /** The last bytes of a large batch: it comes into force. */
    LAST(2);

    private static final Kind[] BY_CODE = {WHOLE, PART, LAST};

    private final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }
  }

  /**
   * The entries that a batch becomes, in order: one, unless it is large.
   *
   * @param batch not to be changed while they are in use: its bytes are not copied
   */
  static List<Entry> of(Batch batch, long term) {
    ByteString all = UnsafeByteOperations.unsafeWrap(batch.view());
    if (all.size() <= BODY_BYTES_MAX) {
      return List.of(new Entry(Kind.WHOLE, term, 0, all));
    }
    List<Entry> entries = new ArrayList<>();
    int from = 0;
    for (; all.size() - from > BODY_BYTES_MAX; from += BODY_BYTES_MAX) {
      ByteString piece = all.substring(from, from + BODY_BYTES_MAX);
      entries.add(new Entry(Kind.PART, term, entries.size(), piece));
    }
    entries.add(new Entry(Kind.LAST, term, entries.size(), all.substring(from)));
    return entries;
  }

  ByteString encoded() {
    byte[] head = new byte[HEAD_BYTES];
    ByteBuffer.wrap(head).put(VERSION).put(kind.code).putLong(term).putInt(part);
    return UnsafeByteOperations.unsafeWrap(head).concat(bytes);
  }

  /**
   * The entry that was encoded.
   *
   * @throws IllegalStateException when a newer program has written it
   */
  static Entry decoded(ByteString encoded) {
    ByteBuffer head = encoded.substring(0, HEAD_BYTES).asReadOnlyByteBuffer();
    byte version = head.get();
    int kind = head.get();
    if (version != VERSION || kind >= Kind.BY_CODE.length) {
      throw new IllegalStateException(
          "an entry of version " + version + ", kind " + kind + ", is not known to this program");
    }
    return new Entry(
        Kind.BY_CODE[kind], head.getLong(), head.getInt(), encoded.substring(HEAD_BYTES));
  }
}
