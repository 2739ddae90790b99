package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.cluster.raft.TestCluster.TestNode;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.journal.Journal;
import io.perdure.journal.JournalException;
import io.perdure.store.Meta;
import io.vertx.core.Future;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RaftGroupTest extends OnCluster {
  @Test
  void aPortInUseIsNamedAndEndsNoProcess() throws Exception {
    TestNode node = cluster.node("a");
    try (ServerSocket taken =
        new ServerSocket(node.member.port(), 1, InetAddress.getLoopbackAddress())) {
      UncheckedIOException refused = assertThrows(UncheckedIOException.class, node::start);
      String said = refused.getMessage();
      assertTrue(said.contains("Raft port 127.0.0.1:" + taken.getLocalPort()), said);
    }
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

  @Test
  void aLeaderThatIsCutOffConfirmsNothingOnceAnotherLeads() {
    List<TestNode> all = cluster.form("a", "b", "c");
    TestNode old = cluster.leader();
    long term = old.seat().leads();
    old.seat().put("k", "old");
    Seat.get(old.seat().group.confirm(term));
    cluster.cut(old);
    TestNode other = all.get(old == all.get(0) ? 1 : 0);
    TestNode another = all.get(old == all.get(2) ? 1 : 2);
    other.seat().await("another leader", () -> other.seat().leads() + another.seat().leads() > 0);
    Future<Void> confirmed = old.seat().group.confirm(term);
    assertInstanceOf(NotLeaderException.class, Seat.failure(confirmed));
    cluster.heal();
    all.forEach(node -> node.seat().awaitValue("k", "old"));
  }

  @Test
  void whatACutOffLeaderWasGivenIsReportedAsUnknown() {
    cluster.form("a", "b", "c");
    TestNode old = cluster.leader();
    Journal journal = old.seat().lead();
    cluster.cut(old);
    assertInstanceOf(JournalException.class, Seat.failure(journal.commit(Seat.batch("k", "lost"))));
    assertInstanceOf(
        JournalException.class, Seat.failure(journal.commit(Seat.batch("k", "later"))));
  }

  @Test
  void theLeaderAloneTellsTheTermThatItLeads() {
    List<TestNode> all = cluster.form("a", "b", "c");
    cluster.leader().seat().put("k", "v");
    for (TestNode node : all) {
      Seat seat = node.seat();
      seat.awaitValue("k", "v");
      seat.await("the term that it leads", () -> seat.group.leading() == seat.leads());
    }
  }

  @Test
  void aFollowerCatchesUpWithWhatWasAcknowledged() {
    List<TestNode> all = cluster.form("a", "b", "c");
    TestNode leader = cluster.leader();
    for (int i = 0; i < 20; i++) {
      leader.seat().put("k", "v" + i);
      for (TestNode node : all) {
        Seat.get(node.seat().group.catchUp());
        assertEquals("v" + i, node.seat().read("k"));
      }
    }
  }

  @Test
  void whatWasDecidedInAnotherTermIsAppliedNowhere() {
    List<TestNode> all = cluster.form("a", "b", "c");
    Seat leader = cluster.leader().seat();
    Journal other = leader.group.journal(leader.leads() + 1);
    assertInstanceOf(JournalException.class, Seat.failure(other.commit(Seat.batch("k", "fenced"))));
    leader.put("l", "w");
    for (TestNode node : all) {
      node.seat().awaitValue("l", "w");
      assertNull(node.seat().read("k"));
    }
  }

  @Test
  void whoGivesUpATermLeadsAnotherNext() {
    Seat seat = cluster.form("a").get(0).seat();
    seat.lead();
    long led = seat.leads();
    ((GroupMember) seat.group).resign(led);
    seat.await("a term after " + led, () -> seat.leads() > led);
  }

  @Test
  void nothingAcknowledgedIsLostWithTheLeader() {
    List<TestNode> all = cluster.form("a", "b", "c");
    TestNode old = cluster.leader();
    Journal journal = old.seat().lead();
    Map<String, Future<Void>> commits = new LinkedHashMap<>();
    for (int i = 0; i < 500; i++) {
      commits.put("k" + i, journal.commit(Seat.batch("k" + i, "v")));
    }
    Seat.get(commits.get("k100"));
    old.kill();
    TestNode next = cluster.leader();
    next.seat().put("last", "v");
    commits.forEach(
        (key, commit) -> {
          if (commit.succeeded()) {
            assertEquals("v", next.seat().read(key));
          }
        });
    old.again();
    all.forEach(node -> node.seat().awaitValue("last", "v"));
  }

  @Test
  void aLargeBatchComesIntoForceWhole() {
    List<TestNode> all = cluster.form("a", "b", "c");
    Batch large = new Batch();
    byte[] value = new byte[500_000];
    for (int i = 0; i < 10; i++) {
      large.put(Family.RECORD, Seat.bytes("k" + i), value);
    }
    Seat leader = cluster.leader().seat();
    Seat.get(leader.lead().commit(large));
    leader.put("l", "w");
    for (TestNode node : all) {
      node.seat().awaitValue("l", "w");
      for (int i = 0; i < 10; i++) {
        assertArrayEquals(value, node.seat().replica.get(Family.RECORD, Seat.bytes("k" + i)));
      }
      assertNull(node.seat().replica.get(Family.META, Meta.part(0)));
    }
  }

  @Test
  void leadershipIsHandedOver() {
    cluster.form("a", "b", "c");
    TestNode old = cluster.leader();
    TestNode next = cluster.node(old.name.equals("a") ? "b" : "a");
    Seat.get(old.seat().group.transferTo(next.member.id()));
    next.seat().put("k", "v");
    Seat.get(next.seat().group.confirm(next.seat().leads()));
  }

  @Test
  void whatIsWrittenWhileLeadershipIsHandedOnInVainIsMadeAfterwards() {
    cluster.form("a", "b", "c");
    TestNode old = cluster.leader();
    TestNode next = cluster.node(old.name.equals("a") ? "b" : "a");
    long term = old.seat().leads();
    Journal journal = old.seat().lead();
    cluster.cut(next); // so it is not told
    Future<Void> handed = old.seat().group.transferTo(next.member.id());
    old.seat().await("the end of its lease", () -> !old.seat().group.confirm(term).succeeded());
    Future<Void> commit = journal.commit(Seat.batch("k", "v"));
    Seat.failure(handed);
    Seat.get(commit);
    assertEquals(term, old.seat().leads());
  }

  @Test
  void whatIsWrittenWhileLeadershipIsHandedOnIsMadeOrSaidToBeRefused() {
    List<TestNode> all = cluster.form("a", "b", "c");
    TestNode old = cluster.leader();
    TestNode next = cluster.node(old.name.equals("a") ? "b" : "a");
    Journal journal = old.seat().lead();
    List<Future<Void>> commits = new ArrayList<>();
    Future<Void> handed = old.seat().group.transferTo(next.member.id());
    do {
      Future<Void> commit = journal.commit(Seat.batch("k" + commits.size(), "v"));
      Seat.get(commit.otherwiseEmpty());
      commits.add(commit);
    } while (!handed.isComplete());
    Seat.get(handed);
    next.seat().put("last", "v");
    for (TestNode node : all) {
      node.seat().awaitValue("last", "v");
      for (int i = 0; i < commits.size(); i++) {
        Throwable failure = commits.get(i).cause();
        if (failure == null || assertInstanceOf(JournalException.class, failure).isRefused()) {
          assertEquals(failure == null ? "v" : null, node.seat().read("k" + i));
        }
      }
    }
  }
}
