package io.perdure.bench;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.perdure.bench.Report.Figure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Figures as a table: in columns, or in Markdown of what runs have written down. */
final class Table {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Table() {}

  /** Columns of fixed width. */
  static String plain(List<Figure> figures) {
    StringBuilder table = new StringBuilder();
    table.append(row("figure", "value", "unit", "ratio", "target", "", "limit"));
    String last = "";
    for (Figure figure : figures) {
      boolean again = figure.name().equals(last);
      last = figure.name();
      table.append(
          row(
              again ? "" : figure.name(),
              again ? "" : value(figure),
              again ? "" : figure.unit(),
              ratio(figure),
              target(figure),
              met(figure),
              limit(figure)));
    }
    return table.toString();
  }

  private static String row(
      String name,
      String value,
      String unit,
      String ratio,
      String target,
      String met,
      String limit) {
    String row =
        String.format(
            Locale.ROOT,
            "%-56s %10s %-7s %7s %8s %-6s  %s",
            name,
            value,
            unit,
            ratio,
            target,
            met,
            limit);
    return row.stripTrailing() + "\n";
  }

  /** A Markdown section for each of the JSON files that runs have left, in that order. */
  static String markdown(List<Path> files) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path file : files) {
      JsonNode run = JSON.readTree(file.toFile());
      text.append(text.isEmpty() ? "" : "\n");
      for (var setting : run.path("settings").properties()) {
        text.append("- ").append(setting.getKey()).append(": ");
        text.append(
            setting.getValue().isTextual() ? setting.getValue().asText() : setting.getValue());
        text.append('\n');
      }
      text.append('\n');
      text.append(markdownOf(JSON.convertValue(run.path("figures"), new TypeReference<>() {})));
      for (JsonNode note : run.path("notes")) {
        text.append("\nNote: ").append(note.asText()).append('\n');
      }
    }
    return text.toString();
  }

  /** A Markdown table. */
  static String markdownOf(List<Figure> figures) {
    StringBuilder table = new StringBuilder();
    table.append("| figure | value | unit | limit | ratio | target | met |\n");
    table.append("|---|---:|---|---|---:|---|---|\n");
    for (Figure figure : figures) {
      table.append("| ").append(figure.name()).append(" | ").append(value(figure));
      table.append(" | ").append(figure.unit()).append(" | ").append(limit(figure));
      table.append(" | ").append(ratio(figure)).append(" | ").append(target(figure));
      table.append(" | ").append(met(figure)).append(" |\n");
    }
    return table.toString();
  }

  private static String value(Figure figure) {
    String pattern = Math.abs(figure.value()) >= 100 ? "%,.0f" : "%.3f";
    return String.format(Locale.ROOT, pattern, figure.value());
  }

  private static String ratio(Figure figure) {
    return figure.ratio() == null ? "" : String.format(Locale.ROOT, "%.2f", figure.ratio());
  }

  private static String target(Figure figure) {
    return figure.target() == null ? "" : figure.target();
  }

  private static String met(Figure figure) {
    return figure.met() == null ? "" : figure.met() ? "met" : "MISSED";
  }

  private static String limit(Figure figure) {
    return figure.limitName() == null ? "" : figure.limitName();
  }
}
