package io.perdure.registry;

import io.perdure.invocation.CodeRef;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.Optional;

/** The stored code packages, as far as whoever is about to refer to one must know. Any thread. */
public interface CodeClaims {
  /**
   * Keeps the package from being collected until a function refers to it, for an hour at least.
   *
   * @return false when no such package is stored
   */
  boolean claim(CodeRef code);

  /**
   * Why the package of {@code runtime} cannot have what its handler names, in words that continue
   * "the handler"; empty when it may have, or nobody can tell. Reads the disk: never on an event
   * loop.
   */
  default Optional<String> problem(Managed runtime) {
    return Optional.empty();
  }
}
