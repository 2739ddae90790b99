package io.perdure.shard;

import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.all;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.ShardMessages.Page;
import io.perdure.bus.ShardMessages.PageFound;
import io.perdure.invocation.InvocationId;
import io.perdure.journal.Family;
import io.perdure.store.Meta;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What readers of lists were promised holds at the next owner, whatever its clock says. */
class FrontierTest {
  private static final long BEHIND = 60_000;

  @TempDir private Path directory;
  private ShardHarness shard;

  @BeforeEach
  void open() throws Exception {
    shard = ShardHarness.movable(directory, T0);
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  @Test
  void theNextOwnerMintsBeyondWhatAListWasPromised() throws Exception {
    PageFound page = page(InvocationId.ceiling(T0));
    atNextOwner();
    InvocationId next = shard.accepted().id();
    assertTrue(next.compareTo(page.frontier()) >= 0, next + " below " + page.frontier());
  }

  @Test
  void theNextOwnerMintsBeyondAPositionThatWasAheadOfTheClock() throws Exception {
    PageFound page = page(InvocationId.ceiling(T0 + 10 * BEHIND));
    atNextOwner();
    assertTrue(shard.accepted().id().compareTo(page.frontier()) >= 0);
  }

  @Test
  void theNextOwnerMintsBeyondWhatWasRemoved() throws Exception {
    InvocationId removed = shard.succeeded();
    shard.advance(TestFunctions.HOUR + 1);
    shard.reap();
    shard.close();
    shard = ShardHarness.movable(directory, T0 - BEHIND);
    assertTrue(shard.accepted().id().compareTo(removed) > 0);
  }

  @Test
  void anOwnerThatGetsItsShardBackMintsBeyondWhatAnotherHasMinted() throws Exception {
    shard.accepted();
    shard.disk().lose("n2");
    shard.barrier();
    ShardHarness other = ShardHarness.movable(directory, T0 + BEHIND);
    InvocationId minted = other.accepted().id();
    other.close();
    shard.disk().gain();
    shard.serving();
    assertTrue(shard.accepted().id().compareTo(minted) > 0);
  }

  @Test
  void aPromiseIsWrittenAgainOnlyWhenItIsExceeded() throws Exception {
    page(InvocationId.ceiling(T0));
    int written = shard.disk().written().size();
    for (int i = 0; i < 10; i++) {
      page(InvocationId.ceiling(T0 + i * Frontier.RESERVED_MILLIS / 10));
    }
    assertEquals(written, shard.disk().written().size());
    page(InvocationId.ceiling(T0 + Frontier.RESERVED_MILLIS + 1));
    assertEquals(written + 1, shard.disk().written().size());
  }

  @Test
  void ownersInARowDoNotDriveTheIdsAheadOfTheClock() throws Exception {
    page(InvocationId.ceiling(T0));
    for (int owners = 0; owners < 3; owners++) {
      shard.close();
      shard = ShardHarness.movable(directory, T0);
      page(InvocationId.ceiling(T0));
    }
    assertTrue(shard.accepted().id().millis() <= T0 + Frontier.RESERVED_MILLIS + 1);
  }

  @Test
  void aShardThatCannotMoveWritesNothingForAList() throws Exception {
    shard.close();
    shard = new ShardHarness(directory);
    int written = shard.disk().written().size();
    page(InvocationId.ceiling(T0 + BEHIND));
    assertEquals(written, shard.disk().written().size());
    assertEquals(0, Meta.number(shard.disk().store().get(Family.META, Meta.mintedThrough())));
  }

  private PageFound page(InvocationId through) throws Exception {
    return shard.ask(Addresses.PAGE.at(0), new Page(all(FN), false, null, through, 10));
  }

  /** The same shard on a node whose clock is behind. */
  private void atNextOwner() throws Exception {
    shard.close();
    shard = ShardHarness.movable(directory, T0 - BEHIND);
    shard.clock.advance(Duration.ofMillis(1));
  }
}
