package io.perdure.bench;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run does; {@code scripts/bench --help} explains each.
 *
 * @param managed functions uploaded as code are measured, and nothing else
 * @param languages of those
 * @param seconds length of one measurement
 * @param retained invocations that have ended before anything is measured
 * @param window most acknowledged and not ended in mode completed
 * @param inFlight attempts running at the kill of mode recovery
 * @param settings passed on to the node
 */
record BenchOptions(
    List<String> modes,
    List<String> kinds,
    boolean managed,
    List<String> languages,
    int seconds,
    long retained,
    int window,
    int connections,
    int inFlight,
    int payloadBytes,
    Path jar,
    String java,
    Path data,
    Path out,
    boolean pin,
    Map<String, String> settings) {

  static final List<String> MODES =
      List.of("accept", "completed", "latency", "status", "list", "recovery");
  static final List<String> KINDS = List.of("event-bus", "http", "command");
  static final List<String> LANGUAGES = List.of("python3", "nodejs", "java");

  static BenchOptions parse(String[] args) {
    Map<String, String> given = new LinkedHashMap<>();
    Map<String, String> settings = new LinkedHashMap<>();
    ArrayDeque<String> words = new ArrayDeque<>(Arrays.asList(args));
    while (!words.isEmpty()) {
      String option = words.remove();
      if (option.equals("--quick")) {
        given.putIfAbsent("--seconds", "3");
        given.putIfAbsent("--in-flight", "200");
      } else if (option.equals("--no-pin") || option.equals("--managed")) {
        given.put(option, "");
      } else if (words.isEmpty()) {
        throw new IllegalArgumentException(option + " needs a value");
      } else if (option.equals("--set")) {
        String[] pair = words.remove().split("=", 2);
        settings.put(pair[0], pair[1]);
      } else {
        given.put(option, words.remove());
      }
    }
    BenchOptions options =
        new BenchOptions(
            choice(given.remove("--modes"), MODES),
            choice(given.remove("--kinds"), KINDS),
            given.remove("--managed") != null,
            choice(given.remove("--languages"), LANGUAGES),
            number(given.remove("--seconds"), 8),
            number(given.remove("--retained"), 0),
            number(given.remove("--window"), 2000),
            number(given.remove("--connections"), 64),
            number(given.remove("--in-flight"), 1000),
            number(given.remove("--payload"), 1024),
            Path.of(given.getOrDefault("--jar", "target/perdure.jar")),
            given.getOrDefault("--java", System.getProperty("java.home") + "/bin/java"),
            Path.of(given.getOrDefault("--data", "target/bench/run")).toAbsolutePath(),
            Path.of(given.getOrDefault("--out", "target/bench/bench.json")),
            given.remove("--no-pin") == null,
            settings);
    List.of("--jar", "--java", "--data", "--out").forEach(given::remove);
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("unknown: " + String.join(", ", given.keySet()));
    }
    return options;
  }

  private static List<String> choice(String list, List<String> all) {
    if (list == null) {
      return all;
    }
    List<String> chosen = Arrays.asList(list.split(",", -1));
    if (!all.containsAll(chosen)) {
      throw new IllegalArgumentException(list + ": choose from " + String.join(",", all));
    }
    return chosen;
  }

  private static int number(String text, int otherwise) {
    return text == null ? otherwise : Integer.parseInt(text);
  }
}
