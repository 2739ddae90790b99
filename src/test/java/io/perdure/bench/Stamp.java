package io.perdure.bench;

import io.perdure.invocation.InvocationId;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The operations of a batch that is about one invocation, to be put again for others: bytes as
 * ready as they can be. Not thread-safe.
 */
final class Stamp {
  /** An operation, and where the id stands in it. */
  private static final class Operation {
    private final Family family;
    private final byte[] key;
    private final byte[] value; // null for a delete
    private final int keyAt; // -1 for nowhere
    private final int valueAt;

    private Operation(Family family, byte[] key, byte[] value, byte[] mark) {
      this.family = family;
      this.key = key;
      this.value = value;
      keyAt = find(mark, key);
      valueAt = value == null ? -1 : find(mark, value);
    }
  }

  private final List<Operation> operations = new ArrayList<>();

  Stamp(Batch sample, InvocationId id) {
    byte[] mark = new byte[InvocationId.BYTES];
    id.write(mark, 0);
    sample.forEach(
        new Batch.Visitor() {
          @Override
          public void put(Family family, byte[] key, byte[] value) {
            operations.add(new Operation(family, key, value, mark));
          }

          @Override
          public void delete(Family family, byte[] key) {
            operations.add(new Operation(family, key, null, mark));
          }
        });
  }

  /** Puts the same for {@code id}. */
  void put(InvocationId id, Batch into) {
    for (Operation of : operations) {
      if (of.keyAt >= 0) {
        id.write(of.key, of.keyAt);
      }
      if (of.valueAt >= 0) {
        id.write(of.value, of.valueAt);
      }
      if (of.value == null) {
        into.delete(of.family, of.key);
      } else {
        into.put(of.family, of.key, of.value);
      }
    }
  }

  private static int find(byte[] mark, byte[] in) {
    for (int i = 0; i + mark.length <= in.length; i++) {
      if (Arrays.equals(mark, 0, mark.length, in, i, i + mark.length)) {
        return i;
      }
    }
    return -1;
  }
}
