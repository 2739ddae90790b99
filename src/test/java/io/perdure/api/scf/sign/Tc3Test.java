package io.perdure.api.scf.sign;

import static io.perdure.api.scf.sign.Signer.contentTypeAndHost;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.api.Received;
import io.perdure.api.auth.AccessKey;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.api.scf.wire.ScfError;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures of version 3: the published examples, what clients really sign, and what is wrong. */
class Tc3Test {
  private static final String ID = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
  private static final String SECRET = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
  private static final String MASKED = "*".repeat(32);
  private static final String JSON = "application/json; charset=utf-8";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final byte[] BODY =
      "{\"Limit\": 1, \"Filters\": [{\"Values\": [\"\\u672a\\u547d\\u540d\"], \"Name\": \"instance-name\"}]}"
          .getBytes(UTF_8);
  private static final byte[] NONE = {};
  private static final long NOW = 1_551_113_065;
  private static final String SCOPE = "2019-02-25/scf/tc3_request";
  private static final String HOST = "127.0.0.1:9000";

  private final Tc3 tc3 =
      new Tc3(
          Accounts.builder()
              .add(
                  new Account(
                      "1",
                      "dev",
                      List.of(new AccessKey(ID, SECRET), new AccessKey("AKID-MASKED", MASKED))),
                  List.of())
              .build(),
          Duration.ofMinutes(5));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // the documentation's example, in its older form and its newer one
        ID
            + " | content-type;host | 72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
        "AKID-MASKED | content-type;host;x-tc-action | 10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
      })
  void publishedExampleIsVerified(String id, String names, String signature) {
    MultiMap headers =
        headers("cvm.tencentcloudapi.com", JSON)
            .set("X-TC-Action", "DescribeInstances") // signed in lower case
            .set(
                "Authorization",
                "TC3-HMAC-SHA256 Credential=%s/2019-02-25/cvm/tc3_request, SignedHeaders=%s, Signature=%s"
                    .formatted(id, names, signature));
    // all values of a request are in lower case, or none
    assertEquals(id, tc3.verify(post(headers, BODY), NOW).key().id());
  }

  @Test
  void publishedGetIsVerified() {
    MultiMap headers =
        headers("cvm.tencentcloudapi.com", FORM)
            .set("X-TC-Timestamp", "1539084154")
            .set(
                "Authorization",
                "TC3-HMAC-SHA256 Credential="
                    + ID
                    + "/2018-10-09/cvm/tc3_request, SignedHeaders=content-type;host,"
                    + " Signature=5da7a33f6993f0614b047e5df4582db9e9bf4672ba50567dba16c6ccf174c474");
    var get = new Received("GET", "/", "Limit=10&Offset=0", headers, NONE);
    assertEquals(ID, tc3.verify(get, 1_539_084_154).key().id());
  }

  @ParameterizedTest
  @CsvSource({
    // what is sent as Host, what was signed, the service a client makes of its endpoint
    "127.0.0.1:9000, 127.0.0.1:9000, 127",
    "127.0.0.1:9000, 127.0.0.1, 127",
    "127.0.0.1:9000, 127.0.0.1, scf",
    "localhost:9000, localhost:9000, localhost:9000",
    "localhost:9000, localhost, localhost:9000",
    "Perdure.Example.org:9000, perdure.example.org, perdure",
    "Perdure.Example.org:9000, perdure.example.org:9000, Perdure",
    "perdure.example.org, perdure.example.org, perdure",
    "[::1]:9000, [::1]:9000, [::1]:9000",
    "[::1]:9000, [::1], scf",
    "[::1], [::1], scf",
  })
  void hostIsSignedWithOrWithoutPortAndInLowerCase(String sent, String signed, String service) {
    MultiMap headers = headers(sent, JSON);
    String scope = "2019-02-25/" + service + "/tc3_request";
    sign(headers, scope, "POST", "", contentTypeAndHost(JSON, signed), BODY);
    assertEquals(ID, tc3.verify(post(headers, BODY), NOW).key().id());
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.2:9000", "127.0.0.1:9001", "127.0.0.1:", "127.0.0.1:80", ""})
  void anotherHostIsNotSigned(String signed) {
    MultiMap headers = headers(HOST, JSON);
    sign(headers, SCOPE, "POST", "", contentTypeAndHost(JSON, signed), BODY);
    refused("AuthFailure.SignatureFailure", post(headers, BODY));
  }

  @Test
  void valuesAreSignedAsSentOrInLowerCase() {
    String multipart = "multipart/form-data; boundary=AbC";
    for (String signed : List.of(multipart, "multipart/form-data; boundary=abc")) {
      MultiMap headers = headers(HOST, multipart);
      sign(headers, SCOPE, "POST", "", contentTypeAndHost(signed, HOST), BODY);
      assertEquals(ID, tc3.verify(post(headers, BODY), NOW).key().id());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Z=1&A=2",
        "Filters.0.Name=a%20b+c&Empty=&Empty",
        "x=%7E~%zz",
        "\u00e6\u009c\u00aa=1", // UTF-8, as the HTTP decoder hands it over
      })
  void queryIsSignedAsOnTheWire(String query) {
    MultiMap headers = headers(HOST, FORM);
    sign(headers, SCOPE, "GET", query, contentTypeAndHost(FORM, HOST), NONE);
    var get = new Received("GET", "/", query, headers, NONE);
    assertEquals(ID, tc3.verify(get, NOW).key().id());
    refused("AuthFailure.SignatureFailure", new Received("GET", "/", query + "&", headers, NONE));
  }

  @Test
  void queryOfAPostIsNotSigned() {
    MultiMap headers = headers(HOST, JSON);
    sign(headers, SCOPE, "POST", "", contentTypeAndHost(JSON, HOST), BODY);
    assertEquals(ID, tc3.verify(new Received("POST", "/", "a=1", headers, BODY), NOW).key().id());
  }

  @Test
  void unsignedPayloadMayBeAnything() {
    MultiMap headers = headers(HOST, JSON).set("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD");
    byte[] text = "UNSIGNED-PAYLOAD".getBytes(UTF_8);
    sign(headers, SCOPE, "POST", "", contentTypeAndHost(JSON, HOST), text);
    assertEquals(ID, tc3.verify(post(headers, BODY), NOW).key().id());

    headers.set("X-TC-Content-SHA256", "unsigned-payload");
    refused("AuthFailure.SignatureFailure", post(headers, BODY));
  }

  @Test
  void headerBeyondAsciiIsSignedByItsBytes() {
    MultiMap headers =
        headers(HOST, JSON).set("X-Note", new String("未".getBytes(UTF_8), ISO_8859_1));
    Map<String, String> signed = contentTypeAndHost(JSON, HOST);
    signed.put("x-note", headers.get("X-Note"));
    sign(headers, SCOPE, "POST", "", signed, BODY);
    assertEquals(ID, tc3.verify(post(headers, BODY), NOW).key().id());
  }

  @Test
  void changedBodyIsRefused() {
    MultiMap headers = signed();
    byte[] changed = BODY.clone();
    changed[changed.length - 1] ^= 1;
    refused("AuthFailure.SignatureFailure", post(headers, changed));
    refused("AuthFailure.SignatureFailure", post(headers, NONE));
    refused("AuthFailure.SignatureFailure", new Received("PUT", "/", null, headers, BODY));
  }

  @Test
  void everyDigitOfTheSignatureCounts() {
    MultiMap headers = signed();
    String right = headers.get("Authorization");
    for (int i = right.length() - 64; i < right.length(); i++) {
      char wrong = right.charAt(i) == '0' ? '1' : '0';
      headers.set("Authorization", right.substring(0, i) + wrong + right.substring(i + 1));
      var e = refused("AuthFailure.SignatureFailure", post(headers, BODY));
      assertEquals(
          "The provided credentials could not be validated. Please check your signature is correct.",
          e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "SKIP",
        "Bearer abc",
        "TC3-HMAC-SHA256",
        "TC3-HMAC-SHA256 ",
        "tc3-hmac-sha256 C, H, S",
        "TC3-HMAC-SHA1 C, H, S",
        "TC3-HMAC-SHA256 C",
        "TC3-HMAC-SHA256 C, H",
        "TC3-HMAC-SHA256 C, H, S, S",
        "TC3-HMAC-SHA256 C, H, S,",
        "TC3-HMAC-SHA256 H, C, S",
        "TC3-HMAC-SHA256 C H S",
        "TC3-HMAC-SHA256 C; H; S",
        "TC3-HMAC-SHA256 Credential=, H, S",
        "TC3-HMAC-SHA256 Credential=id, H, S",
        "TC3-HMAC-SHA256 Credential=id/2019-02-25/scf, H, S",
        "TC3-HMAC-SHA256 Credential=id/2019-02-25/scf/tc4_request, H, S",
        "TC3-HMAC-SHA256 Credential=id/2019-02-25/scf/tc3_request/, H, S",
        "TC3-HMAC-SHA256 Credential=id/2019-02-25/ap-guangzhou/scf/tc3_request, H, S",
        "TC3-HMAC-SHA256 Credential=/2019-02-25/scf/tc3_request, H, S",
        "TC3-HMAC-SHA256 Credential=id//scf/tc3_request, H, S",
        "TC3-HMAC-SHA256 Credential=id/2019-02-25//tc3_request, H, S",
        "TC3-HMAC-SHA256 credential=id/2019-02-25/scf/tc3_request, H, S",
        "TC3-HMAC-SHA256 C, SignedHeaders=, S",
        "TC3-HMAC-SHA256 C, SignedHeaders=;, S",
        "TC3-HMAC-SHA256 C, SignedHeaders=host, S",
        "TC3-HMAC-SHA256 C, SignedHeaders=content-type, S",
        "TC3-HMAC-SHA256 C, SignedHeaders=content-type;host;, S",
        "TC3-HMAC-SHA256 C, SignedHeaders=content-type;host;Host, S",
        "TC3-HMAC-SHA256 C, SignedHeaders=content-type host, S",
        "TC3-HMAC-SHA256 C, H, Signature=",
        "TC3-HMAC-SHA256 C, H, Signature=abc",
        "TC3-HMAC-SHA256 C, H, S0",
        "TC3-HMAC-SHA256 C, H, Signature=zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
      })
  void malformedAuthorizationIsRefused(String form) {
    String text =
        form.replaceAll("\\bC\\b", "Credential=" + ID + "/2019-02-25/scf/tc3_request")
            .replaceAll("\\bH\\b", "SignedHeaders=content-type;host")
            .replaceAll("\\bS(?=0?\\b)", "Signature=" + "0".repeat(64));
    MultiMap headers = headers(HOST, JSON).set("Authorization", text);
    refused("AuthFailure.InvalidAuthorization", post(headers, BODY));
  }

  @ParameterizedTest
  @ValueSource(strings = {",", ", ", ",  ", " , ", ",\t"})
  void anyBlanksAroundTheCommasWillDo(String comma) {
    MultiMap headers = signed();
    headers.set("Authorization", " " + headers.get("Authorization").replace(", ", comma) + " ");
    assertEquals(ID, tc3.verify(post(headers, BODY), NOW).key().id());
  }

  @Test
  void endlessAuthorizationIsRefused() {
    MultiMap headers = signed();
    headers.set(
        "Authorization", headers.get("Authorization").replace(", ", " ".repeat(2_500) + ","));
    refused("AuthFailure.InvalidAuthorization", post(headers, BODY));

    var many = new StringBuilder("content-type;host");
    for (int i = 0; i < 63; i++) {
      many.append(";x-").append(i);
    }
    headers.set(
        "Authorization",
        "TC3-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
            .formatted(ID, SCOPE, many, "0".repeat(64)));
    refused("AuthFailure.InvalidAuthorization", post(headers, BODY));
  }

  @Test
  void absentOrRepeatedAuthorizationIsRefused() {
    refused("AuthFailure.InvalidAuthorization", post(headers(HOST, JSON), BODY));
    MultiMap twice = signed();
    twice.add("Authorization", twice.get("Authorization"));
    refused("AuthFailure.InvalidAuthorization", post(twice, BODY));
  }

  @Test
  void unknownKeyIsToldAsSuch() {
    MultiMap headers = signed();
    headers.set("Authorization", headers.get("Authorization").replace(ID, "AKIDunknown"));
    refused("AuthFailure.SecretIdNotFound", post(headers, BODY));
  }

  @ParameterizedTest
  @CsvSource({"-300, true", "300, true", "-301, false", "301, false"})
  void timestampIsGoodForFiveMinutesEitherWay(long seconds, boolean good) {
    Received request = post(signed(), BODY);
    if (good) {
      assertEquals(ID, tc3.verify(request, NOW + seconds).key().id());
    } else {
      var e = assertThrows(ScfError.class, () -> tc3.verify(request, NOW + seconds));
      assertEquals("AuthFailure.SignatureExpire", e.code());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "",
        "abc",
        "1551113065.0",
        "-1551113065",
        "+1551113065",
        "1551113065000",
        "0x5c741a69",
        "99999999999999999999999999",
        "\u0661\u0665\u0665\u0661\u0661\u0661\u0663\u0660\u0666\u0665",
      })
  void timestampThatIsNoSecondOfNowIsExpired(String timestamp) {
    MultiMap headers = signed().set("X-TC-Timestamp", timestamp);
    refused("AuthFailure.SignatureExpire", post(headers, BODY));
  }

  @Test
  void absentTimestampIsMissing() {
    refused("MissingParameter", post(signed().remove("X-TC-Timestamp"), BODY));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2019-02-24", "2019-02-26", "2019-2-25", "20190225", "today"})
  void dateOfTheScopeIsTheTimestampsDayInUtc(String date) {
    MultiMap headers = headers(HOST, JSON);
    String scope = date + "/scf/tc3_request";
    sign(headers, scope, "POST", "", contentTypeAndHost(JSON, HOST), BODY);
    refused("AuthFailure.SignatureFailure", post(headers, BODY));
  }

  @Test
  void dayChangesAtMidnightUtc() {
    long midnight = Instant.parse("2019-02-26T00:00:00Z").getEpochSecond();
    for (long second : new long[] {midnight - 1, midnight}) {
      MultiMap headers = headers(HOST, JSON).set("X-TC-Timestamp", Long.toString(second));
      String scope = (second < midnight ? "2019-02-25" : "2019-02-26") + "/scf/tc3_request";
      sign(headers, scope, "POST", "", contentTypeAndHost(JSON, HOST), BODY);
      assertEquals(ID, tc3.verify(post(headers, BODY), midnight).key().id());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Type", "Host", "X-Extra"})
  void signedHeaderThatIsAbsentOrRepeatedIsRefused(String name) {
    Map<String, String> signed = contentTypeAndHost(JSON, HOST);
    signed.put("x-extra", "1");
    MultiMap headers = headers(HOST, JSON).set("X-Extra", "1");
    sign(headers, SCOPE, "POST", "", signed, BODY);
    assertEquals(ID, tc3.verify(post(headers, BODY), NOW).key().id());

    headers.add(name, headers.get(name));
    refused("AuthFailure.SignatureFailure", post(headers, BODY));
    headers.remove(name);
    refused("AuthFailure.SignatureFailure", post(headers, BODY));
  }

  @Test
  void keysAreKeptOnlyForWhomTheyHaveVerified() {
    MultiMap headers = headers(HOST, JSON);
    for (int i = 0; i < 10; i++) {
      String scope = "2019-02-25/service-" + i + "/tc3_request";
      sign(headers, scope, "POST", "", contentTypeAndHost(JSON, HOST), BODY);
      refused("AuthFailure.SignatureFailure", post(headers, NONE));
    }
    assertEquals(0, tc3.signingKeys());
    for (int i = 0; i < 1_100; i++) {
      String scope = "2019-02-25/service-" + i + "/tc3_request";
      sign(headers, scope, "POST", "", contentTypeAndHost(JSON, HOST), BODY);
      assertEquals(ID, tc3.verify(post(headers, BODY), NOW).key().id());
    }
    assertEquals(1_024, tc3.signingKeys());
  }

  @Test
  void keptKeyVerifiesAgainAndStillRefuses() {
    Received request = post(signed(), BODY);
    assertEquals(ID, tc3.verify(request, NOW).key().id());
    assertEquals(ID, tc3.verify(request, NOW).key().id());
    refused("AuthFailure.SignatureFailure", post(request.headers(), NONE));
  }

  @Test
  void noRefusalShowsTheSecret() {
    MultiMap headers = signed();
    var e = refused("AuthFailure.SignatureFailure", post(headers, NONE));
    assertTrue(!e.toString().contains(SECRET) && e.getStackTrace().length == 0, e::toString);
  }

  private ScfError refused(String code, Received request) {
    var e = assertThrows(ScfError.class, () -> tc3.verify(request, NOW));
    assertEquals(code, e.code());
    return e;
  }

  private static MultiMap signed() {
    MultiMap headers = headers(HOST, JSON);
    sign(headers, SCOPE, "POST", "", contentTypeAndHost(JSON, HOST), BODY);
    return headers;
  }

  private static void sign(
      MultiMap headers,
      String scope,
      String method,
      String query,
      Map<String, String> signed,
      byte[] body) {
    String timestamp = headers.get("X-TC-Timestamp");
    headers.set(
        "Authorization", Signer.tc3(ID, SECRET, scope, timestamp, method, query, signed, body));
  }

  private static MultiMap headers(String host, String contentType) {
    return MultiMap.caseInsensitiveMultiMap()
        .add("Host", host)
        .add("Content-Type", contentType)
        .add("X-TC-Timestamp", Long.toString(NOW));
  }

  private static Received post(MultiMap headers, byte[] body) {
    return new Received("POST", "/", null, headers, body);
  }
}
