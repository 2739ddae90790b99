package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.journal.JournalException;
import io.perdure.journal.UnderWay;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeerId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RaftJournalTest {
  private final AtomicInteger resigned = new AtomicInteger();
  private final List<Handed> handed = new CopyOnWriteArrayList<>();
  private final CompletableFuture<RaftClientReply> transfer = new CompletableFuture<>();
  private final HandOver handOver = new HandOver((member, millis) -> transfer);
  private Vertx vertx;

  @BeforeEach
  void begin() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void end() {
    Seat.get(vertx.close());
  }

  private RaftJournal journal(Function<Handed, CompletionStage<Void>> log) {
    return new RaftJournal(
        "shard-0", 7, log, resigned::incrementAndGet, handOver, vertx, new SimpleMeterRegistry());
  }

  private CompletionStage<Void> take(Handed entry) {
    handed.add(entry);
    return new CompletableFuture<>();
  }

  @Test
  void aCommitEndsWhenItsEntryIsApplied() {
    RaftJournal journal = journal(this::take);
    Future<Void> commit = journal.commit(Seat.batch("k", "v"));
    assertFalse(commit.isComplete());
    handed.get(0).applied(true);
    Seat.get(commit);
    assertEquals(0, resigned.get());
  }

  @Test
  void nothingIsAcceptedAfterTheFirstThatFailed() {
    RaftJournal journal = journal(this::take);
    Future<Void> first = journal.commit(Seat.batch("k", "v"));
    Future<Void> second = journal.commit(Seat.batch("l", "w"));
    handed.get(0).applied(false);
    handed.get(1).applied(true);
    assertInstanceOf(JournalException.class, Seat.failure(first));
    assertInstanceOf(JournalException.class, Seat.failure(second));
    assertInstanceOf(JournalException.class, Seat.failure(journal.commit(Seat.batch("m", "x"))));
    assertEquals(2, handed.size());
    assertEquals(1, resigned.get());
  }

  @Test
  void aRefusedEntryIsFollowedByNone() {
    RaftJournal journal =
        journal(entry -> CompletableFuture.failedFuture(new IllegalStateException("full")));
    assertInstanceOf(JournalException.class, Seat.failure(journal.commit(Seat.batch("k", "v"))));
    assertEquals(1, resigned.get());
  }

  @Test
  void moreThanMayWaitEndIt() {
    RaftJournal journal = journal(this::take);
    for (int i = 0; i < UnderWay.MAX; i++) {
      assertFalse(journal.commit(Seat.batch("k", "v")).isComplete());
    }
    assertInstanceOf(JournalException.class, Seat.failure(journal.commit(Seat.batch("k", "v"))));
    assertEquals(1, resigned.get());
  }

  @Test
  void closingWaitsForWhatHasBeenHandedOver() {
    RaftJournal journal = journal(this::take);
    Future<Void> commit = journal.commit(Seat.batch("k", "v"));
    Future<Void> closed = journal.close();
    assertFalse(closed.isComplete());
    handed.get(0).applied(true);
    Seat.get(closed);
    Seat.get(commit);
  }

  private static boolean isRefused(Future<?> commit) {
    return assertInstanceOf(JournalException.class, Seat.failure(commit)).isRefused();
  }

  @Test
  void itIsNotKnownWhatBecameOfABatchThatTheLogHas() {
    CompletableFuture<Void> kept = new CompletableFuture<>();
    RaftJournal journal =
        journal(
            entry -> {
              handed.add(entry);
              return kept;
            });
    Future<Void> commit = journal.commit(Seat.batch("k", "v"));
    kept.completeExceptionally(new IllegalStateException("the leader has gone"));
    assertFalse(isRefused(commit));
    assertTrue(isRefused(journal.commit(Seat.batch("l", "w"))), "it never reached the log");
  }

  @Test
  void aBatchThatTheLogDoesNotTakeOrTakesInVainIsRefused() {
    CompletableFuture<Void> no =
        CompletableFuture.failedFuture(
            new CompletionException(new NotLeaderException("shard-0", "n2")));
    assertTrue(isRefused(journal(entry -> no).commit(Seat.batch("k", "v"))));
    Future<Void> late = journal(this::take).commit(Seat.batch("k", "v"));
    handed.get(0).applied(false); // another one leads by now
    assertTrue(isRefused(late));
  }

  @Test
  void aLargeBatchOfWhichAPartIsRefusedMayBeThereUnlessItsLastPartWasRefused() {
    Batch large = new Batch().put(Family.RECORD, new byte[1], new byte[3 << 20]);
    CompletableFuture<Void> no =
        CompletableFuture.failedFuture(new NotLeaderException("shard-0", "n2"));
    assertFalse(isRefused(journal(entry -> no).commit(large)));
    RaftJournal tillTheLast =
        journal(entry -> entry.entry().kind() == Entry.Kind.LAST ? no : new CompletableFuture<>());
    assertTrue(isRefused(tillTheLast.commit(large)));
  }

  @Test
  void whatIsCommittedWhileLeadershipIsHandedOnWaitsForTheEndOfThat() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    RaftJournal journal =
        journal(
            entry -> {
              handed.add(entry);
              both.countDown();
              return new CompletableFuture<>();
            });
    CompletableFuture<RaftClientReply> over = handOver.to(RaftPeerId.valueOf("n2"), 60_000);
    Future<Void> first = journal.commit(Seat.batch("k", "v"));
    Future<Void> second = journal.commit(Seat.batch("l", "w"));
    assertEquals(List.of(), handed);
    assertFalse(over.isDone());
    transfer.completeExceptionally(new IOException("n2 does not answer"));
    assertTrue(both.await(Seat.PATIENCE_SECONDS, TimeUnit.SECONDS));
    handed.get(0).applied(true);
    handed.get(1).applied(true);
    Seat.get(first);
    Seat.get(second);
    assertEquals(0, resigned.get());
  }

  @Test
  void nothingIsKeptBackByAHandOverThatDidNotBeginOrNeverEnds() throws Exception {
    HandOver fails =
        new HandOver(
            (member, millis) -> {
              throw new IOException("closed");
            });
    assertThrows(IOException.class, () -> fails.to(RaftPeerId.valueOf("n2"), 60_000));
    assertFalse(fails.keepsBack(() -> {}));

    CompletableFuture<RaftClientReply> unanswered = handOver.to(RaftPeerId.valueOf("n2"), 1);
    CountDownLatch goesOn = new CountDownLatch(1);
    if (handOver.keepsBack(goesOn::countDown)) {
      assertTrue(goesOn.await(Seat.PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
    assertThrows(CompletionException.class, unanswered::join);
  }

  @Test
  void whatIsKeptBackWaitsForTheLastOfSeveral() throws Exception {
    CompletableFuture<RaftClientReply> other = new CompletableFuture<>();
    HandOver two =
        new HandOver((member, millis) -> member.toString().equals("n2") ? transfer : other);
    CompletableFuture<RaftClientReply> first = two.to(RaftPeerId.valueOf("n2"), 60_000);
    CompletableFuture<RaftClientReply> second = two.to(RaftPeerId.valueOf("n3"), 60_000);
    AtomicInteger told = new AtomicInteger();
    assertTrue(two.keepsBack(told::incrementAndGet));
    other.completeExceptionally(new IOException("one at a time"));
    assertTrue(second.isDone());
    assertEquals(0, told.get());
    transfer.complete(null);
    assertTrue(first.isDone());
    assertEquals(1, told.get());
  }
}
