package io.perdure.api.fc.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.api.Received;
import io.perdure.api.auth.Accounts;
import io.perdure.api.auth.Accounts.Credential;
import io.perdure.api.auth.Hmacs;
import io.perdure.api.auth.Hmacs.Algorithm;
import io.perdure.api.fc.wire.FcError;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Set;

/** A key and, in base64, a signature, separated by a colon: what two schemes share. */
record KeyAndSignature(Credential credential, String signature) {

  /**
   * Reads {@code id:signature}.
   *
   * @throws FcError if it has another form, or nobody has that key
   */
  static KeyAndSignature of(String authorization, Accounts accounts) {
    int colon = authorization.indexOf(':');
    if (colon <= 0 || colon == authorization.length() - 1) {
      throw Denied.authorization("expected an access key id, a colon and a signature");
    }
    String id = authorization.substring(0, colon);
    return new KeyAndSignature(
        accounts.byKeyId(id).orElseThrow(() -> Denied.unknownKey(id)),
        authorization.substring(colon + 1));
  }

  /** Whether it is the signature of that text. */
  boolean signs(Algorithm algorithm, String text) {
    byte[] key = credential.key().secret().getBytes(UTF_8);
    byte[] expected = Hmacs.hmac(algorithm, key, Scheme.bytes(text));
    return Scheme.same(Base64.getEncoder().encodeToString(expected), signature);
  }

  /** The path decoded, and as it is on the wire: clients sign the one or the other. */
  static Set<String> paths(Received request) {
    Set<String> paths = new LinkedHashSet<>(4);
    paths.add(Parameters.decode("path", request.path()));
    paths.add(request.path());
    return paths;
  }
}
