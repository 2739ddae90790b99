package io.perdure.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The figures of one run: a table for people, a JSON file for programs. */
final class Report {
  /**
   * A figure and what it is held against.
   *
   * @param limitName null when it has no limit in this run
   * @param ratio value / limit: a rate should come near 1 from below, a time or a size from above
   */
  record Figure(
      String name, double value, String unit, String limitName, Double limit, Double ratio) {}

  private final Map<String, Object> settings = new LinkedHashMap<>();
  private final List<Figure> figures = new ArrayList<>();
  private final Map<String, Object> details = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final PrintStream progress;

  Report(PrintStream progress) {
    this.progress = progress;
  }

  /** Says what is being done; the figures come together at the end. */
  void progress(String doing) {
    progress.println("... " + doing);
  }

  void setting(String name, Object value) {
    settings.put(name, value);
  }

  void add(String name, double value, String unit) {
    add(new Figure(name, value, unit, null, null, null));
  }

  /** The first value of a limit that several figures refer to stays. */
  void addOnce(String name, double value, String unit) {
    if (figures.stream().noneMatch(figure -> figure.name().equals(name))) {
      add(name, value, unit);
    }
  }

  /** A figure held against one that was added before. */
  void add(String name, double value, String unit, String limitName) {
    double limit = valueOf(limitName);
    add(new Figure(name, value, unit, limitName, limit, value / limit));
  }

  private void add(Figure figure) {
    figures.add(figure);
  }

  double valueOf(String name) {
    return figures.stream()
        .filter(figure -> figure.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no figure " + name))
        .value();
  }

  /** Percentiles of a histogram of nanoseconds, for the JSON file. */
  void detail(String name, Histogram nanos) {
    Map<String, Object> percentiles = new LinkedHashMap<>();
    percentiles.put("count", nanos.getTotalCount());
    for (double percentile : new double[] {50, 90, 99, 99.9}) {
      percentiles.put("p" + percentile + "Ms", nanos.getValueAtPercentile(percentile) / 1e6);
    }
    percentiles.put("maxMs", nanos.getMaxValue() / 1e6);
    details.put(name, percentiles);
  }

  void detail(String name, Object value) {
    details.put(name, value);
  }

  /** Something that the reader of the figures must know, such as refused requests. */
  void note(String note) {
    notes.add(note);
  }

  void print(PrintStream out) {
    settings.forEach((name, value) -> out.println(name + ": " + value));
    out.println();
    out.println(row("figure", "value", "unit", "ratio", "to"));
    figures.forEach(figure -> out.println(line(figure)));
    notes.forEach(note -> out.println("note: " + note));
  }

  private static String line(Figure figure) {
    String value =
        String.format(
            Locale.ROOT, Math.abs(figure.value()) >= 100 ? "%,.0f" : "%.3f", figure.value());
    return figure.ratio() == null
        ? row(figure.name(), value, figure.unit(), "", "")
        : row(
            figure.name(),
            value,
            figure.unit(),
            String.format(Locale.ROOT, "%.2f", figure.ratio()),
            figure.limitName());
  }

  private static String row(String name, String value, String unit, String ratio, String limit) {
    return String.format(Locale.ROOT, "%-46s %12s %-7s %8s  %s", name, value, unit, ratio, limit)
        .stripTrailing();
  }

  void write(Path file) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("settings", settings);
    all.put("figures", figures);
    all.put("notes", notes);
    all.put("details", details);
    Files.createDirectories(file.toAbsolutePath().getParent());
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    json.writeValue(file.toFile(), all);
  }
}
