package io.perdure.api.scf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.perdure.client.FunctionSpec;
import io.perdure.invocation.About;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Functions of SCF's conventions on a node under test, and calls of them. */
final class ScfFunctions {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long PATIENCE_SECONDS = 60;

  private final ScfTester scf;

  ScfFunctions(ScfTester scf) {
    this.scf = scf;
  }

  /** Settings of a function in Python, as SCF's API makes them. */
  static FunctionSpec python() {
    return FunctionSpec.python3("index.main_handler")
        .withFlavour(Flavour.SCF)
        .withTimeout(Duration.ofSeconds(3));
  }

  /** Settings of a function in Node.js. */
  static FunctionSpec nodejs() {
    return FunctionSpec.nodejs("index.main_handler")
        .withFlavour(Flavour.SCF)
        .withTimeout(Duration.ofSeconds(3));
  }

  /** The same with AsyncRunEnable. */
  static FunctionSpec asyncRun(FunctionSpec of) {
    return new FunctionSpec(
        of.flavour(),
        new About("", Map.of(), "{\"AsyncRunEnable\":\"TRUE\"}"),
        of.runtime(),
        of.timeout(),
        of.concurrency(),
        of.retry(),
        of.eventAge(),
        of.retention());
  }

  /** Retries as SCF has them: so many after the first, a minute apart. */
  static FunctionSpec retrying(FunctionSpec of, int times) {
    return of.withRetries(times + 1, Duration.ofMinutes(1));
  }

  /** Makes a function in Python of the source of its file. */
  void python(String name, String source) {
    scf.node().deploy(name, python(), Map.of("index.py", source));
  }

  /** {@code Invoke} with these members besides the name; its {@code Result}. */
  JsonNode invoke(String function, String more) {
    JsonNode response = scf.ok("Invoke", "{'FunctionName':'" + function + "'" + more + "}");
    JsonNode result = response.path("Result");
    if (!result.path("FunctionRequestId").equals(response.path("RequestId"))) {
      throw new AssertionError("not one id: " + response);
    }
    return result;
  }

  /** An event; its id. */
  String event(String function) {
    return invoke(function, ",'InvocationType':'Event'").path("FunctionRequestId").asText();
  }

  /** {@code Result} of GetAsyncEventStatus. */
  JsonNode status(String id) {
    return scf.ok("GetAsyncEventStatus", "{'InvokeRequestId':'" + id + "'}").path("Result");
  }

  /** The same once it has ended. */
  JsonNode ended(String id) throws Exception {
    scf.node()
        .client()
        .await(InvocationId.parse(id).orElseThrow())
        .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return status(id);
  }

  /** Waits until the invocation has that status. */
  Invocation reaches(String id, Status wanted) throws Exception {
    return reaches(id, wanted, 0);
  }

  /** The same, and so many attempts have begun. */
  Invocation reaches(String id, Status wanted, int attempts) throws Exception {
    InvocationId known = InvocationId.parse(id).orElseThrow();
    CompletableFuture<Void> seen = new CompletableFuture<>();
    scf.node()
        .client()
        .watch(
            known,
            event -> {
              if (event.type().name().equals(wanted.name()) && event.attempt() >= attempts) {
                seen.complete(null);
              }
            })
        .onFailure(seen::completeExceptionally);
    seen.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return scf.node().client().get(known).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** {@code Data} of GetRequestStatus. */
  List<JsonNode> requests(String function, String id) {
    JsonNode response =
        scf.ok(
            "GetRequestStatus",
            "{'FunctionName':'" + function + "','FunctionRequestId':'" + id + "'}");
    return elements(response, "Data");
  }

  /** Elements of a list, whose length must be the TotalCount if that is there. */
  static List<JsonNode> elements(JsonNode response, String list) {
    List<JsonNode> elements = new ArrayList<>();
    response.path(list).forEach(elements::add);
    return elements;
  }

  /** {@code text} as JSON. */
  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  /** {@code text} as a string of JSON, to be put into a request; single quotes become double. */
  static String quoted(String text) {
    return JsonNodeFactory.instance.textNode(text.replace('\'', '"')).toString();
  }
}
