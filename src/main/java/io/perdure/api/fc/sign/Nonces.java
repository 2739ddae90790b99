package io.perdure.api.fc.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.api.auth.Hmacs;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Texts that may be used only once within a time, of each account apart: a bounded number, of which
 * the oldest go first. In memory only. Any thread; in constant time but for growing now and then.
 *
 * <p>What is kept of one is 64 bits of a digest with a salt: 24 to 48 bytes in all. That another
 * text has the same is likely once in 10^13 for a million of them.
 */
public final class Nonces {
  private static final int SALT_BYTES = 16;

  private final Map<String, SeenOnce> byAccount = new ConcurrentHashMap<>();
  private final byte[] salt = new byte[SALT_BYTES];
  private final int most;
  private final LongAdder kept = new LongAdder();
  private final LongAdder forgotten = new LongAdder();

  /**
   * Keeps {@code most} of each account.
   *
   * @param most at least 1, at most 2^29
   */
  public Nonces(int most) {
    this.most = most;
    new SecureRandom().nextBytes(salt);
  }

  /**
   * Keeps {@code nonce}; false when it is kept already.
   *
   * @param account whose it is, one of few
   * @param until from when on it may be used again
   */
  public boolean first(String account, String nonce, Instant until, Instant now) {
    byte[] text = nonce.getBytes(UTF_8);
    byte[] salted = ByteBuffer.allocate(salt.length + text.length).put(salt).put(text).array();
    long digest = ByteBuffer.wrap(Hmacs.sha256(salted)).getLong();
    SeenOnce seen =
        byAccount.computeIfAbsent(account, first -> new SeenOnce(most, kept, forgotten));
    return seen.first(digest, until.toEpochMilli(), now.toEpochMilli());
  }

  /** How many are kept, of all accounts together. */
  public long kept() {
    return kept.sum();
  }

  /** How many were dropped before their time because there were too many. */
  public long forgotten() {
    return forgotten.sum();
  }
}
