package io.perdure.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.ShardMessages.PageFound;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MergeTest {
  @Test
  void idsOfAllShardsComeInOneOrder() {
    Merge merge =
        Merge.of(List.of(page(100, false, 1, 4, 5), page(100, false, 2, 3, 9)), false, 10);
    assertEquals(ids(1, 2, 3, 4, 5, 9), ids(merge));
    assertFalse(merge.more());
  }

  @Test
  void nothingAtOrBeyondTheLeastFrontierIsShown() {
    Merge merge = Merge.of(List.of(page(100, false, 1, 4, 5), page(5, false, 2)), false, 10);
    assertEquals(ids(1, 2, 4), ids(merge));
    assertTrue(merge.more());
    assertEquals(id(5), merge.ahead());
  }

  @Test
  void ascendingAFullPageNeedsNobodyToCatchUp() {
    Merge merge = Merge.of(List.of(page(100, false, 1, 4, 5), page(5, false, 2)), false, 3);
    assertEquals(ids(1, 2, 4), ids(merge));
    assertNull(merge.ahead());
    assertTrue(merge.more());
  }

  @Test
  void descendingWhatIsHiddenWouldHaveComeFirst() {
    Merge merge = Merge.of(List.of(page(100, false, 5, 4, 1), page(5, false, 2)), true, 2);
    assertEquals(id(5), merge.ahead());
  }

  @Test
  void whatLiesBeyondTheLastIdOfAShardWithMoreWaitsForTheNextPage() {
    Merge merge = Merge.of(List.of(page(100, true, 1, 2), page(100, false, 3, 4)), false, 10);
    assertEquals(ids(1, 2), ids(merge));
    assertTrue(merge.more());
  }

  @Test
  void descendingTheSameHoldsDownwards() {
    Merge merge = Merge.of(List.of(page(100, true, 9, 8), page(100, false, 10, 7, 3)), true, 10);
    assertEquals(ids(10, 9, 8), ids(merge));
    assertTrue(merge.more());
  }

  @Test
  void emptyShardsGiveAnEmptyLastPage() {
    Merge merge = Merge.of(List.of(page(1, false), page(2, false)), true, 10);
    assertEquals(List.of(), ids(merge));
    assertFalse(merge.more());
  }

  private static PageFound page(int frontier, boolean more, int... numbers) {
    return new PageFound(
        ids(numbers).stream().map(MergeTest::invocation).toList(), id(frontier), more);
  }

  private static Invocation invocation(InvocationId id) {
    InvocationBuilder next = new InvocationBuilder();
    next.id = id;
    return next.build();
  }

  private static List<InvocationId> ids(Merge merge) {
    return merge.shown().stream().map(Invocation::id).toList();
  }

  private static List<InvocationId> ids(int... numbers) {
    return Stream.of(java.util.Arrays.stream(numbers).boxed().toArray(Integer[]::new))
        .map(MergeTest::id)
        .toList();
  }

  private static InvocationId id(int number) {
    return InvocationId.floor(number);
  }
}
