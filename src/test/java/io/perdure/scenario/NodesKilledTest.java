package io.perdure.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.client.FunctionSpec;
import io.perdure.client.PerdureClient;
import io.perdure.client.Submission;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.readme.ClusterClientExample;
import io.perdure.testkit.ChildNode;
import io.perdure.testkit.FreePorts;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes of a cluster, each a process, are killed one after another, while a program in another JVM,
 * this one, submits to them over the event bus and serves their function, and an operator asks who
 * is there.
 */
@Timeout(300)
class NodesKilledTest {
  private static final String TOKEN = "token-of-the-cluster";
  private static final int NODES = 3;
  private static final int SHARDS = 3;
  private static final int SUBMITTERS = 4;
  private static final String FUNCTION = "work";

  /** Longest that a client waits for the answer to a submit is 30 s. */
  private static final long PATIENCE_SECONDS = 60;

  @TempDir Path data;

  private final List<ChildNode> nodes = new ArrayList<>();
  private final List<String> members = new ArrayList<>();
  private Vertx vertx;
  private PerdureClient client;

  /** What each was submitted with, by the id that was acknowledged. */
  private final Map<InvocationId, String> accepted = new ConcurrentHashMap<>();

  /** Shards that have accepted something, in the order of the answers. */
  private final BlockingQueue<Integer> accepting = new LinkedBlockingQueue<>();

  private final Queue<Throwable> refused = new ConcurrentLinkedQueue<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private volatile boolean over;

  @AfterEach
  void end() throws Exception {
    over = true;
    if (vertx != null) {
      vertx.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    nodes.forEach(ChildNode::close);
  }

  @Test
  void whatWasAcknowledgedSucceedsAndNobodyWaitsForEver() throws Exception {
    form();
    List<Future<Void>> submitters = new ArrayList<>();
    for (int i = 0; i < SUBMITTERS; i++) {
      submitters.add(submitting("s" + i + "-", i % 2 == 0, 0));
    }
    allShardsAccept();
    for (int i = 0; i < NODES; i++) {
      String dead = nodes.get(i).listening().toString();
      nodes.get(i).kill();
      allShardsAccept();
      operatorFindsGone(i, dead);
      nodes.set(i, start(i));
      nodes.get(i).listening();
      allShardsAccept();
    }
    over = true;
    Future.all(submitters).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    for (Map.Entry<InvocationId, String> one : accepted.entrySet()) {
      Invocation ended = client.await(one.getKey()).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertEquals(Status.SUCCEEDED, ended.status(), ended::toString);
      Buffer result = client.result(ended.id()).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertEquals(one.getValue(), result.toString());
    }
    assertEquals(List.of(), List.copyOf(wrong));
    for (Throwable cause : refused) {
      Failure failure = ((FailureException) cause).failure();
      assertEquals(Failure.Kind.UNAVAILABLE, failure.kind(), failure::toString);
      assertFalse(failure.message().isBlank());
    }
  }

  // ---- the nodes

  private void form() throws Exception {
    List<Integer> ports = FreePorts.take(3 * NODES);
    List<String> joined = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      List<Integer> own = ports.subList(3 * i, 3 * i + 3);
      members.add("n%d=127.0.0.1:%d:%d:%d".formatted(i, own.get(0), own.get(1), own.get(2)));
      joined.add("127.0.0.1:" + own.get(2));
    }
    Files.writeString(
        data.resolve("accounts.json"),
        """
        {"accounts": [{"id": "1000000000000001", "name": "default", "tokens": ["%s"]}]}
        """
            .formatted(TOKEN));
    for (int i = 0; i < NODES; i++) {
      nodes.add(start(i));
    }
    nodes.forEach(ChildNode::listening);
    vertx =
        ClusterClientExample.join("127.0.0.1", joined).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    var served = vertx.eventBus().<Buffer>consumer("another.jvm", call -> call.reply(call.body()));
    served.completion().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    client = PerdureClient.create(vertx);
    client
        .functions()
        .put(FUNCTION, FunctionSpec.eventBus("another.jvm"))
        .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private ChildNode start(int i) throws Exception {
    List<String> words = new ArrayList<>();
    for (String setting :
        List.of(
            "cluster.enabled=true",
            "cluster.node=n" + i,
            "cluster.nodes=" + String.join(",", members),
            "accounts.file=" + data.resolve("accounts.json"),
            "data.dir=" + data.resolve("n" + i),
            "data.shards=" + SHARDS,
            "http.port=0")) {
      words.addAll(List.of("--set", setting));
    }
    return ChildNode.start(words.toArray(String[]::new));
  }

  /** Whoever is asked by the operator tells of the one that has gone; itself it tells nothing. */
  private void operatorFindsGone(int i, String dead) throws Exception {
    String alive = nodes.get((i + 1) % NODES).listening().toString();
    String told;
    do { // it is heard of for a moment more
      told = status(0, alive);
    } while (!told.matches("(?s).*\\bn" + i + " +active +NO .*"));
    String refusal = status(1, dead);
    assertTrue(refusal.contains(dead + " does not answer as a node does"), refusal);
    assertTrue(refusal.contains("--url"), refusal);
  }

  /** What the command line says of the cluster, which ends with {@code code}. */
  private static String status(int code, String url) throws Exception {
    try (ChildNode asked = ChildNode.start("cluster", "status", "--url", url, "--token", TOKEN)) {
      assertEquals(code, asked.exitCode());
      return asked.stdout() + asked.stderr();
    }
  }

  // ---- the client

  /** Returns when each shard has accepted something more. */
  private void allShardsAccept() throws InterruptedException {
    accepting.clear();
    Set<Integer> seen = new TreeSet<>();
    while (seen.size() < SHARDS) {
      Integer shard = accepting.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertTrue(shard != null, () -> "accepted of late by " + seen + "; refused: " + refused);
      seen.add(shard);
    }
  }

  /** One after the other, each when the one before has ended, or has been refused. */
  private Future<Void> submitting(String name, boolean keyed, int number) {
    if (over) {
      return Future.succeededFuture();
    }
    String text = name + number;
    Submission submission = Submission.of(FUNCTION);
    return client
        .submit(keyed ? submission.withKey(text) : submission, Buffer.buffer(text))
        .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .compose(taken -> ended(taken, text))
        .transform(
            done -> {
              if (done.failed() && !(done.cause() instanceof FailureException)) {
                wrong.add(text + ": " + done.cause());
              } else if (done.failed()) {
                refused.add(done.cause());
              }
              // what has a key is the same again, until it is known
              return vertxLater(name, keyed, keyed && done.failed() ? number : number + 1);
            });
  }

  private Future<Void> vertxLater(String name, boolean keyed, int number) {
    return vertx.timer(5, TimeUnit.MILLISECONDS).compose(v -> submitting(name, keyed, number));
  }

  private Future<Void> ended(Invocation taken, String text) {
    String before = accepted.put(taken.id(), text);
    if (before != null && !before.equals(text)) {
      wrong.add(taken.id() + " is " + before + " and " + text);
    }
    accepting.add(taken.id().shard());
    return client.await(taken.id()).timeout(PATIENCE_SECONDS, TimeUnit.SECONDS).mapEmpty();
  }
}
