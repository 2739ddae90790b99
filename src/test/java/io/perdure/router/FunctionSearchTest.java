package io.perdure.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.perdure.invocation.Function;
import io.perdure.router.FunctionSearch.Found;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FunctionSearchTest {
  private final Vertx vertx = Vertx.vertx();
  private final KnownFunctions known = new KnownFunctions();
  private final List<Function> all = new ArrayList<>();
  private final FunctionSearch search = new FunctionSearch(vertx, (account, namespace) -> all);

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private void add(String... names) {
    for (String name : names) {
      all.add(known.add(all.size() + 1, "acc", name));
    }
  }

  private Found search(
      Predicate<Function> like, Comparator<Function> order, long offset, int limit) {
    return search.search("acc", "default", like, order, offset, limit).await();
  }

  private static List<String> names(Found found) {
    return found.functions().stream().map(Function::name).toList();
  }

  @Test
  void aPageIsWhatLiesBehindItsOffset() {
    add("d", "b", "c", "a");

    Found page = search(f -> true, Comparator.comparing(Function::name), 1, 2);

    assertEquals(List.of("b", "c"), names(page));
    assertEquals(4, page.total());
  }

  @Test
  void onlyThoseThatAreLikeItCount() {
    add("a1", "b1", "a2");

    Found page = search(f -> f.name().startsWith("a"), Comparator.comparing(Function::name), 0, 1);

    assertEquals(List.of("a1"), names(page));
    assertEquals(2, page.total());
  }

  @Test
  void equalOnesAreInTheOrderInWhichTheyWereMade() {
    add("z", "y", "x");

    assertEquals(
        List.of("z", "y", "x"),
        names(search(f -> true, Comparator.comparing(Function::createdAt), 0, 10)));
  }

  @Test
  void anOffsetBeyondTheEndIsAnEmptyPage() {
    add("a");

    Found page = search(f -> true, Comparator.comparing(Function::name), Long.MAX_VALUE, 1_000);

    assertEquals(List.of(), names(page));
    assertEquals(1, page.total());
  }

  @Test
  void theEventLoopDoesNotLookAtThem() {
    add("a");
    List<Boolean> onEventLoop = new ArrayList<>();

    search(
        f -> onEventLoop.add(Context.isOnEventLoopThread()),
        Comparator.comparing(Function::name),
        0,
        1);

    assertEquals(List.of(false), onEventLoop);
  }

  @Test
  void whatFailsWhileSearchingIsTold() {
    add("a");

    assertThrows(
        IllegalStateException.class,
        () ->
            search(
                f -> {
                  throw new IllegalStateException("no");
                },
                Comparator.comparing(Function::name),
                0,
                1));
  }
}
