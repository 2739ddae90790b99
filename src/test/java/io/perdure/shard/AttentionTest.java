package io.perdure.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.perdure.store.Keys;
import org.junit.jupiter.api.Test;

class AttentionTest {
  private final Attention attention = new Attention();

  @Test
  void whatTheNextBatchHasIsNotLookedForBeforeItIsCommitted() {
    attention.lookedAtBefore(100, null);
    attention.written(50);
    attention.flushed();
    attention.written(20);
    attention.flushed();

    attention.committed();
    assertArrayEquals(Keys.expiry(50), attention.from());
    attention.lookedAtBefore(100, null);

    attention.committed();
    assertArrayEquals(Keys.expiry(20), attention.from());
  }

  @Test
  void batchWithoutSuchARecordLeavesThePlaceWhereItIs() {
    attention.lookedAtBefore(100, null);
    attention.flushed();
    attention.committed();
    assertArrayEquals(Keys.expiry(100), attention.from());
  }
}
