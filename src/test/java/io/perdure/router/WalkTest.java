package io.perdure.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WalkTest {
  private static final List<String> NAMES = List.of("a", "b", "c", "d", "e");

  private final List<String> asked = new ArrayList<>();

  private record Page(List<String> names, boolean more) {}

  @Test
  void everyPageIsAskedForBehindTheLastNameOfTheOneBefore() {
    assertEquals(NAMES, walk(2).all().result());
    assertEquals(List.of("null", "b", "d"), asked);
  }

  @Test
  void onePageThatIsAllIsTheLast() {
    assertEquals(NAMES, walk(5).all().result());
    assertEquals(List.of("null"), asked);
  }

  @Test
  void pageThatFailsFailsTheWhole() {
    Walk<Page, String> walk =
        new Walk<>(
            after ->
                after == null
                    ? Future.succeededFuture(new Page(List.of("a"), true))
                    : Future.failedFuture("the second"),
            Page::names,
            Page::more,
            name -> name);
    assertTrue(walk.all().failed());
  }

  private Walk<Page, String> walk(int size) {
    return new Walk<>(
        after -> {
          asked.add(String.valueOf(after));
          int from = after == null ? 0 : NAMES.indexOf(after) + 1;
          int to = Math.min(from + size, NAMES.size());
          return Future.succeededFuture(new Page(NAMES.subList(from, to), to < NAMES.size()));
        },
        Page::names,
        Page::more,
        name -> name);
  }
}
