package io.perdure.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The native API of a node over real HTTP, on the thread of a test: every call returns when it is
 * answered. Nothing polls: what waits for a state asks with a long poll for the next event.
 */
public final class NodeApi {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final URI base;
  private final String token;

  /** The API at {@code base}, with a bearer token or none (null). */
  public NodeApi(URI base, String token) {
    this.base = base;
    this.token = token;
  }

  /** The API of a node in this JVM. */
  public static NodeApi of(PerdureNode node) {
    return new NodeApi(node.baseUri(), node.token());
  }

  /** An answer. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Answer(int status, HttpHeaders headers, byte[] body) {
    /** The body as UTF-8. */
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /** The body as JSON. */
    public JsonNode json() {
      return parse(text());
    }

    /** The first value of a header, or null. */
    public String header(String name) {
      return headers.firstValue(name).orElse(null);
    }

    /** Itself, when it has that status. */
    public Answer expect(int wanted) {
      assertEquals(wanted, status, this::text);
      return this;
    }

    /** The problem document, when it has that status and kind. */
    public JsonNode problem(int wanted, String kind) {
      expect(wanted);
      assertEquals("application/problem+json", header("content-type"));
      assertEquals("urn:perdure:problem:" + kind, json().path("type").asText(), this::text);
      return json();
    }
  }

  /** {@code GET}; headers are names and values in turn. */
  public Answer get(String path, String... headers) {
    return send("GET", path, new byte[0], headers);
  }

  /** {@code POST}. */
  public Answer post(String path, String body, String... headers) {
    return send("POST", path, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  /** Any request. */
  public Answer send(String method, String path, byte[] body, String... headers) {
    try {
      HttpResponse<byte[]> response =
          HTTP.send(
              request(path, headers).method(method, BodyPublishers.ofByteArray(body)).build(),
              BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), response.headers(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Creates or replaces a function in namespace {@code default}; {@code json} is its settings. */
  public void putFunction(String name, String json) {
    Answer answer = send("PUT", function(name), json.getBytes(StandardCharsets.UTF_8));
    assertEquals(2, answer.status() / 100, answer::text);
  }

  /** Submits to a function in namespace {@code default}. */
  public Answer trySubmit(String function, String payload, String... headers) {
    return post(function(function) + "/invocations", payload, headers);
  }

  /** Submits what has to be accepted; the id. */
  public String submit(String function, String payload, String... headers) {
    return trySubmit(function, payload, headers).expect(202).json().path("id").asText();
  }

  /** The state as it is. */
  public JsonNode state(String id) {
    return get(invocation(id)).expect(200).json();
  }

  /** The state once the invocation has ended. */
  public JsonNode ended(String id) {
    JsonNode now = get(invocation(id) + "?wait=20s").expect(200).json();
    assertEquals(true, status(now).terminal(), () -> "has not ended: " + now);
    return now;
  }

  /** The state once the invocation has that status, which it must reach. */
  public JsonNode reaches(String id, Status wanted) {
    return until(id, wanted.name(), now -> status(now) == wanted);
  }

  /** The state once the invocation has an event of that type, which it must get. */
  public JsonNode has(String id, String eventType) {
    return until(id, eventType, now -> events(now).contains(eventType));
  }

  /** The state once that many attempts have begun and the invocation has that status. */
  public JsonNode reaches(String id, Status wanted, int attempts) {
    return until(
        id,
        wanted + " in attempt " + attempts,
        now -> status(now) == wanted && now.path("attempts").asInt() == attempts);
  }

  private JsonNode until(String id, String what, Predicate<JsonNode> reached) {
    JsonNode now = state(id);
    while (!reached.test(now)) {
      int last = lastSeq(now);
      JsonNode next = get(invocation(id) + "?wait=20s&afterSeq=" + last).expect(200).json();
      if (lastSeq(next) == last) {
        throw new AssertionError("does not get to " + what + ": " + next);
      }
      now = next;
    }
    return now;
  }

  /** The lines of an answer as they come. */
  public HttpResponse<Stream<String>> lines(String path, String... headers) {
    try {
      return HTTP.send(request(path, headers).build(), BodyHandlers.ofLines());
    } catch (IOException e) {
      throw new UncheckedIOException("GET " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Path of a function in namespace {@code default}. */
  public static String function(String name) {
    return "/v1/namespaces/default/functions/" + name;
  }

  /** Path of an invocation. */
  public static String invocation(String id) {
    return "/v1/invocations/" + id;
  }

  /** Its status. */
  public static Status status(JsonNode invocation) {
    return Status.valueOf(invocation.path("status").asText());
  }

  /** The types of its events, in order. */
  public static List<String> events(JsonNode invocation) {
    List<String> types = new ArrayList<>();
    invocation.path("events").forEach(event -> types.add(event.path("type").asText()));
    return types;
  }

  /** Text as JSON. */
  public static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  private static int lastSeq(JsonNode invocation) {
    JsonNode events = invocation.path("events");
    return events.isEmpty() ? 0 : events.get(events.size() - 1).path("seq").asInt();
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return headers.length == 0 ? request : request.headers(headers);
  }
}
