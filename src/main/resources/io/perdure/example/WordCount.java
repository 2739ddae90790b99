import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Counts words: text on standard input, JSON on standard output, remarks on standard error. A
 * program like any other: what it prints is the result, and exit code 0 means that it succeeded.
 *
 * <p>FAIL_ATTEMPTS=n makes the first n attempts of an invocation fail, to show what a retry is.
 */
public class WordCount {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");
  private static final int SHOWN = 3;

  public static void main(String[] args) throws IOException {
    int attempt = number("PERDURE_ATTEMPT", 1);
    System.err.println("attempt " + attempt + " of " + System.getenv("PERDURE_INVOCATION_ID"));
    if (attempt <= number("FAIL_ATTEMPTS", 0)) {
      System.err.println("failing on purpose, as FAIL_ATTEMPTS asks");
      System.exit(75); // "temporary failure" in sysexits.h
    }
    String text = new String(System.in.readAllBytes(), UTF_8);
    try (var out = new PrintStream(System.out, true, UTF_8)) {
      out.println(json(text));
    }
  }

  private static int number(String variable, int absent) {
    String value = System.getenv(variable);
    return value == null ? absent : Integer.parseInt(value);
  }

  private static String json(String text) {
    Map<String, Integer> counts = new TreeMap<>();
    WORD.matcher(text.toLowerCase(Locale.ROOT))
        .results()
        .forEach(word -> counts.merge(word.group(), 1, Integer::sum));
    int words = counts.values().stream().mapToInt(Integer::intValue).sum();
    Map<String, Integer> most = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(SHOWN)
        .forEach(entry -> most.put("\"" + entry.getKey() + "\"", entry.getValue()));
    return "{\"lines\":%d,\"words\":%d,\"distinct\":%d,\"most\":%s}"
        .formatted(
            text.lines().count(),
            words,
            counts.size(),
            most.toString().replace("=", ":").replace(", ", ","));
  }
}
