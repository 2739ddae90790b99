package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import io.perdure.testkit.NodeApi;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a caller waits for, on a whole node. */
@ExtendWith(PerdureExtension.class)
@Timeout(60)
class SyncTest {
  /** As many as a node has unless it is told. */
  private static final int SHARDS = 6;

  private PerdureNode node;
  private NodeApi api;
  private int turn;

  @BeforeEach
  void connect(PerdureNode node) {
    this.node = node;
    api = NodeApi.of(node);
  }

  @Test
  void ofManyAtOnceAsManyRunAsThereIsConcurrency() {
    node.function("slow").concurrency(2).never();
    List<Future<Submitted>> calls =
        Stream.generate(() -> submit("slow")).limit(10).toList(); // over all shards
    List<JsonNode> settled = calls.stream().map(call -> settled(id(call))).toList();
    List<JsonNode> failed = settled.stream().filter(one -> status(one) != Status.RUNNING).toList();
    assertEquals(8, failed.size());
    for (JsonNode one : failed) {
      assertEquals(Status.FAILED, status(one), one::toString);
      assertEquals("sync", one.path("mode").asText());
      assertEquals("ConcurrencyExceeded", one.at("/error/type").asText());
      assertTrue(one.path("startedAt").isNull(), one::toString);
    }
  }

  /** The state once it runs or has ended. */
  private JsonNode settled(String id) {
    JsonNode state = api.state(id);
    while (status(state) == Status.ENQUEUED) {
      state = api.state(id);
    }
    return state;
  }

  @Test
  void itPassesByTheBacklogOfItsFunction() {
    node.function("echo").serves(Future::succeededFuture);
    for (int i = 0; i < 10; i++) {
      api.submit("echo", "", "Perdure-Delay", "1h");
    }
    JsonNode ended = api.ended(id(submit("echo")));
    assertEquals(Status.SUCCEEDED, status(ended), ended::toString);
  }

  @Test
  void itsFailureIsNotRetried() {
    node.function("bad").retries(5, Duration.ofSeconds(1)).failsThenReturns(5, "late");
    JsonNode ended = api.ended(id(submit("bad")));
    assertEquals(Status.FAILED, status(ended));
    assertEquals(1, ended.path("attempts").asInt());
    assertEquals("synchronous: no retry", ended.path("reason").asText());
  }

  @Test
  void aPausedFunctionTurnsItAway() {
    node.function("echo").serves(Future::succeededFuture);
    api.post(NodeApi.function("echo") + ":pause", "").expect(200);
    JsonNode ended = api.ended(id(submit("echo")));
    assertEquals("Paused", ended.at("/error/type").asText(), ended::toString);
  }

  @Test
  void aFunctionWithoutConcurrencyTurnsItAwayAndQueuesTheOthers() {
    node.function("off").concurrency(0).returns("never");
    JsonNode ended = api.ended(id(submit("off")));
    assertEquals("ConcurrencyExceeded", ended.at("/error/type").asText(), ended::toString);
    JsonNode queued = api.state(api.submit("off", ""));
    assertEquals(Status.ENQUEUED, status(queued));
    assertEquals(
        "nothing is started: its function's concurrency is 0", queued.at("/why/message").asText());
  }

  @Test
  void whatRanWhenTheNodeWentIsNotRunAgain() {
    node.function("slow").never();
    String id = id(submit("slow"));
    api.reaches(id, Status.RUNNING);
    node.restart();
    api = NodeApi.of(node);
    JsonNode ended = api.ended(id);
    assertEquals(Status.FAILED, status(ended), ended::toString);
    assertEquals(1, ended.path("attempts").asInt(), ended::toString);
  }

  private Future<Submitted> submit(String function) {
    long uid = get(node.client().functions().get(function)).uid();
    Submit sync =
        new Submit(
            uid,
            Invocation.LATEST,
            null,
            null,
            null,
            Invocation.Origin.SCF,
            Invocation.Mode.SYNC,
            true,
            0,
            null,
            Map.of(),
            0,
            null,
            new byte[0]);
    return Bus.install(node.vertx()).request(Addresses.SUBMIT.at(turn++ % SHARDS), sync);
  }

  private static String id(Future<Submitted> submitted) {
    return get(submitted).invocation().id().toString();
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.await(30, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
