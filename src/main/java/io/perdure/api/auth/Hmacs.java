package io.perdure.api.auth;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Digests and keyed digests, as the signatures of all dialects need them. Any thread: each keeps
 * its own instances, since finding one costs more than a short digest.
 *
 * <p>Work is proportional to the length, some milliseconds for 1 MB on a processor without
 * instructions for it: whoever has much to digest does so on a worker.
 */
public final class Hmacs {
  private static final HexFormat HEX = HexFormat.of();

  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(
          () -> {
            try {
              return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
              throw everyJdkHasIt(e);
            }
          });

  private static final ThreadLocal<Mac> HMAC_SHA1 = macs("HmacSHA1");
  private static final ThreadLocal<Mac> HMAC_SHA256 = macs("HmacSHA256");

  private Hmacs() {}

  /** The digest a signature is keyed with. */
  public enum Algorithm {
    /** 20 bytes. */
    SHA1,
    /** 32 bytes. */
    SHA256
  }

  /**
   * The HMAC of {@code text}.
   *
   * @param key not empty
   */
  public static byte[] hmac(Algorithm algorithm, byte[] key, byte[] text) {
    Mac mac = (algorithm == Algorithm.SHA1 ? HMAC_SHA1 : HMAC_SHA256).get();
    try {
      mac.init(new SecretKeySpec(key, mac.getAlgorithm()));
    } catch (InvalidKeyException e) {
      throw everyJdkHasIt(e);
    }
    return mac.doFinal(text);
  }

  /** The SHA-256 of {@code text}: 32 bytes. */
  public static byte[] sha256(byte[] text) {
    return SHA_256.get().digest(text);
  }

  /** The SHA-256 of {@code text} in lower-case hexadecimal: 64 characters. */
  public static String sha256Hex(byte[] text) {
    return HEX.formatHex(sha256(text));
  }

  /** Whether both are the same, in a time that depends on their lengths only. */
  public static boolean same(byte[] one, byte[] other) {
    return MessageDigest.isEqual(one, other);
  }

  private static ThreadLocal<Mac> macs(String name) {
    return ThreadLocal.withInitial(
        () -> {
          try {
            return Mac.getInstance(name);
          } catch (NoSuchAlgorithmException e) {
            throw everyJdkHasIt(e);
          }
        });
  }

  private static AssertionError everyJdkHasIt(GeneralSecurityException e) {
    return new AssertionError("every JDK has SHA-1 and SHA-256, and any key will do", e);
  }
}
