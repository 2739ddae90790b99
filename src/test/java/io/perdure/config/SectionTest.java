package io.perdure.config;

import static io.perdure.config.Rule.any;
import static io.perdure.config.Rule.atLeast;
import static io.perdure.config.Rule.between;
import static io.perdure.config.Rule.nonEmpty;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Typed reading: what each type accepts, refuses, and says it expected. */
class SectionTest {
  enum Format {
    AUTO,
    JSON_LINES
  }

  @TempDir Path dir;

  private final Problems problems = new Problems();

  @ParameterizedTest
  @CsvSource({"250ms, PT0.25S", "0s, PT0S", "30s, PT30S", "5m, PT5M", "72h, PT72H", "7d, PT168H"})
  void durationIsReadByItsUnit(String text, Duration expected) {
    assertRead(expected, set(text, s -> s.duration("x", Duration.ofSeconds(1), any())));
    assertNoProblem();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"30", "-1s", "1.5s", "s", "1h30m", "30 s", "30S", "", "999999999999999999d"})
  void otherDurationTextIsRefusedAndTheDefaultKept(String text) {
    assertRead(
        Duration.ofSeconds(9), set(text, s -> s.duration("x", Duration.ofSeconds(9), any())));
    assertProblem(
        "expected a duration with its unit (\"250ms\", \"30s\", \"5m\", \"72h\", \"7d\")");
  }

  @Test
  void bareNumberInTheFileIsNoDuration() throws IOException {
    file("30", s -> s.duration("x", Duration.ofSeconds(9), any()));
    assertProblem("x = 30 (from", "line 1): expected a duration with its unit");
  }

  @Test
  void durationOutsideItsRuleIsToldWithBothBounds() {
    set("2h", s -> s.duration("x", Duration.ofSeconds(9), between(Duration.ofMillis(1500), HOUR)));
    assertProblem("x = 2h (from --set): expected a duration", ", from 1500ms to 1h");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "512, 512",
    "512B, 512",
    "128KiB, 131072",
    "6MiB, 6291456",
    "1TiB, 1099511627776"
  })
  void sizeIsReadByItsUnit(String text, long expected) {
    assertRead(expected, set(text, s -> s.bytes("x", 1, any())));
    assertNoProblem();
  }

  @ParameterizedTest
  @ValueSource(strings = {"6MB", "6mib", "-1", "1.5MiB", "MiB", "", "99999999999TiB"})
  void otherSizeTextIsRefused(String text) {
    assertRead(1L, set(text, s -> s.bytes("x", 1, any())));
    assertProblem("expected a size: an integer of bytes, or one with its unit");
  }

  @Test
  void sizeBoundsAreToldWithUnits() {
    set("3", s -> s.bytes("x", 4096, between(1024L, 1L << 30)));
    assertProblem("from 1KiB to 1GiB");
  }

  @Test
  void sizeInTheFileIsTextOrAnInteger() throws IOException {
    assertRead(6L << 20, file("\"6MiB\"", s -> s.bytes("x", 1, any())));
    assertRead(7L, file("7", s -> s.bytes("x", 1, any())));
    assertNoProblem();
    file("7.5", s -> s.bytes("x", 1, any()));
    assertProblem("x = 7.5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"9000\"", "9000.0", "9e3", "true", "[9000]", "99999999999"})
  void onlyAnIntegerOfTheFileIsAnInteger(String json) throws IOException {
    assertRead(1, file(json, s -> s.integer("x", 1, any())));
    assertEquals(1, problems.messages().size(), problems::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nine", "9.0", "2147483648", "0x10", "9 "})
  void otherIntegerTextIsRefused(String text) {
    assertRead(1, set(text, s -> s.integer("x", 1, between(1, 65_535))));
    assertProblem("expected an integer, from 1 to 65535");
  }

  @Test
  void longIntegerTakes64Bits() {
    assertRead(Long.MAX_VALUE, set("9223372036854775807", s -> s.longInteger("x", 1, any())));
    assertNoProblem();
    set("9223372036854775808", s -> s.longInteger("x", 1L, atLeast(1L)));
    assertProblem("expected an integer, 1 or more");
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "1", "TRUE", ""})
  void onlyTrueAndFalseAreTruthValues(String text) {
    assertRead(true, set(text, s -> s.bool("x", true)));
    assertProblem("expected true or false");
  }

  @Test
  void textObeysItsRule() {
    assertRead("a", set("  ", s -> s.text("x", "a", nonEmpty())));
    assertProblem("expected text, not empty");
  }

  @Test
  void numberInTheFileIsNoText() throws IOException {
    file("5", s -> s.text("x", "a", any()));
    assertProblem("x = 5 (from", "expected text");
  }

  @Test
  void choiceIsReadInAnyCaseWithDashes() {
    assertRead(Format.JSON_LINES, set("JSON-lines", s -> s.choice("x", Format.AUTO)));
    assertNoProblem();
    assertRead(Format.AUTO, set("xml", s -> s.choice("x", Format.AUTO)));
    assertProblem("x = xml (from --set): expected one of auto, json-lines");
  }

  @Test
  void pathIsReadAndAnImpossibleOneRefused() {
    assertRead(Path.of("/a/b"), set("/a/b", s -> s.path("x", Path.of("data"))));
    assertNoProblem();
    assertRead(Path.of("data"), set("a\0b", s -> s.path("x", Path.of("data"))));
    assertProblem("x = a\\u0000b (from --set): expected a path");
  }

  @Test
  void listIsAnArrayInTheFileAndCommaSeparatedElsewhere() throws IOException {
    assertRead(List.of("a", "b c"), set(" a, b c", s -> s.list("x", List.of(), any())));
    assertRead(List.of(), set("", s -> s.list("x", List.of("z"), any())));
    assertRead(List.of("a,b"), file("[\"a,b\"]", s -> s.list("x", List.of(), any())));
    assertNoProblem();
    assertRead(List.of("z"), file("[\"a\", 1]", s -> s.list("x", List.of("z"), any())));
    assertProblem("expected a list of text");
  }

  @Test
  void optionalSettingIsEmptyUntilGivenAndWhenGivenAsNothing() throws IOException {
    assertRead(Optional.empty(), read(new Settings(problems), s -> s.optionalPath("x")));
    assertRead(Optional.empty(), file("null", s -> s.optionalPath("x")));
    assertRead(Optional.empty(), set("", s -> s.optionalPath("x")));
    assertRead(Optional.of(Path.of("f")), set("f", s -> s.optionalPath("x")));
    assertRead(Optional.of(8L), set("8", s -> s.optionalBytes("x", any())));
    assertRead(Optional.of("t"), set("t", s -> s.optionalText("x", any())));
    assertRead(Optional.of(HOUR), set("1h", s -> s.optionalDuration("x", any())));
    assertNoProblem();
    assertRead(Optional.empty(), set("0", s -> s.optionalInteger("x", atLeast(1))));
    assertProblem("expected an integer, 1 or more");
  }

  @Test
  void nullInTheFileMeansNotGiven() throws IOException {
    assertRead(1, file("null", s -> s.integer("x", 1, any())));
    assertNoProblem();
  }

  @Test
  void longValueIsCutInItsMessage() {
    set("y".repeat(5000), s -> s.integer("x", 1, any()));
    assertTrue(problems.toString().length() < 200, problems::toString);
  }

  @Test
  void problemOfSeveralSettingsNamesWhereTheValueIsFrom() {
    read(
        new Settings(problems).set(Map.of("pool.least", "9")),
        root -> {
          Section pool = root.section("pool");
          int least = pool.integer("least", 1, any());
          int most = pool.integer("most", 4, any());
          if (least > most) {
            pool.problem("least", "expected at most pool.most, which is " + most);
          }
          return null;
        });
    assertProblem("pool.least (from --set): expected at most pool.most, which is 4");
  }

  @Test
  void defaultThatBreaksItsRuleIsAMistakeOfTheCode() {
    assertThrows(
        IllegalArgumentException.class,
        () -> read(new Settings(problems), s -> s.integer("x", 0, atLeast(1))));
  }

  @Test
  void keyReadTwiceIsAMistakeOfTheCode() {
    assertThrows(
        IllegalStateException.class,
        () ->
            read(new Settings(problems), s -> s.integer("x", 0, any()) + s.integer("x", 0, any())));
  }

  @Test
  void twoKeysOfOneVariableAreAMistakeOfTheCode() {
    assertThrows(
        IllegalStateException.class,
        () ->
            read(
                new Settings(problems),
                s -> s.bool("a-b", true) && s.section("a").bool("b", true)));
  }

  @Test
  void keyThatIsAlsoAGroupIsAMistakeOfTheCode() {
    assertThrows(
        IllegalStateException.class,
        () ->
            read(new Settings(problems), s -> s.bool("a", true) && s.section("a").bool("b", true)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Port", "http_port", "", "a..b", "9a", "a-"})
  void keyOfAnotherFormIsAMistakeOfTheCode(String key) {
    assertThrows(
        IllegalArgumentException.class, () -> read(new Settings(problems), s -> s.bool(key, true)));
  }

  private static final Duration HOUR = Duration.ofHours(1);

  private <T> T set(String value, Function<Section, T> reader) {
    return read(new Settings(problems).set(Map.of("x", value)), reader);
  }

  private <T> T file(String json, Function<Section, T> reader) throws IOException {
    Path file = Files.writeString(dir.resolve("settings.json"), "{\"x\": " + json + "}");
    return read(new Settings(problems).file(file), reader);
  }

  private static <T> T read(Settings settings, Function<Section, T> reader) {
    return settings.read(reader);
  }

  private static void assertRead(Object expected, Object actual) {
    assertEquals(expected, actual);
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
