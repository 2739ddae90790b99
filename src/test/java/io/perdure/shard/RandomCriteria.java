package io.perdure.shard;

import io.perdure.bus.Criteria;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.Hit;
import io.perdure.bus.ShardMessages.Order;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Makes up what to ask for, and says by looking at everything what the answer has to be. */
final class RandomCriteria {
  static final List<String> QUALIFIERS = List.of("LATEST", "$LATEST", "prod", "1");
  static final List<Map<String, String>> LABELS =
      List.of(Map.of(), Map.of("colour", "red"), Map.of("colour", "red", "size", "s"));

  static final List<String> KEYS = List.of("a", "ab", "abc", "0", "0000");

  /** The ids of a test may begin with zeros. */
  private static final List<String> PREFIXES =
      List.of("a", "ab", "0", "0000000f-424", "0000000f-4243-7000", "019b", "z");

  private final Random random;
  private final long from;
  private final long to;

  /** For what was accepted and has ended from {@code from} to {@code to}. */
  RandomCriteria(Random random, long from, long to) {
    this.random = random;
    this.from = from;
    this.to = to;
  }

  /** Mostly few conditions. */
  Criteria next() {
    Criteria criteria = Criteria.ANY;
    if (random.nextInt(3) == 0) {
      Set<Status> statuses = EnumSet.noneOf(Status.class);
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        statuses.add(Status.of(1 + random.nextInt(Status.values().length)));
      }
      criteria = criteria.withStatuses(statuses);
    }
    if (random.nextInt(3) == 0) {
      criteria = criteria.withMode(any(List.of(Invocation.Mode.values())));
    }
    if (random.nextInt(6) == 0) {
      criteria = criteria.withTracked(random.nextBoolean());
    }
    if (random.nextInt(6) == 0) {
      Set<Invocation.Origin> origins = new HashSet<>();
      origins.add(any(List.of(Invocation.Origin.values())));
      origins.add(any(List.of(Invocation.Origin.values())));
      criteria = criteria.withOrigins(origins);
    }
    if (random.nextInt(6) == 0) {
      criteria = criteria.withQualifier(any(QUALIFIERS));
    }
    if (random.nextInt(6) == 0) {
      criteria = criteria.withLabels(any(LABELS));
    }
    if (random.nextInt(6) == 0) {
      criteria = criteria.withPrefix(any(PREFIXES));
    }
    if (random.nextInt(4) == 0) {
      criteria = criteria.acceptedWithin(time(0), time(Long.MAX_VALUE));
    }
    if (random.nextInt(4) == 0) {
      criteria = criteria.endedWithin(time(0), time(Long.MAX_VALUE));
    }
    return criteria;
  }

  private long time(long none) {
    return random.nextInt(4) == 0 ? none : from - 2 + random.nextLong(to - from + 4);
  }

  <T> T any(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }

  Order order() {
    return random.nextBoolean() ? Order.ACCEPTED : Order.ENDED;
  }

  /**
   * What matches, in order, worked out without {@link Criteria#matches} and {@link
   * Order#comparator}.
   */
  static List<Invocation> matching(
      Collection<Invocation> all, Filter filter, Order order, boolean descending) {
    Criteria c = filter.criteria();
    Comparator<Invocation> byId = Comparator.comparing(Invocation::id);
    Comparator<Invocation> byEnd =
        Comparator.comparing((Invocation i) -> i.status().terminal() ? i.endedAt() : Long.MAX_VALUE)
            .thenComparing(byId);
    Comparator<Invocation> ascending = order == Order.ENDED ? byEnd : byId;
    return all.stream()
        .filter(i -> i.account().equals(filter.account()))
        .filter(i -> filter.functionUid() == 0 || filter.functionUid() == i.functionUid())
        .filter(i -> c.statuses().isEmpty() || c.statuses().contains(i.status()))
        .filter(i -> c.origins().isEmpty() || c.origins().contains(i.origin()))
        .filter(i -> c.mode() == null || c.mode() == i.mode())
        .filter(i -> c.tracked() == null || c.tracked() == i.tracked())
        .filter(i -> c.qualifier() == null || plain(c.qualifier()).equals(plain(i.qualifier())))
        .filter(
            i ->
                c.prefix() == null
                    || (i.key() == null ? i.id().toString() : i.key()).startsWith(c.prefix()))
        .filter(i -> i.labels().entrySet().containsAll(c.labels().entrySet()))
        .filter(i -> c.accepted() == null || within(c.accepted(), i.id().millis()))
        .filter(i -> c.ended() == null || (i.status().terminal() && within(c.ended(), i.endedAt())))
        .sorted(descending ? ascending.reversed() : ascending)
        .toList();
  }

  private static boolean within(Criteria.Interval interval, long millis) {
    return interval.from() <= millis && millis < interval.to();
  }

  private static String plain(String qualifier) {
    return qualifier.equals("$LATEST") ? "LATEST" : qualifier;
  }

  /** Its place, as a shard tells it in that order. */
  static Hit hit(Invocation of) {
    return new Hit(of.id(), of.status().terminal() ? of.endedAt() : 0);
  }
}
