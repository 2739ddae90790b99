package io.perdure.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/**
 * The few calls of the native API that set a run up and check it; the load itself goes through
 * {@link HttpLoop}. Blocking and thread-safe. Every call throws {@link IOException} when the node
 * cannot be reached or goes away before it has answered.
 */
public final class NativeApi {
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(60);

  /** Status and body of an answer. */
  public record Answer(int status, Buffer body) {
    public boolean succeeded() {
      return status >= 200 && status < 300;
    }

    /**
     * The body as JSON.
     *
     * @throws IOException if it is none
     */
    public JsonNode json() throws IOException {
      return JSON.readTree(body.getBytes());
    }

    /** The body as text, for a message. */
    public String text() {
      return body.toString();
    }
  }

  private final int port;
  private final String token;

  NativeApi(int port, String token) {
    this.port = port;
    this.token = token;
  }

  public int port() {
    return port;
  }

  public String token() {
    return token;
  }

  static boolean isReady(int port) throws InterruptedException {
    try {
      var ask = HttpRequest.newBuilder(uri(port, "/readyz")).timeout(Duration.ofSeconds(5)).build();
      return HTTP.send(ask, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYetListening) {
      return false;
    }
  }

  /** Creates or replaces a function of namespace {@code default}. */
  public void putFunction(String name, Map<String, Object> definition)
      throws IOException, InterruptedException {
    byte[] body = JSON.writeValueAsBytes(definition);
    Map<String, String> type = Map.of("Content-Type", "application/json");
    expectSuccess(send("PUT", functionPath(name), type, body), "PUT function " + name);
  }

  /** The same, refused or not. */
  Answer tryPutFunction(String name, Map<String, Object> definition)
      throws IOException, InterruptedException {
    Map<String, String> type = Map.of("Content-Type", "application/json");
    return send("PUT", functionPath(name), type, JSON.writeValueAsBytes(definition));
  }

  /** Settings of a function's asynchronous invocations; whatever they were before. */
  public void putAsyncSettings(String name, Map<String, Object> settings)
      throws IOException, InterruptedException {
    Map<String, String> type = Map.of("Content-Type", "application/json");
    String path = functionPath(name) + "/async-settings/LATEST";
    expectSuccess(
        send("PUT", path, type, JSON.writeValueAsBytes(settings)), "PUT settings of " + name);
  }

  void deleteFunction(String name) throws IOException, InterruptedException {
    expectSuccess(send("DELETE", functionPath(name), Map.of(), null), "DELETE function " + name);
  }

  /** Calls the function and waits for its result. */
  Answer invoke(String function, byte[] payload) throws IOException, InterruptedException {
    return send("POST", functionPath(function) + "/invoke", Map.of(), payload);
  }

  /** Starts instances ahead of their invocations, and waits until they are ready. */
  Answer warm(String function, int count) throws IOException, InterruptedException {
    Map<String, String> type = Map.of("Content-Type", "application/json");
    byte[] body = JSON.writeValueAsBytes(Map.of("count", count));
    Answer answer = send("POST", functionPath(function) + "/instances:warm", type, body);
    expectSuccess(answer, "warming " + function);
    return answer;
  }

  /** {@code POST .../invocations}; the payload is opaque. */
  public Answer submit(String function, Map<String, String> headers, byte[] payload)
      throws IOException, InterruptedException {
    return send("POST", functionPath(function) + "/invocations", headers, payload);
  }

  public Answer get(String path) throws IOException, InterruptedException {
    return send("GET", path, Map.of(), null);
  }

  /** The record of an invocation; waits up to {@code waitSeconds} for its end. */
  public Answer invocation(String id, int waitSeconds) throws IOException, InterruptedException {
    return get("/v1/invocations/" + id + (waitSeconds > 0 ? "?wait=" + waitSeconds + "s" : ""));
  }

  public Answer stop(String id, String jsonBody) throws IOException, InterruptedException {
    Map<String, String> type = Map.of("Content-Type", "application/json");
    return send("POST", "/v1/invocations/" + id + ":stop", type, jsonBody.getBytes(UTF_8));
  }

  /** How many invocations of the function have that status. */
  public long count(String function, String status) throws IOException, InterruptedException {
    Answer answer = get(countPath(function, status));
    expectSuccess(answer, "count of " + status);
    return answer.json().get("count").asLong();
  }

  static String functionPath(String function) {
    return "/v1/namespaces/default/functions/" + function;
  }

  static String countPath(String function, String... anyOf) {
    return functionPath(function) + "/invocations:count?status=" + String.join("&status=", anyOf);
  }

  private static void expectSuccess(Answer answer, String what) throws IOException {
    if (!answer.succeeded()) {
      throw new IOException(what + " answered " + answer.status() + ": " + answer.text());
    }
  }

  private Answer send(String method, String path, Map<String, String> headers, byte[] body)
      throws IOException, InterruptedException {
    BodyPublisher publisher =
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(port, path))
            .timeout(LONGEST_ANSWER)
            .header("Authorization", "Bearer " + token)
            .method(method, publisher);
    headers.forEach(request::header);
    HttpResponse<byte[]> response = HTTP.send(request.build(), BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), Buffer.buffer(response.body()));
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
