package io.perdure.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A Markdown file whose parts are marked by comments that a reader does not see. */
record Markdown(String text) {
  /** {@code <!-- KEY: NAME -->} and the fenced block behind it. */
  private static final String MARKED_BLOCK = "<!-- %s: (\\S+) -->\n```\\w*\n(.*?)```";

  static Markdown read(String file) throws IOException {
    return new Markdown(Files.readString(Path.of(file)));
  }

  /** Fenced blocks behind {@code <!-- key: name -->}, by name. */
  Map<String, String> blocks(String key) {
    var blocks = new TreeMap<String, String>();
    Pattern.compile(MARKED_BLOCK.formatted(Pattern.quote(key)), Pattern.DOTALL)
        .matcher(text)
        .results()
        .forEach(block -> blocks.put(block.group(1), block.group(2)));
    return blocks;
  }

  /** What stands between {@code <!-- name -->} and {@code <!-- /name -->}. */
  String section(String name) {
    String begin = "<!-- " + name + " -->\n";
    int from = text.indexOf(begin);
    int to = text.indexOf("<!-- /" + name + " -->");
    if (from < 0 || to < from) {
      throw new IllegalStateException("there is no section " + name);
    }
    return text.substring(from + begin.length(), to);
  }

  /** Everything that {@code pattern} finds, its first group if it has one. */
  Set<String> all(String pattern) {
    return new TreeSet<>(
        Pattern.compile(pattern)
            .matcher(text)
            .results()
            .map((MatchResult found) -> found.groupCount() == 0 ? found.group() : found.group(1))
            .toList());
  }
}
