package io.perdure.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.ClusterMessages.ChangeNode;
import io.perdure.bus.ClusterMessages.Formats;
import io.perdure.bus.ClusterMessages.MemberAt;
import io.perdure.bus.ClusterMessages.NodeChange;
import io.perdure.bus.ClusterMessages.NodeWaits;
import io.perdure.cluster.NodeTable.State;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeTableTest {
  private static final Formats OWN = new Formats("2", 2, 1, 2, 3, 2, 3);
  private static final long NOW = 1_000_000;
  private static final MemberAt N3 = new MemberAt("n3.0000000c", "10.0.0.3", 9101);

  private final NodeTable table =
      NodeTable.formed(
          3,
          List.of(
              new MemberAt("n2.0000000b", "10.0.0.2", 9101),
              new MemberAt("n1.0000000a", "10.0.0.1", 9101)));

  private NodeTable change(NodeTable of, String name, NodeChange change) {
    return change(of, name, change, 0);
  }

  private NodeTable change(NodeTable of, String name, NodeChange change, long graceMillis) {
    return NodeChanges.apply(of, new ChangeNode(name, change, graceMillis), null, OWN, NOW);
  }

  private NodeTable add(NodeTable of, MemberAt member, Formats formats) {
    ChangeNode asked = new ChangeNode(member.node(), NodeChange.ADD, 0);
    return NodeChanges.apply(of, asked, new NodeWaits(member, formats), OWN, NOW);
  }

  private static Failure refused(org.junit.jupiter.api.function.Executable change) {
    return assertThrows(FailureException.class, change).failure();
  }

  @Test
  void whatIsWrittenIsRead() {
    NodeTable changed =
        change(add(table, N3, OWN), "n2", NodeChange.DRAIN).with("n1", State.LEAVING);
    assertEquals(changed, NodeTable.parse(changed.bytes()));
    assertEquals(5, changed.version());
  }

  @Test
  void whatIsDamagedOrNewerIsRefused() {
    for (String text : List.of("{", "{\"format\": 2}", "{\"format\": 1, \"nodes\": [{}]}")) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      assertThrows(StoreException.class, () -> NodeTable.parse(bytes), text);
    }
  }

  @Test
  void nodeThatWaitsIsAddedAndReplicasMove() {
    NodeTable added = add(table, N3, OWN);
    assertEquals(List.of("n1", "n2", "n3"), added.staying());
    assertTrue(added.moving());
    assertSame(added, add(added, N3, OWN), "added again");
    assertSame(added, change(added, "n3", NodeChange.ADD), "added again");
  }

  @Test
  void nodeThatDoesNotWaitIsNotFound() {
    assertInstanceOf(Failure.NotFound.class, refused(() -> change(table, "n9", NodeChange.ADD)));
  }

  @Test
  void anotherDiskUnderTheSameNameIsNoSuchNode() {
    MemberAt fresh = new MemberAt("n2.ffffffff", "10.0.0.2", 9101);
    Failure failure = refused(() -> add(table, fresh, OWN));
    assertTrue(failure.message().contains("remove it first"), failure::message);
    NodeTable removing = change(table, "n2", NodeChange.REMOVE);
    failure = refused(() -> add(removing, fresh, OWN));
    assertTrue(failure.message().contains("still being removed"), failure::message);
  }

  @Test
  void nodeThatWouldNotBeUnderstoodIsRefused() {
    add(table, N3, new Formats("1", 1, 1, 2, 2, 2, 3));
    for (Formats strange :
        List.of(
            new Formats("0", 0, 0, 2, 2, 2, 3), // writes what is not read any more
            new Formats("0", 1, 1, 2, 1, 1, 3),
            new Formats("1", 1, 1, 0, 2, 2, 0), // does not read what is written
            new Formats("3", 2, 2, 2, 3, 4, 4),
            new Formats("3", 3, 1, 3, 3, 2, 3), // writes what is not read yet
            new Formats("3", 2, 1, 2, 4, 3, 4))) {
      assertInstanceOf(Failure.Conflict.class, refused(() -> add(table, N3, strange)));
    }
  }

  @Test
  void drainedNodeIsResumed() {
    NodeTable drained = change(table, "n1", NodeChange.DRAIN);
    assertEquals(State.DRAINING, drained.node("n1").orElseThrow().state());
    assertEquals(
        State.ACTIVE, change(drained, "n1", NodeChange.RESUME).node("n1").orElseThrow().state());
  }

  @Test
  void timeToHandOverIsWhatWasAskedForLast() {
    for (NodeChange change : List.of(NodeChange.DRAIN, NodeChange.REMOVE)) {
      NodeTable asked = change(table, "n1", change, 60_000);
      assertEquals(NOW + 60_000, asked.node("n1").orElseThrow().graceUntil());
      assertEquals(asked, NodeTable.parse(asked.bytes()));
      NodeTable again = change(asked, "n1", change, 0);
      assertEquals(NOW, again.node("n1").orElseThrow().graceUntil());
      assertEquals(asked.staying(), again.staying());
      NodeTable resumed = change(again, "n1", NodeChange.RESUME);
      assertEquals(0, resumed.node("n1").orElseThrow().graceUntil());
    }
  }

  @Test
  void removedNodeMayBeResumedWhileItIsThere() {
    NodeTable removing = change(table, "n1", NodeChange.REMOVE);
    assertEquals(List.of("n2"), removing.staying());
    assertTrue(removing.moving());
    assertInstanceOf(
        Failure.Conflict.class, refused(() -> change(removing, "n1", NodeChange.DRAIN)));
    assertEquals(table.staying(), change(removing, "n1", NodeChange.RESUME).staying());
  }

  @Test
  void lastActiveNodeStays() {
    NodeTable drained = change(table, "n1", NodeChange.DRAIN);
    for (NodeChange change : List.of(NodeChange.DRAIN, NodeChange.REMOVE)) {
      assertInstanceOf(Failure.Conflict.class, refused(() -> change(drained, "n2", change)));
    }
  }

  @Test
  void unknownNodeIsNotFound() {
    for (NodeChange change : List.of(NodeChange.DRAIN, NodeChange.RESUME, NodeChange.REMOVE)) {
      assertInstanceOf(Failure.NotFound.class, refused(() -> change(table, "n9", change)));
    }
  }
}
