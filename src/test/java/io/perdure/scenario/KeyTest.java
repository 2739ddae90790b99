package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.status;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Status;
import io.perdure.testkit.NodeApi;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PerdureExtension.class)
@Timeout(60)
class KeyTest {
  private static final String KEY = "Idempotency-Key";

  @Test
  void theSameKeyAndPayloadGiveTheFirstInvocation(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    AtomicInteger runs = new AtomicInteger();
    node.function("count")
        .serves(p -> Future.succeededFuture(Buffer.buffer("" + runs.incrementAndGet())));
    String first = api.submit("count", "p", KEY, "k-1");
    api.ended(first);
    JsonNode again = api.trySubmit("count", "p", KEY, "k-1").expect(200).json();
    assertEquals(first, again.path("id").asText());
    assertEquals("SUCCEEDED", again.path("status").asText());
    assertEquals(1, runs.get());
  }

  @Test
  void theSameKeyWithAnotherPayloadIsRefused(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    String first = api.submit("echo", "p", KEY, "k-1");
    JsonNode problem = api.trySubmit("echo", "q", KEY, "k-1").problem(422, "key-reused");
    assertEquals(first, problem.path("existing").asText());
  }

  @Test
  void aKeyBelongsToItsFunction(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("one").serves(Future::succeededFuture);
    node.function("two").serves(Future::succeededFuture);
    api.submit("one", "p", KEY, "k-1");
    api.submit("two", "q", KEY, "k-1");
  }

  @Test
  void aKeyIsKnownAfterARestart(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("slow").never();
    String first = api.submit("slow", "p", KEY, "k-1");
    node.restart();
    api = NodeApi.of(node);
    assertEquals(
        first, api.trySubmit("slow", "p", KEY, "k-1").expect(200).json().path("id").asText());
    api.trySubmit("slow", "q", KEY, "k-1").problem(422, "key-reused");
  }

  @Test
  void aKeyIsKnownAfterAFailureToo(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("bad").serves(p -> Future.failedFuture("no"));
    String first = api.submit("bad", "p", KEY, "k-1");
    assertEquals(Status.FAILED, status(api.ended(first)));
    JsonNode again = api.trySubmit("bad", "p", KEY, "k-1").expect(200).json();
    assertEquals(first, again.path("id").asText());
  }
}
