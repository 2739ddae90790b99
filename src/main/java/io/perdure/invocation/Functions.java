package io.perdure.invocation;

import java.util.Optional;

/**
 * Read-only view of the functions this node knows, current and safe to call from any thread without
 * blocking. Handed as a port to whoever must look a function up on a hot path.
 */
public interface Functions {
  /** The function of that name, if the account has it. */
  Optional<Function> find(String account, String namespace, String name);

  /** The function with that uid, or null once it has been deleted. */
  Function byUid(long uid);

  /** True for namespace {@code default} and for those that were created. */
  boolean hasNamespace(String account, String namespace);
}
