package io.perdure.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The calls of the native API that the tour makes. Blocking. Every call throws {@link IOException}
 * with the node's own words when it is refused.
 */
final class TourApi {
  /** The functions of the namespace that always exists. */
  static final String FUNCTIONS = "/v1/namespaces/default/functions/";

  /** A first start on a slow machine. */
  private static final Duration LONGEST_RUN = Duration.ofSeconds(90);

  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI base;
  private final String token;

  TourApi(URI base, String token) {
    this.base = base;
    this.token = token;
  }

  URI base() {
    return base;
  }

  /**
   * Creates or replaces a function.
   *
   * @return null, or why this machine cannot run it
   */
  String putFunction(String name, Map<String, Object> definition)
      throws IOException, InterruptedException {
    HttpRequest put =
        request(FUNCTIONS + name)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(definition)))
            .build();
    HttpResponse<String> response = http.send(put, BodyHandlers.ofString(UTF_8));
    if (response.statusCode() == 400) {
      JsonNode problem = JSON.readTree(response.body());
      if (problem.path("field").asText().startsWith("$.runtime.")) {
        return problem.path("detail").asText();
      }
    }
    text(put, response);
    return null;
  }

  /** Invokes and waits for the result. */
  String invoke(String function, byte[] payload) throws IOException, InterruptedException {
    HttpRequest post =
        request(FUNCTIONS + function + "/invoke")
            .timeout(LONGEST_RUN)
            .POST(BodyPublishers.ofByteArray(payload))
            .build();
    return send(post);
  }

  /** Submits; gives the record as it is when the node answers, which is after it is on disk. */
  JsonNode submit(String function, byte[] payload) throws IOException, InterruptedException {
    HttpRequest post =
        request(FUNCTIONS + function + "/invocations")
            .POST(BodyPublishers.ofByteArray(payload))
            .build();
    return JSON.readTree(send(post));
  }

  JsonNode json(String path) throws IOException, InterruptedException {
    return JSON.readTree(text(path));
  }

  String text(String path) throws IOException, InterruptedException {
    return send(request(path).GET().build());
  }

  /**
   * Reads the stream of events until it ends or the deadline has passed.
   *
   * @param afterSeq number of the last event already seen, 0 for none
   * @return number of the last event seen now
   */
  int events(String id, int afterSeq, Instant deadline, Consumer<JsonNode> listener)
      throws IOException, InterruptedException {
    HttpRequest.Builder get =
        request("/v1/invocations/" + id + "/events").header("Accept", "text/event-stream");
    if (afterSeq > 0) {
      get.header("Last-Event-ID", Integer.toString(afterSeq));
    }
    HttpResponse<Stream<String>> response = http.send(get.build(), BodyHandlers.ofLines());
    int seen = afterSeq;
    try (Stream<String> lines = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException("the stream of events answered " + response.statusCode());
      }
      for (Iterator<String> line = lines.iterator();
          Instant.now().isBefore(deadline) && line.hasNext(); ) {
        String text = line.next();
        if (text.startsWith("data:")) {
          JsonNode event = JSON.readTree(text.substring("data:".length()));
          seen = Math.max(seen, event.path("seq").asInt());
          listener.accept(event);
        }
      }
    }
    return seen;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .timeout(LONGEST_ANSWER)
        .header("Authorization", "Bearer " + token);
  }

  private String send(HttpRequest request) throws IOException, InterruptedException {
    return text(request, http.send(request, BodyHandlers.ofString(UTF_8)));
  }

  private static String text(HttpRequest request, HttpResponse<String> response)
      throws IOException {
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          "%s %s answered %d: %s"
              .formatted(
                  request.method(),
                  request.uri().getPath(),
                  response.statusCode(),
                  response.body().strip()));
    }
    return response.body();
  }
}
