package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.function;
import static io.perdure.testkit.NodeApi.invocation;
import static io.perdure.testkit.NodeApi.status;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Status;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.NodeApi.Answer;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an invocation by a version or an alias runs, and what becomes of it when that is gone. */
@ExtendWith(PerdureExtension.class)
@Timeout(60)
class VersionTest {
  private static final String F = function("f");

  @Test
  void qualifierChoosesWhatRuns(PerdureNode node) {
    NodeApi api = publishTwoVersions(node);
    put(api, F + "/aliases/prod", "{\"version\":\"1\"}").expect(201);
    assertEquals("one", result(api, submit(api, "1")));
    assertEquals("two", result(api, submit(api, "2")));
    assertEquals("now", result(api, submit(api, "$LATEST")));
    assertEquals("one", result(api, submit(api, "prod")));
    put(api, F + "/aliases/prod", "{\"version\":\"2\"}").expect(200);
    assertEquals("two", result(api, submit(api, "prod")));
    node.restart();
    serve(node);
    assertEquals("two", result(NodeApi.of(node), submit(NodeApi.of(node), "prod")));
  }

  @Test
  void aliasLeadsWhereItDoesWhenTheInvocationBegins(PerdureNode node) {
    NodeApi api = publishTwoVersions(node);
    put(api, F + "/aliases/prod", "{\"version\":\"1\"}").expect(201);
    api.post(F + ":pause", "").expect(200);
    String id = submit(api, "prod");
    put(api, F + "/aliases/prod", "{\"version\":\"2\"}").expect(200);
    api.post(F + ":resume", "").expect(200);
    assertEquals("two", result(api, id));
    assertEquals("prod", api.state(id).path("qualifier").asText());
  }

  @Test
  void whatWaitsForAnAliasThatIsGoneBecomesInvalid(PerdureNode node) {
    NodeApi api = publishTwoVersions(node);
    put(api, F + "/aliases/prod", "{\"version\":\"1\"}").expect(201);
    api.post(F + ":pause", "").expect(200);
    String byAlias = submit(api, "prod");
    String byVersion = submit(api, "2");
    api.send("DELETE", F + "/aliases/prod", new byte[0]).expect(204);
    api.post(F + ":resume", "").expect(200);
    JsonNode ended = api.ended(byAlias);
    assertEquals(Status.INVALID, status(ended));
    assertEquals("there is no version or alias prod (any more)", ended.path("reason").asText());
    assertEquals("two", result(api, byVersion));
    api.post(F + "/invocations?qualifier=prod", "").problem(404, "not-found");
  }

  @Test
  void functionMadeAgainRunsNothingOfTheVersionsBefore(PerdureNode node) {
    NodeApi api = publishTwoVersions(node);
    api.send("DELETE", F, new byte[0]).expect(204);
    run(api, "now");
    api.post(F + "/invocations?qualifier=1", "").problem(404, "not-found");
    assertEquals("now", result(api, submit(api, "LATEST")));
  }

  /** Version 1 answers "one", version 2 "two", the function itself "now". */
  private static NodeApi publishTwoVersions(PerdureNode node) {
    serve(node);
    NodeApi api = NodeApi.of(node);
    run(api, "one");
    api.post(F + "/versions", "").expect(201);
    run(api, "two");
    api.post(F + "/versions", "").expect(201);
    run(api, "now");
    return api;
  }

  private static void serve(PerdureNode node) {
    for (String what : new String[] {"one", "two", "now"}) {
      // A consumer that is local is known at once.
      node.vertx()
          .eventBus()
          .<Buffer>localConsumer("perdure.fn.default." + what)
          .handler(message -> message.reply(Buffer.buffer(what)));
    }
  }

  private static void run(NodeApi api, String what) {
    api.putFunction(
        "f",
        "{\"runtime\":{\"kind\":\"event-bus\",\"address\":\"perdure.fn.default." + what + "\"}}");
  }

  private static Answer put(NodeApi api, String path, String json) {
    return api.send("PUT", path, json.getBytes(StandardCharsets.UTF_8));
  }

  private static String submit(NodeApi api, String qualifier) {
    return api.post(F + "/invocations?qualifier=" + qualifier, "")
        .expect(202)
        .json()
        .path("id")
        .asText();
  }

  private static String result(NodeApi api, String id) {
    assertEquals(Status.SUCCEEDED, status(api.ended(id)));
    return api.get(invocation(id) + "/result").expect(200).text();
  }
}
