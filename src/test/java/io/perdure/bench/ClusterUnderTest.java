package io.perdure.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Nodes on loopback that form one cluster, each a process with a data directory of its own. */
final class ClusterUnderTest implements AutoCloseable {
  private static final Duration FORMED_AT_MOST = Duration.ofMinutes(2);
  private static final String TOKEN = "token-of-the-measured-cluster";

  private final List<NodeProcess> nodes = new ArrayList<>();
  private final List<NativeApi> apis = new ArrayList<>();

  private ClusterUnderTest() {}

  /**
   * Starts them and waits until all are ready.
   *
   * @param launch how a node on a directory of that name is started when it stands alone
   */
  static ClusterUnderTest start(BenchOptions options, Function<String, NodeProcess.Launch> launch)
      throws IOException, InterruptedException {
    ClusterUnderTest cluster = new ClusterUnderTest();
    Path accounts = options.data().resolve("accounts.json");
    Files.writeString(
        accounts,
        """
        {"accounts":[{"id":"1234567890123456","name":"bench","keys":[],"tokens":["%s"]}]}
        """
            .formatted(TOKEN));
    accounts.toFile().setReadable(false, false);
    accounts.toFile().setReadable(true, true);
    String members = members(options.cluster());
    try {
      for (int i = 1; i <= options.cluster(); i++) {
        NodeProcess.Launch alone = launch.apply("n" + i + "/data");
        Map<String, String> settings = new LinkedHashMap<>(alone.settings());
        settings.put("accounts.file", accounts.toString());
        settings.put("cluster.enabled", "true");
        settings.put("cluster.node", "n" + i);
        settings.put("cluster.nodes", members);
        cluster.nodes.add(
            NodeProcess.start(new NodeProcess.Launch(alone.command(), alone.dataDir(), settings)));
      }
      for (NodeProcess node : cluster.nodes) {
        cluster.apis.add(node.awaitReady(FORMED_AT_MOST));
      }
    } catch (IOException | InterruptedException e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  /** As setting {@code cluster.nodes} has them, on ports that are free at this moment. */
  private static String members(int nodes) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      List<String> members = new ArrayList<>();
      for (int i = 1; i <= nodes; i++) {
        StringBuilder member = new StringBuilder("n" + i + "=127.0.0.1");
        for (int port = 0; port < 3; port++) {
          ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          held.add(socket);
          member.append(':').append(socket.getLocalPort());
        }
        members.add(member.toString());
      }
      return String.join(",", members);
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }

  /** A client of node {@code index}, from 0. */
  NativeApi api(int index) {
    return apis.get(index);
  }

  /** Clients of all. */
  List<NativeApi> apis() {
    return apis;
  }

  /** Those of the running ones. */
  List<Integer> ports() {
    return apis.stream().map(NativeApi::port).toList();
  }

  List<NodeProcess> nodes() {
    return nodes;
  }

  List<Long> pids() {
    return nodes.stream().map(NodeProcess::pid).toList();
  }

  /** What all processes together have used so far. */
  ProcStats stats() throws IOException {
    ProcStats sum = new ProcStats(0, 0, 0, 0);
    for (long pid : pids()) {
      ProcStats one = ProcStats.of(pid);
      sum =
          new ProcStats(
              sum.cpuMicros() + one.cpuMicros(),
              sum.writtenBytes() + one.writtenBytes(),
              sum.residentBytes() + one.residentBytes(),
              sum.peakResidentBytes() + one.peakResidentBytes());
    }
    return sum;
  }

  @Override
  public void close() {
    nodes.forEach(NodeProcess::close);
  }
}
