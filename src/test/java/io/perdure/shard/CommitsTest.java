package io.perdure.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Failure;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.journal.Journal;
import io.perdure.store.StoreException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class CommitsTest {
  private final Queue<Promise<Void>> writes = new ArrayDeque<>();

  /** Completed by the next write that begins. */
  private CompletableFuture<Void> written = new CompletableFuture<>();

  private final List<Throwable> failures = new ArrayList<>();
  private final List<String> trace = new ArrayList<>();

  private final AtomicLong nanos = new AtomicLong();

  private Context context;
  private Commits commits;
  private RuntimeException hookFailure;

  /** Writes that end when the test says so; used on the context only, as the commits are. */
  private final Journal journal =
      new Journal() {
        @Override
        public Future<Void> commit(Batch batch) {
          Promise<Void> write = Promise.promise();
          writes.add(write);
          written.complete(null);
          return write.future();
        }

        @Override
        public Future<Void> close() {
          return Future.succeededFuture();
        }
      };

  private final Commits.Hooks hooks =
      new Commits.Hooks() {
        @Override
        public void beforeFlush(Batch batch) {
          trace.add("flush " + batch.operations());
        }

        @Override
        public void committed() {
          trace.add("committed");
        }

        @Override
        public void afterCommit() {
          trace.add("after");
          if (hookFailure != null) {
            throw hookFailure;
          }
        }
      };

  @BeforeEach
  void make(Vertx vertx) {
    context = vertx.getOrCreateContext();
    use(Commits.Pace.LOCAL);
  }

  private void use(Commits.Pace pace) {
    commits =
        new Commits(
            journal,
            context,
            nanos::get,
            pace,
            1 << 20,
            hooks,
            cause -> {
              failures.add(cause);
              commits.breakOff(
                  new Failure.Unavailable("broken", 1), new Failure.Unavailable("unknown", 1));
            });
  }

  @Test
  void actionsRunInOrderBetweenTheHooks() throws Exception {
    run(
        () -> {
          long number = change();
          commits.after(number, () -> trace.add("one"));
          commits.after(number, () -> trace.add("two"));
        });
    run(() -> writes.remove().complete());
    assertEquals(List.of("flush 1", "committed", "one", "two", "after"), trace);
  }

  @Test
  void whatIsDecidedDuringAWriteWaitsForTheNextOneOfTheLog() throws Exception {
    run(this::change);
    run(this::change);
    run(() -> {});
    assertEquals(List.of("flush 1", "flush 1"), trace);
  }

  @Test
  void whatIsDecidedBeyondBecomesOneBatch() throws Exception {
    run(this::change);
    run(this::change);
    run(this::change);
    run(this::change);
    run(() -> writes.remove().complete());
    run(() -> {});
    assertEquals(List.of("flush 1", "flush 1", "committed", "after", "flush 2"), trace);
  }

  @Test
  void eachBatchOnItsWayIsAnsweredByItsOwnWrite() throws Exception {
    Future<Void> first = call(this::settledAfterChange);
    run(() -> {});
    Future<Void> second = call(this::settledAfterChange);
    run(() -> {});
    run(() -> writes.remove().complete());
    assertTrue(first.succeeded());
    assertFalse(second.isComplete());
    run(() -> writes.remove().complete());
    assertTrue(second.succeeded());
  }

  @Test
  void decisionThatChangesNothingWaitsForWhatIsOnItsWay() throws Exception {
    Promise<String> answer = Promise.promise();
    run(this::change);
    run(() -> commits.answer(commits.changed(), answer, () -> "answer"));
    run(() -> {});
    assertFalse(answer.future().isComplete());
    run(() -> writes.remove().complete());
    run(() -> {});
    assertEquals("answer", answer.future().result());
    assertTrue(writes.isEmpty());
  }

  @Test
  void failingActionDoesNotStarveTheOthers() throws Exception {
    run(
        () -> {
          long number = change();
          commits.after(
              number,
              () -> {
                throw new IllegalStateException("made by the test");
              });
          commits.after(number, () -> trace.add("other"));
        });
    run(() -> writes.remove().complete());
    assertTrue(trace.contains("other"));
    assertEquals(List.of(), failures);
    Future<Void> later = call(this::settledAfterChange);
    run(() -> writes.remove().complete());
    assertTrue(later.succeeded());
  }

  @Test
  void brokenStoreInAnActionFailsTheShardOnceAllAnswersAreGiven() throws Exception {
    Promise<String> answer = Promise.promise();
    run(
        () -> {
          long number = change();
          commits.after(
              number,
              () -> {
                throw new StoreException("made by the test", null);
              });
          commits.answer(number, answer, () -> "answer");
        });
    run(() -> writes.remove().complete());
    assertEquals("answer", answer.future().result());
    assertEquals("made by the test", failures.get(0).getMessage());
  }

  @Test
  void decisionThatChangesNothingIsAnsweredWithoutAWrite() throws Exception {
    Promise<String> answer = Promise.promise();
    run(() -> commits.answer(commits.changed(), answer, () -> "answer"));
    run(() -> {});
    assertEquals("answer", answer.future().result());
    assertTrue(writes.isEmpty());
  }

  @Test
  void failedWriteAnswersEverythingThatWaits() throws Exception {
    Future<Void> written = call(this::settledAfterChange);
    run(() -> {});
    Future<Void> waiting = call(this::settledAfterChange);
    run(() -> {});
    Future<Void> building = call(this::settledAfterChange);
    run(() -> writes.remove().fail("disk"));
    assertTrue(written.failed());
    assertTrue(waiting.failed());
    assertTrue(building.failed());
    assertEquals(List.of("flush 1", "flush 1"), trace);
  }

  @Test
  void failureOfWhatBelongsToEveryCommitFailsTheShard() throws Exception {
    hookFailure = new IllegalStateException("made by the test");
    Future<Void> waiting = call(this::settledAfterChange);
    run(() -> {});
    run(() -> writes.remove().complete());
    assertEquals(List.of(hookFailure), failures);
    Future<Void> late = call(this::settledAfterChange);
    assertTrue(waiting.succeeded()); // it is on disk
    assertTrue(late.failed());
  }

  @Test
  void whatIsAddedToABatchIsWrittenWhateverHappensToWhoAddedIt() throws Exception {
    run(() -> commits.batch().put(Family.META, new byte[] {1}, new byte[] {2}));
    run(() -> {});
    assertEquals(List.of("flush 1"), trace);
  }

  @Test
  void nothingIsWrittenAfterAFailureAndWhoAsksIsToldAtOnce() throws Exception {
    run(this::change);
    run(() -> writes.remove().fail("disk"));
    Future<Void> late = call(this::settledAfterChange);
    run(() -> {});
    assertTrue(late.failed());
    assertTrue(writes.isEmpty());
  }

  @Test
  void settledWaitsForBothBatches() throws Exception {
    run(this::change);
    Future<Void> settled = call(this::settledAfterChange);
    run(() -> writes.remove().complete());
    assertFalse(settled.isComplete());
    run(() -> {});
    run(() -> writes.remove().complete());
    assertTrue(settled.succeeded());
  }

  @Test
  void answerOfWhatIsCommittedComesAtOnce() throws Exception {
    Promise<String> answer = Promise.promise();
    run(() -> commits.answer(0, answer, () -> "answer"));
    assertEquals("answer", answer.future().result());
  }

  @Test
  void batchBehindOneOfManyIsLeftOpenAsLongAsThatTook() throws Exception {
    use(new Commits.Pace(1, Duration.ofHours(2).toMillis()));
    commitOf(16, Duration.ofHours(1));
    run(this::change);
    run(() -> {});
    assertTrue(writes.isEmpty());
  }

  @Test
  void batchThatWasLeftOpenGoesByItself() throws Exception {
    use(new Commits.Pace(1, 1));
    commitOf(16, Duration.ofHours(1));
    written = new CompletableFuture<>();
    run(this::change);
    run(this::change);
    written.get(1, TimeUnit.MINUTES);
    assertEquals(List.of("flush 16", "committed", "after", "flush 2"), trace);
  }

  @Test
  void batchBehindOneOfFewGoesAtOnce() throws Exception {
    use(new Commits.Pace(1, Duration.ofHours(2).toMillis()));
    commitOf(15, Duration.ofHours(1));
    run(this::change);
    run(() -> {});
    assertEquals(1, writes.size());
  }

  @Test
  void nothingIsLeftOpenLongAfter() throws Exception {
    use(new Commits.Pace(1, Duration.ofHours(2).toMillis()));
    commitOf(16, Duration.ofHours(1));
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    run(this::change);
    run(() -> {});
    assertEquals(1, writes.size());
  }

  /** A batch of so many, which took that long. */
  private void commitOf(int many, Duration took) throws Exception {
    run(
        () -> {
          for (int i = 0; i < many; i++) {
            commits.after(change(), () -> {});
          }
        });
    run(() -> {});
    nanos.addAndGet(took.toNanos());
    run(() -> writes.remove().complete());
  }

  private long change() {
    commits.batch().put(Family.META, new byte[] {1}, new byte[] {2});
    return commits.changed();
  }

  private Future<Void> settledAfterChange() {
    change();
    return commits.settled();
  }

  private void run(Runnable task) throws Exception {
    call(
        () -> {
          task.run();
          return null;
        });
  }

  private <T> T call(Callable<T> task) throws Exception {
    Promise<T> done = Promise.promise();
    context.runOnContext(
        v -> {
          try {
            done.complete(task.call());
          } catch (Exception e) {
            done.fail(e);
          }
        });
    return ShardHarness.join(done.future());
  }
}
