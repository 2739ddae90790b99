package io.perdure.invocation;

import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Identity of an invocation: a UUIDv7 (RFC 9562 section 5.7) whose 12 {@code rand_a} bits carry the
 * shard and whose {@code rand_b} begins with a 20-bit counter within the millisecond. So ids ascend
 * within a shard, their byte order is (ms, shard, counter), and an id alone finds its shard.
 *
 * @param high 48 bits of milliseconds since the epoch, 4 bits of version (7), 12 bits of shard
 * @param low 2 bits of variant (binary 10), 20 bits of counter, 42 random bits
 */
public record InvocationId(long high, long low) implements Comparable<InvocationId> {
  /** Bytes of the binary form. */
  public static final int BYTES = 16;

  /** Most shards an id can name. */
  public static final int SHARDS_MAX = 1 << 12;

  /** Latest time an id can carry, in milliseconds since the epoch: the year 10889. */
  public static final long MILLIS_MAX = (1L << 48) - 1;

  private static final int COUNTER_MAX = (1 << 20) - 1;
  private static final int RANDOM_BITS = 42;
  private static final long VARIANT = 0b10L << 62;
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  /** The shard that owns the invocation, 0 to 4095; whether it exists is the caller's check. */
  public int shard() {
    return (int) (high & 0xFFF);
  }

  /** Milliseconds since the epoch at which the id was minted. */
  public long millis() {
    return high >>> 16;
  }

  /** Whether no id of its shard and its millisecond is less. */
  public boolean isFirstOfItsTime() {
    return low == VARIANT;
  }

  int counter() {
    return (int) (low >>> RANDOM_BITS) & COUNTER_MAX;
  }

  /**
   * The least id of any shard minted at {@code millis} or later. A time outside of 0 to {@link
   * #MILLIS_MAX}, such as {@link Long#MAX_VALUE} for "no end", stands for the nearest within.
   */
  public static InvocationId floor(long millis) {
    return new InvocationId(within(millis) << 16 | 0x7000, VARIANT);
  }

  /** The greatest id of any shard minted at {@code millis} or earlier; range as {@link #floor}. */
  public static InvocationId ceiling(long millis) {
    return new InvocationId(within(millis) << 16 | 0x7FFF, VARIANT | (-1L >>> 2));
  }

  private static long within(long millis) {
    return Math.max(0, Math.min(millis, MILLIS_MAX));
  }

  /**
   * Reads the canonical 36-character form, in either case; empty for anything else, also for a UUID
   * of another version or variant: such an id was never given out, so it is simply not found.
   */
  public static Optional<InvocationId> parse(String text) {
    if (text == null || text.length() != 36) {
      return Optional.empty();
    }
    long high = 0;
    long low = 0;
    int digits = 0;
    for (int i = 0; i < 36; i++) {
      char c = text.charAt(i);
      if (i == 8 || i == 13 || i == 18 || i == 23) {
        if (c != '-') {
          return Optional.empty();
        }
        continue;
      }
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return Optional.empty();
      }
      if (digits++ < 16) {
        high = high << 4 | digit;
      } else {
        low = low << 4 | digit;
      }
    }
    boolean ours = (high >>> 12 & 0xF) == 7 && low >>> 62 == 0b10;
    return ours ? Optional.of(new InvocationId(high, low)) : Optional.empty();
  }

  /** Reads the 16 bytes at {@code offset}. */
  public static InvocationId read(byte[] from, int offset) {
    return new InvocationId(readLong(from, offset), readLong(from, offset + 8));
  }

  /** Writes the 16 bytes at {@code offset}; their unsigned order is the order of the ids. */
  public void write(byte[] to, int offset) {
    writeLong(to, offset, high);
    writeLong(to, offset + 8, low);
  }

  @Override
  public int compareTo(InvocationId other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    char[] text = new char[36];
    int at = 0;
    for (int nibble = 0; nibble < 32; nibble++) {
      if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) {
        text[at++] = '-';
      }
      long word = nibble < 16 ? high : low;
      text[at++] = HEX[(int) (word >>> (60 - 4 * (nibble & 15))) & 15];
    }
    return new String(text);
  }

  private static long readLong(byte[] from, int offset) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | (from[offset + i] & 0xFF);
    }
    return value;
  }

  private static void writeLong(byte[] to, int offset, long value) {
    for (int i = 0; i < 8; i++) {
      to[offset + i] = (byte) (value >>> (56 - 8 * i));
    }
  }

  /**
   * Mints the ids of one shard, each greater than the one before, also when the clock steps back.
   * Not thread-safe: it belongs to the shard's single writer.
   */
  public static final class Minter {
    private final int shard;
    private final RandomGenerator random;
    private long lastMillis;
    private int lastCounter = COUNTER_MAX;

    /**
     * A minter for {@code shard}.
     *
     * @param shard 0 to 4095
     * @param random source of the 42 low bits
     */
    public Minter(int shard, RandomGenerator random) {
      if (shard < 0 || shard >= SHARDS_MAX) {
        throw new IllegalArgumentException("shard " + shard + " is not within 0..4095");
      }
      this.shard = shard;
      this.random = random;
    }

    /** The next id: its time is the later of {@code nowMillis} and the last id's. */
    public InvocationId next(long nowMillis) {
      if (nowMillis > lastMillis) {
        lastMillis = nowMillis;
        lastCounter = 0;
      } else if (lastCounter < COUNTER_MAX) {
        lastCounter++;
      } else {
        lastMillis++;
        lastCounter = 0;
      }
      return at(lastMillis, lastCounter, random.nextLong() >>> (64 - RANDOM_BITS));
    }

    /**
     * Promises that every id minted from now on is greater than {@code id}. The times of later ids
     * follow, so an {@code id} that comes from outside must not lie ahead of the clock: the caller
     * checks that.
     */
    public void advanceBeyond(InvocationId id) {
      // Order is (ms, shard, counter): an id of a higher shard sorts above all of ours of its ms,
      // one of a lower shard below all of them.
      long millis = id.shard() < shard ? id.millis() - 1 : id.millis();
      int counter = id.shard() == shard ? id.counter() : COUNTER_MAX;
      if (millis > lastMillis || (millis == lastMillis && counter > lastCounter)) {
        lastMillis = millis;
        lastCounter = counter;
      }
    }

    /** The least id that may still be minted: everything below is final. */
    public InvocationId frontier() {
      return lastCounter < COUNTER_MAX
          ? at(lastMillis, lastCounter + 1, 0)
          : at(lastMillis + 1, 0, 0);
    }

    private InvocationId at(long millis, int counter, long randomBits) {
      if (millis > MILLIS_MAX) {
        throw new IllegalStateException("no id can carry the time " + millis);
      }
      return new InvocationId(
          millis << 16 | 0x7000 | shard, VARIANT | (long) counter << RANDOM_BITS | randomBits);
    }
  }
}
