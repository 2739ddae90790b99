package io.perdure.api.auth;

import java.util.List;
import java.util.Objects;

/**
 * An owner of namespaces, functions and invocations.
 *
 * @param id what records refer to; never changes
 * @param name for people
 * @param keys key pairs it may sign with
 */
public record Account(String id, String name, List<AccessKey> keys) {
  /** The list is copied. */
  public Account {
    Objects.requireNonNull(id);
    Objects.requireNonNull(name);
    keys = List.copyOf(keys);
  }
}
