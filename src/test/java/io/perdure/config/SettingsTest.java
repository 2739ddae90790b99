package io.perdure.config;

import static io.perdure.config.Rule.any;
import static io.perdure.config.Rule.between;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sources, their precedence, and what is said about keys nobody reads. */
class SettingsTest {
  record Toy(String host, int port, int managementPort, Duration grace) {
    static Toy read(Section root) {
      Section http = root.section("http");
      return new Toy(
          http.text("host", "127.0.0.1", any()),
          http.integer("port", 9000, between(0, 65_535)),
          root.section("management").integer("port", 9001, between(0, 65_535)),
          root.section("shut-down").duration("grace-time", Duration.ofSeconds(20), any()));
    }
  }

  @TempDir Path dir;

  private final Problems problems = new Problems();
  private final Settings settings = new Settings(problems);

  @Test
  void defaultsStandWhenNothingIsGiven() {
    assertEquals(new Toy("127.0.0.1", 9000, 9001, Duration.ofSeconds(20)), read());
    assertNoProblem();
  }

  @Test
  void laterSourceWinsWhateverTheOrderOfAdding() throws IOException {
    settings
        .set(Map.of("http.port", "3"))
        .environment(Map.of("PERDURE_HTTP_PORT", "2", "PERDURE_MANAGEMENT_PORT", "2"))
        .file(file("{\"http\": {\"port\": 1, \"host\": \"::1\"}, \"management.port\": 1}"));
    assertEquals(new Toy("::1", 3, 2, Duration.ofSeconds(20)), read());
    assertNoProblem();
  }

  @Test
  void dotsAndDashesAreUnderscoresInTheEnvironment() {
    settings.environment(Map.of("PERDURE_SHUT_DOWN_GRACE_TIME", "5s", "PATH", "/bin"));
    assertEquals(Duration.ofSeconds(5), read().grace());
    assertNoProblem();
  }

  @Test
  void emptyVariableIsAsIfNotSet() {
    settings.environment(Map.of("PERDURE_HTTP_PORT", ""));
    assertEquals(9000, read().port());
    assertNoProblem();
  }

  @Test
  void variablesOfKubernetesServiceLinksAreNotSettings() {
    settings.environment(
        Map.of(
            "PERDURE_SERVICE_HOST", "10.0.0.1",
            "PERDURE_SERVICE_PORT", "9000",
            "PERDURE_SERVICE_PORT_HTTP", "9000",
            "PERDURE_PORT", "tcp://10.0.0.1:9000",
            "PERDURE_PORT_9000_TCP", "tcp://10.0.0.1:9000",
            "PERDURE_PORT_9000_TCP_ADDR", "10.0.0.1",
            "PERDURE_CONSOLE_SERVICE_HOST", "10.0.0.2"));
    read();
    assertNoProblem();
  }

  @Test
  void portVariableThatIsNoServiceLinkIsUnknown() {
    settings.environment(Map.of("PERDURE_HTPP_PORT", "9000"));
    read();
    assertEquals(
        List.of(
            "PERDURE_HTPP_PORT (environment): no such setting; did you mean PERDURE_HTTP_PORT?"),
        problems.messages());
  }

  @ParameterizedTest
  @CsvSource({
    "http.prot, http.port",
    "http.prt, http.port",
    "htp.port, http.port",
    "HTTP.Port, http.port",
    "http_port, http.port",
    "host, http.host",
    "mangement.port, management.port",
    "shut-down.gracetime, shut-down.grace-time"
  })
  void unknownKeyIsToldWithTheNearestKnownOne(String given, String meant) {
    settings.set(Map.of(given, "9000"));
    read();
    assertEquals(
        List.of(given + " (from --set): no such setting; did you mean " + meant + "?"),
        problems.messages());
  }

  @ParameterizedTest
  @ValueSource(strings = {"colour", "raft.term", "http.compression", "x"})
  void keyNearToNothingGetsNoHint(String given) {
    settings.set(Map.of(given, "9000"));
    read();
    assertEquals(List.of(given + " (from --set): no such setting"), problems.messages());
  }

  @Test
  void groupGivenAsAValueIsToldWithItsKeys() throws IOException {
    settings.file(file("{\"http\": 9000}"));
    read();
    assertProblem("line 1): no such setting, but a group of settings such as http.host, http.port");
  }

  @Test
  void everyProblemIsToldAtOnceWithItsSource() throws IOException {
    settings
        .file(file("{\n\"http\": {\n\"port\": 70000,\n\"hots\": \"x\"}}"))
        .environment(Map.of("PERDURE_MANAGEMENT_PORT", "none", "PERDURE_OTHER", "secret-value"))
        .set(Map.of("shut-down.grace-time", "20"));
    assertEquals(new Toy("127.0.0.1", 9000, 9001, Duration.ofSeconds(20)), read());
    String file = dir.resolve("settings.json").toString();
    assertEquals(
        List.of(
            "http.port = 70000 (from " + file + ", line 3): expected an integer, from 0 to 65535",
            "management.port = none (from PERDURE_MANAGEMENT_PORT): expected an integer,"
                + " from 0 to 65535",
            "shut-down.grace-time = 20 (from --set): expected a duration with its unit (\"250ms\","
                + " \"30s\", \"5m\", \"72h\", \"7d\")",
            "http.hots (from " + file + ", line 4): no such setting; did you mean http.host?",
            "PERDURE_OTHER (environment): no such setting"),
        problems.messages());
    var thrown = assertThrows(InvalidConfiguration.class, problems::throwIfAny);
    assertEquals(problems.toString(), thrown.getMessage());
  }

  @Test
  void commentsOfBothFormsAreAllowedInTheFile() throws IOException {
    settings.file(file("/* all */ {\n // here\n \"http\": { \"port\": 1 /* low */ } } // end"));
    assertEquals(1, read().port());
    assertNoProblem();
  }

  @Test
  void keyGivenTwiceInTheFileIsToldWithBothLines() throws IOException {
    settings.file(file("{\"http\": {\"port\": 1},\n \"http.port\": 2}"));
    assertEquals(1, read().port());
    assertProblem("http.port (", "line 2): already given in ", "line 1; once is enough");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"http\": }       | not valid JSON, line 1, column 10",
        "{\"http\": {        | not valid JSON, line 1",
        "{'http': 1}         | not valid JSON, line 1, column 2",
        "[]                  | expected a JSON object",
        "''                  | expected a JSON object",
        "{} {}               | expected nothing after the JSON object",
      })
  void fileThatIsNoSettingsFileIsAProblem(String content, String expected) throws IOException {
    settings.file(file(content));
    read();
    assertProblem(dir.resolve("settings.json").toString(), expected);
  }

  @Test
  void deeplyNestedFileIsAProblemAndNoCrash() throws IOException {
    settings.file(file("{\"a\":".repeat(20_000)));
    read();
    assertProblem("not valid JSON");
  }

  @Test
  void hugeFileIsAProblem() throws IOException {
    settings.file(file(" ".repeat(1 << 20) + "{}"));
    read();
    assertProblem("expected a file of at most 1 MiB");
  }

  @Test
  void absentFileIsAProblem() {
    settings.file(dir.resolve("none.json"));
    read();
    assertProblem("none.json: no such file");
  }

  @Test
  void directoryIsNoFile() {
    settings.file(dir);
    read();
    assertProblem(dir + ": cannot be read");
  }

  @Test
  void keyWithControlCharactersStaysOneLine() {
    settings.set(Map.of("a\n\u001b[31mb", "1"));
    read();
    assertEquals(
        List.of("a\\u000a\\u001b[31mb (from --set): no such setting"), problems.messages());
  }

  @Test
  void declaredSettingsShowKeyDefaultAndWhetherTheyWereGiven() throws IOException {
    settings.file(file("{\"http\": {\"port\": 9000, \"host\": \"::1\"}}"));
    read();
    assertEquals(
        List.of(
            new Declared("http.host", "\"127.0.0.1\"", true, false),
            new Declared("http.port", "9000", true, true),
            new Declared("management.port", "9001", false, true),
            new Declared("shut-down.grace-time", "\"20s\"", false, true)),
        settings.declared());
  }

  @Test
  void commandLineGivesFileAndValues() throws IOException {
    Path file = file("{\"http\": {\"port\": 1, \"host\": \"::1\"}}");
    var line =
        CommandLine.parse(List.of("--config", file.toString(), "--set", "http.port=2"), problems);
    var toy = Settings.of(line, Map.of("PERDURE_MANAGEMENT_PORT", "3"), problems).read(Toy::read);
    assertEquals(new Toy("::1", 2, 3, Duration.ofSeconds(20)), toy);
    assertNoProblem();
  }

  private Toy read() {
    return settings.read(Toy::read);
  }

  private Path file(String json) throws IOException {
    return Files.writeString(dir.resolve("settings.json"), json);
  }

  private void assertNoProblem() {
    assertEquals(List.of(), problems.messages());
  }

  private void assertProblem(String... parts) {
    assertEquals(1, problems.messages().size(), problems::toString);
    for (String part : parts) {
      assertTrue(problems.toString().contains(part), problems::toString);
    }
  }
}
