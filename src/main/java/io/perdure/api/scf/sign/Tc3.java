package io.perdure.api.scf.sign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.perdure.api.Received;
import io.perdure.api.auth.Accounts;
import io.perdure.api.auth.Accounts.Credential;
import io.perdure.api.auth.Hmacs;
import io.perdure.api.scf.wire.ScfError;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Signature v3, TC3-HMAC-SHA256: in the {@code Authorization} header, over the method, the query as
 * it is on the wire, some headers and the body. Any thread.
 *
 * <p>Texts are turned to bytes as ISO 8859-1, which is how HTTP's decoder has turned the bytes of
 * the head to text: so what was signed as UTF-8 comes out as it was.
 */
final class Tc3 {
  private static final int SIGNING_KEYS_MAX = 1_024;
  private static final String UNSIGNED = "UNSIGNED-PAYLOAD";
  private static final String UNSIGNED_HASH = Hmacs.sha256Hex(UNSIGNED.getBytes(ISO_8859_1));
  private static final String EMPTY_HASH = Hmacs.sha256Hex(new byte[0]);

  private final Accounts accounts;
  private final Duration clockSkew;
  private final SigningKeys signingKeys = new SigningKeys(SIGNING_KEYS_MAX);

  Tc3(Accounts accounts, Duration clockSkew) {
    this.accounts = accounts;
    this.clockSkew = clockSkew;
  }

  /**
   * The key that {@code request} is signed with, its token not looked at yet.
   *
   * @throws ScfError if it is not signed, or not well
   */
  Credential verify(Received request, long nowSeconds) {
    MultiMap headers = request.headers();
    if (!headers.contains("Authorization")) {
      throw Refused.authorization("it is missing");
    }
    Authorization authorization = Authorization.parse(only(headers, "Authorization"));
    Credential credential =
        accounts.byKeyId(authorization.keyId()).orElseThrow(Refused::unknownKey);
    String timestamp = only(headers, "X-TC-Timestamp");
    long seconds = Timestamps.check(timestamp, nowSeconds, clockSkew);
    if (!authorization.date().equals(Timestamps.utcDate(seconds))) {
      throw Refused.signature();
    }
    byte[] key = signingKeys.find(authorization, credential.key().secret());
    if (!signed(request, authorization, timestamp, key)) {
      throw Refused.signature();
    }
    signingKeys.keep(authorization, key);
    return credential;
  }

  /** How many signing keys are kept. */
  int signingKeys() {
    return signingKeys.size();
  }

  /** Whether the signature is that of one of the texts a client may have signed. */
  private static boolean signed(
      Received request, Authorization authorization, String timestamp, byte[] key) {
    List<String> values = values(request.headers(), authorization.signedHeaders());
    String before =
        request.method() + "\n/\n" + (isGet(request) ? query(request) : "") + "\n"; // always path /
    String after = "\n" + authorization.signedHeadersText() + "\n" + bodyHash(request);
    String scope = Authorization.ALGORITHM + "\n" + timestamp + "\n" + authorization.scope() + "\n";
    Set<String> tried = new HashSet<>(8);
    for (boolean lowerCase : new boolean[] {false, true}) {
      for (boolean port : new boolean[] {true, false}) {
        String lines = lines(authorization.signedHeaders(), values, port, lowerCase);
        if (tried.add(lines)) {
          byte[] canonical = (before + lines + after).getBytes(ISO_8859_1);
          byte[] toSign = (scope + Hmacs.sha256Hex(canonical)).getBytes(ISO_8859_1);
          byte[] expected = Hmacs.hmac(Hmacs.Algorithm.SHA256, key, toSign);
          if (Hmacs.same(expected, authorization.signature())) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** One line for each signed header. */
  private static String lines(
      List<String> names, List<String> values, boolean port, boolean lowerCase) {
    StringBuilder lines = new StringBuilder(128);
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      String value = values.get(i);
      boolean cut = !port && name.equalsIgnoreCase("host");
      lines.append(name).append(':').append(cut ? Hosts.withoutPort(value) : value).append('\n');
    }
    return lowerCase ? lines.toString().toLowerCase(Locale.ROOT) : lines.toString();
  }

  /** The values of the signed headers; one that is absent or repeated cannot have been signed. */
  private static List<String> values(MultiMap headers, List<String> names) {
    List<String> values = new ArrayList<>(names.size());
    for (String name : names) {
      List<String> all = headers.getAll(name);
      if (all.size() != 1) {
        throw Refused.signature();
      }
      values.add(all.get(0).strip());
    }
    return values;
  }

  private static String bodyHash(Received request) {
    if (UNSIGNED.equals(request.header("X-TC-Content-SHA256"))) {
      return UNSIGNED_HASH;
    }
    boolean empty = isGet(request) || request.body().length == 0;
    return empty ? EMPTY_HASH : Hmacs.sha256Hex(request.body());
  }

  private static boolean isGet(Received request) {
    return request.method().equals("GET");
  }

  private static String query(Received request) {
    return request.rawQuery() == null ? "" : request.rawQuery();
  }

  /** The value of a header that is needed, once. */
  private static String only(MultiMap headers, String name) {
    List<String> all = headers.getAll(name);
    if (all.isEmpty()) {
      throw ScfError.missing(name);
    }
    if (all.size() > 1) {
      throw Refused.authorization("the header " + name + " is given twice");
    }
    return all.get(0).strip();
  }
}
