package io.perdure.shard;

import static io.perdure.shard.ScriptedExecutor.NOTHING;
import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.all;
import static io.perdure.shard.ShardHarness.failure;
import static io.perdure.shard.ShardHarness.join;
import static io.perdure.shard.ShardHarness.submission;
import static io.perdure.shard.TestFunctions.ACCOUNT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.Criteria;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Count;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.Page;
import io.perdure.bus.ShardMessages.PageFound;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lists and counts of one shard while nothing else goes on; {@link PagingWalkTest} has the rest.
 */
class PageTest {
  private static final int ROWS = 20;

  private ShardHarness shard;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    shard = new ShardHarness(directory, 1, new TestConfig().scanRows(ROWS).make());
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  @Test
  void pagesFollowEachOtherUpwards() throws Exception {
    List<InvocationId> ids = accepted(FN, 10);
    PageFound first = page(all(FN), false, null, 4);
    assertEquals(ids.subList(0, 4), first.ids());
    assertTrue(first.more());
    PageFound second = page(all(FN), false, ids.get(3), 4);
    assertEquals(ids.subList(4, 8), second.ids());
    PageFound third = page(all(FN), false, ids.get(7), 4);
    assertEquals(ids.subList(8, 10), third.ids());
    assertFalse(third.more());
  }

  @Test
  void pagesFollowEachOtherDownwards() throws Exception {
    List<InvocationId> ids = accepted(FN, 10);
    Collections.reverse(ids);
    PageFound first = page(all(FN), true, null, 6);
    assertEquals(ids.subList(0, 6), first.ids());
    assertTrue(first.more());
    PageFound second = page(all(FN), true, ids.get(5), 6);
    assertEquals(ids.subList(6, 10), second.ids());
    assertFalse(second.more());
  }

  @Test
  void pageThatTakesTheLastHasNoMore() throws Exception {
    accepted(FN, 4);
    assertFalse(page(all(FN), false, null, 4).more());
  }

  @Test
  void functionsAreApartAndTheAccountHasThemAll() throws Exception {
    shard.functions.put(12);
    List<InvocationId> first = accepted(FN, 3);
    List<InvocationId> second = accepted(12, 3);
    assertEquals(first, shard.list(all(FN)));
    assertEquals(second, shard.list(all(12)));
    List<InvocationId> both = new ArrayList<>(first);
    both.addAll(second);
    assertEquals(both, shard.list(all(0)));
  }

  @Test
  void accountsAreApart() throws Exception {
    shard.functions.put(12, new TestFunctions.Spec().account("other"));
    List<InvocationId> ours = accepted(FN, 2);
    accepted(12, 3);
    assertEquals(ours, shard.list(all(0)));
    assertEquals(Map.of(Status.ENQUEUED, 2L), shard.count(all(0)));
  }

  @Test
  void severalStatusesComeInOneOrder() throws Exception {
    List<InvocationId> ids = accepted(FN, 6);
    for (int i = 0; i < 6; i++) {
      Run run = shard.executor.next();
      if (i % 2 == 0) {
        shard.executor.began(run);
      }
      if (i % 4 == 0) {
        shard.executor.succeeded(run, NOTHING);
      }
    }
    shard.settle();
    assertEquals(ids, shard.list(all(FN, Status.values())));
    assertEquals(List.of(ids.get(0), ids.get(4)), shard.list(all(FN, Status.SUCCEEDED)));
    assertEquals(
        List.of(ids.get(0), ids.get(2), ids.get(4)),
        shard.list(all(FN, Status.SUCCEEDED, Status.RUNNING)));
    assertEquals(
        List.of(ids.get(4), ids.get(2), ids.get(0)),
        page(all(FN, Status.SUCCEEDED, Status.RUNNING), true, null, 10).ids());
    assertEquals(
        List.of(ids.get(0)),
        page(all(FN, Status.RUNNING, Status.SUCCEEDED), true, ids.get(2), 10).ids());
  }

  @Test
  void intervalIsThatOfAcceptance() throws Exception {
    List<InvocationId> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.addAll(accepted(FN, 1));
      shard.advance(10);
    }
    assertEquals(ids.subList(1, 3), shard.list(within(FN, T0 + 10, T0 + 30)));
    assertEquals(ids.subList(1, 3), shard.list(within(0, T0 + 10, T0 + 30)));
    assertEquals(ids.subList(3, 5), shard.list(within(FN, T0 + 21, Long.MAX_VALUE)));
    assertEquals(List.of(), shard.list(within(FN, T0 + 30, T0 + 30)));
    assertEquals(ids.subList(1, 2), page(within(FN, T0 + 10, T0 + 30), true, ids.get(2), 10).ids());
    assertEquals(
        ids.subList(2, 3), page(within(FN, T0 + 10, T0 + 30), false, ids.get(1), 10).ids());
    assertEquals(Map.of(Status.ENQUEUED, 2L), shard.count(within(FN, T0 + 10, T0 + 30)));
    assertEquals(Map.of(Status.ENQUEUED, 2L), shard.count(within(0, T0 + 10, T0 + 30)));
  }

  @Test
  void labelsHaveToMatchAllOfThem() throws Exception {
    InvocationId both = labelled(Map.of("a", "1", "b", "2"));
    labelled(Map.of("a", "1"));
    labelled(Map.of("b", "2"));
    accepted(FN, 1);
    assertEquals(List.of(both), shard.list(labels(Map.of("a", "1", "b", "2"))));
    assertEquals(2, shard.list(labels(Map.of("a", "1"))).size());
    assertEquals(Map.of(Status.ENQUEUED, 2L), shard.count(labels(Map.of("b", "2"))));
  }

  @Test
  void qualifierIsTheOneOfTheSubmit() throws Exception {
    InvocationId latest = accepted(FN, 1).get(0);
    InvocationId prod = qualified("prod");
    InvocationId dollar = qualified("$LATEST");
    assertEquals(List.of(prod), shard.list(qualifier("prod")));
    assertEquals(List.of(latest, dollar), shard.list(qualifier("LATEST")));
    assertEquals(List.of(), shard.list(qualifier("1")));
    assertEquals(Map.of(Status.ENQUEUED, 2L), shard.count(qualifier("$LATEST")));
    assertEquals(Map.of(), shard.count(qualifier("1")));
  }

  private InvocationId qualified(String qualifier) throws Exception {
    Submit submit =
        new Submit(
            FN,
            qualifier,
            null,
            null,
            null,
            Invocation.Origin.NATIVE,
            Invocation.Mode.ASYNC,
            true,
            0,
            null,
            Map.of(),
            0,
            null,
            new byte[0]);
    return join(shard.submit(0, submit)).invocation().id();
  }

  private static Filter qualifier(String qualifier) {
    return new Filter(ACCOUNT, FN, Criteria.ANY.withQualifier(qualifier));
  }

  @Test
  void labelsOfARunningOneAreThoseOfItsRecord() throws Exception {
    InvocationId id = labelled(Map.of("a", "1"));
    shard.executor.began(shard.executor.next());
    shard.barrier();
    Filter running =
        new Filter(
            ACCOUNT,
            FN,
            Criteria.ANY.withStatuses(Set.of(Status.RUNNING)).withLabels(Map.of("a", "1")));
    assertEquals(List.of(id), shard.list(running));
    assertEquals(Map.of(Status.RUNNING, 1L), shard.count(running));
  }

  @Test
  void filterThatWouldReadTooMuchIsRefused() throws Exception {
    accepted(FN, ROWS + 1);
    assertEquals(
        ROWS, failure(Failure.ScanLimit.class, pageRequest(labels(Map.of("a", "1")))).rows());
    failure(
        Failure.ScanLimit.class,
        shard.bus.request(Addresses.COUNT.at(0), new Count(labels(Map.of("a", "1")))));
  }

  @Test
  void whatAnIndexAnswersHasNoLimit() throws Exception {
    List<InvocationId> ids = accepted(FN, 2 * ROWS);
    assertEquals(ids, shard.list(all(FN)));
    assertEquals(ids, shard.list(all(FN, Status.ENQUEUED)));
    assertEquals(Map.of(Status.ENQUEUED, 2L * ROWS), shard.count(within(FN, T0, T0 + 1)));
  }

  @Test
  void pageWaitsForWhatIsBeingWritten() throws Exception {
    shard.disk().hold();
    Future<?> submit = shard.submit();
    shard.disk().awaitWaiting();
    Future<PageFound> page = pageRequest(all(FN));
    shard.barrier();
    assertFalse(page.isComplete());
    shard.disk().release();
    join(submit);
    assertEquals(1, join(page).ids().size());
  }

  @Test
  void scansBeyondWhatMayWaitForThePoolAreThrottled() throws Exception {
    CountDownLatch pool = shard.occupyScans();
    List<Future<PageFound>> waiting = new ArrayList<>();
    for (int i = 0; i < Reads.SCANS_MAX; i++) {
      waiting.add(pageRequest(all(0)));
    }
    assertEquals("shard.scans", failure(Failure.Throttled.class, pageRequest(all(0))).limit());
    pool.countDown();
    for (Future<PageFound> one : waiting) {
      join(one);
    }
    join(pageRequest(all(0)));
  }

  @Test
  void shortPageThatAnIndexGivesWaitsForNoPool() throws Exception {
    List<InvocationId> ids = accepted(FN, 3);
    CountDownLatch pool = shard.occupyScans();
    assertEquals(ids, join(pageRequest(all(FN))).ids());
    pool.countDown();
  }

  @Test
  void countTellsOnlyWhatIsCommitted() throws Exception {
    accepted(FN, 1);
    shard.disk().hold();
    Future<?> submit = shard.submit();
    shard.disk().awaitWaiting();
    assertEquals(Map.of(Status.ENQUEUED, 1L), shard.count(all(FN)));
    shard.disk().release();
    join(submit);
    assertEquals(Map.of(Status.ENQUEUED, 2L), shard.count(all(FN)));
  }

  @Test
  void countsByFunctionFollowEveryChange() throws Exception {
    accepted(FN, 3);
    List<Run> runs = shard.executor.next(3);
    shard.executor.began(runs.get(0));
    shard.executor.succeeded(runs.get(0), NOTHING);
    shard.executor.began(runs.get(1));
    shard.settle();
    assertEquals(
        Map.of(Status.ENQUEUED, 1L, Status.RUNNING, 1L, Status.SUCCEEDED, 1L),
        shard.count(all(FN)));
    assertEquals(
        Map.of(Status.SUCCEEDED, 1L), shard.count(all(FN, Status.SUCCEEDED, Status.FAILED)));
  }

  @Test
  void nothingIsCommittedBelowAFrontierThatWasAskedFor() throws Exception {
    accepted(FN, 1);
    shard.advance(10);
    InvocationId through = InvocationId.ceiling(shard.clock.millis());
    InvocationId frontier =
        shard.ask(Addresses.PAGE.at(0), new Page(all(FN), false, null, through, 10)).frontier();
    assertTrue(frontier.compareTo(through) > 0);
    assertTrue(accepted(FN, 1).get(0).compareTo(frontier) >= 0);
  }

  @Test
  void positionOfNoSaneClockIsNotFollowed() throws Exception {
    InvocationId through = InvocationId.ceiling(InvocationId.MILLIS_MAX);
    PageFound found = shard.ask(Addresses.PAGE.at(0), new Page(all(FN), false, null, through, 10));
    long followed = T0 + Frontier.AHEAD_MILLIS_MAX;
    assertTrue(found.frontier().millis() <= followed + 1, found.frontier().toString());
    accepted(FN, 2);
  }

  @Test
  void frontierHoldsWhenTheShardHasFailedMeanwhile() throws Exception {
    InvocationId through = InvocationId.ceiling(T0);
    InvocationId frontier =
        shard.ask(Addresses.PAGE.at(0), new Page(all(FN), false, null, through, 10)).frontier();
    shard.disk().failAfter(0);
    failure(Failure.Unavailable.class, shard.submit());
    shard.disk().repair();
    shard.reopened();
    assertTrue(accepted(FN, 1).get(0).compareTo(frontier) >= 0);
  }

  private List<InvocationId> accepted(long function, int n) throws Exception {
    return new ArrayList<>(shard.accepted(function, n).stream().map(Invocation::id).toList());
  }

  private InvocationId labelled(Map<String, String> labels) throws Exception {
    return join(shard.submit(0, submission(FN, null, 0, labels, new byte[0]))).invocation().id();
  }

  private static Filter labels(Map<String, String> labels) {
    return new Filter(ACCOUNT, FN, Criteria.ANY.withLabels(labels));
  }

  private static Filter within(long function, long from, long to) {
    return new Filter(ACCOUNT, function, Criteria.ANY.acceptedWithin(from, to));
  }

  private PageFound page(Filter filter, boolean descending, InvocationId after, int limit)
      throws Exception {
    return shard.ask(Addresses.PAGE.at(0), new Page(filter, descending, after, null, limit));
  }

  private Future<PageFound> pageRequest(Filter filter) {
    return shard.bus.request(Addresses.PAGE.at(0), new Page(filter, false, null, null, 10));
  }
}
