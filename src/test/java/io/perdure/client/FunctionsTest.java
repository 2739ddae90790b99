package io.perdure.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Route;
import io.perdure.invocation.Status;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PerdureExtension.class)
@Timeout(60)
class FunctionsTest {
  @Test
  void functionIsMadeShownListedAndDeleted(PerdureNode node) {
    Functions functions = node.client().functions();
    Function made = functions.put("cat", FunctionSpec.command("cat").withDescription("d")).await();
    assertEquals("d", made.about().description());
    assertEquals(made, functions.get("cat").await());
    assertEquals(List.of(made), functions.list().await());
    functions.delete("cat").await();
    assertInstanceOf(Failure.NotFound.class, failure(functions.get("cat")));
  }

  @Test
  void functionsOfAnotherNamespaceAreApart(PerdureNode node) {
    Functions functions = node.client().functions();
    functions.put("cat", FunctionSpec.command("cat")).await();
    assertInstanceOf(Failure.NotFound.class, failure(functions.inNamespace("other").get("cat")));
  }

  @Test
  void wrongSettingIsNamed(PerdureNode node) {
    Functions functions = node.client().functions();
    Failure refused = failure(functions.put("f", FunctionSpec.http("ftp://x")));
    assertEquals("runtime.url", assertInstanceOf(Failure.Invalid.class, refused).field());
  }

  @Test
  void aliasLeadsToAVersion(PerdureNode node) {
    Functions functions = node.client().functions();
    functions.put("echo", FunctionSpec.command("echo", "one")).await();
    assertEquals("1", functions.publishVersion("echo", "first").await().number());
    functions.put("echo", FunctionSpec.command("echo", "two")).await();
    functions.putAlias("echo", "prod", Route.to("1")).await();
    assertEquals("1", functions.get("echo", "prod").await().version());
    PerdureClient client = node.client();
    Submission prod = Submission.of("echo").withQualifier("prod");
    Invoked one = client.invoke(prod, Buffer.buffer(), Duration.ZERO).await();
    assertEquals("one\n", one.result().toString());
    assertEquals("1", one.invocation().version());
    assertEquals("two\n", client.invoke("echo", Buffer.buffer()).await().result().toString());
  }

  @Test
  void resultAndLogComeTogether(PerdureNode node) {
    node.client()
        .functions()
        .put("both", FunctionSpec.command("sh", "-c", "echo said >&2; cat"))
        .await();
    Invoked invoked = node.client().invoke("both", Buffer.buffer("in")).await();
    assertTrue(invoked.succeeded());
    assertEquals("in", invoked.result().toString());
    assertEquals("said\n", invoked.log().toString());
  }

  @Test
  void whatIsNotOverInTimeGoesOn(PerdureNode node) {
    Promise<Buffer> end = Promise.promise();
    node.function("slow").serves(payload -> end.future());
    PerdureClient client = node.client();
    Future<Invoked> asked =
        client.invoke(Submission.of("slow"), Buffer.buffer(), Duration.ofMillis(50));
    while (!asked.isComplete()) { // the question may not have arrived yet
      node.clock().advance(Duration.ofMillis(50));
      client.functions().get("slow").await();
    }
    Invoked early = asked.await();
    assertFalse(early.invocation().status().terminal());
    end.complete(Buffer.buffer("late"));
    client.await(early.invocation().id()).await();
    assertEquals("late", client.result(early.invocation().id()).await().toString());
  }

  @Test
  void failureIsNoRefusal(PerdureNode node) {
    node.client()
        .functions()
        .put("bad", FunctionSpec.command("sh", "-c", "echo why; exit 3"))
        .await();
    Invoked invoked = node.client().invoke("bad", Buffer.buffer()).await();
    assertFalse(invoked.succeeded());
    assertEquals(Status.FAILED, invoked.invocation().status());
  }

  private static Failure failure(Future<?> future) {
    return assertThrows(FailureException.class, () -> PerdureNode.await(future)).failure();
  }
}
