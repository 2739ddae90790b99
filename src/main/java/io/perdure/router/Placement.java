package io.perdure.router;

import java.nio.charset.StandardCharsets;

/**
 * Which shard a key belongs to. <b>Never to be changed:</b> the owner of a key's shard is the one
 * who knows whether the key is taken, so another hash would forget every stored key.
 *
 * <p>FNV-1a (64 bits) over the function's uid (8 bytes, big-endian) and the key (UTF-8), spread by
 * the finaliser of SplitMix64, then the unsigned remainder by the number of shards.
 */
final class Placement {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Placement() {}

  /** The shard of {@code key} within the function, 0 to {@code shards} - 1. */
  static int shardOf(long functionUid, String key, int shards) {
    return (int) Long.remainderUnsigned(hash(functionUid, key), shards);
  }

  /** A well mixed hash of a number and a text, the same on every machine and in every version. */
  static long hash(long number, String text) {
    long hash = FNV_OFFSET;
    for (int shift = 56; shift >= 0; shift -= 8) {
      hash = (hash ^ (number >>> shift & 0xFF)) * FNV_PRIME;
    }
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * FNV_PRIME;
    }
    hash = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ hash >>> 27) * 0x94d049bb133111ebL;
    return hash ^ hash >>> 31;
  }
}
