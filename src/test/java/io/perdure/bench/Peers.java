package io.perdure.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What other systems did on this machine: rows of the harness that measures them, one JSON file
 * each. Figures are held against the best of them.
 */
final class Peers {
  static final String COMPLETED = "best peer, completed";
  static final String STATUS = "best peer, status by id";

  private Peers() {}

  static void report(List<Path> rows, Report report) throws IOException {
    best(rows, "/e2e/completed_per_s/med", COMPLETED, "inv/s", report);
    best(rows, "/status/per_s/med", STATUS, "req/s", report);
  }

  private static void best(List<Path> rows, String where, String name, String unit, Report report)
      throws IOException {
    String peer = null;
    double most = 0;
    for (Path file : rows) {
      JsonNode row = new ObjectMapper().readTree(file.toFile());
      double value = row.at(where).asDouble();
      if (value > most) {
        most = value;
        peer = row.path("peer").asText();
      }
    }
    if (peer != null) {
      report.add(name, most, unit);
      report.setting(name, peer);
    }
  }
}
