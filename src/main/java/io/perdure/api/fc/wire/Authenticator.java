package io.perdure.api.fc.wire;

import io.perdure.api.Received;
import io.perdure.api.auth.Account;

/** Finds out who calls. Thread-safe; it must not wait for anything. */
@FunctionalInterface
public interface Authenticator {
  /**
   * The account whose key has signed {@code request}.
   *
   * @throws FcError saying nothing about any resource
   */
  Account authenticate(Received request);
}
