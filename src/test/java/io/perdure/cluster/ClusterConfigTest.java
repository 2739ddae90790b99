package io.perdure.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.config.Problems;
import io.perdure.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterConfigTest {
  private static final String THREE = "a=127.0.0.1:1:2:3,b=127.0.0.1:4:5:6,c-2=localhost:7:8:9";

  private final Problems problems = new Problems();

  @TempDir Path dir;

  private ClusterConfig read(String... keysAndValues) {
    Map<String, String> set = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      set.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return new Settings(problems)
        .set(set)
        .read(root -> ClusterConfig.read(root.section("cluster")));
  }

  private void assertProblem(String... words) {
    assertEquals(1, problems.messages().size(), problems::toString);
    for (String word : words) {
      assertTrue(problems.messages().get(0).contains(word), problems::toString);
    }
  }

  private ClusterConfig enabled(String node, String nodes) {
    return read("cluster.enabled", "true", "cluster.node", node, "cluster.nodes", nodes);
  }

  @Test
  void aNodeStandsAloneUnlessToldOtherwise() {
    assertEquals(ClusterConfig.NONE, read());
    assertEquals(List.of(), problems.messages());
  }

  @Test
  void nothingIsAskedOfANodeThatStandsAlone() {
    assertFalse(read("cluster.nodes", "nonsense", "cluster.tls.key", "/none").enabled());
    assertEquals(List.of(), problems.messages());
  }

  @Test
  void threeNodesOnLoopbackNeedNothingElse() {
    ClusterConfig config = enabled("b", THREE);
    assertEquals(List.of(), problems.messages());
    assertEquals(new Peer("b", "127.0.0.1", 4, 5, 6), config.self());
    assertEquals(3, config.nodes().size());
    assertEquals(3, config.replicas());
    assertEquals("perdure", config.name());
    assertEquals(Optional.empty(), config.tls());
    assertEquals(List.of(), config.hints());
  }

  @Test
  void anAddressMayBeOneOfIpVersion6() {
    Peer peer = Peer.parse("n1=[fe80::1]:1:2:3").orElseThrow();
    assertEquals("fe80::1", peer.host());
    assertEquals("[fe80::1]:2", peer.at(peer.busPort()));
    assertTrue(Peer.parse("n1=[::1]:1:2:3").orElseThrow().isLoopback());
  }

  @Test
  void whatIsNoNodeIsNamed() {
    enabled("a", "a=127.0.0.1:1:2:3,b=127.0.0.1:4:5");
    assertProblem("cluster.nodes", "\"b=127.0.0.1:4:5\"", "name=host:raftPort:busPort:memberPort");
  }

  @Test
  void portsAreWithinTheirRange() {
    assertEquals(Optional.empty(), Peer.parse("a=h:1:2:65536"));
    assertEquals(Optional.empty(), Peer.parse("a=h:0:2:3"));
    assertEquals(Optional.empty(), Peer.parse("A=h:1:2:3"));
    assertTrue(Peer.parse("a=h:1:2:65535").isPresent());
  }

  @Test
  void aNameMayBeThereOnce() {
    enabled("a", "a=127.0.0.1:1:2:3,a=127.0.0.1:4:5:6");
    assertProblem("two nodes have the name a");
  }

  @Test
  void aPortOfAHostMayBeThereOnce() {
    enabled("a", "a=127.0.0.1:1:2:3,b=127.0.0.1:3:4:5");
    assertProblem("127.0.0.1:3 is there twice");
  }

  @Test
  void aNodeNeedsAName() {
    read("cluster.enabled", "true", "cluster.nodes", THREE);
    assertProblem("cluster.node", "expected the name of this node");
  }

  @Test
  void aNodeIsOneOfTheNodes() {
    enabled("d", THREE);
    assertProblem("cluster.nodes", "expected one for this node", "d=10.0.0.1:9101:9102:9103");
  }

  @Test
  void othersAreReachedByTlsOrNotAtAll() {
    enabled("a", "a=10.0.0.1:1:2:3,b=10.0.0.2:1:2:3");
    assertProblem("10.0.0.1, 10.0.0.2", "cluster.tls.certificate", "cluster.tls.off=true");
  }

  @Test
  void whoTrustsTheNetworkSaysSo() {
    read(
        "cluster.enabled", "true",
        "cluster.node", "a",
        "cluster.nodes", "a=10.0.0.1:1:2:3",
        "cluster.tls.off", "true");
    assertEquals(List.of(), problems.messages());
  }

  @Test
  void theFilesOfTlsGoTogether() throws IOException {
    Path file = Files.writeString(dir.resolve("c.pem"), "");
    read(
        "cluster.enabled", "true",
        "cluster.node", "a",
        "cluster.nodes", "a=10.0.0.1:1:2:3",
        "cluster.tls.certificate", file.toString(),
        "cluster.tls.authority", file.toString());
    assertProblem("cluster.tls.key", "go together");
  }

  @Test
  void aFileOfTlsThatCannotBeReadIsNamed() throws IOException {
    Path file = Files.writeString(dir.resolve("c.pem"), "");
    read(
        "cluster.enabled",
        "true",
        "cluster.node",
        "a",
        "cluster.nodes",
        "a=10.0.0.1:1:2:3",
        "cluster.tls.certificate",
        file.toString(),
        "cluster.tls.key",
        dir.resolve("none").toString(),
        "cluster.tls.authority",
        file.toString());
    assertProblem("cluster.tls.key", "none cannot be read");
  }

  @Test
  void tlsIsNotSetAndOffAtOnce() throws IOException {
    String file = Files.writeString(dir.resolve("c.pem"), "").toString();
    read(
        "cluster.enabled", "true",
        "cluster.node", "a",
        "cluster.nodes", "a=10.0.0.1:1:2:3",
        "cluster.tls.certificate", file,
        "cluster.tls.key", file,
        "cluster.tls.authority", file,
        "cluster.tls.off", "true");
    assertProblem("cluster.tls.off", "which is it?");
  }

  @Test
  void anEvenNumberOfReplicasIsAllowedAndHintedAt() {
    ClusterConfig config =
        read(
            "cluster.enabled", "true",
            "cluster.node", "a",
            "cluster.nodes", THREE,
            "cluster.replicas", "4");
    assertEquals(List.of(), problems.messages());
    assertTrue(config.hints().get(0).contains("as many nodes may fail as with 3"));
  }
}
