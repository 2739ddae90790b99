package io.perdure.api.fc.sign;

import io.perdure.api.fc.wire.FcError;
import java.time.Duration;

/** The ways in which a signature is refused (spec alibaba-fc, sections 3 and 4). */
final class Denied {
  private static final int FORBIDDEN = 403;
  private static final int SHOWN_MAX = 128;

  private Denied() {}

  static FcError authorization(String why) {
    return FcError.invalid("the header Authorization is not valid: " + why);
  }

  static FcError unknownKey(String id) {
    String shown = id.length() > SHOWN_MAX ? id.substring(0, SHOWN_MAX) + "..." : id;
    return new FcError(
        FORBIDDEN, "InvalidAccessKeyID", "the access key id '" + shown + "' does not exist");
  }

  static FcError time(String header, Duration skew) {
    return FcError.denied(
        "the time in the header "
            + header
            + " is more than "
            + skew.toSeconds()
            + " seconds from the time of the server; check the clock of your system");
  }

  /** Nothing about what differs: whoever signs wrongly may be guessing. */
  static FcError signature() {
    return new FcError(
        FORBIDDEN,
        "SignatureNotMatch",
        "the request signature we calculated does not match the signature you provided; check your"
            + " access key secret and signing method");
  }

  /** The body is another one than was signed. */
  static FcError body(String header) {
    return new FcError(
        FORBIDDEN,
        "SignatureNotMatch",
        "the header " + header + " is not the digest of the body that was received");
  }

  static FcError token() {
    return FcError.denied(
        "the security token is wrong or has expired, or is missing for a temporary key, or was sent"
            + " with a permanent one");
  }

  static FcError account() {
    return FcError.denied("X-Fc-Account-Id is not the id of the account of this access key");
  }

  static FcError nonce() {
    return new FcError(
        FORBIDDEN,
        "SignatureNonceUsed",
        "the signature nonce was used already; sign each request, a repeated one too, with a nonce"
            + " of its own");
  }
}
