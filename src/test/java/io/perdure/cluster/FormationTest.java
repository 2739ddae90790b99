package io.perdure.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.ClusterMessages.Formats;
import io.perdure.store.ClusterMember;
import io.perdure.store.Formed;
import io.perdure.store.ReplicatedDirectory;
import io.perdure.store.StoreConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes in one Vert.x: what they ask each other carries their names. */
@Timeout(120)
class FormationTest {
  private static final StoreConfig SMALL = new StoreConfig(8 << 20, 8 << 20, 8 << 20);

  @TempDir Path temp;
  private final Vertx vertx = Vertx.vertx();
  private Formats formats = new Formats("1.1.0", 2, 1, 2, 3, 3, 3);
  private final TreeMap<String, Node> nodes = new TreeMap<>();

  private record Node(Formation formation, ReplicatedDirectory directory) {
    Optional<Formed> formed() {
      return directory.formed();
    }
  }

  @AfterEach
  void close() {
    List.copyOf(nodes.keySet()).forEach(this::end);
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(60, TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("not within a minute", e);
    }
  }

  private static ClusterConfig config(String node, int replicas, boolean join, String... names) {
    List<Peer> peers = new ArrayList<>();
    for (String name : names) {
      int port = 10 * peers.size() + 1;
      peers.add(new Peer(name, "127.0.0.1", port, port + 1, port + 2));
    }
    return new ClusterConfig(true, "perdure", node, peers, replicas, join, Optional.empty());
  }

  /** Its data directory is {@code disk}; it answers, and asks nobody before it is told to. */
  private Node node(ClusterConfig config, int shards, String disk) {
    ReplicatedDirectory directory =
        ReplicatedDirectory.open(temp.resolve(disk), shards, SMALL, config.node());
    Formation formation = new Formation(vertx, config, directory, formats);
    await(formation.show());
    Node node = new Node(formation, directory);
    nodes.put(config.node(), node);
    return node;
  }

  private Node node(String name) {
    return node(config(name, 3, false, "a", "b", "c"), 6, "disk-" + name);
  }

  /** As a crash would: nothing is written any more. */
  private void end(String name) {
    Node node = nodes.remove(name);
    await(node.formation.close());
    node.directory.close();
  }

  private void round(Node node) {
    await(node.formation.round());
  }

  private static void assertRefused(Node node, String... words) {
    ClusterException refused =
        assertThrows(ClusterException.class, () -> await(node.formation.round()));
    for (String word : words) {
      assertTrue(refused.getMessage().contains(word), refused.getMessage());
    }
  }

  @Test
  void nodeThatWouldNotBeUnderstoodDoesNotTakePart() {
    Node a = node("a");
    formats = new Formats("1.3.0", 3, 2, 3, 3, 3, 3);
    Node b = node("b");
    assertRefused(
        b, "a runs 1.1.0 (messages: writes 2, reads 1 to 2;", "1.3.0 (messages: writes 3");
    assertRefused(a, "b runs 1.3.0", "upgrade all nodes to a version between the two first");
  }

  @Test
  void nodeThatBelongsToAClusterLooksWhetherItIsStillUnderstood() {
    nodesThatStartTogetherAgree();
    end("b");
    formats = new Formats("1.2.0", 2, 1, 3, 3, 3, 3); // reads a newer one already
    assertEquals(3, await(start("b")).members().size());
    end("b");
    formats = new Formats("1.3.0", 3, 2, 3, 3, 3, 3);
    ClusterException refused = assertThrows(ClusterException.class, () -> await(start("b")));
    assertTrue(refused.getMessage().contains("runs 1.1.0"), refused::getMessage);
  }

  private Future<Formed> start(String name) {
    ClusterConfig config = config(name, 3, false, "a", "b", "c");
    ReplicatedDirectory directory = ReplicatedDirectory.open(temp.resolve(name), 6, SMALL, name);
    Formation formation = new Formation(vertx, config, directory, formats);
    nodes.put(name, new Node(formation, directory));
    return formation.start();
  }

  @Test
  void nodesThatStartTogetherAgree() {
    List<Future<Formed>> starts = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      starts.add(start(name));
    }
    await(Future.all(starts));
    Formed formed = starts.get(0).result();
    assertEquals(
        Stream.of("a", "b", "c").map(n -> nodes.get(n).directory.incarnation()).toList(),
        formed.members().stream().map(ClusterMember::incarnation).toList());
    assertEquals(
        new ClusterMember("b", formed.members().get(1).incarnation(), "127.0.0.1", 11, 12, 13),
        formed.members().get(1));
    for (Node node : nodes.values()) {
      assertEquals(Optional.of(formed), node.formed());
      assertEquals(List.of(), node.formation.missing());
    }
  }

  @Test
  void oneNodeIsAClusterAtOnce() {
    Node a = node(config("a", 3, false, "a"), 6, "disk");
    round(a);
    assertEquals(1, a.formed().orElseThrow().members().size());
  }

  @Test
  void nothingIsFormedBeforeAllAreThere() {
    Node a = node("a");
    Node b = node("b");
    round(a);
    round(b);
    assertEquals(Optional.empty(), a.formed());
    assertEquals(Optional.empty(), b.formed());
    assertEquals(List.of("c"), a.formation.missing());
    node("c");
    round(a);
    assertEquals(3, a.formed().orElseThrow().members().size());
  }

  @Test
  void theFirstByNameAloneDecides() {
    Node a = node("a");
    Node b = node("b");
    Node c = node("c");
    round(c);
    round(b);
    assertEquals(Optional.empty(), b.formed());
    assertEquals(Optional.empty(), c.formed());
    round(a);
    round(c);
    assertEquals(a.formed(), c.formed());
  }

  @Test
  void aNodeThatBelongsToAClusterNeedsNobody() {
    Node a = node("a");
    node("b");
    node("c");
    round(a);
    Formed formed = a.formed().orElseThrow();
    List.of("a", "b", "c").forEach(this::end);
    ReplicatedDirectory directory = ReplicatedDirectory.open(temp.resolve("disk-a"), 6, SMALL, "a");
    Formation again =
        new Formation(vertx, config("a", 3, false, "a", "b", "c"), directory, formats);
    nodes.put("a", new Node(again, directory));
    assertEquals(formed, await(again.start()));
  }

  @Test
  void oneThatCrashedBeforeItHadWrittenFindsTheSame() {
    Node a = node("a");
    node("b");
    node("c");
    round(a); // decided and written down
    end("b");
    Node b = node("b");
    round(b);
    assertEquals(a.formed(), b.formed());
  }

  @Test
  void oneFindsItWithAnyThatHasWrittenIt() {
    Node a = node("a");
    Node b = node("b");
    Node c = node("c");
    round(a);
    round(b);
    Optional<Formed> formed = a.formed();
    end("a");
    round(c);
    assertEquals(formed, c.formed());
    assertFalse(c.formed().isEmpty());
  }

  @Test
  void theOneThatDecidesMayCrashBeforeAndAfterItHasWritten() {
    node("a");
    Node b = node("b");
    node("c");
    end("a"); // having heard everybody, and written nothing
    round(b);
    assertEquals(Optional.empty(), b.formed());
    round(node("a"));
    end("a"); // having written, and told nobody
    round(b);
    assertEquals(Optional.empty(), b.formed());
    Node a = node("a");
    round(b);
    assertEquals(a.formed(), b.formed());
    assertFalse(b.formed().isEmpty());
  }

  @Test
  void aLostDiskIsAnotherNode() {
    Node a = node("a");
    node("b");
    node("c");
    round(a);
    String lost = nodes.get("b").directory.incarnation();
    end("b"); // before it has written anything down: it makes no difference
    Node b = node(config("b", 3, false, "a", "b", "c"), 6, "new-disk");
    String now = b.directory.incarnation();
    assertRefused(b, "a knows node b", lost, now, "perdure cluster remove");
    assertEquals(Optional.empty(), b.formed());
  }

  @Test
  void theDiskOfTheOneThatDecidedIsNoExceptionToThat() {
    Node a = node("a");
    Node b = node("b");
    Node c = node("c");
    round(a);
    round(b);
    Optional<Formed> formed = b.formed();
    end("a");
    a = node(config("a", 3, false, "a", "b", "c"), 6, "new-disk");
    assertRefused(a, "b knows node a");
    round(c);
    assertEquals(formed, c.formed());
  }

  @Test
  void anotherNumberOfShardsIsRefusedNamingBoth() {
    node("a");
    Node b = node(config("b", 3, false, "a", "b", "c"), 8, "disk-b");
    assertRefused(b, "data.shards", "8 on b", "6 on a");
    assertRefused(nodes.get("a"), "data.shards", "6 on a", "8 on b");
  }

  @Test
  void anotherNumberOfReplicasIsRefusedNamingBoth() {
    node("a");
    Node b = node(config("b", 5, false, "a", "b", "c"), 6, "disk-b");
    assertRefused(b, "cluster.replicas", "5 on b", "3 on a");
  }

  @Test
  void otherNodesAreRefusedNamingBoth() {
    node("a");
    Node b = node(config("b", 3, false, "a", "b"), 6, "disk-b");
    assertRefused(b, "cluster.nodes", "a, b on b", "a, b, c on a");
  }

  @Test
  void aNodeTheClusterDoesNotHaveIsToldToJoin() {
    Node a = node(config("a", 3, false, "a"), 6, "disk-a");
    round(a);
    Node b = node(config("b", 3, false, "a", "b"), 6, "disk-b");
    assertRefused(b, "a belongs to a cluster without b", "cluster.join=true");
  }

  @Test
  void aNodeThatJoinsWaitsUntilTheClusterHasIt() {
    Node a = node(config("a", 3, false, "a"), 6, "disk-a");
    round(a);
    Formed one = a.formed().orElseThrow();
    Node b = node(config("b", 3, true, "a", "b"), 6, "disk-b");
    round(b);
    assertEquals(Optional.empty(), b.formed());
    ClusterMember joined =
        new ClusterMember("b", b.directory.incarnation(), "127.0.0.1", 11, 12, 13);
    List<ClusterMember> both = List.of(one.members().get(0), joined);
    a.directory.form(new Formed(one.id(), one.replicas(), one.epochBase(), both));
    round(b);
    assertEquals(a.formed(), b.formed());
    assertEquals(2, b.formed().orElseThrow().members().size());
  }

  @Test
  void aNodeWithANewDiskWaitsToBeAddedWhenItIsToJoin() {
    Node a = node(config("a", 3, false, "a", "b"), 6, "disk-a");
    Node b = node(config("b", 3, false, "a", "b"), 6, "disk-b");
    round(a);
    round(b);
    assertTrue(b.formed().isPresent());
    end("b");
    b = node(config("b", 3, true, "a", "b"), 6, "new-disk");
    round(b);
    assertEquals(Optional.empty(), b.formed());
  }

  @Test
  void aNodeThatJoinsWaitsForAClusterToo() {
    Node b = node(config("b", 3, true, "a", "b"), 6, "disk-b");
    round(b);
    assertEquals(Optional.empty(), b.formed());
    Node a = node(config("a", 3, false, "a", "b"), 6, "disk-a");
    assertRefused(a, "cluster.join", "false on a", "true on b");
  }

  @Test
  void nodesOfTwoClustersDoNotMix() {
    round(node(config("a", 3, false, "a"), 6, "disk-a"));
    round(node(config("b", 3, false, "b"), 6, "disk-b"));
    Node c = node("c");
    assertRefused(c, "a and b belong to different clusters");
  }
}
