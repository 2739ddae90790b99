package io.perdure.chaos;

import io.perdure.invocation.InvocationId;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who leads which shard, told from outside: a submit without key is taken by a shard of the node
 * that is asked, and the id says which one it is. Pure.
 */
final class Owners {
  private Owners() {}

  /** By shard, as of that moment; only shards that were met. */
  static Map<Integer, String> at(Iterable<Op> ops, long nanos) {
    Map<Integer, String> owners = new TreeMap<>();
    Map<Integer, Long> since = new TreeMap<>();
    for (Op op : ops) {
      boolean tells = op.kind() == Op.Kind.SUBMIT && op.key() == null && op.succeeded();
      if (!tells || op.endNanos() > nanos) {
        continue;
      }
      int shard = shard(op.only().id());
      if (since.getOrDefault(shard, Long.MIN_VALUE) < op.endNanos()) {
        since.put(shard, op.endNanos());
        owners.put(shard, op.node());
      }
    }
    return owners;
  }

  /** The shard that an id names. */
  static int shard(String id) {
    return InvocationId.parse(id).orElseThrow().shard();
  }
}
