package io.perdure.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.perdure.bus.ClusterMessages.Formats;
import io.perdure.store.Formed;
import io.perdure.store.ReplicatedDirectory;
import io.perdure.store.StoreConfig;
import io.perdure.testkit.Certificates;
import io.perdure.testkit.FreePorts;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes over real sockets of this machine. */
@Timeout(240)
class ClusteredVertxTest {
  private static final StoreConfig SMALL = new StoreConfig(8 << 20, 8 << 20, 8 << 20);
  private static final DeliveryOptions SOON = new DeliveryOptions().setSendTimeout(5_000);

  @TempDir static Path certificates;
  @TempDir static Path foreign;

  private final List<Peer> peers = new ArrayList<>();
  private final List<ClusteredVertx> started = new ArrayList<>();

  @BeforeAll
  static void makeCertificates() throws IOException, InterruptedException {
    Certificates.make(certificates, "a=127.0.0.1", "b=127.0.0.1");
    Certificates.make(foreign, "b=127.0.0.1");
  }

  ClusteredVertxTest() {
    List<Integer> ports = FreePorts.take(6);
    peers.add(new Peer("a", "127.0.0.1", ports.get(0), ports.get(1), ports.get(2)));
    peers.add(new Peer("b", "127.0.0.1", ports.get(3), ports.get(4), ports.get(5)));
  }

  @AfterEach
  void close() {
    started.forEach(node -> await(node.vertx().close()));
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(60, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not within a minute", e);
    }
  }

  private ClusterConfig config(String node, Optional<ClusterTls> tls) {
    String name = "test-" + peers.get(0).memberPort();
    return new ClusterConfig(true, name, node, peers, 3, false, tls);
  }

  private static Optional<ClusterTls> tls(Path dir, String node) {
    return Optional.of(
        new ClusterTls(
            dir.resolve(node + ".crt"), dir.resolve(node + ".key"), dir.resolve("cluster.crt")));
  }

  private ClusteredVertx start(String node, Optional<ClusterTls> tls) {
    VertxOptions few = new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(2);
    ClusteredVertx vertx = await(ClusteredVertx.start(config(node, tls), few));
    started.add(vertx);
    return vertx;
  }

  @Test
  void nodesOfTheClusterReachEachOtherAndKnowWhoIsThere() throws InterruptedException {
    ClusteredVertx a = start("a", tls(certificates, "a"));
    BlockingQueue<String> seen = new ArrayBlockingQueue<>(10);
    a.watch(name -> seen.add("+" + name), name -> seen.add("-" + name));
    ClusteredVertx b = start("b", tls(certificates, "b"));
    await(b.vertx().eventBus().consumer("x@b", m -> m.reply("b has " + m.body())).completion());
    assertEquals("b has it", await(a.vertx().eventBus().request("x@b", "it")).body());
    assertEquals(Set.of("a", "b"), a.nodes());
    assertEquals(Set.of("a", "b"), b.nodes());
    assertEquals("+b", seen.poll(60, TimeUnit.SECONDS));

    started.remove(b);
    await(b.vertx().close());
    assertEquals("-b", seen.poll(60, TimeUnit.SECONDS));
    assertEquals(Set.of("a"), a.nodes());
    Future<?> unserved = a.vertx().eventBus().request("x@b", "it", SOON);
    assertThrows(ReplyException.class, () -> await(unserved));
  }

  @Test
  void aNodeWithoutACertificateIsRefused() {
    refused(Optional.empty());
  }

  @Test
  void aNodeWithACertificateOfAnotherAuthorityIsRefused() {
    refused(tls(foreign, "b"));
  }

  private void refused(Optional<ClusterTls> tls) {
    ClusteredVertx a = start("a", tls(certificates, "a"));
    AtomicInteger received = new AtomicInteger();
    await(
        a.vertx()
            .eventBus()
            .consumer(
                "x@a",
                m -> {
                  received.incrementAndGet();
                  m.reply("");
                })
            .completion());
    ClusteredVertx b = start("b", tls);
    await(
        b.vertx()
            .eventBus()
            .consumer(
                "x@b",
                m -> {
                  received.incrementAndGet();
                  m.reply("");
                })
            .completion());
    Future<?> asked = b.vertx().eventBus().request("x@a", "secret", SOON);
    assertThrows(ReplyException.class, () -> await(asked));
    Future<?> asking = a.vertx().eventBus().request("x@b", "secret", SOON);
    assertThrows(ReplyException.class, () -> await(asking));
    assertEquals(0, received.get());
    await(a.vertx().eventBus().request("x@a", "own"));
    assertEquals(1, received.get());
  }

  @Test
  void theyFormAClusterAndHearWhoLeads(@TempDir Path disks) throws InterruptedException {
    ClusteredVertx a = start("a", tls(certificates, "a"));
    ClusteredVertx b = start("b", tls(certificates, "b"));
    List<Future<Formed>> formed = new ArrayList<>();
    List<Formation> formations = new ArrayList<>();
    List<ReplicatedDirectory> directories = new ArrayList<>();
    for (Map.Entry<String, ClusteredVertx> node : Map.of("a", a, "b", b).entrySet()) {
      ReplicatedDirectory directory =
          ReplicatedDirectory.open(disks.resolve(node.getKey()), 2, SMALL, node.getKey());
      directories.add(directory);
      Formation formation =
          new Formation(
              node.getValue().vertx(),
              config(node.getKey(), Optional.empty()),
              directory,
              new Formats("1", 2, 1, 2, 3, 3, 3));
      formations.add(formation);
      formed.add(formation.start());
    }
    await(Future.all(formed));
    assertEquals(formed.get(0).result(), formed.get(1).result());

    Leaders ofA = new Leaders("a");
    Leaders ofB = new Leaders("b");
    BlockingQueue<Integer> known = new ArrayBlockingQueue<>(10);
    ofB.onOwner(known::add);
    ofA.leading(0, 3);
    LeaderNews newsOfA = new LeaderNews(a.vertx(), ofA);
    LeaderNews newsOfB = new LeaderNews(b.vertx(), ofB);
    await(newsOfB.start());
    await(newsOfA.start());
    assertEquals(0, known.poll(60, TimeUnit.SECONDS));
    assertEquals("a", ofB.owner(0));
    ofA.leading(1, 9);
    assertEquals(1, known.poll(60, TimeUnit.SECONDS));

    await(Future.join(newsOfA.close(), newsOfB.close()));
    formations.forEach(formation -> await(formation.close()));
    directories.forEach(ReplicatedDirectory::close);
  }
}
