package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.cluster.raft.TestCluster.TestNode;
import io.perdure.journal.Journal;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftGroupTest {
  @TempDir Path dir;
  private TestCluster cluster;

  @BeforeEach
  void begin() {
    cluster = new TestCluster(dir);
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  @Test
  void aGroupOfOneCommits() {
    TestNode node = cluster.form("a").get(0);
    node.seat().put("k", "v");
    assertEquals("v", node.seat().read("k"));
  }

  @Test
  void whatIsCommittedComesToAllMembers() {
    List<TestNode> all = cluster.form("a", "b", "c");
    cluster.leader().seat().put("k", "v");
    all.forEach(node -> node.seat().awaitValue("k", "v"));
  }

  @Test
  void commitsHandedOverAtOnceAreAppliedInTheirOrder() {
    List<TestNode> all = cluster.form("a", "b", "c");
    Journal journal = cluster.leader().seat().lead();
    List<Future<Void>> commits = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      commits.add(journal.commit(Seat.batch("k", "v" + i)));
    }
    Seat.get(Future.all(commits).mapEmpty());
    all.forEach(node -> node.seat().awaitValue("k", "v199"));
  }

  @Test
  void allOfItIsThereWhenAllComeBack() {
    List<TestNode> all = cluster.form("a", "b", "c");
    cluster.leader().seat().put("k", "v");
    all.forEach(TestNode::kill);
    all.forEach(TestNode::again);
    cluster.leader().seat().put("l", "w");
    for (TestNode node : all) {
      node.seat().awaitValue("l", "w");
      assertEquals("v", node.seat().read("k"));
    }
  }

  @Test
  void aLeaderKnowsThatItIsOne() {
    cluster.form("a", "b", "c");
    Seat seat = cluster.leader().seat();
    Seat.get(seat.group.confirm(seat.leads()));
    assertTrue(seat.group.state().ready());
  }
}
