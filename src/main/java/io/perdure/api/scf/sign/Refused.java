package io.perdure.api.scf.sign;

import io.perdure.api.scf.wire.ScfError;
import java.time.Duration;

/** The ways in which a signature is refused. */
final class Refused {
  private Refused() {}

  static ScfError authorization(String why) {
    return new ScfError(
        "AuthFailure.InvalidAuthorization",
        "The request header `Authorization` is not valid: " + why + ".");
  }

  static ScfError unknownKey() {
    return new ScfError(
        "AuthFailure.SecretIdNotFound",
        "The SecretId is not found, please ensure that your SecretId is correct.");
  }

  static ScfError expired(Duration skew) {
    return new ScfError(
        "AuthFailure.SignatureExpire",
        "Signature has expired: the timestamp must be an integer of seconds, not more than "
            + skew.toSeconds()
            + " from the time of the server. Please check the clock of your system.");
  }

  /** Nothing about what differs: whoever signs wrongly may be guessing. */
  static ScfError signature() {
    return new ScfError(
        "AuthFailure.SignatureFailure",
        "The provided credentials could not be validated. Please check your signature is correct.");
  }

  static ScfError token() {
    return new ScfError(
        "AuthFailure.TokenFailure",
        "The token is wrong or has expired, or is missing for a temporary key, or was sent with a"
            + " permanent one.");
  }
}
