package io.perdure.registry;

import io.perdure.invocation.CodeRef;

/** The stored code packages, as far as whoever is about to refer to one must know. Any thread. */
public interface CodeClaims {
  /**
   * Keeps the package from being collected until a function refers to it, for an hour at least.
   *
   * @return false when no such package is stored
   */
  boolean claim(CodeRef code);
}
