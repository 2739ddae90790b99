package io.perdure.router;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Reads a list of the registry whole, page by page, for APIs that sort, filter and count in ways of
 * their own. What an account may have is bounded by the registry's settings.
 *
 * @param page asks for the page behind a name, null for the start
 * @param items of a page
 * @param more whether another page follows
 * @param name of an item
 */
public record Walk<P, T>(
    Function<String, Future<P>> page,
    Function<P, List<T>> items,
    Predicate<P> more,
    Function<T, String> name) {

  /** Most items of a page. */
  public static final int PAGE = 1_000;

  /** All items, in the registry's order. */
  public Future<List<T>> all() {
    return all(null, new ArrayList<>());
  }

  private Future<List<T>> all(String after, List<T> found) {
    return page.apply(after)
        .compose(
            got -> {
              List<T> items = this.items.apply(got);
              found.addAll(items);
              return more.test(got)
                  ? all(name.apply(items.get(items.size() - 1)), found)
                  : Future.succeededFuture(found);
            });
  }
}
