package io.perdure.router;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Criteria;
import io.perdure.bus.ShardMessages.Count;
import io.perdure.bus.ShardMessages.Counted;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.Page;
import io.perdure.bus.ShardMessages.PageFound;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Lists and counts over all shards; see the package for what a list promises. */
final class Lists {
  /** How often shards that lag are asked to catch up before a page is given without it. */
  private static final int ROUNDS_MAX = 3;

  /**
   * Portions read for one page. The first asks each shard for its share and a margin; a second one
   * is needed when a shard had more than that. A page that is still short after so many is given as
   * it is.
   */
  private static final int PORTIONS_MAX = 10;

  /**
   * How far beyond its share of a page a shard is asked at first, in standard deviations of what it
   * has of a page when keys place invocations at random: then about one page in ten needs a second
   * portion. What comes without keys goes round over the shards and never does.
   */
  private static final double MARGIN = 2;

  private final Bus bus;
  private final int shards;
  private final Clock clock;

  Lists(Bus bus, int shards, Clock clock) {
    this.bus = bus;
    this.shards = shards;
    this.clock = clock;
  }

  /** The page after {@code after} (null for the start). */
  Future<ListPage> list(Filter filter, boolean descending, int limit, InvocationId after) {
    return new Paging(filter, descending, limit, after).run();
  }

  /** How many match, by status; only statuses that occur. */
  Future<Map<Status, Long>> count(Filter filter) {
    List<Future<Counted>> asked = new ArrayList<>(shards);
    for (int shard = 0; shard < shards; shard++) {
      asked.add(bus.request(Addresses.COUNT.at(shard), new Count(filter)));
    }
    return Future.all(asked)
        .map(
            all -> {
              Map<Status, Long> sums = new EnumMap<>(Status.class);
              asked.forEach(
                  part -> part.result().byStatus().forEach((s, n) -> sums.merge(s, n, Long::sum)));
              return sums;
            });
  }

  /** How many of a page of {@code limit} each of so many shards is asked for at first. */
  static int share(int limit, int shards) {
    double even = (double) limit / shards;
    return (int) Math.min(limit, Math.ceil(even + MARGIN * Math.sqrt(even)));
  }

  /** One page being put together; used by one context at a time. */
  private final class Paging {
    private final Filter filter;
    private final boolean descending;
    private final int limit;
    private final List<Invocation> found;
    private InvocationId position;
    private int portions;

    Paging(Filter filter, boolean descending, int limit, InvocationId after) {
      this.filter = filter;
      this.descending = descending;
      this.limit = limit;
      this.position = after;
      this.found = new ArrayList<>(Math.min(limit, 128));
    }

    Future<ListPage> run() {
      int wanted = limit - found.size();
      int each = portions == 0 ? share(wanted, shards) : wanted;
      Page page = new Page(filter, descending, position, through(), each);
      List<Integer> all = new ArrayList<>(shards);
      for (int shard = 0; shard < shards; shard++) {
        all.add(shard);
      }
      return ask(new ArrayList<>(java.util.Collections.nCopies(shards, null)), all, page, wanted, 1)
          .compose(this::next);
    }

    private Future<ListPage> next(Merge merge) {
      boolean stuck = merge.shown().isEmpty();
      if (!stuck) {
        found.addAll(merge.shown());
        position = found.get(found.size() - 1).id();
      }
      portions++;
      if (merge.more() && !stuck && found.size() < limit && portions < PORTIONS_MAX) {
        return run();
      }
      String cursor = merge.more() ? Cursor.of(filter, descending, position).text() : null;
      return Future.succeededFuture(new ListPage(List.copyOf(found), cursor));
    }

    /**
     * Asks the shards in {@code whom}, keeping the answers of the others, until nothing that was
     * seen lies at or beyond the least frontier.
     */
    private Future<Merge> ask(
        List<PageFound> answers, List<Integer> whom, Page page, int wanted, int round) {
      List<Future<PageFound>> asked = new ArrayList<>(whom.size());
      for (int shard : whom) {
        asked.add(bus.request(Addresses.PAGE.at(shard), page));
      }
      return Future.all(asked)
          .compose(
              done -> {
                for (int i = 0; i < whom.size(); i++) {
                  answers.set(whom.get(i), asked.get(i).result());
                }
                Merge merge = Merge.of(answers, descending, wanted);
                if (merge.ahead() == null || round == ROUNDS_MAX) {
                  return Future.succeededFuture(merge);
                }
                return ask(
                    answers,
                    lagging(answers, merge.ahead()),
                    caughtUp(page, merge),
                    wanted,
                    round + 1);
              });
    }

    private static List<Integer> lagging(List<PageFound> answers, InvocationId behind) {
      List<Integer> lagging = new ArrayList<>();
      for (int shard = 0; shard < answers.size(); shard++) {
        if (answers.get(shard).frontier().compareTo(behind) <= 0) {
          lagging.add(shard);
        }
      }
      return lagging;
    }

    /** Descending, what has come since is left out, or it would push out what has to be shown. */
    private Page caughtUp(Page page, Merge merge) {
      InvocationId ahead = merge.ahead();
      InvocationId after =
          descending ? new InvocationId(ahead.high(), ahead.low() + 1) : page.after();
      return new Page(filter, descending, after, ahead, page.limit());
    }

    /** Nothing beyond it can have been acknowledged, unless the clock of a shard is ahead. */
    private InvocationId through() {
      Criteria.Interval accepted = filter.criteria().accepted();
      long end = accepted == null ? Long.MAX_VALUE : Math.max(0, accepted.to());
      InvocationId now = InvocationId.ceiling(Math.min(clock.millis(), end));
      boolean behind = descending && position != null && position.compareTo(now) < 0;
      return behind ? position : now;
    }
  }
}
