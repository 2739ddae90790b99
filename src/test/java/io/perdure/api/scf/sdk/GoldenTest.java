package io.perdure.api.scf.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.tencentcloudapi.scf.v20180416.ScfClient;
import io.perdure.api.auth.AccessKey;
import io.perdure.testkit.Golden;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.Python;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Requests and answers byte by byte, as far as they are always the same: a file for each action in
 * {@code src/test/resources/scf/golden}, in the form that {@link Golden} tells.
 */
@Timeout(120)
class GoldenTest {
  private static final Path FILES = Path.of("src/test/resources/scf/golden");
  private static final List<Path> ALL = files();

  private static final Map<String, Predicate<JsonNode>> KINDS =
      Map.of(
          "time", Golden.text(Customer.TIME),
          "time-millis", Golden.text(Customer.TIME_MILLIS),
          "function-id", Golden.text("lam-[0-9a-z]{8}"),
          "sha256", Golden.text("[0-9a-f]{64}"));

  @RegisterExtension
  static final ScfNode NODE =
      IntStream.range(0, ALL.size())
          .boxed()
          .reduce(
              ScfNode.real(),
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
                    ALL.get(i).getFileName().toString(), () -> exchange(i, ALL.get(i))));
  }

  @Test
  void everyActionOfTheSdkHasItsFile() {
    Set<String> actions =
        Arrays.stream(ScfClient.class.getDeclaredMethods())
            .map(Method::getName)
            .filter(name -> Character.isUpperCase(name.charAt(0)))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> files =
        ALL.stream()
            .map(file -> file.getFileName().toString().replaceFirst("[.-].*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    actions.removeAll(files);
    assertEquals(Set.of(), actions);
  }

  /** In an account of its own, so that nothing is there but what the file says. */
  private static void exchange(int index, Path file) throws IOException {
    var calls = new SignedCalls(NODE.endpoint(), key(index));
    var nativeApi = new NodeApi(URI.create("http://" + NODE.endpoint()), token(index));
    Golden golden = new Golden(FILES.resolve("code"), KINDS);
    for (JsonNode step : NodeApi.parse(Files.readString(file))) {
      if (step.has("ended")) {
        nativeApi.ended(golden.filled(step.path("ended").asText()));
        continue;
      }
      String action = step.path("action").asText();
      String request = golden.filled(step.path("request").toString());
      HttpResponse<String> answer = calls.send(action, request);
      String what = action + " " + step.path("title").asText() + "\n" + answer.body();
      assertEquals(200, answer.statusCode(), what);
      assertEquals(List.of("application/json"), answer.headers().allValues("content-type"), what);
      JsonNode envelope = NodeApi.parse(answer.body());
      if (step.has("response")) {
        golden.compare(step.path("response"), envelope, what);
      } else {
        assertTrue(envelope.at("/Response/Error").isMissingNode(), what);
      }
    }
  }

  private static String account(int index) {
    return "14%08d".formatted(index);
  }

  private static AccessKey key(int index) {
    return new AccessKey("AKIDgolden" + index, "secret-of-golden-" + index);
  }

  private static String token(int index) {
    return "token-of-golden-" + index;
  }

  private static List<Path> files() {
    try (Stream<Path> files = Files.list(FILES)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
