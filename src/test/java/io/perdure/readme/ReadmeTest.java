package io.perdure.readme;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tencentcloudapi.scf.v20180416.ScfClient;
import io.perdure.api.fc.sdk.SdkOperations;
import io.perdure.client.PerdureClient;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(PerdureExtension.class)
class ReadmeTest {
  private static final String BEGIN = "// README begin\n";
  private static final String END = "// README end";
  private static final long SHELL_SECONDS = 60;
  private static final String FUNCTION = "/v1/namespaces/{namespace}/functions/{function}";
  private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

  @TempDir Path dir;
  private Markdown readme;

  @BeforeEach
  void read() throws IOException {
    readme = Markdown.read("README.md");
  }

  @Test
  void javaExamplesAreCodeThatRuns() throws IOException {
    Map<String, String> blocks = readme.blocks("from");
    assertEquals(6, blocks.size(), blocks::toString);
    for (Map.Entry<String, String> block : blocks.entrySet()) {
      String code = Files.readString(Path.of(block.getKey()));
      int end = code.indexOf(END);
      String shown = code.substring(code.indexOf(BEGIN) + BEGIN.length(), end - indent(code, end));
      assertEquals(shown.stripTrailing().stripIndent(), block.getValue().strip(), block.getKey());
    }
  }

  private static int indent(String code, int at) {
    return at - code.lastIndexOf('\n', at) - 1;
  }

  @Test
  void firstInvocationWorks(PerdureNode node) throws IOException, InterruptedException {
    String printed = shell("curl", node);
    assertTrue(printed.contains("\"status\":\"SUCCEEDED\""), printed);
    assertTrue(printed.endsWith("HELLO THERE"), printed);
  }

  @Test
  void uploadedCodeWorks(PerdureNode node) throws IOException, InterruptedException {
    assumeTrue(run("python3 -m zipfile --help").isEmpty(), "skipped: there is no python3");
    String printed = shell("python", node);
    String result = printed.substring(printed.lastIndexOf('\n') + 1);
    assertEquals("world", new JsonObject(result).getString("hello"), printed);
  }

  @Test
  void backupIsMade(PerdureNode node) throws IOException, InterruptedException {
    String printed = shell("backup", node);
    Path backup = Path.of(new JsonObject(printed).getString("directory"));
    assertTrue(Files.exists(backup.resolve("manifest.json")), printed);
  }

  /** What the lines of a block print, with the node's address and its token in them. */
  private String shell(String block, PerdureNode node) throws IOException, InterruptedException {
    assumeTrue(run("command -v curl").isEmpty(), "skipped: there is no bash or no curl");
    Path accounts = dir.resolve("accounts.json");
    Files.writeString(accounts, "{\n  \"tokens\" : [ \"" + node.token() + "\" ]\n}\n");
    String lines =
        readme
            .blocks("run")
            .get(block)
            .replace("http://127.0.0.1:9000", node.baseUri().toString())
            .replace("data/accounts.json", accounts.toString());
    Path output = dir.resolve("output");
    assertEquals("", run("{ " + lines + "} > " + output + " 2>&1"), () -> content(output));
    return Files.readString(output);
  }

  /** Empty when the shell ended with 0, else what it ended with. */
  private String run(String lines) throws IOException, InterruptedException {
    var builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", lines);
    builder.directory(dir.toFile()); // what the lines write is removed
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process shell;
    try {
      shell = builder.start();
    } catch (IOException e) {
      return e.getMessage();
    }
    if (!shell.waitFor(SHELL_SECONDS, TimeUnit.SECONDS)) {
      shell.destroyForcibly();
      return "not ended after " + SHELL_SECONDS + " s";
    }
    return shell.exitValue() == 0 ? "" : "exit code " + shell.exitValue();
  }

  private static String content(Path file) {
    try {
      return new String(Files.readAllBytes(file), UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void settingsAreThoseOfTheDefaultsFile() throws IOException {
    String expected = SettingsTable.of(Path.of("conf/perdure.json"));
    assertEquals(expected, readme.section("settings").strip() + "\n");
  }

  @Test
  void operationsAreThoseOfTheOpenApiDocument() throws IOException {
    var named = new TreeSet<String>();
    var table = new Markdown(readme.section("api"));
    for (String methodsAndPath : table.all("`((?:[A-Z]+, )*[A-Z]+ [/F][^`]*)`")) {
      int space = methodsAndPath.lastIndexOf(' ');
      String path = methodsAndPath.substring(space + 1).replaceFirst("^F", FUNCTION);
      for (String method : methodsAndPath.substring(0, space).split(", ", -1)) {
        named.add(method + " " + path);
      }
    }
    var document = new JsonObject(Files.readString(Path.of("src/main/resources/openapi.json")));
    var served = new TreeSet<String>();
    for (Map.Entry<String, Object> path : document.getJsonObject("paths")) {
      for (String member : ((JsonObject) path.getValue()).fieldNames()) {
        if (path.getKey().startsWith("/v1/") && METHODS.contains(member)) {
          served.add(member.toUpperCase(Locale.ROOT) + " " + path.getKey());
        }
      }
    }
    assertEquals(served, named);
  }

  @Test
  void actionsOfScfAreThoseOfItsSdk() {
    Set<String> offered =
        Stream.of(ScfClient.class.getDeclaredMethods())
            .map(Method::getName)
            .filter(name -> Character.isUpperCase(name.charAt(0)))
            .collect(Collectors.toSet());
    Set<String> cells = new Markdown(readme.section("scf")).all("(?m)^\\|([^|]*)\\|");
    assertEquals(offered, new Markdown(String.join(" ", cells)).all("`(\\w+)`"));
  }

  @Test
  void operationsOfFcAreThoseOfItsSdks() throws IOException {
    Set<String> cells = new Markdown(readme.section("fc")).all("(?m)^\\|([^|]*)\\|");
    Set<String> named = new Markdown(String.join(" ", cells)).all("`(\\w+)`");
    assertEquals(SdkOperations.all(), named);
  }

  @Test
  void metricsAreThoseOfANode(PerdureNode node) throws IOException, InterruptedException {
    node.function("any").returns("");
    PerdureClient client = node.client();
    client.submit("any", Buffer.buffer()).compose(i -> client.await(i.id())).await();
    get(node, "/v1/namespaces");
    Set<String> served = new Markdown(get(node, "/metrics")).all("(?m)^# TYPE (perdure_\\w+) ");
    served.removeIf(name -> name.endsWith("_max")); // Micrometer's companion of each timer
    served.add("perdure_ratelimit_rejected_total"); // made with the first one
    assertEquals(served, new Markdown(readme.section("metrics")).all("`(perdure_\\w+)`"));
  }

  private static String get(PerdureNode node, String path)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(node.baseUri().resolve(path));
    request.header("Authorization", "Bearer " + node.token());
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString()).body();
  }

  @Test
  void everyScriptAndFileNamedExists() {
    for (String path : readme.all("`((?:scripts|conf|src|\\.ci)/[\\w./-]+)")) {
      assertTrue(Files.exists(Path.of(path)), path + " does not exist");
    }
  }
}
