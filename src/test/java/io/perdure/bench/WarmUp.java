package io.perdure.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Load that is not measured, until the node's compilers have calmed: a JVM under its first load
 * spends a quarter of its CPU on compiling, which says nothing of the hours that follow.
 */
final class WarmUp {
  /** Compilers that take less than this share of one core have calmed. */
  static final double CALM = 0.05;

  private static final double SLICE_SECONDS = 2;

  /** Some of the load that is measured afterwards. */
  interface Load {
    void run(double seconds) throws IOException, InterruptedException;
  }

  private final Report report;
  private final int atMostSeconds;

  WarmUp(Report report, int atMostSeconds) {
    this.report = report;
    this.atMostSeconds = atMostSeconds;
  }

  /** Runs {@code load} in slices until process {@code pid} has calmed or the time is over. */
  void run(String what, long pid, Load load) throws IOException, InterruptedException {
    run(what, List.of(pid), load);
  }

  /** The same until each of these processes has. */
  void run(String what, List<Long> pids, Load load) throws IOException, InterruptedException {
    List<CompilerTime> compilers = new ArrayList<>();
    for (long pid : pids) {
      compilers.add(new CompilerTime(pid));
    }
    long start = System.nanoTime();
    double share;
    double seconds;
    do {
      long before = System.nanoTime();
      load.run(Math.min(SLICE_SECONDS, atMostSeconds));
      long now = System.nanoTime();
      share = 0;
      for (CompilerTime one : compilers) {
        share = Math.max(share, one.sinceLastMicros() / ((now - before) / 1e3));
      }
      seconds = (now - start) / 1e9;
    } while (share >= CALM && seconds + SLICE_SECONDS / 2 < atMostSeconds);
    Map<String, Object> outcome = new LinkedHashMap<>();
    outcome.put("seconds", seconds);
    outcome.put("compilersShareOfOneCore", share);
    report.detail("warm-up: " + what, outcome);
    if (share >= CALM) {
      report.note(
          "%s: after %.0f s of warm-up the compilers still took %.0f %% of a core"
              .formatted(what, seconds, share * 100));
    }
  }
}
