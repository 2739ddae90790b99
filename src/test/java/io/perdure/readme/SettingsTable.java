package io.perdure.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The table of settings for the README, made of {@code conf/perdure.json}: a row for each key, with
 * its default and the comment above it. Reads lines, not JSON: the layout of that file is ours.
 */
final class SettingsTable {
  private static final Pattern GROUP = Pattern.compile("\"([a-z0-9-]+)\": \\{");
  private static final Pattern VALUE = Pattern.compile("\"([a-z0-9-]+)\": ([^\\[]*?|\\[]),?");
  private static final Pattern LIST = Pattern.compile("\"([a-z0-9-]+)\": \\[");

  private final StringBuilder table =
      new StringBuilder("| key | default | meaning |\n|---|---|---|\n");
  private final Deque<String> groups = new ArrayDeque<>();
  private String comment = "";

  private SettingsTable() {}

  static String of(Path defaults) throws IOException {
    var table = new SettingsTable();
    Files.readAllLines(defaults).forEach(line -> table.line(line.strip()));
    return table.table.toString();
  }

  private void line(String line) {
    if (line.startsWith("//")) {
      comment = (comment + " " + line.substring(2).strip()).strip();
      return;
    }
    Matcher group = GROUP.matcher(line);
    Matcher value = VALUE.matcher(line);
    Matcher list = LIST.matcher(line);
    if (group.matches()) {
      groups.addLast(group.group(1));
    } else if (line.startsWith("}")) {
      groups.pollLast(); // nothing for the end of the file
    } else if (value.matches()) {
      row(value.group(1), "`" + value.group(2).replace("\"", "") + "`");
    } else if (list.matches()) {
      row(list.group(1), "a list");
    }
    comment = "";
  }

  private void row(String key, String value) {
    String path = groups.isEmpty() ? key : String.join(".", groups) + "." + key;
    table.append("| `%s` | %s | %s |\n".formatted(path, value, comment));
  }
}
