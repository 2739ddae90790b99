package io.perdure.invocation;

/**
 * Where a payload, result or log is kept.
 *
 * @param bytes its length; 0 means that nothing is stored
 * @param bucket hour since the epoch after which the body may be removed: part of its key
 */
public record BodyRef(int bytes, int bucket) {
  /** No body. */
  public static final BodyRef NONE = new BodyRef(0, 0);

  /** Bodies are stored in pieces of at most this many bytes, so that no commit is larger. */
  public static final int CHUNK_BYTES = 512 * 1024;

  /** Milliseconds that one bucket spans: an hour. */
  public static final long BUCKET_MILLIS = 3_600_000L;

  /** True when there is nothing to read. */
  public boolean isEmpty() {
    return bytes == 0;
  }

  /** Number of pieces the body is stored in. */
  public int chunks() {
    return (bytes + CHUNK_BYTES - 1) / CHUNK_BYTES;
  }

  /** The bucket of what must be readable until {@code untilMillis}. */
  public static int bucketUntil(long untilMillis) {
    return (int) (untilMillis / BUCKET_MILLIS + 1);
  }

  /** First millisecond at which everything of the bucket may be gone. */
  public long removableFrom() {
    return bucket * BUCKET_MILLIS;
  }
}
