package io.perdure.bus;

import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What is asked of invocations that are listed, counted or searched, whoever they belong to. All of
 * it has to hold; what is null or empty asks for nothing. Begin with {@link #ANY}.
 *
 * @param qualifier as it was submitted with, null for any
 * @param statuses empty for any
 * @param origins empty for any
 * @param mode null for any
 * @param tracked whether it is shown as a task, null for any
 * @param labels all of them must match; empty for any
 * @param accepted when it was accepted, null for any time
 * @param ended when it ended, null for any time and for what has not ended; what has not ended is
 *     in no interval
 * @param prefix what its name begins with, null for any: the key its caller chose, or the id of
 *     what has none
 */
public record Criteria(
    String qualifier,
    Set<Status> statuses,
    Set<Invocation.Origin> origins,
    Invocation.Mode mode,
    Boolean tracked,
    Map<String, String> labels,
    Interval accepted,
    Interval ended,
    String prefix) {

  /** Excludes nothing. */
  public static final Criteria ANY =
      new Criteria(null, Set.of(), Set.of(), null, null, Map.of(), null, null, null);

  public Criteria {
    statuses = statuses == null ? Set.of() : Set.copyOf(statuses);
    origins = origins == null ? Set.of() : Set.copyOf(origins);
    labels = labels == null ? Map.of() : Map.copyOf(labels);
    prefix = prefix == null || prefix.isEmpty() ? null : prefix;
  }

  /**
   * A span of time in milliseconds since the epoch.
   *
   * @param from inclusive; 0 for no beginning
   * @param to exclusive; {@link Long#MAX_VALUE} for no end
   */
  public record Interval(long from, long to) {
    /** Whether {@code millis} lies within. */
    public boolean contains(long millis) {
      return millis >= from && millis < to;
    }
  }

  /** These, and submitted with {@code qualifier}. */
  public Criteria withQualifier(String wanted) {
    return new Criteria(wanted, statuses, origins, mode, tracked, labels, accepted, ended, prefix);
  }

  /** These, and with one of these statuses. */
  public Criteria withStatuses(Set<Status> wanted) {
    return new Criteria(qualifier, wanted, origins, mode, tracked, labels, accepted, ended, prefix);
  }

  /** These, and from one of these surfaces. */
  public Criteria withOrigins(Set<Invocation.Origin> wanted) {
    return new Criteria(
        qualifier, statuses, wanted, mode, tracked, labels, accepted, ended, prefix);
  }

  /** These, and of that mode. */
  public Criteria withMode(Invocation.Mode wanted) {
    return new Criteria(
        qualifier, statuses, origins, wanted, tracked, labels, accepted, ended, prefix);
  }

  /** These, and those that are shown as tasks, or those that are not. */
  public Criteria withTracked(boolean wanted) {
    return new Criteria(
        qualifier, statuses, origins, mode, wanted, labels, accepted, ended, prefix);
  }

  /** These, and with all of these labels. */
  public Criteria withLabels(Map<String, String> wanted) {
    return new Criteria(
        qualifier, statuses, origins, mode, tracked, wanted, accepted, ended, prefix);
  }

  /**
   * These, and accepted at {@code from} or later and before {@code to}; any time when the interval
   * has neither beginning nor end.
   */
  public Criteria acceptedWithin(long from, long to) {
    Interval within =
        from <= 0 && to == Long.MAX_VALUE ? null : new Interval(Math.max(0, from), to);
    return new Criteria(qualifier, statuses, origins, mode, tracked, labels, within, ended, prefix);
  }

  /** These, and ended at {@code from} or later and before {@code to}. */
  public Criteria endedWithin(long from, long to) {
    Interval within = new Interval(Math.max(0, from), to);
    return new Criteria(
        qualifier, statuses, origins, mode, tracked, labels, accepted, within, prefix);
  }

  /** These, and with a name that begins with {@code wanted}. */
  public Criteria withPrefix(String wanted) {
    return new Criteria(
        qualifier, statuses, origins, mode, tracked, labels, accepted, ended, wanted);
  }

  /** Whether what has that status is wanted. */
  public boolean wants(Status status) {
    return statuses.isEmpty() || statuses.contains(status);
  }

  /** True when it asks for what stands in records and in no index of a function. */
  public boolean needsRecords() {
    return qualifier != null
        || (tracked != null && mode != Invocation.Mode.ASYNC)
        || !labels.isEmpty()
        || !origins.isEmpty()
        || prefix != null;
  }

  /** Whether all of it holds; the time of acceptance is that of the id, as in every list. */
  public boolean matches(Invocation of) {
    return wants(of.status())
        && (mode == null || mode == of.mode())
        && (tracked == null || tracked == of.tracked())
        && (origins.isEmpty() || origins.contains(of.origin()))
        && (accepted == null || accepted.contains(of.id().millis()))
        && (ended == null || (of.status().terminal() && ended.contains(of.endedAt())))
        && (prefix == null || nameOf(of).startsWith(prefix))
        && (qualifier == null || isSame(qualifier, of.qualifier()))
        && of.labels().entrySet().containsAll(labels.entrySet());
  }

  private static String nameOf(Invocation of) {
    return of.key() == null ? of.id().toString() : of.key();
  }

  /** The latest has two names. */
  private static boolean isSame(String wanted, String qualifier) {
    return Objects.equals(wanted, qualifier)
        || (Functions.isLatest(wanted) && Functions.isLatest(qualifier));
  }
}
