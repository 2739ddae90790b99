package io.perdure.cluster;

import static io.perdure.config.Rule.any;
import static io.perdure.config.Rule.between;
import static io.perdure.config.Rule.matching;

import io.perdure.config.Section;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which cluster a node belongs to, and how it reaches the others.
 *
 * @param enabled false for a node that stands alone; then nothing else here matters
 * @param name of the cluster: nodes and clients of another name are not let in
 * @param node name of this node, one of {@code nodes}; empty unless enabled
 * @param nodes all that are to be there at the first start, or can be asked by one that joins later
 * @param replicas how many nodes have each shard, or all of them where there are fewer, 1 to 7
 * @param join this node is new in a cluster that exists: it waits until it is added there
 * @param tls empty when the nodes talk in the clear
 */
public record ClusterConfig(
    boolean enabled,
    String name,
    String node,
    List<Peer> nodes,
    int replicas,
    boolean join,
    Optional<ClusterTls> tls) {

  /** Of a node that stands alone. */
  public static final ClusterConfig NONE =
      new ClusterConfig(false, "perdure", "", List.of(), 3, false, Optional.empty());

  public ClusterConfig {
    nodes = List.copyOf(nodes);
  }

  /** Reads the section {@code cluster}, which is held to its rules only where it is enabled. */
  public static ClusterConfig read(Section conf) {
    boolean enabled = conf.bool("enabled", false);
    String name = conf.text("name", NONE.name, matching(Peer.NAME.asMatchPredicate(), NAME_FORM));
    Optional<String> node =
        conf.optionalText("node", matching(Peer.NAME.asMatchPredicate(), NAME_FORM));
    List<String> written = conf.list("nodes", List.of(), any());
    int replicas = conf.integer("replicas", NONE.replicas, between(1, 7));
    boolean join = conf.bool("join", false);
    Optional<ClusterTls> tls = tls(conf.section("tls"), enabled);
    boolean plain = conf.section("tls").bool("off", false);
    if (!enabled) {
      return NONE;
    }
    List<Peer> nodes = nodes(conf, written);
    checkNode(conf, node, nodes);
    if (tls.isPresent() && plain) {
      conf.section("tls")
          .problem("off", "expected false, since cluster.tls.certificate is set: which is it?");
    }
    if (tls.isEmpty() && !plain) {
      checkLoopback(conf, nodes);
    }
    return new ClusterConfig(true, name, node.orElse(""), nodes, replicas, join, tls);
  }

  private static final String NAME_FORM = "1 to 32 lower case letters, digits and hyphens";

  private static List<Peer> nodes(Section conf, List<String> written) {
    List<Peer> nodes = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Set<String> ports = new HashSet<>();
    for (String text : written) {
      Optional<Peer> peer = Peer.parse(text);
      if (peer.isEmpty()) {
        conf.problem("nodes", "\"" + text + "\" is not of the form " + Peer.FORM);
        continue;
      }
      nodes.add(peer.get());
      if (!names.add(peer.get().name())) {
        conf.problem("nodes", "two nodes have the name " + peer.get().name());
      }
      for (int port : peer.get().ports()) {
        if (!ports.add(peer.get().at(port))) {
          conf.problem("nodes", peer.get().at(port) + " is there twice");
        }
      }
    }
    return nodes;
  }

  private static void checkNode(Section conf, Optional<String> node, List<Peer> nodes) {
    if (node.isEmpty()) {
      conf.problem("node", "expected the name of this node, since cluster.enabled is true");
    } else if (nodes.stream().noneMatch(peer -> peer.name().equals(node.get()))) {
      conf.problem(
          "nodes",
          "expected one for this node, such as \"" + node.get() + "=10.0.0.1:9101:9102:9103\"");
    }
  }

  private static void checkLoopback(Section conf, List<Peer> nodes) {
    String open =
        nodes.stream()
            .filter(peer -> !peer.isLoopback())
            .map(Peer::host)
            .distinct()
            .collect(Collectors.joining(", "));
    if (!open.isEmpty()) {
      conf.problem(
          "nodes",
          open
              + " can be reached from other machines, and whoever reaches a node's ports can read"
              + " and change everything: set cluster.tls.certificate, .key and .authority, or"
              + " cluster.tls.off=true on a network where nobody else is");
    }
  }

  private static Optional<ClusterTls> tls(Section conf, boolean enabled) {
    Optional<Path> certificate = conf.optionalPath("certificate");
    Optional<Path> key = conf.optionalPath("key");
    Optional<Path> authority = conf.optionalPath("authority");
    if (!enabled || (certificate.isEmpty() && key.isEmpty() && authority.isEmpty())) {
      return Optional.empty();
    }
    boolean whole = true;
    whole &= checkFile(conf, "certificate", certificate);
    whole &= checkFile(conf, "key", key);
    whole &= checkFile(conf, "authority", authority);
    return whole
        ? Optional.of(new ClusterTls(certificate.get(), key.get(), authority.get()))
        : Optional.of(new ClusterTls(Path.of(""), Path.of(""), Path.of(""))); // never used
  }

  private static boolean checkFile(Section conf, String name, Optional<Path> file) {
    if (file.isEmpty()) {
      conf.problem(name, "expected a file: certificate, key and authority go together");
      return false;
    }
    if (!Files.isReadable(file.get())) {
      conf.problem(name, file.get() + " cannot be read");
      return false;
    }
    return true;
  }

  /** This node among {@link #nodes}. */
  public Peer self() {
    return nodes.stream().filter(peer -> peer.name().equals(node)).findFirst().orElseThrow();
  }

  /** What is allowed and still worth a word; one sentence each. */
  public List<String> hints() {
    List<String> hints = new ArrayList<>();
    if (enabled && replicas % 2 == 0) {
      hints.add(
          "cluster.replicas is "
              + replicas
              + ": as many nodes may fail as with "
              + (replicas - 1)
              + ", and each commit waits for one more");
    }
    if (enabled && nodes.size() == 2) {
      hints.add("a cluster of two nodes stops when either fails: three are the least that do not");
    }
    return hints;
  }
}
