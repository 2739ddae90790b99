package io.perdure.api.fc.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.api.Received;
import io.perdure.api.auth.Accounts;
import io.perdure.api.auth.Accounts.Credential;
import io.perdure.api.auth.Hmacs;
import io.perdure.api.auth.Hmacs.Algorithm;
import io.perdure.api.fc.wire.FcError;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** ACS3-HMAC-SHA256: over method, path, query, some headers and the body. Any thread. */
final class Acs3 implements Scheme {
  static final String NAME = "ACS3-HMAC-SHA256";

  private static final String CONTENT = "x-acs-content-sha256";
  private static final String NONCE = "x-acs-signature-nonce";
  private static final String EXPECTED = "expected Credential, SignedHeaders and Signature";
  private static final int SIGNED_HEADERS_MAX = 64;

  private final Accounts accounts;
  private final SignedTime time;

  Acs3(Accounts accounts, SignedTime time) {
    this.accounts = accounts;
    this.time = time;
  }

  /** What the header says. */
  private record Parts(String keyId, String signedHeaders, String signature) {
    static Parts of(String authorization) {
      String[] parts = authorization.split(",", -1);
      if (parts.length != 3) {
        throw Denied.authorization(EXPECTED);
      }
      return new Parts(
          value(parts[0], "Credential="),
          value(parts[1], "SignedHeaders="),
          value(parts[2], "Signature="));
    }

    private static String value(String part, String prefix) {
      String text = part.strip();
      if (!text.startsWith(prefix)) {
        throw Denied.authorization(EXPECTED);
      }
      return text.substring(prefix.length());
    }

    List<String> names() {
      String[] names = signedHeaders.split(";", SIGNED_HEADERS_MAX + 1);
      if (names.length > SIGNED_HEADERS_MAX) {
        throw Denied.authorization("SignedHeaders has more than " + SIGNED_HEADERS_MAX + " names");
      }
      Set<String> seen = new HashSet<>();
      for (String name : names) {
        if (name.isBlank() || !seen.add(name.toLowerCase(Locale.ROOT))) {
          throw Denied.authorization("SignedHeaders has a name that is empty or there twice");
        }
      }
      return List.of(names);
    }
  }

  @Override
  public Proven verify(Received request, Head head, String authorization, Instant now) {
    Parts parts = Parts.of(authorization);
    Credential credential =
        accounts.byKeyId(parts.keyId()).orElseThrow(() -> Denied.unknownKey(parts.keyId()));
    List<String> names = parts.names();
    String nonce = head.optional(NONCE);
    for (String needed : List.of("host", CONTENT, SignedTime.ACS_DATE)) {
      head.required(needed);
      signed(needed, names);
    }
    if (nonce != null) {
      signed(NONCE, names); // otherwise it could be replaced, and the request sent again
    }
    final Instant at = time.ofAcsDate(head, now);
    String content = head.required(CONTENT);
    check(request, head, parts, names, content, credential);
    if (!content.equals(Hmacs.sha256Hex(request.body()))) {
      throw Denied.body(CONTENT);
    }
    return new Proven(credential, at, head.optional("x-acs-security-token"), nonce);
  }

  private static void signed(String needed, List<String> names) {
    for (String name : names) {
      if (needed.equalsIgnoreCase(name)) {
        return;
      }
    }
    throw Denied.authorization("SignedHeaders must have " + needed);
  }

  /** Compares the signature with those of the texts that a client may have signed. */
  private static void check(
      Received request,
      Head head,
      Parts parts,
      List<String> names,
      String content,
      Credential credential) {
    String after = "\n" + lines(head, names) + "\n" + parts.signedHeaders() + "\n" + content;
    byte[] key = credential.key().secret().getBytes(UTF_8);
    Set<String> queries = new Parameters(request.rawQuery()).encoded();
    for (String path : paths(request.path())) {
      for (String query : queries) {
        String canonical = request.method() + "\n" + path + "\n" + query + after;
        byte[] toSign = Scheme.bytes(NAME + "\n" + Hmacs.sha256Hex(Scheme.bytes(canonical)));
        String expected = HexFormat.of().formatHex(Hmacs.hmac(Algorithm.SHA256, key, toSign));
        if (Scheme.same(expected, parts.signature())) {
          return;
        }
      }
    }
    throw Denied.signature();
  }

  /** One line for each signed header, in the order of the names. */
  private static String lines(Head head, List<String> names) {
    StringBuilder lines = new StringBuilder(256);
    for (String name : names) {
      String value = head.joined(name);
      if (value == null) {
        throw FcError.missingHeader(name);
      }
      lines.append(name).append(':').append(value).append('\n');
    }
    return lines.toString();
  }

  /** The path with what is encoded otherwise in signatures, and as it is on the wire. */
  private static List<String> paths(String path) {
    String signed = path.replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
    return signed.equals(path) ? List.of(path) : List.of(signed, path);
  }
}
