package io.perdure.invocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  @Test
  void firstMatchThatAcceptsTheRoutingKeyDecides() {
    Route route =
        new Route(
            "3",
            Map.of("4", 0.5),
            List.of(exact("5", "User", "ann"), exact("6", "Zone", "b"), exact("7", "Zone", "b")));
    assertEquals(Optional.of("5"), route.match(Map.of("User", "ann", "Zone", "b")));
    assertEquals(Optional.of("6"), route.match(Map.of("User", "Ann", "Zone", "b")));
    assertEquals(Optional.empty(), route.match(Map.of("user", "ann")));
    assertEquals(Optional.empty(), route.match(Map.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "[1,3]; 1; true", "[1,3]; 3; true", "[1,3]; 0; false", "[1,3]; 4; false",
        "(1,3); 2; true", "(1,3); 1; false", "(1,3); 3; false", "(1,2); 1; false",
        "[-5, -3]; -4; true", "[2,2]; 2; true", "[1,3]; 2.0; false", "[1,3]; two; false",
        "[1,3]; ''; false", "[1,3]; 99999999999999999999; false"
      })
  void rangeAcceptsIntegersWithinIt(String range, String value, boolean accepted) {
    RouteMatch match = new RouteMatch("2", "User", RouteMatch.Method.RANGE, range);
    assertTrue(match.understood());
    assertEquals(accepted, match.accepts(Map.of("User", value)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1,3", "[1,3)", "(1,3]", "[3,1]", "[1]", "[a,b]", "[1,99999999999999999999]"})
  void whatIsNoRangeIsNotUnderstood(String range) {
    RouteMatch match = new RouteMatch("2", "User", RouteMatch.Method.RANGE, range);
    assertFalse(match.understood());
    assertFalse(match.accepts(Map.of("User", "2")));
  }

  private static RouteMatch exact(String version, String key, String value) {
    return new RouteMatch(version, key, RouteMatch.Method.EXACT, value);
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
