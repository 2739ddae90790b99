package io.perdure.invocation;

import java.util.Objects;

/**
 * Where a payload, result or log is kept.
 *
 * @param bytes its length; 0 means that there is none
 * @param bucket hour since the epoch after which the body may be removed: part of its key
 * @param fingerprint of a body that is kept nowhere, else null
 */
public record BodyRef(int bytes, int bucket, Fingerprint fingerprint) {
  /** No body. */
  public static final BodyRef NONE = new BodyRef(0, 0);

  /** Bodies are stored in pieces of at most this many bytes, so that no commit is larger. */
  public static final int CHUNK_BYTES = 512 * 1024;

  /** Milliseconds that one bucket spans: an hour. */
  public static final long BUCKET_MILLIS = 3_600_000L;

  /** A body that is stored. */
  public BodyRef(int bytes, int bucket) {
    this(bytes, bucket, null);
  }

  /** A body too large to be stored: whom it was for had it from hand to hand. */
  public static BodyRef unkept(int bytes, Fingerprint fingerprint) {
    return new BodyRef(bytes, 0, Objects.requireNonNull(fingerprint));
  }

  /** True when there is nothing to read. */
  public boolean isEmpty() {
    return bytes == 0;
  }

  /** False when there was a body and it is stored nowhere. */
  public boolean isKept() {
    return fingerprint == null;
  }

  /** Number of pieces the body is stored in. */
  public int chunks() {
    return isKept() ? (bytes + CHUNK_BYTES - 1) / CHUNK_BYTES : 0;
  }

  /** The bucket of what must be readable until {@code untilMillis}. */
  public static int bucketUntil(long untilMillis) {
    return (int) (untilMillis / BUCKET_MILLIS + 1);
  }

  /** First millisecond at which everything of the bucket may be gone. */
  public long removableFrom() {
    return isKept() ? bucket * BUCKET_MILLIS : Long.MAX_VALUE;
  }
}
