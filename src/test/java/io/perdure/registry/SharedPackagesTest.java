package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.CodeMessages.AddToUpload;
import io.perdure.bus.CodeMessages.BeginUpload;
import io.perdure.bus.CodeMessages.FinishUpload;
import io.perdure.bus.CodeMessages.Upload;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import io.perdure.store.StoreReader;
import io.perdure.time.VirtualClock;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Code packages on two nodes of one cluster, of which one owns the registry. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class SharedPackagesTest {
  private static final String ACCOUNT = Samples.ACCOUNT;
  private static final byte[] ZIP = PackageVerticleTest.random(700_000);
  private static final CodeConfig CONFIG =
      new CodeConfig(1 << 21, 100, 1 << 22, 3, 1 << 23, Duration.ofHours(1), Duration.ofHours(1));

  @TempDir Path dir;
  private final VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(1_700_000_000_000L));
  private final Map<String, Node> nodes = new HashMap<>();
  private Vertx vertx;
  private SharedStorage storage;

  private final class Node {
    private final Registry registry = new Registry();
    private final Packages packages;
    private final StoreReader store;
    private final PackageVerticle verticle;
    private final Bus bus;

    Node(String name) {
      SharedStorage.Node source = storage.node(name);
      store = source.store();
      bus = Bus.install(vertx, source.routes());
      packages = new Packages(registry, store, clock, CONFIG);
      verticle =
          new PackageVerticle(
              packages,
              source,
              store,
              bus,
              clock,
              CONFIG,
              dir.resolve("uploads-" + name),
              bytes -> null);
    }

    Upload begin() throws Exception {
      return join(bus.request(Addresses.BEGIN_UPLOAD, new BeginUpload(ACCOUNT, ZIP.length)))
          .upload();
    }

    Future<?> add(Upload upload) {
      return bus.request(
          Addresses.ADD_TO_UPLOAD, new AddToUpload(ACCOUNT, upload.id(), upload.received(), ZIP));
    }

    Future<CodeRef> finish(Upload upload) {
      return bus.request(Addresses.FINISH_UPLOAD, new FinishUpload(ACCOUNT, upload.id()))
          .map(done -> done.upload().code());
    }

    CodeRef upload() throws Exception {
      Upload upload = begin();
      join(add(upload));
      return join(finish(upload));
    }

    byte[] read(CodeRef code) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int piece = 0; piece < PackageRecords.pieces(code.bytes()); piece++) {
        all.writeBytes(PackageStore.read(store, code, piece).bytes());
      }
      return all.toByteArray();
    }

    boolean hasPieces(String sha256) {
      return store.get(Family.CODE, Keys.codePiece(PackageRecords.hash(sha256), 0)) != null;
    }
  }

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    this.vertx = vertx;
    storage = new SharedStorage(dir, List.of("n1", "n2"));
    storage.own("n1");
    for (String name : List.of("n1", "n2")) {
      Node node = new Node(name);
      nodes.put(name, node);
      join(
          vertx.deployVerticle(
              node.verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)));
    }
  }

  @AfterEach
  void close() throws Exception {
    join(vertx.close());
    storage.close();
  }

  @Test
  void aPackageIsThereOnAllNodesOnceItsUploadIsFinished() throws Exception {
    CodeRef code = nodes.get("n2").upload();

    for (Node node : nodes.values()) {
      assertEquals(Optional.of(code), node.packages.find(ACCOUNT, code.sha256()));
      assertArrayEquals(ZIP, node.read(code));
    }
  }

  @Test
  void anUploadEndsWhenAnotherNodeTakesTheRegistryOverAndCanBeBegunAnew() throws Exception {
    Node asked = nodes.get("n2");
    Upload lost = asked.begin();
    storage.own("n2");

    var said = assertInstanceOf(Failure.Conflict.class, failureOf(asked.add(lost)));
    assertTrue(said.message().contains("begin it anew"), said.message());
    assertInstanceOf(Failure.Conflict.class, failureOf(asked.finish(lost)));
    CodeRef code = asked.upload();
    assertEquals(Optional.of(code), nodes.get("n1").packages.find(code.sha256()));
  }

  @Test
  void aFinishedUploadIsKnownToTheNextOwner() throws Exception {
    Node asked = nodes.get("n2");
    Upload upload = asked.begin();
    join(asked.add(upload));
    CodeRef code = join(asked.finish(upload));
    storage.own("n2");
    assertEquals(code, join(asked.finish(upload)));
  }

  @Test
  void whatWasHalfWrittenIsRemovedByTheNextOwner() throws Exception {
    Node asked = nodes.get("n2");
    Upload upload = asked.begin();
    join(asked.add(upload));
    storage.fail(2, false); // behind the note and the pieces

    assertInstanceOf(Failure.Unavailable.class, failureOf(asked.finish(upload)));
    String sha256 = PackageVerticleTest.sha256(ZIP);
    assertTrue(asked.hasPieces(sha256));
    int before = storage.committed();
    storage.own("n2");
    while (storage.committed() == before) {
      Thread.onSpinWait();
    }
    for (Node node : nodes.values()) {
      while (node.hasPieces(sha256)) {
        Thread.onSpinWait(); // the other node's is a moment behind
      }
      assertEquals(Optional.empty(), node.packages.find(sha256));
    }
    assertArrayEquals(ZIP, asked.read(asked.upload()));
  }

  @Test
  void aPackageNobodyNeedsGoesOnAllNodes() throws Exception {
    CodeRef code = nodes.get("n2").upload();
    clock.advance(Duration.ofMinutes(62));
    for (Node node : nodes.values()) {
      while (node.packages.find(code.sha256()).isPresent() || node.hasPieces(code.sha256())) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void aPackageThatCouldNotBeRemovedStays() throws Exception {
    CodeRef code = nodes.get("n2").upload();
    storage.fail(0, false);
    clock.advance(Duration.ofMinutes(62));
    for (Node node : nodes.values()) {
      while (node.packages.find(code.sha256()).isEmpty()) {
        Thread.onSpinWait();
      }
      assertTrue(node.hasPieces(code.sha256()));
    }
    storage.own("n2");
    assertTrue(nodes.get("n2").packages.claim(code));
  }

  private static Failure failureOf(Future<?> answer) {
    ExecutionException refused = assertThrows(ExecutionException.class, () -> join(answer));
    return assertInstanceOf(FailureException.class, refused.getCause()).failure();
  }

  private static <T> T join(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
