package io.perdure.invocation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where an alias leads.
 *
 * @param version a version's number, or {@link Invocation#LATEST}
 * @param weights shares of other versions, each 0 to 1, at most 1 together; what is left goes to
 *     {@code version}
 * @param matches looked at before the weights, in this order; null, as programs write that know of
 *     none, becomes none
 */
public record Route(String version, Map<String, Double> weights, List<RouteMatch> matches) {
  public Route {
    Objects.requireNonNull(version);
    weights = Map.copyOf(weights);
    matches = matches == null ? List.of() : List.copyOf(matches);
  }

  /** By weights alone. */
  public Route(String version, Map<String, Double> weights) {
    this(version, weights, List.of());
  }

  /** All to one version. */
  public static Route to(String version) {
    return new Route(version, Map.of());
  }

  /**
   * The version of the first match that accepts the routing key of an invocation; empty when none
   * does, and {@link #choose} decides.
   *
   * @param routingKey values by name, as the caller gave them
   */
  public Optional<String> match(Map<String, String> routingKey) {
    return matches.stream()
        .filter(match -> match.accepts(routingKey))
        .map(RouteMatch::version)
        .findFirst();
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

  /** All versions it may choose; one may be there twice. */
  public List<String> versions() {
    List<String> versions = new ArrayList<>();
    versions.add(version);
    versions.addAll(weights.keySet());
    matches.forEach(match -> versions.add(match.version()));
    return versions;
  }
}
