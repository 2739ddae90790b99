package io.perdure.shard;

import io.perdure.invocation.InvocationId;

/**
 * The ids whose text begins in some way. Pure.
 *
 * @param from the least of them
 * @param to the least id beyond them, null when there is none
 */
record IdPrefix(InvocationId from, InvocationId to) {
  private static final int TEXT = 36;
  private static final int DIGITS = 32;

  /** Those that begin with {@code prefix}, null when no id can. */
  static IdPrefix of(String prefix) {
    if (prefix.length() > TEXT) {
      return null;
    }
    long[] words = new long[2];
    int digits = 0;
    for (int at = 0; at < prefix.length(); at++) {
      char c = prefix.charAt(at);
      boolean dash = at == 8 || at == 13 || at == 18 || at == 23;
      boolean upper = c >= 'A' && c <= 'F';
      int digit = c < 128 && !upper ? Character.digit(c, 16) : -1;
      if (dash != (c == '-') || (!dash && digit < 0)) {
        return null;
      }
      if (!dash) {
        words[digits / 16] |= (long) digit << shift(digits);
        digits++;
      }
    }
    InvocationId from = new InvocationId(words[0], words[1]);
    return new IdPrefix(from, digits == 0 ? null : next(words, digits - 1));
  }

  /** One more in the last digit given, carried as far as it goes. */
  private static InvocationId next(long[] words, int last) {
    if (last < DIGITS / 2) {
      long high = words[0] + (1L << shift(last));
      return high == 0 ? null : new InvocationId(high, 0);
    }
    long low = words[1] + (1L << shift(last));
    boolean carry = low == 0;
    long high = carry ? words[0] + 1 : words[0];
    return carry && high == 0 ? null : new InvocationId(high, low);
  }

  private static int shift(int digit) {
    return 60 - 4 * (digit % 16);
  }
}
