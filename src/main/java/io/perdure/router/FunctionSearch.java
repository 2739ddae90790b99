package io.perdure.router;

import io.perdure.invocation.Function;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Finds functions of a namespace by whatever a surface wants them to be like, with offset and
 * total. All of them are looked at, on a worker: a namespace may have tens of thousands.
 * Thread-safe.
 */
public final class FunctionSearch {
  private final Vertx vertx;
  private final Source source;

  /** Where all functions are. Thread-safe; may be gone through while it changes. */
  @FunctionalInterface
  public interface Source {
    /** Those of a namespace. */
    Collection<Function> functions(String account, String namespace);
  }

  /** Over {@code source}. */
  public FunctionSearch(Vertx vertx, Source source) {
    this.vertx = vertx;
    this.source = source;
  }

  /**
   * What was found.
   *
   * @param functions the page asked for
   * @param total how many there are, whatever the page
   */
  public record Found(List<Function> functions, int total) {}

  /**
   * The functions that are {@code like} that, in {@code order}, and where that leaves it open in
   * the order in which they were made.
   *
   * @param like called on a worker
   * @param offset how many are passed over, 0 or more
   * @param limit most on the page, 0 or more
   */
  public Future<Found> search(
      String account,
      String namespace,
      Predicate<Function> like,
      Comparator<Function> order,
      long offset,
      int limit) {
    return vertx.executeBlocking(
        () -> {
          List<Function> found = new ArrayList<>();
          for (Function function : source.functions(account, namespace)) {
            if (like.test(function)) {
              found.add(function);
            }
          }
          found.sort(order.thenComparing(Function::uid));
          int from = (int) Math.min(offset, found.size());
          int to = Math.min(found.size() - from, limit) + from;
          return new Found(List.copyOf(found.subList(from, to)), found.size());
        },
        false);
  }
}
