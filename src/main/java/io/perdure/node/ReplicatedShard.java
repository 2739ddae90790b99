package io.perdure.node;

import io.perdure.cluster.raft.Member;
import io.perdure.cluster.raft.RaftGroup;
import io.perdure.journal.Journal;
import io.perdure.shard.ShardStorage;
import io.perdure.store.StoreReader;
import io.vertx.core.Future;
import java.nio.file.Path;

/**
 * The storage of one shard as its group has it: open while this node leads the group, under an
 * epoch that grows with each term.
 */
final class ReplicatedShard implements ShardStorage {
  private final RaftGroup group;
  private final long term;
  private final long epoch;
  private final Journal journal;

  private ReplicatedShard(RaftGroup group, long term, long epochBase) {
    this.group = group;
    this.term = term;
    this.epoch = epochBase + term;
    this.journal = group.journal(term);
  }

  /** Opens the shard of {@code group} whenever this node leads it. */
  static ShardStorage.Source source(RaftGroup group, long epochBase) {
    return new Source() {
      private volatile long led;

      @Override
      public ShardStorage open() {
        return new ReplicatedShard(group, led, epochBase);
      }

      @Override
      public void watch(Ownership ownership) {
        group.watch(
            new RaftGroup.Watcher() {
              @Override
              public void leading(long term) {
                led = term;
                ownership.gained();
              }

              @Override
              public void following(long term, String leader) {
                ownership.lost(Member.nodeOf(leader));
              }
            });
      }

      @Override
      public StoreReader replica() {
        return group.store();
      }
    };
  }

  @Override
  public StoreReader reader() {
    return group.store();
  }

  @Override
  public Journal journal() {
    return journal;
  }

  @Override
  public long epoch() {
    return epoch;
  }

  @Override
  public Future<Void> confirm() {
    return group.confirm(term);
  }

  @Override
  public boolean moves() {
    return true;
  }

  @Override
  public void dropBelow(int bucket) {
    group.store().store().dropBelow(bucket);
  }

  @Override
  public void checkpoint(Path directory) {
    group.store().checkpoint(directory);
  }

  @Override
  public Future<Void> close() {
    return journal.close();
  }
}
