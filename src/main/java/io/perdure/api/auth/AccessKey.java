package io.perdure.api.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Objects;

/**
 * A key pair that signs requests: permanent, or temporary when it has a token.
 *
 * @param id sent with each request; unique over all accounts
 * @param secret never sent; the key of the signature's HMAC
 * @param token sent with each request signed with a temporary key; null for a permanent one
 * @param expiresAt from when on a temporary key is refused; null for never
 */
public record AccessKey(String id, String secret, String token, Instant expiresAt) {
  /** Id and secret are needed; only what has a token expires. */
  public AccessKey {
    Objects.requireNonNull(id);
    Objects.requireNonNull(secret);
    if (token == null && expiresAt != null) {
      throw new IllegalArgumentException("a key without a token does not expire");
    }
  }

  /** A permanent key. */
  public AccessKey(String id, String secret) {
    this(id, secret, null, null);
  }

  /**
   * Whether a request signed with this key may come at {@code now} with that token: a temporary key
   * needs its own and must not have expired, a permanent one has none. How long the answer takes
   * tells nothing about the token.
   *
   * @param given null or empty for a request without
   */
  public boolean accepts(String given, Instant now) {
    boolean none = given == null || given.isEmpty();
    if (token == null || none) {
      return token == null && none;
    }
    boolean same = Hmacs.same(token.getBytes(UTF_8), given.getBytes(UTF_8));
    return same && (expiresAt == null || now.isBefore(expiresAt));
  }

  /** Without what is secret, since it ends in logs. */
  @Override
  public String toString() {
    return "AccessKey[id=" + id + "]";
  }
}
