package io.perdure.api.fc.sign;

import io.perdure.api.Received;
import io.perdure.api.auth.Accounts;
import io.perdure.api.auth.Hmacs.Algorithm;
import java.time.Instant;
import java.util.Set;

/**
 * {@code FC id:signature}: over method, some headers and the path, in some clients the query too.
 * {@code Content-MD5} is signed and never compared with the body: {@code aliyun-java-sdk-fc} sends
 * the digest of another one, to which it has since added its headers. Any thread.
 */
final class FcScheme implements Scheme {
  static final String NAME = "FC";

  private final Accounts accounts;
  private final SignedTime time;

  FcScheme(Accounts accounts, SignedTime time) {
    this.accounts = accounts;
    this.time = time;
  }

  @Override
  public Proven verify(Received request, Head head, String authorization, Instant now) {
    KeyAndSignature given = KeyAndSignature.of(authorization, accounts);
    Instant at = time.ofDate(head, now);
    if (!signed(request, head, given)) {
      throw Denied.signature();
    }
    return new Proven(given.credential(), at, head.optional("x-fc-security-token"), null);
  }

  private static boolean signed(Received request, Head head, KeyAndSignature given) {
    String before =
        String.join(
            "\n",
            request.method(),
            head.orEmpty(ContentMd5.HEADER),
            head.orEmpty("Content-Type"),
            head.required(SignedTime.DATE),
            head.lines("x-fc-"));
    Set<String> paths = KeyAndSignature.paths(request);
    for (String path : paths) {
      if (given.signs(Algorithm.SHA256, before + path)) {
        return true;
      }
    }
    Set<String> queries = new Parameters(request.rawQuery()).lines();
    for (String path : paths) {
      for (String query : queries) {
        if (given.signs(Algorithm.SHA256, before + path + "\n" + query)) {
          return true;
        }
      }
    }
    return false;
  }
}
