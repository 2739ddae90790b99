package io.perdure.api.fc.sign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.perdure.api.Received;
import io.perdure.api.auth.Accounts.Credential;
import io.perdure.api.auth.Hmacs;
import io.perdure.api.fc.wire.FcError;
import java.time.Instant;

/** A way of signing. Any thread. */
interface Scheme {
  /**
   * What a signature has proven.
   *
   * @param credential whose it is; the token not looked at yet
   * @param at when it was made, by the signer's clock
   * @param token that was sent beside it, null for none
   * @param nonce that was signed with it, null for none
   */
  record Proven(Credential credential, Instant at, String token, String nonce) {}

  /**
   * Checks the signature, and the body against what is signed of it.
   *
   * @param authorization what stands behind the scheme's name
   * @throws FcError if it is not signed, or not well
   */
  Proven verify(Received request, Head head, String authorization, Instant now);

  /** Bytes of a text of a request; characters of a head are bytes, as HTTP's decoder has them. */
  static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  /** Whether {@code given} is the signature, in a time that does not tell where they differ. */
  static boolean same(String expected, String given) {
    return Hmacs.same(bytes(expected), bytes(given));
  }
}
