package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.fail;

import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.journal.Journal;
import io.perdure.store.Replica;
import io.perdure.store.StoreException;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One member of a group under test, and what its watcher has been told. */
final class Seat implements RaftGroup.Watcher {
  /** Generous: the machine may be busy. */
  static final long PATIENCE_SECONDS = 90;

  final RaftGroup group;
  final Replica replica;
  final List<String> events = new ArrayList<>();
  private final Object news = new Object();
  private long leads;
  private int replacements;
  private List<Member> members = List.of();
  private Journal journal;

  Seat(RaftGroup group, Replica replica) {
    this.group = group;
    this.replica = replica;
    group.watch(this);
  }

  @Override
  public void leading(long term) {
    note("leading " + term, () -> leads = term);
  }

  @Override
  public void following(long term, String leader) {
    note("following " + leader, () -> leads = 0);
  }

  @Override
  public void applied(Batch batch, long index) {
    note(null, () -> {});
  }

  @Override
  public void replaced() {
    note("replaced", () -> replacements++);
  }

  @Override
  public void members(List<Member> now) {
    note("members " + now.size(), () -> members = now);
  }

  private void note(String event, Runnable change) {
    synchronized (news) {
      if (event != null) {
        events.add(event);
      }
      change.run();
      news.notifyAll();
    }
  }

  /** Waits until {@code condition} holds, which is looked at whenever something has happened. */
  void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    synchronized (news) {
      while (!condition.getAsBoolean()) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          fail(what + " did not come; seen: " + events);
        }
        try {
          news.wait(Math.min(left, 200)); // the store follows what the watcher is told
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  long leads() {
    synchronized (news) {
      return leads;
    }
  }

  int replacements() {
    synchronized (news) {
      return replacements;
    }
  }

  List<Member> members() {
    synchronized (news) {
      return members;
    }
  }

  /** The journal of the term it leads: the same as long as it does. */
  Journal lead() {
    await("leadership", () -> leads > 0);
    synchronized (news) {
      journal = group.journal(leads);
      return journal;
    }
  }

  /** Commits one value under this member's leadership. */
  void put(String key, String value) {
    if (journal == null) {
      lead();
    }
    get(journal.commit(batch(key, value)));
  }

  String read(String key) {
    byte[] value = replica.get(Family.RECORD, bytes(key));
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  void awaitValue(String key, String value) {
    await(key + " = " + value, () -> value.equals(readUnlessReplaced(key)));
  }

  private String readUnlessReplaced(String key) {
    try {
      return read(key);
    } catch (StoreException e) {
      return null; // a snapshot takes its place at this moment
    }
  }

  static Batch batch(String key, String value) {
    return new Batch().put(Family.RECORD, bytes(key), bytes(value));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static <T> T get(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e.getCause() == null ? e : e.getCause());
    }
  }

  /** What it failed with. */
  static Throwable failure(Future<?> future) {
    get(future.recover(e -> Future.succeededFuture()).mapEmpty());
    assertNotNull(future.cause(), "it did not fail");
    return future.cause();
  }
}
