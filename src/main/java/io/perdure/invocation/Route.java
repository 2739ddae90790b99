package io.perdure.invocation;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Where an alias leads.
 *
 * @param version a version's number, or {@link Invocation#LATEST}
 * @param weights shares of other versions, each above 0 and at most 1, at most 1 together; what is
 *     left goes to {@code version}
 */
public record Route(String version, Map<String, Double> weights) {
  public Route {
    Objects.requireNonNull(version);
    weights = Map.copyOf(weights);
  }

  /** All to one version. */
  public static Route to(String version) {
    return new Route(version, Map.of());
  }

  /**
   * The version an invocation runs. All attempts of one invocation go to the same version while the
   * alias stays as it is.
   *
   * @param point of the invocation, any number; the same number chooses the same version
   */
  public String choose(long point) {
    if (weights.isEmpty()) {
      return version;
    }
    // Fibonacci hashing: neighbouring numbers end up far apart; 53 bits fill a double.
    double at = ((point * 0x9E3779B97F4A7C15L) >>> 11) * 0x1p-53;
    double below = 0;
    for (Map.Entry<String, Double> share : new TreeMap<>(weights).entrySet()) {
      below += share.getValue();
      if (at < below) {
        return share.getKey();
      }
    }
    return version;
  }
}
