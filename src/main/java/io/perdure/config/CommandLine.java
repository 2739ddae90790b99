package io.perdure.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.Optional;

/**
 * What was asked for on the command line: {@code [--config FILE] [--set key=value]... [command
 * [word]...]}.
 *
 * @param help {@code --help} was given; nothing else matters then
 * @param version {@code --version} was given
 * @param config the file of settings
 * @param set settings by key; of a key set twice, the last one
 * @param command first word that is no option; none starts a node
 * @param words everything after the command, untouched: options there are the command's own
 */
public record CommandLine(
    boolean help,
    boolean version,
    Optional<Path> config,
    Map<String, String> set,
    Optional<String> command,
    List<String> words) {

  /** What {@code --help} prints about the options, with an end of line each. */
  public static final String OPTIONS =
      """
        --config FILE     read settings from a JSON file (comments allowed)
        --set KEY=VALUE   set one setting, such as http.port=9000; may be repeated
        --version         print the version and exit
        --help            print this and exit

      Every setting is also an environment variable: PERDURE_HTTP_PORT for http.port.
      Later wins: defaults, file, environment, --set.
      """;

  private static final List<String> KNOWN = List.of("--config", "--set", "--version", "--help");

  /** Reads the arguments of {@code main}; what is wrong with them goes to {@code problems}. */
  public static CommandLine parse(List<String> arguments, Problems problems) {
    return new Parser(arguments, problems).parse();
  }

  /** One pass over the arguments. */
  private static final class Parser {
    private final ListIterator<String> rest;
    private final Problems problems;
    private final Map<String, String> set = new LinkedHashMap<>();
    private Path config;
    private boolean help;
    private boolean version;

    Parser(List<String> arguments, Problems problems) {
      this.rest = arguments.listIterator();
      this.problems = problems;
    }

    CommandLine parse() {
      while (rest.hasNext()) {
        String argument = rest.next();
        if (!argument.startsWith("-")) {
          return result(Optional.of(argument), remaining());
        }
        int equals = argument.indexOf('=');
        String option = equals < 0 ? argument : argument.substring(0, equals);
        Optional<String> joined =
            equals < 0 ? Optional.empty() : Optional.of(argument.substring(equals + 1));
        option(option, joined);
      }
      return result(Optional.empty(), List.of());
    }

    private void option(String option, Optional<String> joined) {
      switch (option) {
        case "--config" -> value(option, "FILE", joined).ifPresent(this::config);
        case "--set" -> value(option, "KEY=VALUE", joined).ifPresent(this::set);
        case "--help", "-h" -> help = flag(option, joined);
        case "--version" -> version = flag(option, joined);
        default -> unknown(option, joined);
      }
    }

    private void config(String file) {
      if (config != null) {
        problems.add("--config " + file + ": already given as " + config + "; one file is read");
        return;
      }
      try {
        config = Path.of(file);
      } catch (InvalidPathException e) {
        problems.add("--config " + file + ": not a path: " + e.getReason());
      }
    }

    private void set(String assignment) {
      int equals = assignment.indexOf('=');
      if (equals <= 0) {
        problems.add("--set " + assignment + ": expected KEY=VALUE, such as --set http.port=9000");
      } else {
        set.put(assignment.substring(0, equals), assignment.substring(equals + 1));
      }
    }

    private Optional<String> value(String option, String form, Optional<String> joined) {
      Optional<String> value = joined.or(this::nextWord).filter(text -> !text.isEmpty());
      if (value.isEmpty()) {
        problems.add(option + ": expected " + option + " " + form);
      }
      return value;
    }

    private boolean flag(String option, Optional<String> joined) {
      joined.ifPresent(value -> problems.add(option + "=" + value + ": takes no value"));
      return true;
    }

    private void unknown(String option, Optional<String> joined) {
      String name = option.replaceFirst("^-+", "");
      String hint =
          Nearest.to(option, KNOWN)
              .map(meant -> "; did you mean " + meant + "?")
              .orElse(name.contains(".") ? "; did you mean --set " + name + "=VALUE?" : "");
      problems.add(option + ": no such option" + hint);
      if (joined.isEmpty()) {
        nextWord(); // probably its value, and not a command
      }
    }

    private Optional<String> nextWord() {
      if (!rest.hasNext()) {
        return Optional.empty();
      }
      String word = rest.next();
      if (word.startsWith("--")) {
        rest.previous();
        return Optional.empty();
      }
      return Optional.of(word);
    }

    private List<String> remaining() {
      var words = new ArrayList<String>();
      rest.forEachRemaining(words::add);
      return List.copyOf(words);
    }

    private CommandLine result(Optional<String> command, List<String> words) {
      return new CommandLine(
          help,
          version,
          Optional.ofNullable(config),
          Collections.unmodifiableMap(set),
          command,
          words);
    }
  }
}
