package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.Props;
import io.perdure.invocation.CodeRef;
import java.util.List;

/**
 * The code that a request brings: a zip in Base64, and nothing from elsewhere.
 *
 * @param zip null when it brings none
 * @param checksums what it says the CRC-64 is, by the name of who says it
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
record CodeProps(byte[] zip, List<Checksum> checksums) {
  /** Largest package in a request (spec alibaba-fc, section 11). */
  static final int ZIP_BYTES_MAX = 50 << 20;

  private static final String CODE = "code";
  private static final String ZIP = "zipFile";
  private static final String CHECKSUM = "checksum";
  private static final String HEADER = "X-Fc-Code-Checksum";

  /** A CRC-64 as a decimal number. */
  private record Checksum(String source, String value) {}

  /**
   * What {@code body} has.
   *
   * @throws FcError when it is somewhere else, empty or too large
   */
  static CodeProps of(FcCall call, Props body) {
    Props code = body.object(CODE);
    if (code == null) {
      return new CodeProps(null, List.of());
    }
    for (String elsewhere : List.of("ossBucketName", "ossObjectName")) {
      String name = code.text(elsewhere);
      if (name != null && !name.isEmpty()) {
        throw code.invalid(
            elsewhere,
            "none, there is no object store here: send the package as code.zipFile, a zip in"
                + " Base64");
      }
    }
    byte[] zip = code.zip(ZIP);
    if (zip == null) {
      return new CodeProps(null, List.of());
    }
    if (zip.length == 0) {
      throw code.invalid(ZIP, "a zip in Base64, not an empty text");
    }
    if (zip.length > ZIP_BYTES_MAX) {
      throw new FcError(
          400,
          "EntityTooLarge",
          "code.zipFile: expected a zip of at most " + ZIP_BYTES_MAX + " bytes");
    }
    return new CodeProps(
        zip,
        List.of(
            new Checksum(HEADER, call.header(HEADER)),
            new Checksum(code.path(CHECKSUM), code.text(CHECKSUM))));
  }

  /** The same, which must bring some. */
  static CodeProps required(FcCall call, Props body) {
    CodeProps code = of(call, body);
    if (code.zip == null) {
      throw FcError.invalid(CODE + "." + ZIP, "the function's code, a zip in Base64");
    }
    return code;
  }

  /**
   * {@code stored}, when it is what the request says it sent.
   *
   * @throws FcError when it is not
   */
  CodeRef checked(CodeRef stored) {
    for (Checksum checksum : checksums) {
      String given = checksum.value();
      if (given != null && !given.isEmpty() && !given.equals(stored.crc64())) {
        throw FcError.invalid(
            checksum.source(),
            "the CRC-64 of the package, which is " + stored.crc64() + " as it came in");
      }
    }
    return stored;
  }
}
