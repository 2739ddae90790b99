package io.perdure.api.scf.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.perdure.api.Received;
import io.perdure.api.auth.AccessKey;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.api.auth.Hmacs;
import io.perdure.api.scf.wire.ScfError;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures of version 1: the published example, what clients really sign, and what is wrong. */
class SignatureV1Test {
  /** As the documentation prints them: the example was signed with the stars. */
  private static final String ID = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******";

  private static final String SECRET = "Gu5t9xGARNpq86cd98joQYCN3*******";
  private static final long NOW = 1_465_185_768;
  private static final byte[] NONE = {};
  private static final String HOST = "127.0.0.1:9000";

  private final SignatureV1 v1 =
      new SignatureV1(
          Accounts.builder()
              .add(new Account("1", "dev", List.of(new AccessKey(ID, SECRET))), List.of())
              .build(),
          Duration.ofMinutes(5));

  @Test
  void publishedExampleIsVerified() {
    Map<String, String> parameters = parameters();
    parameters.put("Signature", "zmmjn35mikh6pM3V7sUEuX4wyYM=");
    assertEquals(ID, v1.verify(get("cvm.tencentcloudapi.com"), parameters, NOW).key().id());
  }

  @ParameterizedTest
  @CsvSource({"HmacSHA1, HmacSHA1", "HmacSHA256, HmacSHA256", "'', HmacSHA1"})
  void methodNamesTheDigest(String named, String algorithm) {
    for (String method : List.of("GET", "POST")) {
      Map<String, String> parameters = parameters();
      parameters.put("SignatureMethod", named);
      parameters.put("Text", "a b&c=d+%25\u672a\ud83d\ude00"); // signed as it is, not encoded
      sign(parameters, algorithm, method, HOST);
      assertEquals(ID, v1.verify(request(method, HOST), parameters, NOW).key().id());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HmacSHA512", "hmacsha1", "HmacMD5", "TC3-HMAC-SHA256", "none"})
  void anotherMethodIsRefused(String named) {
    Map<String, String> parameters = parameters();
    parameters.put("SignatureMethod", named);
    sign(parameters, "HmacSHA1", "GET", HOST);
    refused("AuthFailure.SignatureFailure", parameters);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:9000, 127.0.0.1:9000",
    "127.0.0.1:9000, 127.0.0.1",
    "perdure.example.org, perdure.example.org",
    "perdure.example.org, perdure.example.org:80",
    "perdure.example.org, perdure.example.org:443",
    "[::1]:9000, [::1]",
  })
  void hostIsSignedWithOrWithoutItsPort(String sent, String signed) {
    Map<String, String> parameters = parameters();
    sign(parameters, "HmacSHA1", "GET", signed);
    assertEquals(ID, v1.verify(get(sent), parameters, NOW).key().id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET127.0.0.1:9000/?A.x=1&A_b_c=2&%s", // as it is
        "GET127.0.0.1:9000/?A.x=1&A.b.c=2&%s", // Java's client
        "GET127.0.0.1:9000/?A.b.c=2&A.x=1&%s", // Python's, which sorts the names it signs
      })
  void underscoresMayBeSignedAsDots(String text) {
    String rest = "Nonce=1&SecretId=" + ID + "&Timestamp=" + NOW;
    Map<String, String> parameters =
        new HashMap<>(
            Map.of("A_b_c", "2", "A.x", "1", "Nonce", "1", "SecretId", ID, "Timestamp", "" + NOW));
    byte[] hmac =
        Hmacs.hmac(
            Hmacs.Algorithm.SHA1, SECRET.getBytes(UTF_8), text.formatted(rest).getBytes(UTF_8));
    parameters.put("Signature", Base64.getEncoder().encodeToString(hmac));
    assertEquals(ID, v1.verify(get(HOST), parameters, NOW).key().id());
  }

  @Test
  void emptyValuesMayBeLeftOutOfWhatIsSigned() {
    Map<String, String> parameters = parameters(); // as Go's client does with an empty region
    sign(parameters, "HmacSHA1", "GET", HOST);
    parameters.put("Token", "");
    assertEquals(ID, v1.verify(get(HOST), parameters, NOW).key().id());
  }

  @ParameterizedTest
  @ValueSource(strings = {"SecretId", "Signature", "Timestamp", "Nonce"})
  void whatEveryRequestNeedsIsMissedByName(String name) {
    for (String absent : new String[] {null, ""}) {
      Map<String, String> parameters = signed();
      parameters.put(name, absent);
      var e = refused("MissingParameter", parameters);
      assertEquals("The request is missing the required parameter `" + name + "`.", e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1.5", "abc", " 1", "12345678901234567890123456789012345678901"})
  void nonceIsAPositiveInteger(String nonce) {
    Map<String, String> parameters = parameters();
    parameters.put("Nonce", nonce);
    sign(parameters, "HmacSHA1", "GET", HOST);
    refused("InvalidParameter", parameters);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "9223372036854775807"})
  void nonceMayBeWhateverClientsDraw(String nonce) {
    Map<String, String> parameters = parameters();
    parameters.put("Nonce", nonce);
    sign(parameters, "HmacSHA1", "GET", HOST);
    assertEquals(ID, v1.verify(get(HOST), parameters, NOW).key().id());
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "====", "zmmjn35mikh6pM3V7sUEuX4wyYM", "AAAA", "not base64!"})
  void anotherSignatureIsRefused(String signature) {
    Map<String, String> parameters = signed();
    parameters.put("Signature", signature);
    refused("AuthFailure.SignatureFailure", parameters);
  }

  @Test
  void everyParameterIsSigned() {
    for (String name : parameters().keySet()) {
      if (!List.of("SecretId", "Timestamp", "Nonce").contains(name)) {
        Map<String, String> changed = signed();
        changed.merge(name, "x", String::concat);
        refused("AuthFailure.SignatureFailure", changed);
        Map<String, String> without = signed();
        without.remove(name);
        refused("AuthFailure.SignatureFailure", without);
      }
    }
    Map<String, String> more = signed();
    more.put("More", "1");
    refused("AuthFailure.SignatureFailure", more);
  }

  @Test
  void requestMethodIsSigned() {
    Map<String, String> parameters = signed();
    var e = assertThrows(ScfError.class, () -> v1.verify(request("POST", HOST), parameters, NOW));
    assertEquals("AuthFailure.SignatureFailure", e.code());
  }

  @Test
  void unknownKeyIsToldAsSuch() {
    Map<String, String> parameters = signed();
    parameters.put("SecretId", "AKIDunknown");
    refused("AuthFailure.SecretIdNotFound", parameters);
  }

  @ParameterizedTest
  @CsvSource({"-300, true", "300, true", "-301, false", "301, false"})
  void timestampIsGoodForFiveMinutesEitherWay(long seconds, boolean good) {
    Map<String, String> parameters = signed();
    if (good) {
      assertEquals(ID, v1.verify(get(HOST), parameters, NOW + seconds).key().id());
    } else {
      var e = assertThrows(ScfError.class, () -> v1.verify(get(HOST), parameters, NOW + seconds));
      assertEquals("AuthFailure.SignatureExpire", e.code());
    }
  }

  private ScfError refused(String code, Map<String, String> parameters) {
    var e = assertThrows(ScfError.class, () -> v1.verify(get(HOST), parameters, NOW));
    assertEquals(code, e.code());
    return e;
  }

  private static Map<String, String> signed() {
    Map<String, String> parameters = parameters();
    sign(parameters, "HmacSHA1", "GET", HOST);
    return parameters;
  }

  private static void sign(
      Map<String, String> parameters, String algorithm, String method, String host) {
    parameters.remove("Signature");
    parameters.put("Signature", Signer.v1(SECRET, algorithm, method, host, parameters));
  }

  private static Map<String, String> parameters() {
    return new HashMap<>(
        Map.of(
            "Action", "DescribeInstances",
            "InstanceIds.0", "ins-09dx96dg",
            "Limit", "20",
            "Nonce", "11886",
            "Offset", "0",
            "Region", "ap-guangzhou",
            "SecretId", ID,
            "Timestamp", "1465185768",
            "Version", "2017-03-12"));
  }

  private static Received get(String host) {
    return request("GET", host);
  }

  private static Received request(String method, String host) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Host", host);
    return new Received(method, "/", null, headers, NONE);
  }
}
