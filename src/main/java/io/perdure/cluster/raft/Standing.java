package io.perdure.cluster.raft;

import io.perdure.cluster.raft.RaftGroup.Watcher;
import io.perdure.journal.Batch;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.ratis.server.DivisionInfo;

/**
 * Whether this member leads its group, told to whoever watches in the order in which it happens,
 * although it comes on several threads. Thread-safe.
 */
final class Standing {
  private final String self;
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

  /** Null until the member has been started. */
  private DivisionInfo info;

  /** The term that this member leads; 0 when it does not. */
  private long leads;

  /** Id of the member that does; null for none, or this one. */
  private String leader;

  Standing(String self) {
    this.self = self;
  }

  synchronized void started(DivisionInfo member) {
    info = member;
  }

  synchronized void watch(Watcher watcher) {
    watchers.add(watcher);
    tell(watcher);
  }

  private void tell(Watcher watcher) {
    if (leads > 0) {
      watcher.leading(leads);
    } else {
      watcher.following(info == null ? 0 : info.getCurrentTerm(), leader);
    }
  }

  /** This member leads {@code term} and has applied what was before. */
  synchronized void ready(long term) {
    // What ends a term makes the member a follower first and says so after: so either it is seen
    // here, or what it says comes behind this.
    if (info.isLeader() && info.getCurrentTerm() == term) {
      leads = term;
      leader = null;
      watchers.forEach(this::tell);
    }
  }

  /** This member leads no more. */
  synchronized void notLeader() {
    leads = 0;
    leader = null;
    watchers.forEach(this::tell);
  }

  /** {@code id} leads. */
  synchronized void ledBy(String id) {
    if (!id.equals(self)) { // else ready() follows, once it is
      leads = 0;
      leader = id;
      watchers.forEach(this::tell);
    }
  }

  void applied(Batch batch, long index) {
    forEach(watcher -> watcher.applied(batch, index));
  }

  void replaced() {
    forEach(Watcher::replaced);
  }

  void members(List<Member> members) {
    forEach(watcher -> watcher.members(members));
  }

  private void forEach(Consumer<Watcher> event) {
    for (Watcher watcher : watchers) {
      event.accept(watcher);
    }
  }
}
