package io.perdure.api.scf.action;

import io.perdure.invocation.Functions;

/** How the API spells versions. */
final class Qualifiers {
  /** The function as it is changed. */
  static final String LATEST = "$LATEST";

  private Qualifiers() {}

  /** A version of the node, as it is shown. */
  static String shown(String version) {
    return Functions.isLatest(version) ? LATEST : version;
  }
}
