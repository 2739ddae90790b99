package io.perdure.api.v1;

import io.perdure.api.Problem;
import io.perdure.invocation.RuntimeSpec;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the code of a function is: exactly one of the three is set.
 *
 * @param zip the package itself, or null
 * @param upload id of an upload, or null
 * @param sha256 of a package that is stored already, or null
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record CodeSource(byte[] zip, String upload, String sha256) {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** What {@code code} says, null for null; refuses it for a runtime without code. */
  static CodeSource parse(Fields code, RuntimeSpec runtime) {
    if (code == null) {
      return null;
    }
    if (!(runtime instanceof RuntimeSpec.Managed)) {
      throw Problem.invalid(
          "$.code", "expected nothing: a function of kind " + runtime.kind() + " has no code");
    }
    CodeSource source = new CodeSource(code.bytes("zip"), code.text("upload"), code.text("sha256"));
    code.ignore("bytes").done(); // shown with sha256
    long given = Stream.of(source.zip, source.upload, source.sha256).filter(s -> s != null).count();
    if (given != 1) {
      throw Problem.invalid("$.code", "expected one of zip, upload and sha256");
    }
    if (source.sha256 != null && !SHA256.matcher(source.sha256).matches()) {
      throw Problem.invalid("$.code.sha256", "expected 64 hexadecimal digits in lower case");
    }
    return source;
  }
}
