package io.perdure.api.scf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.perdure.client.PerdureNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A whole node, and calls of SCF's API on it that are signed here, by hand: nothing of the server
 * is used for that. Calls block; they fail the test when the answer is no envelope.
 */
public final class ScfTester implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd").withZone(ZoneOffset.UTC);

  private final PerdureNode node;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private ScfTester(PerdureNode node) {
    this.node = node;
  }

  /** Starts a node without rate limits, but for {@code settings}. */
  public static ScfTester start(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(Map.of("rate-limit.rates", "scf.*=0"));
    all.putAll(settings);
    return new ScfTester(PerdureNode.start(all));
  }

  /** Calls of {@code node}, which {@link #close} closes. */
  public static ScfTester on(PerdureNode node) {
    return new ScfTester(node);
  }

  /** The node. */
  public PerdureNode node() {
    return node;
  }

  /** What a call that must succeed answers: the object {@code Response}. */
  public JsonNode ok(String action, String json) {
    JsonNode response = call(action, json);
    assertTrue(response.path("Error").isMissingNode(), () -> action + ": " + response);
    return response;
  }

  /** Calls, and must be refused with {@code code}; gives the message. */
  public String refused(String code, String action, String json) {
    JsonNode response = call(action, json);
    assertEquals(code, response.path("Error").path("Code").asText(), response::toString);
    return response.path("Error").path("Message").asText();
  }

  /** Calls; gives the object {@code Response}, refused or not. Quotes may be single ones. */
  public JsonNode call(String action, String json) {
    byte[] body = json.replace('\'', '"').getBytes(UTF_8);
    return envelope(send(signed(action, body)));
  }

  /** A request of {@code action} in JSON, signed with TC3; more headers may be added. */
  public HttpRequest.Builder signed(String action, byte[] body) {
    URI uri = node.baseUri();
    String host = uri.getHost() + ":" + uri.getPort();
    Instant now = Instant.now();
    String date = DATE.format(now);
    String canonical =
        "POST\n/\n\ncontent-type:application/json\nhost:"
            + host
            + "\n\ncontent-type;host\n"
            + hex(sha256(body));
    String scope = date + "/scf/tc3_request";
    String toSign =
        "TC3-HMAC-SHA256\n"
            + now.getEpochSecond()
            + "\n"
            + scope
            + "\n"
            + hex(sha256(canonical.getBytes(UTF_8)));
    byte[] key = hmac(("TC3" + node.keySecret()).getBytes(UTF_8), date);
    String signature = hex(hmac(hmac(hmac(key, "scf"), "tc3_request"), toSign));
    return HttpRequest.newBuilder(uri.resolve("/"))
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .header("Content-Type", "application/json")
        .header("X-TC-Action", action)
        .header("X-TC-Version", "2018-04-16")
        .header("X-TC-Timestamp", Long.toString(now.getEpochSecond()))
        .header(
            "Authorization",
            "TC3-HMAC-SHA256 Credential="
                + node.keyId()
                + "/"
                + scope
                + ", SignedHeaders=content-type;host, Signature="
                + signature);
  }

  /** Sends a request as it is. */
  public HttpResponse<byte[]> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The object {@code Response} of an answer, which must be as every answer has to be. */
  public static JsonNode envelope(HttpResponse<byte[]> answer) {
    assertEquals(200, answer.statusCode());
    assertEquals("application/json", answer.headers().firstValue("Content-Type").orElse(""));
    try {
      JsonNode response = JSON.readTree(answer.body()).path("Response");
      assertTrue(response.path("RequestId").asText().matches("[0-9a-f-]{36}"), response::toString);
      return response;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    node.close();
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
