package io.perdure.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Event;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PerdureExtension.class)
@Timeout(60)
class PerdureClientTest {
  private static Failure failure(Future<?> future) {
    return assertThrows(FailureException.class, () -> PerdureNode.await(future)).failure();
  }

  @Test
  void submitsAwaitsAndReadsTheResult(PerdureNode node) {
    node.function("shout").serves(p -> Future.succeededFuture(Buffer.buffer(p.toString() + "!")));
    PerdureClient client = node.client();
    Future<Buffer> result =
        client
            .submit("shout", Buffer.buffer("hello"))
            .compose(accepted -> client.await(accepted.id()))
            .compose(ended -> client.result(ended.id()));
    assertEquals("hello!", PerdureNode.await(result).toString());
  }

  @Test
  void theFirstStateIsAlreadyOnDisk(PerdureNode node) {
    node.function("echo").serves(Future::succeededFuture);
    Submission later =
        Submission.of("echo").withDelay(Duration.ofHours(1)).withLabel("team", "a").withKey("k");
    Invocation accepted = PerdureNode.await(node.client().submit(later, Buffer.buffer("x")));
    assertEquals(Status.ENQUEUED, accepted.status());
    node.restart();
    Invocation found = PerdureNode.await(node.client().get(accepted.id()));
    assertEquals("k", found.key());
    assertEquals("a", found.labels().get("team"));
    assertEquals(accepted.dueAt(), found.dueAt());
    assertEquals("x", PerdureNode.await(node.client().payload(accepted.id())).toString());
  }

  @Test
  void theSameKeyGivesTheFirstInvocation(PerdureNode node) {
    node.function("echo").serves(Future::succeededFuture);
    Submission keyed = Submission.of("echo").withKey("k");
    Invocation first = PerdureNode.await(node.client().submit(keyed, Buffer.buffer("x")));
    Invocation again = PerdureNode.await(node.client().submit(keyed, Buffer.buffer("x")));
    assertEquals(first.id(), again.id());
    Failure refused = failure(node.client().submit(keyed, Buffer.buffer("y")));
    assertInstanceOf(Failure.KeyReused.class, refused);
  }

  @Test
  void anUnknownFunctionIsRefused(PerdureNode node) {
    Failure refused = failure(node.client().submit("nobody", Buffer.buffer()));
    assertInstanceOf(Failure.NotFound.class, refused);
  }

  @Test
  void anUnknownInvocationIsRefused(PerdureNode node) {
    InvocationId unknown = InvocationId.parse("019b76da-a800-7000-8000-000000000000").orElseThrow();
    assertInstanceOf(Failure.NotFound.class, failure(node.client().get(unknown)));
  }

  @Test
  void anotherAccountSeesNothing(PerdureNode node) {
    node.function("echo").serves(Future::succeededFuture);
    Invocation mine = PerdureNode.await(node.client().submit("echo", Buffer.buffer()));
    PerdureClient other = node.client().withAccount("2000000000000002");
    assertInstanceOf(Failure.NotFound.class, failure(other.get(mine.id())));
  }

  @Test
  void watchesEveryEventOnceAndInOrder(PerdureNode node) {
    node.function("flaky").retries(2, Duration.ZERO).failsThenReturns(1, "done");
    PerdureClient client = node.client();
    List<Event.Type> seen = Collections.synchronizedList(new ArrayList<>());
    Future<Invocation> watched =
        client
            .submit("flaky", Buffer.buffer())
            .compose(accepted -> client.watch(accepted.id(), event -> seen.add(event.type())));
    assertEquals(Status.SUCCEEDED, PerdureNode.await(watched).status());
    assertEquals(
        List.of(
            Event.Type.ENQUEUED,
            Event.Type.RUNNING,
            Event.Type.RETRYING,
            Event.Type.RUNNING,
            Event.Type.SUCCEEDED),
        seen);
  }

  @Test
  void anAwaitWithALimitGivesTheStateWhenTheTimeIsOver(PerdureNode node) {
    node.function("echo").serves(Future::succeededFuture);
    Submission later = Submission.of("echo").withDelay(Duration.ofHours(1));
    Invocation accepted = PerdureNode.await(node.client().submit(later, Buffer.buffer()));
    Future<Invocation> waited = node.client().await(accepted.id(), Duration.ofSeconds(5));
    while (!waited.isComplete()) { // the question may not have arrived yet
      node.clock().advance(Duration.ofSeconds(1));
      PerdureNode.await(node.client().get(accepted.id()));
    }
    assertEquals(Status.ENQUEUED, PerdureNode.await(waited).status());
  }

  @Test
  void stopsWhatRuns(PerdureNode node) {
    Promise<Buffer> end = Promise.promise();
    node.function("slow").serves(payload -> end.future());
    PerdureClient client = node.client();
    Invocation accepted = PerdureNode.await(client.submit("slow", Buffer.buffer()));
    Invocation asked =
        PerdureNode.await(client.stop(accepted.id(), StopMode.CANCEL, Duration.ZERO));
    assertTrue(asked.status() == Status.STOPPING || asked.status() == Status.STOPPED);
    assertEquals(Status.STOPPED, PerdureNode.await(client.await(accepted.id())).status());
    Invocation again =
        PerdureNode.await(client.stop(accepted.id(), StopMode.CANCEL, Duration.ZERO));
    assertEquals(Status.STOPPED, again.status());
  }

  @Test
  void whatHasSucceededIsNotStopped(PerdureNode node) {
    node.function("fast").returns("done");
    PerdureClient client = node.client();
    Invocation accepted = PerdureNode.await(client.submit("fast", Buffer.buffer()));
    PerdureNode.await(client.await(accepted.id()));
    assertInstanceOf(
        Failure.Conflict.class,
        failure(client.stop(accepted.id(), StopMode.CANCEL, Duration.ZERO)));
  }

  @Test
  void listsPageByPage(PerdureNode node) {
    node.function("echo").serves(Future::succeededFuture);
    PerdureClient client = node.client();
    List<InvocationId> submitted = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      submitted.add(
          PerdureNode.await(
                  client.submit(Submission.of("echo").withLabel("i", "" + i % 2), Buffer.buffer()))
              .id());
      node.clock().advance(Duration.ofMillis(1));
    }
    List<InvocationId> listed = new ArrayList<>();
    Query query = Query.of("echo").oldestFirst().withLimit(3);
    String cursor = null;
    do {
      PerdureClient.Page page = PerdureNode.await(client.list(query.after(cursor)));
      page.invocations().forEach(one -> listed.add(one.id()));
      cursor = page.cursor();
    } while (cursor != null);
    assertEquals(submitted, listed);
    Query odd = Query.all().withLabel("i", "1");
    assertEquals(3, PerdureNode.await(client.list(odd)).invocations().size());
  }
}
