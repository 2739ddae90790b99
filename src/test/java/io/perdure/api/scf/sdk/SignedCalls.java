package io.perdure.api.scf.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.api.auth.AccessKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * TC3-signed requests with JSON bodies as the SDK sends them, and their answers as they are on the
 * wire, which the SDK does not show.
 */
final class SignedCalls {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final String SERVICE = "scf";
  private static final String TYPE = "application/json; charset=utf-8";

  private final String endpoint;
  private final AccessKey key;

  SignedCalls(String endpoint, AccessKey key) {
    this.endpoint = endpoint;
    this.key = key;
  }

  /** The whole answer. */
  HttpResponse<String> send(String action, String body) {
    Instant now = Instant.now();
    String date = now.atOffset(ZoneOffset.UTC).toLocalDate().toString();
    String scope = date + "/" + SERVICE + "/tc3_request";
    String canonical =
        "POST\n/\n\ncontent-type:"
            + TYPE
            + "\nhost:"
            + endpoint
            + "\n\ncontent-type;host\n"
            + sha256(body);
    String text =
        "TC3-HMAC-SHA256\n" + now.getEpochSecond() + "\n" + scope + "\n" + sha256(canonical);
    byte[] signing =
        hmac(hmac(hmac(("TC3" + key.secret()).getBytes(UTF_8), date), SERVICE), "tc3_request");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + endpoint + "/"))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", TYPE)
            .header(
                "Authorization",
                "TC3-HMAC-SHA256 Credential=%s/%s, SignedHeaders=content-type;host, Signature=%s"
                    .formatted(key.id(), scope, HexFormat.of().formatHex(hmac(signing, text))))
            .header("X-TC-Action", action)
            .header("X-TC-Version", "2018-04-16")
            .header("X-TC-Timestamp", Long.toString(now.getEpochSecond()))
            .header("X-TC-Region", ScfNode.REGION)
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      return HTTP.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(action, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has HmacSHA256", e);
    }
  }
}
