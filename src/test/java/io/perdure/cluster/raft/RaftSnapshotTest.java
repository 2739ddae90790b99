package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.cluster.raft.TestCluster.TestNode;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.journal.Journal;
import io.perdure.store.Replica;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaftSnapshotTest extends OnCluster {
  @Test
  void aFollowerFarBehindIsGivenASnapshot() {
    List<TestNode> all = cluster.form("a", "b", "c");
    TestNode leader = cluster.leader();
    TestNode behind = all.get(leader == all.get(0) ? 1 : 0);
    leader.seat().put("first", "v");
    behind.kill();
    Journal journal = leader.seat().lead();
    byte[] value = new byte[8_000];
    for (int round = 0; round < 10; round++) { // more than is kept behind a snapshot
      List<Future<Void>> commits = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        byte[] key = Seat.bytes("k" + round + "-" + i);
        commits.add(journal.commit(new Batch().put(Family.RECORD, key, value)));
      }
      Seat.get(Future.all(commits).mapEmpty());
    }
    all.stream().filter(node -> node != behind).forEach(node -> snapshot(node));
    Seat seat = behind.again();
    seat.await("a snapshot", () -> seat.replacements() > 0);
    leader.seat().put("last", "v");
    seat.awaitValue("last", "v");
    assertEquals("v", seat.read("first"));
    assertTrue(seat.replica.get(Family.RECORD, Seat.bytes("k9-499")).length == value.length);
  }

  private static void snapshot(TestNode node) {
    Seat.get(node.seat().group.snapshot());
  }

  @Test
  void aConvertedStoreKeepsItsDataAndIsGrown() {
    TestNode first = cluster.node("a").start();
    try (Replica converted = first.replica(TestCluster.GROUP)) {
      converted.apply(Seat.batch("old", "v"), 1, 1);
    }
    Seat seat = first.open(TestCluster.GROUP, List.of(first.member));
    seat.put("new", "w");
    assertEquals("v", seat.read("old"));
    List<TestNode> all = List.of(first, cluster.node("b"), cluster.node("c"));
    for (TestNode joining : all.subList(1, 3)) {
      joining.start().open(TestCluster.GROUP, List.of(first.member));
    }
    Seat.get(seat.group.setMembers(TestCluster.members(all)));
    for (TestNode node : all) {
      node.seat().awaitValue("new", "w");
      assertEquals("v", node.seat().read("old"));
    }
    assertEquals(3, seat.group.state().members().size());
  }
}
