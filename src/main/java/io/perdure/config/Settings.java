package io.perdure.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * All sources of settings, one above the other: defaults in code, then the file, then the
 * environment, then what was set on the command line.
 *
 * <pre>{@code
 * var problems = new Problems();
 * var line = CommandLine.parse(List.of(args), problems);
 * NodeConfig config = Settings.of(line, System.getenv(), problems).read(NodeConfig::read);
 * problems.throwIfAny();
 * }</pre>
 */
public final class Settings {
  private static final String PREFIX = "PERDURE_";

  private static final Pattern KEY =
      Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*(\\.[a-z][a-z0-9]*(-[a-z0-9]+)*)*");

  /**
   * Variables that Kubernetes gives to every container beside a service named {@code perdure} or
   * {@code perdure-...}. Nobody wrote them, so they must not stop a start.
   */
  private static final Pattern SERVICE_LINK =
      Pattern.compile("PERDURE_(.+_)?(SERVICE_(HOST|PORT(_.+)?)|PORT_\\d+_(TCP|UDP|SCTP)(_.+)?)");

  private static final Pattern SERVICE_URL = Pattern.compile("(tcp|udp|sctp)://.*");

  private final Problems problems;
  private final Map<String, Given> file = new LinkedHashMap<>();
  private final Map<String, String> environment = new TreeMap<>();
  private final Map<String, Given> set = new LinkedHashMap<>();
  private final Map<String, Supplier<Declared>> declared = new LinkedHashMap<>();
  private final Set<String> groups = new HashSet<>();
  private final Map<String, String> keyByVariable = new HashMap<>();

  /** No source but the defaults in code; the others are added before reading, in any order. */
  public Settings(Problems problems) {
    this.problems = problems;
  }

  /** The sources of a start: the command line with the file it names, and the environment. */
  public static Settings of(CommandLine line, Map<String, String> environment, Problems problems) {
    var settings = new Settings(problems).environment(environment).set(line.set());
    line.config().ifPresent(settings::file);
    return settings;
  }

  /**
   * Adds a JSON file: nested objects or dotted keys, with comments. A file that cannot be read is a
   * problem.
   */
  public Settings file(Path path) {
    file.putAll(SettingsFile.read(path, problems));
    return this;
  }

  /**
   * Adds environment variables: {@code PERDURE_HTTP_PORT} for {@code http.port}. Those of other
   * names are ignored, and so is one that is empty, as composed files often leave them.
   */
  public Settings environment(Map<String, String> variables) {
    variables.forEach(
        (name, value) -> {
          if (name.startsWith(PREFIX)) {
            environment.put(name, value);
          }
        });
    return this;
  }

  /** Adds values by key, as {@code --set} does; text to be parsed by the declared type. */
  public Settings set(Map<String, String> values) {
    values.forEach((key, value) -> set.put(key, Given.text(value, "--set")));
    return this;
  }

  /**
   * Reads everything, then reports every key given that nothing has read. To be called once.
   *
   * @param reader reads all config records from the root section
   */
  public <T> T read(Function<Section, T> reader) {
    T config = reader.apply(new Section(this, ""));
    reportUnknown();
    return config;
  }

  /** Every setting read so far, in the order of reading. */
  public List<Declared> declared() {
    return declared.values().stream().map(Supplier::get).toList();
  }

  <T> T read(String key, Type<T> type, T byDefault, Rule<T> rule) {
    if (!rule.allows(byDefault)) {
      throw new IllegalArgumentException("default of " + key + " breaks its rule: " + byDefault);
    }
    T value = given(key).flatMap(given -> parse(key, given, type, rule)).orElse(byDefault);
    declare(key, () -> type.toJson().apply(byDefault).toString(), value.equals(byDefault));
    return value;
  }

  <T> Optional<T> readOptional(String key, Type<T> type, Rule<T> rule) {
    Optional<T> value =
        given(key)
            .filter(given -> !(given.json().isTextual() && given.json().textValue().isEmpty()))
            .flatMap(given -> parse(key, given, type, rule));
    declare(key, () -> "null", value.isEmpty());
    return value;
  }

  void problem(String key, String message) {
    if (!declared.containsKey(key)) {
      throw new IllegalStateException(key + " has not been read");
    }
    problems.add(
        key + " (from " + given(key).map(Given::source).orElse("default") + "): " + message);
  }

  private Optional<Given> given(String key) {
    String variable = variable(key);
    Given given = set.get(key);
    if (given == null && !environment.getOrDefault(variable, "").isEmpty()) {
      given = Given.text(environment.get(variable), variable);
    }
    if (given == null) {
      given = file.get(key);
    }
    return Optional.ofNullable(given).filter(value -> !value.isNothing());
  }

  private <T> Optional<T> parse(String key, Given given, Type<T> type, Rule<T> rule) {
    Optional<T> value = type.read(given).filter(rule::allows);
    if (value.isPresent()) {
      return value;
    }
    String expected = rule.expected(type::spelled);
    problems.add(
        "%s = %s (from %s): expected %s%s"
            .formatted(
                key,
                given.shown(),
                given.source(),
                type.expected(),
                expected.isEmpty() ? "" : ", " + expected));
    return Optional.empty();
  }

  /**
   * Notes a setting.
   *
   * @param defaultJson asked when somebody wants to see it: a start does not, and writing JSON for
   *     the first time takes long
   */
  private void declare(String key, Supplier<String> defaultJson, boolean atDefault) {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException("not a key: " + key);
    }
    if (groups.contains(key)) {
      throw new IllegalStateException(key + " cannot be both a setting and a group of settings");
    }
    for (int dot = key.indexOf('.'); dot > 0; dot = key.indexOf('.', dot + 1)) {
      String group = key.substring(0, dot);
      if (declared.containsKey(group)) {
        throw new IllegalStateException(key + " and " + group + " cannot both be settings");
      }
      groups.add(group);
    }
    String twin = keyByVariable.put(variable(key), key);
    if (twin != null) {
      throw new IllegalStateException(key + " is read twice, or is one variable with " + twin);
    }
    boolean inFile = file.containsKey(key);
    declared.put(key, () -> new Declared(key, defaultJson.get(), inFile, atDefault));
  }

  private void reportUnknown() {
    for (Map<String, Given> source : List.of(file, set)) {
      source.forEach(
          (key, given) -> {
            if (!declared.containsKey(key)) {
              problems.add(key + " (from " + given.source() + "): no such setting" + hint(key));
            }
          });
    }
    environment.forEach(
        (name, value) -> {
          if (!keyByVariable.containsKey(name) && !isServiceLink(name, value)) {
            Optional<String> meant = Nearest.to(name.substring(PREFIX.length()), declared.keySet());
            problems.add(
                name
                    + " (environment): no such setting"
                    + didYouMean(meant.map(Settings::variable)));
          }
        });
  }

  private String hint(String key) {
    List<String> below =
        declared.keySet().stream().filter(known -> known.startsWith(key + ".")).limit(3).toList();
    return below.isEmpty()
        ? didYouMean(Nearest.to(key, declared.keySet()))
        : ", but a group of settings such as " + String.join(", ", below);
  }

  private static String didYouMean(Optional<String> known) {
    return known.map(word -> "; did you mean " + word + "?").orElse("");
  }

  private static boolean isServiceLink(String name, String value) {
    return SERVICE_LINK.matcher(name).matches()
        || (name.endsWith("_PORT") && SERVICE_URL.matcher(value).matches());
  }

  private static String variable(String key) {
    return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}
