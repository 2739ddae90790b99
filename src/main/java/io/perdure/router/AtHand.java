package io.perdure.router;

import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;

/**
 * What this node can tell of ended invocations at once: without a message to the shard, and without
 * waiting for a disk. Thread: any, an event loop too. What it cannot tell, the shard is asked.
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
        public boolean isUnused(int shard, long functionUid, String key) {
          return false;
        }
      };

  /** The invocation, if it has ended; else null. */
  Invocation ended(InvocationId id);

  /** The invocation that has the key, whose place is on {@code shard}, if it has ended; or null. */
  Invocation ended(int shard, long functionUid, String key);

  /** A body of what has ended, or null. Not to be changed. */
  byte[] body(Invocation ended, Part part);

  /** Whether it is certain that no invocation has the key, whose place is on {@code shard}. */
  boolean isUnused(int shard, long functionUid, String key);
}
