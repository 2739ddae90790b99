package io.perdure.router;

import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.vertx.core.Future;

/**
 * What this node can tell of ended invocations without a message to the shard: at once, and without
 * waiting for a disk, but for {@link #fetch}. Thread: any, an event loop too. What it cannot tell,
 * the shard is asked.
 */
public interface AtHand {
  /** Nothing. */
  AtHand NOTHING =
      new AtHand() {
        @Override
        public Invocation ended(InvocationId id) {
          return null;
        }

        @Override
        public Invocation ended(int shard, long functionUid, String key) {
          return null;
        }

        @Override
        public byte[] body(Invocation ended, Part part) {
          return null;
        }

        @Override
        public Future<byte[]> fetch(Invocation ended, Part part) {
          return Future.succeededFuture();
        }

        @Override
        public boolean isUnused(int shard, long functionUid, String key) {
          return false;
        }
      };

  /** The invocation, if it has ended; else null. */
  Invocation ended(InvocationId id);

  /** The invocation that has the key, whose place is on {@code shard}, if it has ended; or null. */
  Invocation ended(int shard, long functionUid, String key);

  /** A body of what has ended, if memory has it, or null. Not to be changed. */
  byte[] body(Invocation ended, Part part);

  /**
   * A body of what has ended, wherever it is, or null; for one that {@link #body} does not give. On
   * the present context; never fails.
   */
  Future<byte[]> fetch(Invocation ended, Part part);

  /** Whether it is certain that no invocation has the key, whose place is on {@code shard}. */
  boolean isUnused(int shard, long functionUid, String key);
}
