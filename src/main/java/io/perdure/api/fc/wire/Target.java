package io.perdure.api.fc.wire;

import io.perdure.invocation.Invocation;

/**
 * What a path leads to.
 *
 * @param namespace the service; that of all functions without one in the newest generation
 * @param function null when the path names none
 * @param qualifier version or alias, null for the latest
 */
public record Target(String namespace, String function, String qualifier) {
  /** The qualifier as answers show it. */
  public String shownQualifier() {
    return qualifier == null ? Invocation.LATEST : qualifier;
  }
}
