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
   * Which file {@code runtime} begins with that its package does not have, in a sentence for
   * people; empty when nothing is missing, or nobody can tell. Reads the disk: never on an event
   * loop.
   */
  default Optional<String> problem(Managed runtime) {
    return Optional.empty();
  }
}
