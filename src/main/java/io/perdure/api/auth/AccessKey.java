package io.perdure.api.auth;

import java.util.Objects;

/**
 * A key pair that signs requests.
 *
 * @param id sent with each request; unique over all accounts
 * @param secret never sent; the key of the signature's HMAC
 */
public record AccessKey(String id, String secret) {
  /** Both parts are needed. */
  public AccessKey {
    Objects.requireNonNull(id);
    Objects.requireNonNull(secret);
  }

  /** Without the secret, since it ends in logs. */
  @Override
  public String toString() {
    return "AccessKey[id=" + id + "]";
  }
}
