package io.perdure.node;

import io.perdure.cluster.raft.Member;
import io.perdure.cluster.raft.RaftGroup;
import io.perdure.journal.Batch;
import io.perdure.journal.Journal;
import io.perdure.registry.RegistryStorage;
import io.perdure.store.StoreReader;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The registry's storage as its group has it: open while this node leads the group. */
final class ReplicatedRegistry implements RegistryStorage {
  private final RaftGroup group;
  private final long term;
  private final Journal journal;

  private ReplicatedRegistry(RaftGroup group, long term) {
    this.group = group;
    this.term = term;
    this.journal = group.journal(term);
  }

  /** Opens it whenever this node leads {@code group}. */
  static Source source(RaftGroup group) {
    return new Source() {
      private volatile long led;

      @Override
      public RegistryStorage open() {
        return new ReplicatedRegistry(group, led);
      }

      @Override
      public void watch(Watcher watcher) {
        watcher.members(nodes(group.state().members()));
        group.watch(
            new RaftGroup.Watcher() {
              @Override
              public void leading(long term) {
                led = term;
                watcher.gained();
              }

              @Override
              public void following(long term, String leader) {
                watcher.lost(Member.nodeOf(leader));
              }

              @Override
              public void applied(Batch batch, long index) {
                watcher.applied(batch, index);
              }

              @Override
              public void replaced() {
                watcher.replaced();
              }

              @Override
              public void members(List<Member> members) {
                watcher.members(nodes(members));
              }
            });
      }

      @Override
      public StoreReader replica() {
        return group.store();
      }
    };
  }

  private static Set<String> nodes(List<Member> members) {
    return members.stream().map(Member::node).collect(Collectors.toSet());
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
  public Future<Void> confirm() {
    return group.confirm(term);
  }

  /** Changes of the registry are rare: the next heartbeat, which would tell, may be 0.5 s away. */
  @Override
  public Future<Void> acknowledged() {
    group.tellCommitted();
    return Future.succeededFuture();
  }

  @Override
  public void checkpoint(Path directory) {
    group.store().checkpoint(directory);
  }
}
