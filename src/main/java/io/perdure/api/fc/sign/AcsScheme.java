package io.perdure.api.fc.sign;

import io.perdure.api.Received;
import io.perdure.api.auth.Accounts;
import io.perdure.api.auth.Hmacs.Algorithm;
import java.time.Instant;
import java.util.Set;

/**
 * {@code acs id:signature}: over method, some headers, path and query. The body is signed by its
 * digest in {@code Content-MD5}, if there is one. Any thread.
 */
final class AcsScheme implements Scheme {
  static final String NAME = "acs";

  private final Accounts accounts;
  private final SignedTime time;

  AcsScheme(Accounts accounts, SignedTime time) {
    this.accounts = accounts;
    this.time = time;
  }

  @Override
  public Proven verify(Received request, Head head, String authorization, Instant now) {
    KeyAndSignature given = KeyAndSignature.of(authorization, accounts);
    Instant at = time.ofDate(head, now);
    String nonce = head.optional("x-acs-signature-nonce"); // signed as all of x-acs- are
    if (!signed(request, head, given)) {
      throw Denied.signature();
    }
    ContentMd5.check(head, request.body());
    return new Proven(given.credential(), at, head.optional("x-acs-security-token"), nonce);
  }

  private static boolean signed(Received request, Head head, KeyAndSignature given) {
    String before =
        String.join(
            "\n",
            request.method(),
            head.orEmpty("Accept"),
            head.orEmpty(ContentMd5.HEADER),
            head.orEmpty("Content-Type"),
            head.required(SignedTime.DATE),
            head.lines("x-acs-"));
    Set<String> queries = new Parameters(request.rawQuery()).plain();
    for (String path : KeyAndSignature.paths(request)) {
      for (String query : queries) {
        if (given.signs(Algorithm.SHA1, before + path + query)) {
          return true;
        }
      }
    }
    return false;
  }
}
