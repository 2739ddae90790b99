package io.perdure.router;

import io.perdure.bus.ShardMessages.PageFound;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The pages of all shards as one. Pure.
 *
 * @param shown what may be shown, in order
 * @param more whether something follows in the direction of the list
 * @param ahead the greatest id seen if it is at or beyond the least frontier and belongs before the
 *     end of this page, else null: the shards that lag are to be asked to catch up with it
 */
record Merge(List<Invocation> shown, boolean more, InvocationId ahead) {

  /**
   * Merges {@code pages}, one per shard.
   *
   * @param limit most invocations wanted, at least 1
   */
  static Merge of(List<PageFound> pages, boolean descending, int limit) {
    InvocationId frontier = leastFrontier(pages);
    InvocationId bound = bound(pages, descending);
    List<Invocation> shown = new ArrayList<>();
    InvocationId greatest = null;
    boolean beyond = false; // of the shards' pages something is left out in the list's direction
    for (PageFound page : pages) {
      beyond |= page.more();
      for (Invocation one : page.invocations()) {
        InvocationId id = one.id();
        greatest = greatest == null || id.compareTo(greatest) > 0 ? id : greatest;
        if (id.compareTo(frontier) >= 0) {
          beyond |= !descending;
        } else if (bound != null
            && (descending ? id.compareTo(bound) < 0 : id.compareTo(bound) > 0)) {
          beyond = true;
        } else {
          shown.add(one);
        }
      }
    }
    Comparator<Invocation> byId = Comparator.comparing(Invocation::id);
    shown.sort(descending ? byId.reversed() : byId);
    boolean full = shown.size() >= limit;
    boolean more = beyond || shown.size() > limit;
    List<Invocation> part = full ? List.copyOf(shown.subList(0, limit)) : List.copyOf(shown);
    boolean hidden = greatest != null && greatest.compareTo(frontier) >= 0;
    // Ascending, what is hidden comes after a full page and can wait for the next one.
    boolean matters = hidden && (descending || !full);
    return new Merge(part, more, matters ? greatest : null);
  }

  /** Below it no shard commits anything more. */
  static InvocationId leastFrontier(List<PageFound> pages) {
    return pages.stream().map(PageFound::frontier).min(Comparator.naturalOrder()).orElseThrow();
  }

  /** A shard with more to come has said nothing of what lies beyond its last id; null for none. */
  private static InvocationId bound(List<PageFound> pages, boolean descending) {
    InvocationId bound = null;
    for (PageFound page : pages) {
      if (page.more()) {
        InvocationId last = page.invocations().get(page.invocations().size() - 1).id();
        boolean tighter =
            bound == null || (descending ? last.compareTo(bound) > 0 : last.compareTo(bound) < 0);
        bound = tighter ? last : bound;
      }
    }
    return bound;
  }
}
