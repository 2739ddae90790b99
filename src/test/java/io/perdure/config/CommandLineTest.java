package io.perdure.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
  private final Problems problems = new Problems();

  @Test
  void noArgumentsAskForANodeWithDefaults() {
    var expected =
        new CommandLine(false, false, Optional.empty(), Map.of(), Optional.empty(), List.of());
    assertEquals(expected, parse());
    assertNoProblem();
  }

  @Test
  void fileAndSettingsAreRead() {
    var line = parse("--config", "a.json", "--set", "http.port=0", "--set", "a=b=c", "--set", "d=");
    assertEquals(Optional.of(Path.of("a.json")), line.config());
    assertEquals(Map.of("http.port", "0", "a", "b=c", "d", ""), line.set());
    assertNoProblem();
  }

  @Test
  void optionMayBeJoinedToItsValue() {
    var line = parse("--config=a.json", "--set=http.port=0");
    assertEquals(Optional.of(Path.of("a.json")), line.config());
    assertEquals(Map.of("http.port", "0"), line.set());
    assertNoProblem();
  }

  @Test
  void lastOfTheSameSettingWins() {
    assertEquals(Map.of("a", "2"), parse("--set", "a=1", "--set", "a=2").set());
    assertNoProblem();
  }

  @Test
  void helpAndVersionAreFlags() {
    assertTrue(parse("--help").help());
    assertTrue(parse("-h").help());
    assertTrue(parse("--version").version());
    assertNoProblem();
  }

  @Test
  void firstWordIsTheCommandAndTheRestIsItsOwn() {
    var line = parse("--set", "a=1", "backup", "--to", "x", "--set", "b=2");
    assertEquals(Optional.of("backup"), line.command());
    assertEquals(List.of("--to", "x", "--set", "b=2"), line.words());
    assertEquals(Map.of("a", "1"), line.set());
    assertNoProblem();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--config                   | --config: expected --config FILE",
        "--config=                  | --config: expected --config FILE",
        "--config --set a=1         | --config: expected --config FILE",
        "--config a --config b      | --config b: already given as a; one file is read",
        "--set                      | --set: expected --set KEY=VALUE",
        "--set port                 | --set port: expected KEY=VALUE, such as --set http.port=9000",
        "--set =1                   | --set =1: expected KEY=VALUE, such as --set http.port=9000",
        "--help=1                   | --help=1: takes no value",
        "--confg a.json             | --confg: no such option; did you mean --config?",
        "--http.port=1              | --http.port: no such option; did you mean --set http.port=VALUE?",
        "--verbose                  | --verbose: no such option",
        "-p 9000                    | -p: no such option",
      })
  void wrongArgumentIsOneProblemThatSaysWhatWasExpected(String arguments, String expected) {
    var line = parse(arguments.split(" "));
    assertEquals(List.of(expected), problems.messages());
    assertEquals(Optional.empty(), line.command());
  }

  @Test
  void parsingGoesOnAfterAProblem() {
    var line = parse("--what", "--set", "x", "--set", "a=1");
    assertEquals(2, problems.messages().size());
    assertEquals(Map.of("a", "1"), line.set());
  }

  private CommandLine parse(String... arguments) {
    return CommandLine.parse(Arrays.asList(arguments), problems);
  }

  private void assertNoProblem() {
    assertEquals(List.of(), problems.messages());
  }
}
