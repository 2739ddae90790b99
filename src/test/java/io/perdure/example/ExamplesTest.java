package io.perdure.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.perdure.client.PerdureNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExamplesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEXT = "Über all, over all:\nover and out\n";
  private static final String COUNTS =
      """
      {"lines":2,"words":7,"distinct":5,"most":{"all":2,"over":2,"and":1}}
      """;

  @TempDir Path dir;

  @Test
  void programCountsWords() throws Exception {
    JsonNode runtime = runtime("words");
    Process process = start(runtime, Map.of("PERDURE_ATTEMPT", "2"));
    process.getOutputStream().write(TEXT.getBytes(UTF_8));
    process.getOutputStream().close();
    String answer = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor());
    assertEquals(JSON.readTree(COUNTS), JSON.readTree(answer));
  }

  @ParameterizedTest
  @ValueSource(strings = {Examples.PYTHON, Examples.NODE})
  void uploadedCodeCountsWords(String name) throws Exception {
    try (PerdureNode node = PerdureNode.start(Map.of())) {
      TourApi api = new TourApi(node.baseUri(), node.token());
      String refusal = api.putFunction(name, example(name).definition());
      assumeTrue(refusal == null, "skipped: " + refusal);
      String answer = api.invoke(name, TEXT.getBytes(UTF_8));
      assertEquals(JSON.readTree(COUNTS), JSON.readTree(answer));
    }
  }

  @Test
  void firstAttemptOfWordsFailsAndSaysWhy() throws Exception {
    Process process = start(runtime("words"), Map.of("PERDURE_ATTEMPT", "1"));
    process.getOutputStream().close();
    String log = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertEquals(75, process.waitFor());
    assertTrue(log.contains("failing on purpose"), log);
  }

  @Test
  void shoutAnswersInCapitals() throws Exception {
    URI url = URI.create(runtime("shout").path("url").asText());
    var post = HttpRequest.newBuilder(url).POST(BodyPublishers.ofString("hello"));
    var answer = HttpClient.newHttpClient().send(post.build(), BodyHandlers.ofString());
    assertEquals("HELLO", answer.body());
  }

  /** As the node would be told it. */
  private JsonNode runtime(String name) throws IOException {
    return JSON.valueToTree(example(name).definition()).path("runtime");
  }

  private Examples.Example example(String name) throws IOException {
    return new Examples(dir)
        .all().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  private static Process start(JsonNode runtime, Map<String, String> more) throws IOException {
    List<String> argv =
        JSON.convertValue(
            runtime.path("command"),
            JSON.getTypeFactory().constructCollectionType(List.class, String.class));
    var builder = new ProcessBuilder(argv);
    runtime
        .path("env")
        .properties()
        .forEach(entry -> builder.environment().put(entry.getKey(), entry.getValue().asText()));
    builder.environment().putAll(more);
    return builder.start();
  }
}
