package io.perdure.client;

import io.perdure.invocation.Status;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which invocations to list. Immutable; each method gives a changed copy.
 *
 * @param namespace of the function, null with {@code function} for all of the account
 * @param function null for all of the account
 * @param statuses empty for any
 * @param labels all of them must match
 * @param from earliest acceptance, inclusive, or null
 * @param to latest acceptance, exclusive, or null
 * @param newestFirst order of acceptance
 * @param limit most of a page, 1 to 1000
 * @param cursor where the page before ended, null for the first
 */
public record Query(
    String namespace,
    String function,
    Set<Status> statuses,
    Map<String, String> labels,
    Instant from,
    Instant to,
    boolean newestFirst,
    int limit,
    String cursor) {

  public Query {
    statuses = Set.copyOf(statuses);
    labels = Map.copyOf(labels);
  }

  /** All invocations of the account, newest first, 100 a page. */
  public static Query all() {
    return new Query(null, null, Set.of(), Map.of(), null, null, true, 100, null);
  }

  /** Those of a function in namespace {@code default}, newest first, 100 a page. */
  public static Query of(String function) {
    return of("default", function);
  }

  /** Those of a function, newest first, 100 a page. */
  public static Query of(String namespace, String function) {
    return new Query(namespace, function, Set.of(), Map.of(), null, null, true, 100, null);
  }

  /** With one of these statuses now. */
  public Query withStatus(Status first, Status... others) {
    return new Query(
        namespace,
        function,
        EnumSet.of(first, others),
        labels,
        from,
        to,
        newestFirst,
        limit,
        cursor);
  }

  /** With that label. */
  public Query withLabel(String name, String value) {
    Map<String, String> more = new HashMap<>(labels);
    more.put(name, value);
    return new Query(namespace, function, statuses, more, from, to, newestFirst, limit, cursor);
  }

  /** Accepted within [earliest, latest); null for no bound. */
  public Query between(Instant earliest, Instant latest) {
    return new Query(
        namespace, function, statuses, labels, earliest, latest, newestFirst, limit, cursor);
  }

  /** In the order of acceptance. */
  public Query oldestFirst() {
    return new Query(namespace, function, statuses, labels, from, to, false, limit, cursor);
  }

  /** With pages of {@code most}, 1 to 1000. */
  public Query withLimit(int most) {
    return new Query(namespace, function, statuses, labels, from, to, newestFirst, most, cursor);
  }

  /** The page after the one that gave {@code position}. */
  public Query after(String position) {
    return new Query(namespace, function, statuses, labels, from, to, newestFirst, limit, position);
  }
}
