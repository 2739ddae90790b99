package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.perdure.cluster.raft.TestCluster.TestNode;
import io.perdure.journal.Journal;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RaftMembershipTest extends OnCluster {
  @Test
  void aMemberIsReplacedUnderLoad() throws Exception {
    List<TestNode> old = cluster.form("a", "b", "c");
    TestNode leader = cluster.leader();
    TestNode leaving = old.get(leader == old.get(0) ? 1 : 0);
    TestNode joining = cluster.node("d").start();
    List<TestNode> with = new ArrayList<>(old);
    with.add(joining);
    joining.open(TestCluster.GROUP, TestCluster.members(old));
    List<TestNode> without = new ArrayList<>(with);
    without.remove(leaving);
    Journal journal = leader.seat().lead();
    AtomicBoolean enough = new AtomicBoolean();
    Future<Integer> load = load(journal, 0, enough);
    Seat.get(leader.seat().group.setMembers(TestCluster.members(without)));
    enough.set(true);
    int last = Seat.get(load);
    for (TestNode node : without) {
      node.seat().awaitValue("k", "v" + last);
      node.seat().await("three members", () -> node.seat().members().size() == 3);
    }
    leaving.leave(TestCluster.GROUP);
    assertFalse(hasGroups(leaving));
    assertEquals(TestCluster.members(without), leader.seat().group.state().members());
  }

  private boolean hasGroups(TestNode node) throws Exception {
    try (var groups = Files.list(dir.resolve(node.name + "/raft"))) {
      return groups.findAny().isPresent();
    }
  }

  /** Commits one after the other; the number of the last. */
  private static Future<Integer> load(Journal journal, int number, AtomicBoolean enough) {
    return journal
        .commit(Seat.batch("k", "v" + number))
        .compose(
            done ->
                enough.get() ? Future.succeededFuture(number) : load(journal, number + 1, enough));
  }
}
