package io.perdure.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class StandaloneJournalTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> written = Collections.synchronizedList(new ArrayList<>());

  private static Batch batch(String key) {
    return new Batch().put(Family.META, key.getBytes(StandardCharsets.UTF_8), new byte[0]);
  }

  /** Notes the keys of each write, joined. */
  private void note(Batch batch) {
    StringBuilder keys = new StringBuilder();
    batch.forEach(
        new Batch.Visitor() {
          @Override
          public void put(Family family, byte[] key, byte[] value) {
            keys.append(new String(key, StandardCharsets.UTF_8));
          }

          @Override
          public void delete(Family family, byte[] key) {}
        });
    written.add(keys.toString());
  }

  private StandaloneJournal journal(Vertx vertx, BatchWriter writer) {
    return new StandaloneJournal("0", writer, vertx, meters);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aCommitCompletesOnTheContextOfItsCaller(Vertx vertx, VertxTestContext test) {
    StandaloneJournal journal = journal(vertx, this::note);
    Context context = vertx.getOrCreateContext();
    context.runOnContext(
        v ->
            journal
                .commit(batch("a"))
                .onComplete(
                    test.succeeding(
                        done ->
                            test.verify(
                                () -> {
                                  assertSame(context, Vertx.currentContext());
                                  assertEquals(List.of("a"), written);
                                  test.completeNow();
                                }))));
  }

  @Test
  void whatWaitsIsWrittenTogetherAndInOrder(Vertx vertx, VertxTestContext test) {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    StandaloneJournal journal =
        journal(
            vertx,
            batch -> {
              begun.countDown();
              await(go);
              note(batch);
            });
    List<Future<?>> commits = new ArrayList<>();
    commits.add(journal.commit(batch("a")));
    await(begun);
    for (String key : List.of("b", "c", "d")) {
      commits.add(journal.commit(batch(key)));
    }
    go.countDown();
    Future.all(commits)
        .onComplete(
            test.succeeding(
                done ->
                    test.verify(
                        () -> {
                          assertEquals(List.of("a", "bcd"), written);
                          assertEquals(2, meters.get("perdure.commit.time").timer().count());
                          assertEquals(
                              4, meters.get("perdure.commit.operations").summary().totalAmount());
                          test.completeNow();
                        })));
  }

  @Test
  void largeBatchesAreNotJoined(Vertx vertx, VertxTestContext test) {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    StandaloneJournal journal =
        journal(
            vertx,
            batch -> {
              begun.countDown();
              await(go);
              note(batch);
            });
    List<Future<?>> commits = new ArrayList<>();
    commits.add(journal.commit(batch("a")));
    await(begun);
    for (String key : List.of("b", "c")) {
      commits.add(
          journal.commit(
              batch(key)
                  .put(Family.META, new byte[0], new byte[StandaloneJournal.JOINED_BYTES_MAX])));
    }
    go.countDown();
    Future.all(commits)
        .onComplete(
            test.succeeding(
                done ->
                    test.verify(
                        () -> {
                          assertEquals(List.of("a", "b", "c"), written);
                          test.completeNow();
                        })));
  }

  @Test
  void afterAFailureNothingIsWrittenAnyMore(Vertx vertx, VertxTestContext test) {
    StandaloneJournal journal =
        journal(
            vertx,
            batch -> {
              note(batch);
              throw new IllegalStateException("the disk is full");
            });
    Future<Void> first = journal.commit(batch("a"));
    Future<Void> second = first.recover(e -> journal.commit(batch("b")));
    second.onComplete(
        test.failing(
            e ->
                test.verify(
                    () -> {
                      assertInstanceOf(JournalException.class, first.cause());
                      assertTrue(first.cause().getMessage().contains("the disk is full"));
                      assertSame(first.cause(), e);
                      assertEquals(List.of("a"), written);
                      test.completeNow();
                    })));
  }

  @Test
  void whatWaitedBehindAFailureFailsToo(Vertx vertx, VertxTestContext test) {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    StandaloneJournal journal =
        journal(
            vertx,
            batch -> {
              begun.countDown();
              await(go);
              throw new StackOverflowError("an error, not an exception");
            });
    Future<Void> first = journal.commit(batch("a"));
    await(begun);
    Future<Void> second = journal.commit(batch("b"));
    go.countDown();
    Future.join(first, second)
        .onComplete(
            test.failing(
                e ->
                    test.verify(
                        () -> {
                          assertTrue(first.failed());
                          assertTrue(second.failed());
                          test.completeNow();
                        })));
  }

  @Test
  void tooManyWaitingCommitsEndTheJournal(Vertx vertx, VertxTestContext test) {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    StandaloneJournal journal =
        journal(
            vertx,
            batch -> {
              begun.countDown();
              await(go);
            });
    Future<Void> written = journal.commit(batch("a"));
    await(begun);
    Future<Void> waiting = null;
    for (int i = 0; i < StandaloneJournal.WAITING_MAX; i++) {
      waiting = journal.commit(batch("b"));
    }
    assertFalse(waiting.isComplete());
    assertTrue(journal.commit(batch("c")).failed());
    go.countDown();
    Future<Void> last = waiting;
    Future.join(written, last)
        .onComplete(
            test.failing(
                e ->
                    test.verify(
                        () -> {
                          assertTrue(written.succeeded());
                          assertTrue(last.failed());
                          test.completeNow();
                        })));
  }

  @Test
  void closeWaitsForWhatWasHandedOver(Vertx vertx, VertxTestContext test) {
    StandaloneJournal journal = journal(vertx, this::note);
    for (int i = 0; i < 5; i++) {
      journal.commit(batch("a"));
    }
    Future<Void> closed = journal.close();
    Future<Void> late = journal.commit(batch("b"));
    closed.onComplete(
        test.succeeding(
            done ->
                test.verify(
                    () -> {
                      assertEquals("aaaaa", String.join("", written));
                      assertTrue(late.failed());
                      test.completeNow();
                    })));
  }
}
