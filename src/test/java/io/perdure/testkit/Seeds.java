package io.perdure.testkit;

import java.util.Random;
import java.util.function.Consumer;

/**
 * Runs a check with many random generators. Each has a seed of its own; a failure names it, and
 * {@code -Dperdure.seed=...} runs that one alone.
 */
public final class Seeds {
  private static final String PROPERTY = "perdure.seed";

  private Seeds() {}

  /** Runs {@code check} for {@code count} seeds, or once for the one asked for. */
  public static void each(int count, Consumer<Random> check) {
    Long only = Long.getLong(PROPERTY);
    if (only != null) {
      run(only, check);
      return;
    }
    Random seeds = new Random();
    for (int i = 0; i < count; i++) {
      run(seeds.nextLong(), check);
    }
  }

  /** True when one seed was asked for: what only many of them reach cannot be expected. */
  public static boolean replaying() {
    return Long.getLong(PROPERTY) != null;
  }

  private static void run(long seed, Consumer<Random> check) {
    try {
      check.accept(new Random(seed));
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("replay with -D" + PROPERTY + "=" + seed + ": " + e.getMessage(), e);
    }
  }
}
