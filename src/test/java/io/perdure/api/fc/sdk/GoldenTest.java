package io.perdure.api.fc.sdk;

import static io.perdure.testkit.Golden.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.auth.AccessKey;
import io.perdure.testkit.Golden;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.Python;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests and answers byte by byte, as far as they are always the same: a file for each operation
 * in the directory of its version in {@code src/test/resources/fc/golden}. A step has the request,
 * and in {@code answer} status, body and every header as it is spelled, in the form that {@link
 * Golden} tells; without one it only has to succeed.
 */
@Timeout(120)
class GoldenTest {
  private static final Path FILES = Path.of("src/test/resources/fc/golden");
  private static final List<Path> ALL = files();

  private static final Map<String, Predicate<JsonNode>> KINDS =
      Map.of(
          "time", text(Customer.TIME),
          "millis", node -> node.isIntegralNumber() && node.longValue() > 1_700_000_000_000L,
          "number", text("\\d+(\\.\\d+)?"),
          "base64", text("[A-Za-z0-9+/]+=*"));

  @RegisterExtension
  static final FcNode NODE =
      IntStream.range(0, ALL.size())
          .boxed()
          .reduce(
              FcNode.real(),
              (node, i) -> node.account(account(i), key(i), token(i)),
              (one, other) -> one);

  @BeforeAll
  static void needPython() {
    Python.require();
  }

  @TestFactory
  Stream<DynamicTest> answersAreTheseToTheLastField() {
    return IntStream.range(0, ALL.size())
        .mapToObj(
            i ->
                DynamicTest.dynamicTest(
                    FILES.relativize(ALL.get(i)).toString(), () -> exchange(i, ALL.get(i))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2016-08-15", "2021-04-06", "2023-03-30"})
  void everyOperationOfAVersionHasItsFile(String version) throws IOException {
    var missing = new TreeSet<String>(SdkOperations.of(version));
    for (Path file : ALL) {
      if (file.getParent().endsWith(version)) {
        missing.remove(file.getFileName().toString().replaceFirst("[.-].*", ""));
      }
    }
    assertEquals(new TreeSet<String>(), missing);
  }

  /** In an account of its own, so that nothing is there but what the file says. */
  private static void exchange(int index, Path file) throws Exception {
    var calls = new SignedCalls(NODE.endpoint(), account(index), key(index));
    NodeApi nativeApi = NODE.nativeApi(token(index));
    Golden golden = new Golden(FILES.resolve("code"), KINDS);
    golden.know("account", account(index));
    for (JsonNode step : NodeApi.parse(Files.readString(file))) {
      if (step.has("ended")) {
        nativeApi.ended(golden.filled(step.path("ended").asText()));
        continue;
      }
      SignedCalls.Answer answer = send(calls, golden, step);
      String what = step.path("request").asText() + "\n" + answer.body();
      if (step.has("answer")) {
        golden.compare(step.path("answer"), json(answer), what);
      } else {
        assertTrue(answer.status() < 300, what);
      }
    }
  }

  private static SignedCalls.Answer send(SignedCalls calls, Golden golden, JsonNode step)
      throws Exception {
    String request = golden.filled(step.path("request").asText());
    int blank = request.indexOf(' ');
    var headers = new HashMap<String, String>();
    for (Map.Entry<String, JsonNode> header : step.path("headers").properties()) {
      headers.put(header.getKey(), golden.filled(header.getValue().asText()));
    }
    JsonNode body = step.path("body");
    String text = body.isTextual() ? body.asText() : body.toString();
    return calls.send(
        step.path("operation").asText(),
        request.substring(0, blank),
        request.substring(blank + 1),
        headers,
        body.isMissingNode() ? null : golden.filled(text));
  }

  private static JsonNode json(SignedCalls.Answer answer) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("status", answer.status());
    ObjectNode headers = node.putObject("headers");
    answer.headers().forEach(headers::put);
    String type = answer.headers().getOrDefault("Content-Type", "");
    return node.set(
        "body",
        type.startsWith("application/json")
            ? NodeApi.parse(answer.body())
            : JsonNodeFactory.instance.textNode(answer.body()));
  }

  private static String account(int index) {
    return "14%014d".formatted(index);
  }

  private static AccessKey key(int index) {
    return new AccessKey("LTAIgolden" + index, "secret-of-golden-" + index);
  }

  private static String token(int index) {
    return "token-of-golden-" + index;
  }

  private static List<Path> files() {
    try (Stream<Path> files = Files.walk(FILES)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
