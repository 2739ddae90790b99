package io.perdure.api.scf.sign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.perdure.api.auth.Hmacs;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The signing keys of late, each derived from a secret for a day and a service by three HMACs.
 * Bounded: the one not used for the longest time goes first. Any thread.
 */
final class SigningKeys {
  private final Map<Scope, byte[]> kept;

  /** What a key is for; not the secret, which belongs to the id. */
  private record Scope(String keyId, String date, String service) {}

  /**
   * Keeps {@code most} of them.
   *
   * @param most at least 1
   */
  SigningKeys(int most) {
    kept =
        new LinkedHashMap<>(64, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Scope, byte[]> eldest) {
            return size() > most;
          }
        };
  }

  /** The key for {@code authorization}, kept or derived from {@code secret}; not kept by this. */
  byte[] find(Authorization authorization, String secret) {
    byte[] known;
    synchronized (kept) {
      known = kept.get(scope(authorization));
    }
    return known != null ? known : derive(authorization, secret);
  }

  /** Keeps {@code key}, which has verified a request of that scope. */
  void keep(Authorization authorization, byte[] key) {
    synchronized (kept) {
      kept.put(scope(authorization), key);
    }
  }

  int size() {
    synchronized (kept) {
      return kept.size();
    }
  }

  private static Scope scope(Authorization authorization) {
    return new Scope(authorization.keyId(), authorization.date(), authorization.service());
  }

  private static byte[] derive(Authorization authorization, String secret) {
    byte[] ofDate = hmac(("TC3" + secret).getBytes(ISO_8859_1), authorization.date());
    return hmac(hmac(ofDate, authorization.service()), Authorization.TERMINATOR);
  }

  private static byte[] hmac(byte[] key, String text) {
    return Hmacs.hmac(Hmacs.Algorithm.SHA256, key, text.getBytes(ISO_8859_1));
  }
}
