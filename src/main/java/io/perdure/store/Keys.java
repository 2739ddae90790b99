package io.perdure.store;

import io.perdure.invocation.Fingerprint;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * The keys of every family, in one place; see {@link io.perdure.journal.Family} for their meaning.
 * Numbers are big-endian and unsigned, so that byte order is number order.
 */
public final class Keys {
  /** Bytes of the bucket that begins the keys of PAYLOAD, RESULT and LOG. */
  static final int BUCKET = Integer.BYTES;

  private static final int ID = InvocationId.BYTES;
  private static final long SYNC_LANE = 1L << 63;
  private static final long UNTRACKED_LANE = 1L << 62;

  private Keys() {}

  /** RECORD, STARTED. */
  public static byte[] id(InvocationId id) {
    byte[] key = new byte[ID];
    id.write(key, 0);
    return key;
  }

  /** PAYLOAD, RESULT, LOG. */
  public static byte[] chunk(int bucket, InvocationId id, int chunk) {
    byte[] key = new byte[BUCKET + ID + 2];
    putInt(key, 0, bucket);
    id.write(key, BUCKET);
    key[BUCKET + ID] = (byte) (chunk >>> 8);
    key[BUCKET + ID + 1] = (byte) chunk;
    return key;
  }

  /** PAYLOAD, RESULT, LOG: everything of buckets below {@code bucket} sorts before this key. */
  public static byte[] bucket(int bucket) {
    byte[] key = new byte[BUCKET];
    putInt(key, 0, bucket);
    return key;
  }

  /** KEY. */
  public static byte[] idempotency(long function, String key) {
    byte[] text = key.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[8 + text.length];
    putLong(bytes, 0, function);
    System.arraycopy(text, 0, bytes, 8, text.length);
    return bytes;
  }

  /**
   * The number that LIST, STATUS, ENDED and the counters have in place of the function: what a
   * caller waits for, and what is queued but shown as no task, are kept apart from the tasks, so
   * that each is listed and counted without the others. Entries of tasks have the uid alone, as all
   * had before there were others.
   */
  public static long lane(long function, Invocation.Mode mode, boolean tracked) {
    if (mode == Invocation.Mode.SYNC) {
      return function | SYNC_LANE;
    }
    return tracked ? function : function | UNTRACKED_LANE;
  }

  /**
   * The lanes of a function that such invocations are in. What callers wait for has one lane, shown
   * as a task or not.
   *
   * @param mode null for both
   * @param tracked null for both
   */
  public static long[] lanes(long function, Invocation.Mode mode, Boolean tracked) {
    return LongStream.of(function, function | UNTRACKED_LANE, function | SYNC_LANE)
        .filter(lane -> isWithin(lane, mode, tracked))
        .toArray();
  }

  /** Whether {@code lane} is one of those that {@link #lanes} gives for its function. */
  public static boolean isWithin(long lane, Invocation.Mode mode, Boolean tracked) {
    boolean sync = modeOf(lane) == Invocation.Mode.SYNC;
    return (mode == null || mode == modeOf(lane))
        && (tracked == null || sync || tracked == ((lane & UNTRACKED_LANE) == 0));
  }

  /** The function of a lane. */
  public static long functionOf(long lane) {
    return lane & ~(SYNC_LANE | UNTRACKED_LANE);
  }

  /** The mode of what a lane has. */
  public static Invocation.Mode modeOf(long lane) {
    return (lane & SYNC_LANE) == 0 ? Invocation.Mode.ASYNC : Invocation.Mode.SYNC;
  }

  /** First 8 bytes of DUE; of LIST, STATUS, ENDED with a lane. */
  public static byte[] function(long function) {
    byte[] key = new byte[8];
    putLong(key, 0, function);
    return key;
  }

  /** LIST. */
  public static byte[] list(long lane, InvocationId id) {
    byte[] key = new byte[8 + ID];
    putLong(key, 0, lane);
    id.write(key, 8);
    return key;
  }

  /** STATUS. */
  public static byte[] status(long lane, Status status, InvocationId id) {
    byte[] key = new byte[9 + ID];
    putLong(key, 0, lane);
    key[8] = (byte) status.code();
    id.write(key, 9);
    return key;
  }

  /** First 9 bytes of STATUS. */
  public static byte[] status(long lane, Status status) {
    byte[] key = new byte[9];
    putLong(key, 0, lane);
    key[8] = (byte) status.code();
    return key;
  }

  /**
   * The number that OWING has for a destination: what has one fate has one number, and different
   * ones that share it by chance share no more than their limit.
   *
   * @param group see {@link io.perdure.invocation.Destination#group}
   */
  public static long destination(String group) {
    return Fingerprint.of(group.getBytes(StandardCharsets.UTF_8)).high() & Long.MAX_VALUE;
  }

  /** DUE: (function, time, id); ENDED: (lane, time, id); OWING: (destination, time, id). */
  public static byte[] timed(long function, long millis, InvocationId id) {
    byte[] key = new byte[16 + ID];
    putLong(key, 0, function);
    putLong(key, 8, millis);
    id.write(key, 16);
    return key;
  }

  /**
   * DUE, ENDED (of a lane): everything of {@code function} before {@code millis} sorts before this
   * key.
   */
  public static byte[] timed(long function, long millis) {
    byte[] key = new byte[16];
    putLong(key, 0, function);
    putLong(key, 8, millis);
    return key;
  }

  /** EXPIRY. */
  public static byte[] expiry(long millis, InvocationId id) {
    byte[] key = new byte[8 + ID];
    putLong(key, 0, millis);
    id.write(key, 8);
    return key;
  }

  /** EXPIRY: everything before {@code millis} sorts before this key. */
  public static byte[] expiry(long millis) {
    byte[] key = new byte[8];
    putLong(key, 0, millis);
    return key;
  }

  /**
   * CODE: what is known of a package.
   *
   * @param sha256 its 32 bytes
   */
  public static byte[] code(byte[] sha256) {
    return code('r', sha256, 0);
  }

  /** CODE: the names of the files in a package. */
  public static byte[] codeNames(byte[] sha256) {
    return code('n', sha256, 0);
  }

  /** CODE: a package whose pieces are being written, and that does not exist yet. */
  public static byte[] codeUnfinished(byte[] sha256) {
    return code('u', sha256, 0);
  }

  /** CODE: piece {@code number} of a package's bytes, from 0. */
  public static byte[] codePiece(byte[] sha256, int number) {
    byte[] key = code('p', sha256, 4);
    putInt(key, 33, number);
    return key;
  }

  /** CODE: whether {@code key} was made by {@link #code}. */
  public static boolean isCode(byte[] key) {
    return key[0] == 'r';
  }

  /** CODE: whether {@code key} was made by {@link #codeUnfinished}. */
  public static boolean isCodeUnfinished(byte[] key) {
    return key[0] == 'u';
  }

  /** CODE: whether {@code key} was made by {@link #codePiece}. */
  static boolean isCodePiece(byte[] key) {
    return key[0] == 'p';
  }

  /** CODE: the hash in a key. */
  public static byte[] codeHash(byte[] key) {
    return Arrays.copyOfRange(key, 1, 33);
  }

  /** CODE: the number of a piece. */
  static int codePieceNumber(byte[] key) {
    return ByteBuffer.wrap(key).getInt(33);
  }

  private static byte[] code(char kind, byte[] sha256, int more) {
    byte[] key = new byte[1 + sha256.length + more];
    key[0] = (byte) kind;
    System.arraycopy(sha256, 0, key, 1, sha256.length);
    return key;
  }

  /** META: how many invocations of {@code lane} are written with {@code status}. */
  public static byte[] counter(long lane, Status status) {
    byte[] key = new byte[10];
    key[0] = 'c';
    putLong(key, 1, lane);
    key[9] = (byte) status.code();
    return key;
  }

  /** META: a named value. */
  public static byte[] meta(String name) {
    return ("m" + name).getBytes(StandardCharsets.UTF_8);
  }

  /** The least key greater than all that begin with {@code prefix}; null when there is none. */
  public static byte[] after(byte[] prefix) {
    byte[] next = prefix.clone();
    for (int i = next.length - 1; i >= 0; i--) {
      if (++next[i] != 0) {
        return Arrays.copyOf(next, i + 1);
      }
    }
    return null;
  }

  /** The id that ends {@code key}. */
  public static InvocationId trailingId(byte[] key) {
    return InvocationId.read(key, key.length - ID);
  }

  /** The big-endian number at {@code offset}. */
  public static long longAt(byte[] key, int offset) {
    return ByteBuffer.wrap(key).getLong(offset);
  }

  /** The 8 bytes of a number: values of counters. */
  public static byte[] number(long value) {
    byte[] bytes = new byte[8];
    putLong(bytes, 0, value);
    return bytes;
  }

  private static void putInt(byte[] to, int offset, int value) {
    ByteBuffer.wrap(to).putInt(offset, value);
  }

  private static void putLong(byte[] to, int offset, long value) {
    ByteBuffer.wrap(to).putLong(offset, value);
  }
}
