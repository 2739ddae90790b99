package io.perdure.registry;

import java.util.Comparator;

/**
 * A function's full name, ordered by its parts; a namespace's has an empty last part. Names as well
 * the scope of versions and aliases, which is the one or the other.
 */
record Name(String account, String namespace, String function) implements Comparable<Name> {
  private static final Comparator<Name> ORDER =
      Comparator.comparing(Name::account)
          .thenComparing(Name::namespace)
          .thenComparing(Name::function);

  static Name ofNamespace(String account, String namespace) {
    return new Name(account, namespace, "");
  }

  boolean isNamespace() {
    return function.isEmpty();
  }

  @Override
  public int compareTo(Name other) {
    return ORDER.compare(this, other);
  }
}
