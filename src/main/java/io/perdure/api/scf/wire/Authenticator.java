package io.perdure.api.scf.wire;

import io.perdure.api.auth.Account;

/** Finds out who calls. Thread-safe; it must not wait for anything. */
@FunctionalInterface
public interface Authenticator {
  /**
   * The account whose key has signed {@code request}.
   *
   * @throws ScfError an {@code AuthFailure}, saying nothing about any resource
   */
  Account authenticate(ScfRequest request);
}
