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
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** The figures of one run: a table for people, a JSON file for programs. Thread-safe. */
final class Report {
  /**
   * A figure, or what it is beside one more limit.
   *
   * @param limitName null when it has no limit in this run
   * @param ratio value / limit: a rate should come near 1 from below, a time or a size from above
   * @param target what the ratio, or without a limit the value, is meant to be; null for nothing
   * @param met whether it is
   */
  record Figure(
      String name,
      double value,
      String unit,
      String limitName,
      Double limit,
      Double ratio,
      String target,
      Boolean met) {}

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

  synchronized void setting(String name, Object value) {
    settings.put(name, value);
  }

  /**
   * A figure held against some that were added before, one row for each; those that were not, and
   * itself, are left out.
   */
  synchronized void add(String name, double value, String unit, String... limitNames) {
    boolean any = false;
    for (String limitName : limitNames) {
      Optional<Double> limit = find(limitName);
      if (limit.isPresent() && !limitName.equals(name)) {
        figures.add(figure(name, value, unit, limitName, limit.get()));
        any = true;
      }
    }
    if (!any || Targets.find(name, null).isPresent()) {
      figures.add(figure(name, value, unit, null, null));
    }
  }

  private static Figure figure(
      String name, double value, String unit, String limitName, Double limit) {
    Double ratio = limit == null ? null : value / limit;
    Optional<Targets.Target> target = Targets.find(name, limitName);
    return new Figure(
        name,
        value,
        unit,
        limitName,
        limit,
        ratio,
        target.map(Targets.Target::toString).orElse(null),
        target.map(bound -> bound.isMet(ratio == null ? value : ratio)).orElse(null));
  }

  /** The value of a figure that was added before. */
  synchronized Optional<Double> find(String name) {
    return figures.stream()
        .filter(figure -> figure.name().equals(name))
        .findFirst()
        .map(Figure::value);
  }

  /** All figures so far. */
  synchronized List<Figure> figures() {
    return List.copyOf(figures);
  }

  /** Percentiles of a histogram of nanoseconds, for the JSON file. */
  synchronized void detail(String name, Histogram nanos) {
    Map<String, Object> percentiles = new LinkedHashMap<>();
    percentiles.put("count", nanos.getTotalCount());
    for (double percentile : new double[] {50, 90, 99, 99.9}) {
      percentiles.put("p" + percentile + "Ms", nanos.getValueAtPercentile(percentile) / 1e6);
    }
    percentiles.put("maxMs", nanos.getMaxValue() / 1e6);
    details.put(name, percentiles);
  }

  synchronized void detail(String name, Object value) {
    details.put(name, value);
  }

  /** Something that the reader of the figures must know, such as refused requests. */
  synchronized void note(String note) {
    notes.add(note);
  }

  synchronized void print(PrintStream out) {
    settings.forEach((name, value) -> out.println(name + ": " + value));
    out.println();
    out.print(Table.plain(figures));
    notes.forEach(note -> out.println("note: " + note));
  }

  synchronized void write(Path file) throws IOException {
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
