package io.perdure.store;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Runs a test with several seeds, or with {@code -Dperdure.seed} alone. */
final class Seeds {
  private Seeds() {}

  interface Body {
    void run(RandomGenerator random) throws Exception;
  }

  /** Runs {@code body} {@code times} times; a failure names the seed that repeats it. */
  static void each(int times, Body body) throws Exception {
    Long given = Long.getLong("perdure.seed");
    for (int i = 0; i < (given == null ? times : 1); i++) {
      long seed = given == null ? new SplittableRandom().nextLong() : given;
      try {
        body.run(new SplittableRandom(seed));
      } catch (Exception | AssertionError e) {
        throw new AssertionError("repeat with -Dperdure.seed=" + seed, e);
      }
    }
  }
}
