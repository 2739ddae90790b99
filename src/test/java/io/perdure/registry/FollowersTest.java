package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.journal.Journal;
import io.perdure.store.StoreReader;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What node "a", which owns the registry, knows of "b" and "c". */
class FollowersTest {
  private final AtomicLong shown = new AtomicLong(7);
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // it may wrap around
  private final Followers followers = new Followers("a", shown::get, nanos::get);

  @BeforeEach
  void gain() {
    followers.members(Set.of("a", "b", "c"));
    followers.gained();
  }

  private void pass(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    followers.look();
  }

  private Future<Void> change() {
    shown.incrementAndGet();
    return followers.acknowledged();
  }

  @Test
  void whatWasThereWhenItWasGainedIsAcknowledged() {
    assertTrue(followers.acknowledged().succeeded());
  }

  @Test
  void aChangeIsAcknowledgedWhenTheLastOneHasSeenIt() {
    Future<Void> change = change();
    followers.seen("b", 8);
    assertFalse(change.isComplete());
    followers.seen("c", 7);
    assertFalse(change.isComplete());
    followers.seen("c", 8);
    assertTrue(change.succeeded());
  }

  @Test
  void theOthersAreToldBeforeTheyAreWaitedFor() {
    AtomicInteger told = new AtomicInteger();
    RegistryStorage storage =
        new RegistryStorage() {
          @Override
          public StoreReader reader() {
            throw new UnsupportedOperationException();
          }

          @Override
          public Journal journal() {
            throw new UnsupportedOperationException();
          }

          @Override
          public Future<Void> acknowledged() {
            told.incrementAndGet();
            followers.seen("b", 8);
            followers.seen("c", 8);
            return Future.succeededFuture();
          }

          @Override
          public void checkpoint(Path directory) {
            throw new UnsupportedOperationException();
          }
        };
    RegistryStorage watched = followers.over(() -> storage).open();
    shown.incrementAndGet();
    assertTrue(watched.acknowledged().succeeded());
    assertEquals(1, told.get());
  }

  @Test
  void changesAreAcknowledgedInTheirOrder() {
    Future<Void> first = change();
    Future<Void> second = change();
    followers.seen("b", 9);
    followers.seen("c", 8);
    assertTrue(first.succeeded());
    assertFalse(second.isComplete());
    followers.seen("c", 9);
    assertTrue(second.succeeded());
  }

  @Test
  void aNodeThatSaysNothingIsWaitedForUntilItsLeaseHasEnded() {
    pass(3_000);
    assertEquals(5_000, followers.grant("b", 7));
    Future<Void> change = change();
    pass(2_300); // what the owner before may have granted c has ended
    followers.seen("c", 6);
    assertFalse(change.isComplete(), "b may tell of functions");
    pass(2_949);
    assertFalse(change.isComplete());
    pass(1);
    assertTrue(change.succeeded());
  }

  @Test
  void aNodeThatLagsBehindWhatIsAcknowledgedGetsNoLease() {
    Future<Void> change = change();
    pass(6_000);
    assertTrue(change.succeeded());
    assertEquals(0, followers.grant("b", 7));
    assertEquals(5_000, followers.grant("b", 8));
    assertFalse(change().isComplete());
  }

  @Test
  void aNodeThatGetsNoFurtherDoesNotKeepItsLeaseForEver() {
    followers.seen("c", 100);
    Future<Void> change = change();
    for (int second = 0; second < 12; second++) {
      pass(1_000);
      followers.grant("b", 7);
    }
    assertTrue(change.succeeded());
  }

  @Test
  void whoIsNoMemberGetsNoLease() {
    assertEquals(0, followers.grant("d", 100));
    followers.members(Set.of("a", "b", "c", "d"));
    assertEquals(5_000, followers.grant("d", 100));
  }

  @Test
  void whoIsAMemberNoMoreIsWaitedForUntilItsLeaseHasEnded() {
    followers.seen("b", 100);
    followers.members(Set.of("a", "b"));
    Future<Void> change = change();
    assertFalse(change.isComplete());
    pass(6_000);
    assertTrue(change.succeeded());
  }

  @Test
  void whatWaitsWhenItIsLostIsNotKnownToBeSeenEverywhere() {
    Future<Void> change = change();
    followers.lost();
    assertUnavailable(change);
    assertUnavailable(followers.acknowledged());
    followers.seen("b", 8);
    assertEquals(0, followers.grant("b", 8));
  }

  @Test
  void moreThanMayWaitAreTold() {
    for (int i = 0; i < Followers.WAITING_MAX; i++) {
      assertFalse(change().isComplete());
    }
    assertUnavailable(change());
  }

  private static void assertUnavailable(Future<Void> change) {
    assertTrue(change.failed());
    assertInstanceOf(
        Failure.Unavailable.class,
        assertInstanceOf(FailureException.class, change.cause()).failure());
  }
}
