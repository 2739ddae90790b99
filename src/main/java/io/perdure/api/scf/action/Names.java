package io.perdure.api.scf.action;

import io.perdure.api.scf.wire.Field;
import java.util.regex.Pattern;

/**
 * Parameters that nearly every action has. What names something that is there already may be
 * whatever any dialect allows; what the cloud allows is asked only of new names.
 */
final class Names {
  private static final Pattern EXISTING = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,63}");
  private static final Pattern EXISTING_NAMESPACE =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,127}");

  /** {@code FunctionName}, of a function that should be there. */
  static final Field FUNCTION =
      Field.text("FunctionName")
          .required()
          .code("FunctionName")
          .matching(EXISTING, "expected 1 to 64 letters, digits, - and _, the first one not a -");

  /** {@code FunctionName}, of a new function. */
  static final Field NEW_FUNCTION =
      Field.text("FunctionName")
          .required()
          .code("FunctionName")
          .matching(
              Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z0-9]"),
              "expected 2 to 60 letters, digits, - and _, the first one a letter, the last one"
                  + " neither - nor _");

  /** {@code Namespace}, which should be there. */
  static final Field NAMESPACE =
      Field.text("Namespace")
          .code("Namespace")
          .matching(
              EXISTING_NAMESPACE,
              "expected 1 to 128 letters, digits, - and _, the first one not a -");

  /** {@code Qualifier}: a version, an alias, or {@code $LATEST}. */
  static final Field QUALIFIER =
      Field.text("Qualifier")
          .code("Qualifier")
          .matching(
              Pattern.compile("\\$?[A-Za-z0-9_-]{1,128}"),
              "expected a version, an alias, or $LATEST");

  /** {@code Description} of whatever it is. */
  static final Field DESCRIPTION = Field.text("Description").code("Description").length(0, 1_000);

  /** Revision that a change names when there must be nothing of that name yet. */
  static final long ABSENT = -1;

  private Names() {}
}
