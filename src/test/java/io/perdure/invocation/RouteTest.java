package io.perdure.invocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RouteTest {
  private static final int POINTS = 100_000;

  @Test
  void withoutWeightsAllGoesToTheVersion() {
    assertEquals(Map.of("3", POINTS), spread(Route.to("3")));
  }

  @Test
  void sharesAreAsWeighted() {
    Map<String, Integer> spread = spread(new Route("3", Map.of("4", 0.1, "5", 0.25)));
    near(0.65, spread.get("3"));
    near(0.1, spread.get("4"));
    near(0.25, spread.get("5"));
  }

  @Test
  void weightOfOneTakesAll() {
    assertEquals(Map.of("4", POINTS), spread(new Route("3", Map.of("4", 1.0))));
  }

  @Test
  void samePointChoosesTheSameVersion() {
    Route route = new Route("3", Map.of("4", 0.5));
    Route same = new Route("3", Map.of("4", 0.5));
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      long point = random.nextLong();
      assertEquals(route.choose(point), same.choose(point));
    }
  }

  /** Ids of one millisecond differ in few bits: these must not all go the same way. */
  private static Map<String, Integer> spread(Route route) {
    Map<String, Integer> counts = new HashMap<>();
    long first = new Random(7).nextLong();
    for (int i = 0; i < POINTS; i++) {
      counts.merge(route.choose(first + i), 1, Integer::sum);
    }
    return counts;
  }

  private static void near(double share, int count) {
    assertTrue(Math.abs(share - (double) count / POINTS) < 0.01, share + " was " + count);
  }
}
