package io.perdure.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/**
 * The native API of one node. Blocking and thread-safe; a call that is not answered in time ends
 * with an {@link IOException}, and whether it happened is open.
 */
final class Endpoint {
  static final String FUNCTION = "/v1/namespaces/default/functions/ledger";

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  /** An answer. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(int code, HttpHeaders headers, byte[] body) {
    String text() {
      return new String(body, UTF_8);
    }

    JsonNode json() throws IOException {
      return JSON.readTree(body);
    }

    boolean succeeded() {
      return code >= 200 && code < 300;
    }
  }

  private final String node;
  private final URI base;
  private final String token;

  Endpoint(String node, URI base, String token) {
    this.node = node;
    this.base = base;
    this.token = token;
  }

  /** Name of the node. */
  String node() {
    return node;
  }

  Answer get(String path) throws IOException, InterruptedException {
    return send("GET", path, Map.of(), new byte[0]);
  }

  /** A request whose body is JSON. */
  Answer json(String method, String path, Object body) throws IOException, InterruptedException {
    return send(
        method, path, Map.of("Content-Type", "application/json"), JSON.writeValueAsBytes(body));
  }

  Answer send(String method, String path, Map<String, String> headers, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(PATIENCE)
            .header("Authorization", "Bearer " + token)
            .method(method, BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    HttpResponse<byte[]> response = HTTP.send(request.build(), BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), response.headers(), response.body());
  }

  /** Whether it says that it is ready. */
  boolean isReady() throws InterruptedException {
    try {
      return get("/readyz").code() == 200;
    } catch (IOException notListening) {
      return false;
    }
  }
}
