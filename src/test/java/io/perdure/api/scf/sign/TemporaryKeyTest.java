package io.perdure.api.scf.sign;

import static io.perdure.api.scf.sign.Signer.contentTypeAndHost;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.perdure.api.Received;
import io.perdure.api.auth.AccessKey;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.api.scf.wire.ScfRequest;
import io.vertx.core.MultiMap;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Temporary keys: the token beside a good signature, in both families of signatures. */
class TemporaryKeyTest {
  private static final Instant NOW = Instant.parse("2019-02-25T16:44:25.500Z");
  private static final String TIMESTAMP = "1551113065";
  private static final String HOST = "127.0.0.1:9000";
  private static final byte[] NONE = {};
  private static final List<AccessKey> KEYS =
      List.of(
          new AccessKey("permanent", "secret-1"),
          new AccessKey("temporary", "secret-2", "the-token", NOW.plusMillis(1)),
          new AccessKey("endless", "secret-3", "the-token", null),
          new AccessKey("expired", "secret-4", "the-token", NOW));
  private static final Account DEV = new Account("1", "dev", KEYS);

  private final Signatures signatures =
      new Signatures(
          Accounts.builder().add(DEV, List.of("bearer")).build(), () -> NOW, Duration.ofMinutes(5));

  @ParameterizedTest
  @CsvSource({
    "permanent,,           true",
    "permanent, '',        true",
    "permanent, the-token, false",
    "temporary, the-token, true",
    "temporary, the-toke,  false",
    "temporary, The-token, false",
    "temporary, bearer,    false",
    "temporary, '',        false",
    "temporary,,           false",
    "endless,   the-token, true",
    "endless,   another,   false",
    "endless,,             false",
    "expired,   the-token, false",
    "expired,,             false",
  })
  void tokenMustBeThatOfTheKey(String keyId, String token, boolean good) {
    if (good) {
      assertEquals(DEV, byHeaders(keyId, secret(keyId), token));
      assertEquals(DEV, byParameters(keyId, secret(keyId), token));
    } else {
      for (var e :
          List.of(
              assertThrows(ScfError.class, () -> byHeaders(keyId, secret(keyId), token)),
              assertThrows(ScfError.class, () -> byParameters(keyId, secret(keyId), token)))) {
        assertEquals("AuthFailure.TokenFailure", e.code());
      }
    }
  }

  @Test
  void nothingIsSaidAboutATokenToWhoHasNotTheKey() {
    for (String token : new String[] {null, "the-token", "another"}) {
      for (String keyId : List.of("permanent", "temporary", "expired")) {
        for (var e :
            List.of(
                assertThrows(ScfError.class, () -> byHeaders(keyId, "guess", token)),
                assertThrows(ScfError.class, () -> byParameters(keyId, "guess", token)))) {
          assertEquals("AuthFailure.SignatureFailure", e.code());
        }
      }
    }
  }

  private Account byHeaders(String keyId, String secret, String token) {
    MultiMap headers =
        MultiMap.caseInsensitiveMultiMap()
            .add("Host", HOST)
            .add("Content-Type", "application/json")
            .add("X-TC-Timestamp", TIMESTAMP);
    headers.add(
        "Authorization",
        Signer.tc3(
            keyId,
            secret,
            "2019-02-25/127/tc3_request",
            TIMESTAMP,
            "POST",
            "",
            contentTypeAndHost("application/json", HOST),
            NONE));
    if (token != null) {
      headers.add("X-TC-Token", token);
    }
    return signatures.authenticate(ScfRequest.of(new Received("POST", "/", null, headers, NONE)));
  }

  private Account byParameters(String keyId, String secret, String token) {
    Map<String, String> parameters =
        new HashMap<>(Map.of("SecretId", keyId, "Timestamp", TIMESTAMP, "Nonce", "1"));
    if (token != null) {
      parameters.put("Token", token);
    }
    parameters.put("Signature", Signer.v1(secret, "HmacSHA1", "GET", HOST, parameters));
    String query =
        parameters.entrySet().stream()
            .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Host", HOST);
    return signatures.authenticate(ScfRequest.of(new Received("GET", "/", query, headers, NONE)));
  }

  private static String secret(String keyId) {
    return KEYS.stream().filter(key -> key.id().equals(keyId)).findFirst().orElseThrow().secret();
  }
}
