package io.perdure.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The links between the nodes. Each node has a network namespace with one interface on a common
 * bridge, where this process is, too: what is done to a link between two nodes leaves those to
 * clients and functions alone.
 *
 * <p>Loss, and a cut is loss of everything, happens where a packet leaves its node, by destination:
 * a few instructions of classic BPF behind {@code tc}, so that one direction can be lost and the
 * sender learns nothing of it. Slow links are those of {@link Delays}.
 *
 * <p>Lives in namespaces of its own (see {@code scripts/chaos}), so nothing here is ever removed.
 * One thread.
 */
final class Network {
  private static final String BRIDGE = "perdure";
  private static final String NET = "10.201.0.";
  private static final Path NAMES = Path.of("/run/netns");

  /** The bridge's own: clients and functions. */
  static final String HERE = NET + "254";

  /** The nodes, and not the bridge. */
  private static final String PEERS = NET + "0/25";

  private static final long ALL = 1L << 32;

  private final int nodes;
  private final Delays delays;

  private Network(int nodes, Delays delays) {
    this.nodes = nodes;
    this.delays = delays;
  }

  /** Makes it for that many nodes; {@code directory} is for a program. */
  static Network make(int nodes, Path directory) throws IOException, InterruptedException {
    Shell.run("mount -t tmpfs none /run");
    Files.createDirectories(NAMES);
    Shell.run("ip link set lo up");
    Shell.run("ip link add " + BRIDGE + " type bridge");
    Shell.run("ip addr add " + HERE + "/24 dev " + BRIDGE);
    Shell.run("ip link set " + BRIDGE + " up");
    for (int node = 0; node < nodes; node++) {
      Shell.run("ip netns add " + name(node));
      Shell.run(
          "ip link add to-%s type veth peer name eth0 netns %s".formatted(name(node), name(node)));
      Shell.run("ip link set to-" + name(node) + " master " + BRIDGE + " up");
      in(node, "ip addr add " + host(node) + "/24 dev eth0");
      in(node, "ip link set lo up");
      in(node, "ip link set eth0 up");
      in(node, "tc qdisc add dev eth0 clsact");
    }
    return new Network(nodes, Delays.prepare(directory, PEERS));
  }

  static String name(int node) {
    return "n" + (node + 1);
  }

  static String host(int node) {
    return NET + (node + 1);
  }

  /** What stands before a command that is to run on that node. */
  static List<String> at(int node) {
    return List.of("nsenter", "--net=" + NAMES.resolve(name(node)));
  }

  /** Whether links can be made slow. */
  boolean canDelay() {
    return delays != null;
  }

  /** From now on that share of what {@code from} sends to {@code to} is lost; 1 for everything. */
  void lose(int from, int to, double share) throws IOException, InterruptedException {
    in(
        from,
        "tc filter replace dev eth0 egress pref %d protocol ip bpf da bytecode %s"
            .formatted(100 + to, bytecode(address(to), share)));
  }

  /** Loses everything between two groups of nodes, both ways. */
  void cut(List<Integer> side, List<Integer> other) throws IOException, InterruptedException {
    for (int one : side) {
      for (int another : other) {
        lose(one, another, 1);
        lose(another, one, 1);
      }
    }
  }

  /** Each packet between any two nodes may be lost. */
  void loseEverywhere(double share) throws IOException, InterruptedException {
    for (int from = 0; from < nodes; from++) {
      for (int to = 0; to < nodes; to++) {
        if (from != to) {
          lose(from, to, share);
        }
      }
    }
  }

  /** All that nodes send each other takes so long, give or take half of it. */
  void delayEverywhere(int millis) throws IOException, InterruptedException {
    for (int node = 0; node < nodes; node++) {
      delays.start(node, millis, PEERS);
    }
  }

  /** All links are as at the beginning. */
  void heal() throws IOException, InterruptedException {
    for (int node = 0; node < nodes; node++) {
      in(node, "tc filter del dev eth0 egress");
    }
    if (canDelay()) {
      delays.stop();
    }
  }

  /**
   * Classic BPF for {@code tc}: drop (2) what goes to {@code address} with that probability, and
   * leave the rest to the next filter (-1).
   */
  static String bytecode(long address, double share) {
    List<String> code = new ArrayList<>();
    boolean always = share >= 1;
    code.add("32 0 0 30"); // A = destination, behind 14 bytes of Ethernet
    code.add("21 0 " + (always ? 1 : 3) + " " + address); // another one: to the last line
    if (!always) {
      code.add("32 0 0 " + (ALL - 4096 + 56)); // A = a random number
      code.add("53 1 0 " + (long) (share * ALL)); // not below the share: to the last line
    }
    code.add("6 0 0 2");
    code.add("6 0 0 " + (ALL - 1));
    return code.size() + "," + String.join(",", code).replace(' ', '\t'); // one word of a command
  }

  private static long address(int node) {
    return (10L << 24) | (201 << 16) | (node + 1);
  }

  static void in(int node, String words) throws IOException, InterruptedException {
    Shell.run(String.join(" ", at(node)) + " " + words);
  }

  static boolean works(int node, String words) throws InterruptedException {
    return Shell.works(String.join(" ", at(node)) + " " + words);
  }
}
