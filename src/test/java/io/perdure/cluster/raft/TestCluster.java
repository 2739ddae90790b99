package io.perdure.cluster.raft;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.store.Replica;
import io.perdure.store.StoreConfig;
import io.perdure.store.StoreOptions;
import io.perdure.store.StoreShared;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.util.CodeInjectionForTesting;

/** Nodes with Raft and nothing else, in one JVM, on free ports of the loopback interface. */
final class TestCluster implements AutoCloseable {
  static final String GROUP = "shard-0";
  static final RaftConfig QUICK = new RaftConfig(Duration.ofMillis(400), 64 << 20);

  /** Where Ratis lets a test come between members. */
  private static final List<String> POINTS =
      List.of("RaftServerImpl.appendEntries", "RaftServerImpl.requestVote");

  final Vertx vertx = Vertx.vertx();
  private final Path dir;
  private final RaftConfig config;
  private final StoreShared shared = new StoreShared(new StoreConfig(8 << 20, 32 << 20, 8 << 20));
  private final Map<String, TestNode> nodes = new LinkedHashMap<>();

  TestCluster(Path dir) {
    this(dir, QUICK);
  }

  TestCluster(Path dir, RaftConfig config) {
    this.dir = dir;
    this.config = config;
  }

  /** A node that has not been started. */
  TestNode node(String name) {
    return node(name, null);
  }

  TestNode node(String name, RaftTls tls) {
    return nodes.computeIfAbsent(name, n -> new TestNode(n, tls));
  }

  /** Starts nodes and forms the group of them. */
  List<TestNode> form(String... names) {
    List<TestNode> all = Arrays.stream(names).map(this::node).toList();
    for (TestNode node : all) {
      node.start();
      node.open(GROUP, members(all));
    }
    return all;
  }

  static List<Member> members(Collection<TestNode> nodes) {
    return nodes.stream().map(node -> node.member).toList();
  }

  /** Waits for the one that leads. */
  TestNode leader() {
    return leader(GROUP);
  }

  TestNode leader(String group) {
    TestNode[] found = new TestNode[1];
    List<TestNode> up = nodes.values().stream().filter(node -> node.seat(group) != null).toList();
    up.get(0)
        .seat(group)
        .await(
            "a leader",
            () -> {
              for (TestNode node : up) {
                if (node.seat(group).leads() > 0) {
                  found[0] = node;
                }
              }
              return found[0] != null;
            });
    return found[0];
  }

  /** Nothing comes to {@code node} any more, and nothing from it, until it is healed. */
  void cut(TestNode node) {
    RaftPeerId cut = RaftPeerId.valueOf(node.member.id());
    CodeInjectionForTesting.Code lost =
        (local, remote, arguments) -> {
          String from = String.valueOf(remote);
          if (local.toString().equals(cut.toString()) || from.equals(cut.toString())) {
            throw new IllegalStateException("cut off");
          }
          return false;
        };
    POINTS.forEach(point -> CodeInjectionForTesting.put(point, lost));
  }

  void heal() {
    POINTS.forEach(CodeInjectionForTesting::remove);
  }

  @Override
  public void close() {
    heal();
    nodes.values().forEach(TestNode::close);
    shared.close();
    Seat.get(vertx.close());
  }

  /** A node. */
  final class TestNode {
    final String name;
    final Member member;
    private final RaftTls tls;
    private final Map<String, Seat> seats = new LinkedHashMap<>();
    private RaftHost host;

    TestNode(String name, RaftTls tls) {
      this.name = name;
      this.tls = tls;
      member = new Member(name + ".00000001", "127.0.0.1", freePort());
    }

    TestNode start() {
      try {
        host =
            RaftHost.start(
                new RaftHost.Identity(
                    "test", member, "127.0.0.1", dir.resolve(name + "/raft"), tls),
                config,
                vertx,
                new SimpleMeterRegistry());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return this;
    }

    Path store(String group) {
      return dir.resolve(name + "/" + group);
    }

    Replica replica(String group) {
      return Replica.open(store(group), StoreOptions.shard(shared));
    }

    Seat open(String group, List<Member> members) {
      try {
        Replica replica = replica(group);
        Seat seat = new Seat(host.open(group, members, replica), replica);
        seats.put(group, seat);
        return seat;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Starts it again as it was, with the group of all. */
    Seat again() {
      start();
      return open(GROUP, List.of());
    }

    void leave(String group) {
      try {
        host.leave(group);
        seats.remove(group).replica.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Seat seat() {
      return Objects.requireNonNull(seat(GROUP));
    }

    Seat seat(String group) {
      return seats.get(group);
    }

    RaftHost host() {
      return host;
    }

    /** Ends it without flushing anything. */
    void kill() {
      end(seat -> seat.replica.store().abandon());
    }

    void close() {
      end(seat -> seat.replica.close());
    }

    private void end(java.util.function.Consumer<Seat> store) {
      if (host != null) {
        host.close();
        host = null;
      }
      new ArrayList<>(seats.values()).forEach(store);
      seats.clear();
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
