package io.perdure.bench;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What a run does; {@code scripts/bench --help} explains each.
 *
 * @param managed functions uploaded as code are measured, and nothing else
 * @param languages of those
 * @param cluster so many nodes are measured as one cluster, beside one that stands alone, and
 *     nothing else; 0 for none
 * @param seconds length of one measurement
 * @param warmUpSeconds longest warm-up of one mode
 * @param retained how many ended invocations there are, one round of modes for each
 * @param window most acknowledged and not ended in mode completed
 * @param inFlight attempts running at the kill of mode recovery
 * @param payloads sizes in bytes for mode completed; the first is that of all other modes
 * @param peers rows of the harness that measures other systems
 * @param filled where directories with retained invocations are kept
 * @param fill whether only these are to be made
 * @param settings passed on to the node
 */
record BenchOptions(
    boolean quick,
    List<String> modes,
    List<String> kinds,
    boolean managed,
    List<String> languages,
    int cluster,
    int seconds,
    int warmUpSeconds,
    List<Long> retained,
    int window,
    int connections,
    int inFlight,
    List<Integer> payloads,
    List<Path> peers,
    Path jar,
    String java,
    Path data,
    Path filled,
    boolean fill,
    Path out,
    boolean pin,
    Map<String, String> settings) {

  static final List<String> MODES =
      List.of("accept", "completed", "latency", "status", "signed", "list", "steady", "recovery");

  /** Those of a quick run: a steady state takes its time. */
  static final List<String> MODES_QUICK =
      MODES.stream().filter(mode -> !mode.equals("steady")).toList();

  static final List<String> KINDS = List.of("event-bus", "http", "command");
  static final List<String> LANGUAGES = List.of("python3", "nodejs", "java");

  private static final Set<String> FLAGS = Set.of("--quick", "--no-pin", "--managed", "--fill");

  /** A request of the generator has one buffer; a node takes 6 MiB. */
  private static final int PAYLOAD_MAX = 200 * 1024;

  private static final long RETAINED_MAX = 100_000_000;

  /**
   * Reads the words of a command line.
   *
   * @throws IllegalArgumentException naming the option that is wrong
   */
  static BenchOptions parse(String... args) {
    Map<String, String> given = new LinkedHashMap<>();
    Map<String, String> settings = new LinkedHashMap<>();
    ArrayDeque<String> words = new ArrayDeque<>(Arrays.asList(args));
    while (!words.isEmpty()) {
      String option = words.remove();
      if (FLAGS.contains(option)) {
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
    boolean quick = given.remove("--quick") != null;
    String modes = given.remove("--modes");
    BenchOptions options =
        new BenchOptions(
            quick,
            modes == null && quick ? MODES_QUICK : choice(modes, MODES),
            choice(given.remove("--kinds"), KINDS),
            given.remove("--managed") != null,
            choice(given.remove("--languages"), LANGUAGES),
            number(given.remove("--cluster"), 0),
            number(given.remove("--seconds"), quick ? 3 : 8),
            number(given.remove("--warm-up"), quick ? 6 : 20),
            list(given.remove("--retained"), "0", BenchOptions::count),
            number(given.remove("--window"), 2000),
            number(given.remove("--connections"), 64),
            number(given.remove("--in-flight"), quick ? 200 : 1000),
            list(given.remove("--payloads"), "1k", BenchOptions::payload),
            list(given.remove("--peers"), "", Path::of),
            Path.of(otherwise(given.remove("--jar"), "target/perdure.jar")),
            otherwise(given.remove("--java"), System.getProperty("java.home") + "/bin/java"),
            Path.of(otherwise(given.remove("--data"), "target/bench/run")).toAbsolutePath(),
            Path.of(otherwise(given.remove("--filled"), "target/bench/filled")).toAbsolutePath(),
            given.remove("--fill") != null,
            Path.of(otherwise(given.remove("--out"), "target/bench/bench.json")),
            given.remove("--no-pin") == null,
            settings);
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("unknown: " + String.join(", ", given.keySet()));
    }
    return options;
  }

  /** Size of a payload wherever there is one size only. */
  int payloadBytes() {
    return payloads.get(0);
  }

  boolean measures(String mode) {
    return modes.contains(mode);
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

  private static <T> List<T> list(String given, String otherwise, Function<String, T> reader) {
    String text = otherwise(given, otherwise);
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(reader).distinct().toList();
  }

  private static String otherwise(String text, String otherwise) {
    return text == null ? otherwise : text;
  }

  private static int number(String text, int otherwise) {
    return text == null ? otherwise : (int) scaled(text, 1000, 1, Integer.MAX_VALUE);
  }

  private static long count(String text) {
    return scaled(text, 1000, 0, RETAINED_MAX);
  }

  private static int payload(String text) {
    return (int) scaled(text, 1024, 1, PAYLOAD_MAX);
  }

  /** A number that may end in k or m. */
  private static long scaled(String text, long thousand, long least, long most) {
    String digits = text.toLowerCase(Locale.ROOT);
    long unit = digits.endsWith("k") ? thousand : digits.endsWith("m") ? thousand * thousand : 1;
    try {
      String plain = unit == 1 ? digits : digits.substring(0, digits.length() - 1);
      long value = Math.multiplyExact(Long.parseLong(plain), unit);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException(text + " is no number", e);
    }
    throw new IllegalArgumentException(text + " is not within " + least + " to " + most);
  }
}
