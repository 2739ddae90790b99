package io.perdure.api.fc.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.perdure.api.Received;
import io.perdure.api.auth.AccessKey;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.api.fc.wire.FcError;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A request to be signed and judged; parts can be changed behind the signature. */
final class Ask {
  static final String ID = "testid";
  static final String SECRET = "testsecret";
  static final Instant NOW = Instant.parse("2026-01-31T08:00:00Z");
  static final Duration SKEW = Duration.ofMinutes(15);
  static final Account DEV =
      new Account(
          "1234567890123456",
          "dev",
          List.of(
              new AccessKey(ID, SECRET),
              new AccessKey("temporary", "secret-2", "the-token", NOW.plusMillis(1)),
              new AccessKey("expired", "secret-3", "the-token", NOW)));
  static final Account OTHER =
      new Account("6543210987654321", "other", List.of(new AccessKey("otherid", "othersecret")));
  static final Accounts ACCOUNTS =
      Accounts.builder().add(DEV, List.of()).add(OTHER, List.of()).build();

  private static final byte[] NONE = {};

  final Map<String, String> headers = new LinkedHashMap<>();
  String method;
  String path;
  String query;
  byte[] body = NONE;

  /** A request of that first line, {@code GET /a?b=c}. */
  Ask(String line) {
    int blank = line.indexOf(' ');
    int mark = line.indexOf('?');
    method = line.substring(0, blank);
    path = line.substring(blank + 1, mark < 0 ? line.length() : mark);
    query = mark < 0 ? null : line.substring(mark + 1);
  }

  Ask with(String header, String value) {
    headers.put(header, value);
    return this;
  }

  Ask body(byte[] bytes) {
    body = bytes;
    return this;
  }

  /** One as the newest clients make them, all headers but those of X-Fc- signed. */
  static Ask acs3(String line, byte[] body, String nonce) {
    Ask ask =
        new Ask(line)
            .body(body)
            .with("content-type", "application/octet-stream")
            .with("host", "127.0.0.1:9000")
            .with("x-acs-action", "InvokeFunction")
            .with("x-acs-content-sha256", FcSigner.sha256(body))
            .with("x-acs-date", "2026-01-31T08:00:00Z")
            .with("x-acs-signature-nonce", nonce)
            .with("x-acs-version", "2023-03-30");
    return ask.signAcs3(ID, SECRET, ask.path, ask.query == null ? "" : ask.query);
  }

  Ask signAcs3(String id, String secret, String signedPath, String signedQuery) {
    List<String> names =
        headers.keySet().stream()
            .filter(n -> n.equals("host") || n.equals("content-type") || n.startsWith("x-acs-"))
            .sorted()
            .toList();
    return with(
        "authorization",
        FcSigner.acs3(id, secret, method, signedPath, signedQuery, names, headers));
  }

  Ask signFc(String id, String secret, String resource) {
    return with("authorization", FcSigner.fc(id, secret, method, resource, headers));
  }

  Ask signAcs(String id, String secret, String resource) {
    return with("authorization", FcSigner.acs(id, secret, method, resource, headers));
  }

  MultiMap multi() {
    MultiMap multi = MultiMap.caseInsensitiveMultiMap();
    headers.forEach(multi::add);
    return multi;
  }

  Received received() {
    return new Received(method, path, query, multi(), body);
  }

  /** Those that judge at the instant of the vectors. */
  static Signatures judge() {
    return judge(NOW, new Nonces(1_000));
  }

  static Signatures judge(Instant now, Nonces nonces) {
    return new Signatures(ACCOUNTS, () -> now, SKEW, nonces);
  }

  void accepted() {
    assertEquals(DEV, judge().authenticate(received()));
  }

  /** Gives the message. */
  String refused(int status, String code) {
    return refused(status, code, judge(), received());
  }

  static String refused(int status, String code, Signatures judge, Received received) {
    FcError error = assertThrows(FcError.class, () -> judge.authenticate(received));
    assertEquals(status + " " + code, error.status() + " " + error.code(), error.getMessage());
    return error.getMessage();
  }
}
