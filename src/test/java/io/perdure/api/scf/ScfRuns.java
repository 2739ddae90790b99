package io.perdure.api.scf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.perdure.client.FunctionSpec;
import io.perdure.invocation.About;
import io.perdure.invocation.Event;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RunError;
import io.perdure.testkit.EventCount;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Functions of SCF's conventions on a node under test, and calls of them. */
final class ScfRuns {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long PATIENCE_SECONDS = 60;

  private final ScfTester scf;

  ScfRuns(ScfTester scf) {
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

  /** Retries as SCF has them: so many after the first attempt, a minute apart. */
  static FunctionSpec retrying(FunctionSpec of, int times) {
    return new FunctionSpec(
        of.flavour(),
        of.about(),
        of.runtime(),
        of.timeout(),
        of.concurrency(),
        new RetryPolicy(times + 1, 60_000, 60_000, 0, EnumSet.allOf(RunError.Kind.class)),
        of.eventAge(),
        of.retention());
  }

  /** Makes a function that the test serves itself, with so many retries. */
  void served(String name, int retries, Function<Buffer, Future<Buffer>> handler) {
    var consumer = scf.node().vertx().eventBus().<Buffer>consumer("test." + name);
    consumer.handler(
        message ->
            handler
                .apply(message.body())
                .onSuccess(message::reply)
                .onFailure(e -> message.fail(1, e.getMessage())));
    FunctionSpec spec =
        FunctionSpec.eventBus("test." + name)
            .withFlavour(Flavour.SCF)
            .withTimeout(Duration.ofDays(1));
    done(
        consumer
            .completion()
            .compose(v -> scf.node().client().functions().put(name, retrying(spec, retries))));
  }

  /** What {@code future} holds, waited for. */
  static <T> T done(Future<T> future) {
    try {
      return future.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not in time", e);
    }
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
  JsonNode ended(String id) {
    done(scf.node().client().await(InvocationId.parse(id).orElseThrow()));
    return status(id);
  }

  /** The invocation once so many events of that type have come. */
  Invocation after(String id, Event.Type type, int times) {
    InvocationId known = InvocationId.parse(id).orElseThrow();
    done(EventCount.reached(scf.node().client(), known, type, times));
    return done(scf.node().client().get(known));
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
