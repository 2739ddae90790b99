package io.perdure.cluster.raft;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.store.Replica;
import io.perdure.store.StoreConfig;
import io.perdure.store.StoreOptions;
import io.perdure.store.StoreShared;
import io.perdure.testkit.FreePorts;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.util.CodeInjectionForTesting;

/** Nodes with Raft and nothing else, in one JVM, on free ports of the loopback interface. */
final class TestCluster implements AutoCloseable {
  static final String GROUP = "shard-0";
  static final RaftConfig QUICK = new RaftConfig(Duration.ofMillis(400), 64 << 20);

  /** Where Ratis lets a test come between members: before something is sent. */
  private static final String SENDING = "GrpcServicesImpl.sendRequest";

  final Vertx vertx = Vertx.vertx();
  private final Path dir;
  private final RaftConfig config;
  private final StoreShared shared = new StoreShared(new StoreConfig(8 << 20, 32 << 20, 8 << 20));
  private final Map<String, TestNode> nodes = new LinkedHashMap<>();
  private CountDownLatch healed = new CountDownLatch(0);

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

  /** Nothing is sent to {@code node} any more, and nothing by it, until it is healed. */
  void cut(TestNode node) {
    CountDownLatch until = new CountDownLatch(1);
    healed = until;
    CodeInjectionForTesting.put(
        SENDING,
        (local, remote, arguments) -> {
          if (local.toString().equals(node.member.id())
              || receiver(arguments[0]).equals(node.member.id())) {
            hold(until);
          }
          return false;
        });
  }

  /** How much has been sent since this call, by all of them. */
  AtomicInteger count() {
    AtomicInteger sent = new AtomicInteger();
    CodeInjectionForTesting.put(
        SENDING,
        (local, remote, arguments) -> {
          sent.incrementAndGet();
          return false;
        });
    return sent;
  }

  private static String receiver(Object request) {
    RaftRpcRequestProto head =
        request instanceof AppendEntriesRequestProto append
            ? append.getServerRequest()
            : request instanceof RequestVoteRequestProto vote
                ? vote.getServerRequest()
                : ((StartLeaderElectionRequestProto) request).getServerRequest();
    return head.getReplyId().toStringUtf8();
  }

  /** As a network does: nobody is told that something does not arrive. */
  private static void hold(CountDownLatch until) {
    try {
      until.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("given up", e);
    }
  }

  void heal() {
    CodeInjectionForTesting.remove(SENDING);
    healed.countDown();
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

    /** Where others are, who are not where the log says. */
    List<Member> others = List.of();

    /** Whether its disk takes nothing more: to be believed by who asks, for it does. */
    volatile boolean full;

    TestNode(String name, RaftTls tls) {
      this.name = name;
      this.tls = tls;
      member = new Member(name + ".00000001", "127.0.0.1", FreePorts.take(1).get(0));
    }

    TestNode start() {
      try {
        host =
            RaftHost.start(
                new RaftHost.Identity(
                    "test", member, "127.0.0.1", others, dir.resolve(name + "/raft"), tls),
                config,
                vertx,
                new SimpleMeterRegistry(),
                () -> {
                  if (full) {
                    throw new IOException("No space left on device");
                  }
                });
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
}
