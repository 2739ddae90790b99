package io.perdure.api.fc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.perdure.client.PerdureNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A whole node, and calls of Function Compute's API on it that are signed here, by hand: nothing of
 * the server is used for that. Calls block; they fail the test when an answer is not as every
 * answer has to be.
 */
public final class FcTester implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ROOT);
  private static final List<String> ERROR_PROPERTIES =
      List.of("Code", "ErrorCode", "ErrorMessage", "Message", "RequestId");

  private final PerdureNode node;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private FcTester(PerdureNode node) {
    this.node = node;
  }

  /** Starts a node with {@code settings}. */
  public static FcTester start(Map<String, String> settings) {
    return new FcTester(PerdureNode.start(new HashMap<>(settings)));
  }

  /** Calls of {@code node}, which {@link #close} closes. */
  public static FcTester on(PerdureNode node) {
    return new FcTester(node);
  }

  /** The node. */
  public PerdureNode node() {
    return node;
  }

  /** What a call that must succeed answers as JSON. */
  public JsonNode ok(String method, String path, String json) {
    HttpResponse<byte[]> answer = call(method, path, json, Map.of());
    assertTrue(answer.statusCode() < 300, () -> method + " " + path + ": " + text(answer));
    return json(answer);
  }

  /** Calls, and must be refused with that status and code; gives the message. */
  public String refused(int status, String code, String method, String path, String json) {
    return refused(status, code, call(method, path, json, Map.of()));
  }

  /** That {@code answer} is a refusal with that status and code; gives the message. */
  public static String refused(int status, String code, HttpResponse<byte[]> answer) {
    assertEquals(status, answer.statusCode(), () -> text(answer));
    JsonNode body = json(answer);
    assertEquals(code, body.path("Code").asText(), body::toString);
    return body.path("Message").asText();
  }

  /**
   * Calls; gives the answer, refused or not.
   *
   * @param path with its query, both as on the wire
   * @param json null for no body; quotes may be single ones
   * @param headers more of them
   */
  public HttpResponse<byte[]> call(
      String method, String path, String json, Map<String, String> headers) {
    byte[] body = json == null ? null : json.replace('\'', '"').getBytes(UTF_8);
    Map<String, String> all = new HashMap<>(headers);
    if (body != null) {
      all.putIfAbsent("Content-Type", "application/json");
    }
    return send(method, path, body, all);
  }

  /** Signs and sends; checks what is the same for every answer. */
  public HttpResponse<byte[]> send(
      String method, String path, byte[] body, Map<String, String> headers) {
    HttpResponse<byte[]> answer = sendAsIs(signed(method, path, body, headers));
    checked(answer);
    return answer;
  }

  /** A request, signed in the way of the oldest clients; more headers are not signed. */
  public HttpRequest.Builder signed(
      String method, String path, byte[] body, Map<String, String> headers) {
    String date = DATE.format(ZonedDateTime.now(ZoneOffset.UTC));
    Map<String, String> signedToo = new TreeMap<>();
    String type = "";
    for (Map.Entry<String, String> header : headers.entrySet()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (name.startsWith("x-fc-")) {
        signedToo.put(name, header.getValue());
      }
      type = name.equals("content-type") ? header.getValue() : type;
    }
    StringBuilder toSign = new StringBuilder(method).append("\n\n").append(type).append('\n');
    toSign.append(date).append('\n');
    signedToo.forEach((name, value) -> toSign.append(name).append(':').append(value).append('\n'));
    String rawPath = path.contains("?") ? path.substring(0, path.indexOf('?')) : path;
    toSign.append(URLDecoder.decode(rawPath.replace("+", "%2B"), UTF_8));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(node.baseUri().resolve(path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body))
            .header("Date", date)
            .header("Authorization", "FC " + node.keyId() + ":" + hmac(toSign.toString()));
    headers.forEach(request::header);
    return request;
  }

  /** Sends a request as it is. */
  public HttpResponse<byte[]> sendAsIs(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The body of {@code answer} as JSON; absent when it has none. */
  public static JsonNode json(HttpResponse<byte[]> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(text(answer), e);
    }
  }

  /** Fails the test unless {@code answer} is as every answer has to be. */
  public static void checked(HttpResponse<byte[]> answer) {
    assertTrue(
        answer.headers().map().containsKey("X-Fc-Request-Id"),
        () -> "headers: " + answer.headers().map().keySet());
    if (answer.statusCode() == 204) {
      assertTrue(answer.headers().firstValue("Content-Type").isEmpty(), "a type of no body");
    }
    if (answer.statusCode() >= 400) {
      assertEquals("application/json", answer.headers().firstValue("Content-Type").orElse(""));
      JsonNode body = json(answer);
      TreeSet<String> names = new TreeSet<>();
      for (Iterator<String> each = body.fieldNames(); each.hasNext(); ) {
        names.add(each.next());
      }
      assertEquals(ERROR_PROPERTIES, List.copyOf(names));
      assertEquals(body.path("Code"), body.path("ErrorCode"));
      assertEquals(body.path("Message"), body.path("ErrorMessage"));
      assertEquals(
          answer.headers().firstValue("X-Fc-Request-Id").orElse(""),
          body.path("RequestId").asText());
    }
  }

  @Override
  public void close() {
    node.close();
  }

  private static String text(HttpResponse<byte[]> answer) {
    return answer.statusCode() + " " + new String(answer.body(), UTF_8);
  }

  private String hmac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(node.keySecret().getBytes(UTF_8), "HmacSHA256"));
      return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
