package io.perdure.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the machine allows: links that can be cut, disks that can be full, clocks that can jump. In
 * namespaces each node has a network of its own, and each fault that is asked for is prepared; on
 * loopback there are only processes.
 */
final class Machine {
  private static final int HTTP = 9000;
  private static final String SMALL_DISK = "size=700m";
  static final String TOKEN = "token-of-the-run";

  private final Options options;
  private final Network network;
  private final Path clock;
  private final Map<Fault, String> skipped = new LinkedHashMap<>();
  private final List<Fault> faults = new ArrayList<>();

  private Machine(Options options, Network network, Path clock) {
    this.options = options;
    this.network = network;
    this.clock = clock;
    for (Fault fault : options.faults()) {
      String why = lacks(fault);
      if (why == null) {
        faults.add(fault);
      } else {
        skipped.put(fault, why);
      }
    }
  }

  /** Makes the network and whatever else the faults need. */
  static Machine prepare(Options options) throws IOException, InterruptedException {
    Network network =
        options.namespaces() ? Network.make(options.nodes(), options.directory()) : null;
    boolean jumps = options.faults().contains(Fault.CLOCK_JUMP);
    return new Machine(options, network, jumps ? SkewedClock.compile(options.directory()) : null);
  }

  private String lacks(Fault fault) {
    return switch (fault.needs()) {
      case NOTHING -> null;
      case PEERS -> options.nodes() < 3 ? "a node that stands alone has no peers" : null;
      case LINKS -> {
        if (options.nodes() < 2) {
          yield "a node that stands alone has no links";
        }
        yield network == null ? "no network namespaces here" : null;
      }
      case DELAY -> {
        if (network == null || options.nodes() < 2) {
          yield "no links that can be made slow";
        }
        yield network.canDelay() ? null : "slow links need python3 and /dev/net/tun";
      }
      case SMALL_DISKS -> options.namespaces() ? null : "no mount namespace here";
      case CLOCKS -> clock == null ? "no C compiler for a clock of a node's own" : null;
    };
  }

  /** Those that can be done, in the order they were asked for. */
  List<Fault> faults() {
    return faults;
  }

  /** Why the others cannot. */
  Map<Fault, String> skipped() {
    return skipped;
  }

  /** Null on loopback. */
  Network network() {
    return network;
  }

  /** Address of this process, for the nodes. */
  String here() {
    return network == null ? "127.0.0.1" : Network.HERE;
  }

  /** The file that moves the clock of a node. */
  static Path skew(Member member) {
    return member.place().directory().resolve("clock");
  }

  /** Nodes that are to form one cluster, none of them started. */
  List<Member> members() throws IOException, InterruptedException {
    Path accounts = options.directory().resolve("accounts.json");
    Files.writeString(
        accounts,
        """
        {"accounts":[{"id":"1234567890123456","name":"chaos","keys":[],"tokens":["%s"]}]}
        """
            .formatted(TOKEN));
    Shell.run("chmod 600 " + accounts);
    List<List<Integer>> ports = ports();
    List<String> nodes = new ArrayList<>();
    for (int i = 0; i < options.nodes(); i++) {
      List<Integer> own = ports.get(i);
      nodes.add(
          "%s=%s:%d:%d:%d".formatted(Network.name(i), host(i), own.get(1), own.get(2), own.get(3)));
    }
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < options.nodes(); i++) {
      Path directory = options.directory().resolve(Network.name(i));
      Files.createDirectories(directory.resolve("data"));
      if (faults.contains(Fault.FULL_DISK)) {
        Shell.run("mount -t tmpfs -o " + SMALL_DISK + " none " + directory.resolve("data"));
      }
      List<String> before = new ArrayList<>();
      if (network != null) {
        before.addAll(Network.at(i));
      }
      if (clock != null) {
        before.addAll(SkewedClock.environment(clock, directory.resolve("clock")));
      }
      members.add(
          new Member(
              new Member.Place(
                  Network.name(i),
                  host(i),
                  ports.get(i).get(0),
                  before,
                  options.command(),
                  settings(Network.name(i), accounts, nodes),
                  directory),
              TOKEN));
    }
    return members;
  }

  private Map<String, String> settings(String name, Path accounts, List<String> nodes) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("accounts.file", accounts.toString());
    settings.put("data.free-bytes-min", "64MiB");
    settings.put("delivery.first-pause", "50ms");
    settings.put("delivery.longest-pause", "1s");
    if (nodes.size() > 1) {
      settings.put("cluster.enabled", "true");
      settings.put("cluster.node", name);
      settings.put("cluster.nodes", String.join(",", nodes));
      Path certificates = options.certificates();
      if (certificates != null) {
        settings.put("cluster.tls.certificate", certificates.resolve(name + ".crt").toString());
        settings.put("cluster.tls.key", certificates.resolve(name + ".key").toString());
        settings.put("cluster.tls.authority", certificates.resolve("cluster.crt").toString());
      } else if (network != null) {
        settings.put("cluster.tls.off", "true"); // nobody else is on this network
      }
    }
    return settings;
  }

  private String host(int node) {
    return network == null ? "127.0.0.1" : Network.host(node);
  }

  /** HTTP, Raft, bus and membership of each node; on loopback those that are free at present. */
  private List<List<Integer>> ports() throws IOException {
    List<List<Integer>> ports = new ArrayList<>();
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < options.nodes(); i++) {
        List<Integer> own = new ArrayList<>();
        for (int port = 0; port < 4; port++) {
          if (network != null) {
            own.add(port == 0 ? HTTP : HTTP + 100 + port);
          } else {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            held.add(socket);
            own.add(socket.getLocalPort());
          }
        }
        ports.add(own);
      }
      return ports;
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }
}
