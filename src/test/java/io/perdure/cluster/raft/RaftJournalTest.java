package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.journal.JournalException;
import io.perdure.journal.UnderWay;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RaftJournalTest {
  private final AtomicInteger resigned = new AtomicInteger();
  private final List<Handed> handed = new ArrayList<>();
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
        "shard-0", 7, log, resigned::incrementAndGet, vertx, new SimpleMeterRegistry());
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
}
