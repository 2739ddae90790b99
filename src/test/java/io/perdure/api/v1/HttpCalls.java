package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Sends requests and waits for the answers, on the thread of a test. */
final class HttpCalls {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final JsonMapper JSON = new JsonMapper();

  private final int port;
  private final String token;

  HttpCalls(int port, String token) {
    this.port = port;
    this.token = token;
  }

  /** An answer. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(int status, HttpHeaders headers, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    JsonNode json() {
      try {
        return JSON.readTree(text());
      } catch (JsonProcessingException e) {
        throw new AssertionError("not JSON: " + text(), e);
      }
    }

    String header(String name) {
      return headers.firstValue(name).orElse(null);
    }

    Answer expect(int wanted) {
      assertEquals(wanted, status, this::text);
      return this;
    }

    /** The problem, which is one in every respect. */
    JsonNode problem(int wanted, String kind) {
      expect(wanted);
      JsonNode problem = json();
      assertEquals("application/problem+json", header("content-type"));
      assertEquals("urn:perdure:problem:" + kind, problem.path("type").asText(), this::text);
      assertEquals(wanted, problem.path("status").asInt());
      assertEquals(header("x-request-id"), problem.path("instance").asText());
      return problem;
    }
  }

  Answer get(String path, String... headers) {
    return send("GET", path, BodyPublishers.noBody(), headers);
  }

  Answer post(String path, String body, String... headers) {
    return send("POST", path, BodyPublishers.ofString(body), headers);
  }

  Answer post(String path, byte[] body, String... headers) {
    return send("POST", path, BodyPublishers.ofByteArray(body), headers);
  }

  Answer json(String method, String path, String body, String... headers) {
    return send(method, path, BodyPublishers.ofString(body), headers);
  }

  Answer send(String method, String path, BodyPublisher body, String... headers) {
    try {
      HttpResponse<byte[]> response =
          CLIENT.send(request(method, path, body, headers), BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), response.headers(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The lines of an answer as they come. */
  HttpResponse<java.util.stream.Stream<String>> lines(String path, String... headers)
      throws IOException, InterruptedException {
    return CLIENT.send(
        request("GET", path, BodyPublishers.noBody(), headers), BodyHandlers.ofLines());
  }

  private HttpRequest request(String method, String path, BodyPublisher body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, body);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }
}
