package io.perdure.api.scf.action;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.perdure.api.LogTail;
import io.perdure.api.Waits;
import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Field;
import io.perdure.api.scf.wire.Reply;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.api.scf.wire.Shape;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.LimitMessages.Acquire;
import io.perdure.invocation.AttemptView;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.router.InvokeOutcome;
import io.perdure.router.Router;
import io.perdure.router.SubmitRequest;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Running functions (spec tencent-scf, 5.2). Thread-safe. */
final class InvokeActions {
  private static final String EVENT = "Event";
  private static final String REQUEST_RESPONSE = "RequestResponse";
  private static final String DEFAULT_ALIAS = "$DEFAULT";
  private static final int ROUTING_KEY_BYTES_MAX = 1024;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Field FUNCTION = Names.FUNCTION.refused("InvalidParameter.FunctionName");
  private static final Field LOG_TYPE = Field.text("LogType").oneOf("None", "Tail");
  private static final Field ROUTING_KEY =
      Field.text("RoutingKey")
          .check(
              value -> value.textValue().getBytes(UTF_8).length <= ROUTING_KEY_BYTES_MAX,
              "expected at most " + ROUTING_KEY_BYTES_MAX + " bytes")
          .check(
              value -> value.textValue().isEmpty() || routingKey(value.textValue()) != null,
              "expected an object of JSON whose values are strings");

  private static final Shape INVOKE =
      Shape.of(
          FUNCTION,
          Field.text("InvocationType").oneOf(REQUEST_RESPONSE, EVENT),
          Names.QUALIFIER,
          Field.text("ClientContext"),
          LOG_TYPE,
          Names.NAMESPACE,
          ROUTING_KEY);
  private static final Shape INVOKE_FUNCTION =
      Shape.of(
          FUNCTION, Names.QUALIFIER, Field.text("Event"), LOG_TYPE, Names.NAMESPACE, ROUTING_KEY);

  private final Bus bus;
  private final Router router;
  private final Runs runs;
  private final Waits waits;
  private final InvocationActions.Settings settings;

  InvokeActions(
      Bus bus, Router router, Runs runs, Waits waits, InvocationActions.Settings settings) {
    this.bus = bus;
    this.router = router;
    this.runs = runs;
    this.waits = waits;
    this.settings = settings;
  }

  Stream<Action> all() {
    return Stream.of(
        new Action(
            "Invoke",
            INVOKE,
            call ->
                run(
                    call,
                    "ClientContext",
                    EVENT.equals(call.args().text("InvocationType")),
                    Invocation.LATEST)),
        new Action(
            "InvokeFunction", INVOKE_FUNCTION, call -> run(call, "Event", false, DEFAULT_ALIAS)));
  }

  private Future<Reply> run(ScfCall call, String parameter, boolean event, String qualifier) {
    return Payload.of(parameter, call.args().text(parameter))
        .compose(
            payload -> {
              Function function = runs.function(call);
              String asked = call.args().text("Qualifier", implied(function, qualifier));
              Function version = runs.version(call, asked, "Qualifier");
              boolean asyncRun = ScfFunction.of(function).asyncRun();
              boolean async = event || asyncRun;
              int most = async ? settings.eventBytesMax() : router.payloadBytesMax();
              Payload.checkSize(payload, parameter, most);
              checkCode(version);
              String to = router.routed(function, asked, routingKey(call));
              SubmitRequest request = request(call, to, async, payload);
              return async
                  ? admitted(call, asyncRun).compose(done -> accepted(request))
                  : finished(call, request, Runs.asRun(function, version));
            });
  }

  /** The alias that stands for the latest is one that only functions of this dialect have. */
  private static String implied(Function function, String qualifier) {
    return function.flavour() == Function.Flavour.SCF ? qualifier : Invocation.LATEST;
  }

  private static void checkCode(Function version) {
    if (version.runtime() instanceof Managed managed && managed.code() == null) {
      throw new ScfError(
          "FailedOperation.FunctionStatusError",
          "The function [" + version.name() + "] has no code yet.");
    }
  }

  /** Asynchronously executing functions have a limit of their own (spec tencent-scf, 2.6). */
  private Future<Done> admitted(ScfCall call, boolean asyncRun) {
    return asyncRun
        ? bus.request(Addresses.ACQUIRE, new Acquire(call.accountId(), "scf", "AsyncRun", 1))
        : Future.succeededFuture(Done.DONE);
  }

  private static SubmitRequest request(
      ScfCall call, String qualifier, boolean async, byte[] payload) {
    return new SubmitRequest(
        call.accountId(),
        call.namespace(),
        call.function(),
        qualifier,
        null,
        0,
        0,
        Map.of(),
        null,
        Invocation.Origin.SCF,
        async ? Invocation.Mode.ASYNC : Invocation.Mode.SYNC,
        null,
        payload);
  }

  /** Answered when it is on disk; everything but the id is empty (spec tencent-scf, section 4). */
  private Future<Reply> accepted(SubmitRequest request) {
    return router
        .submit(request)
        .map(submitted -> submitted.invocation().id().toString())
        .map(id -> result(id, "", new Returned(StatusCode.SUCCESS, "", ""), 0, 0));
  }

  private Future<Reply> finished(ScfCall call, SubmitRequest request, ScfFunction function) {
    boolean withLog = "Tail".equals(call.args().text("LogType"));
    long wait = settings.invokeWait().toMillis();
    return waits
        .within(() -> router.invoke(request, wait, withLog))
        .map(outcome -> result(outcome, function));
  }

  private Reply result(InvokeOutcome outcome, ScfFunction function) {
    Invocation invocation = outcome.invocation();
    String id = invocation.id().toString();
    if (!invocation.status().terminal()) {
      throw new ScfError(
          "FailedOperation.InvokeFunction",
          "The run ["
              + id
              + "] has not ended within "
              + settings.invokeWait().toSeconds()
              + " seconds. It goes on; GetRequestStatus tells what becomes of it.");
    }
    return result(
        id,
        Runs.tail(outcome.log(), LogTail.BYTES),
        Returned.of(invocation, outcome.result(), function),
        invocation.memoryBytes(),
        AttemptView.lastDurationMillis(invocation));
  }

  private static Reply result(
      String id, String log, Returned returned, long memoryBytes, long millis) {
    boolean success = returned.code() == StatusCode.SUCCESS;
    return new Reply(
        id,
        json -> {
          json.writeObjectFieldStart("Result");
          json.writeStringField("Log", log);
          json.writeStringField("RetMsg", returned.retMsg());
          json.writeStringField("ErrMsg", returned.errMsg());
          json.writeNumberField("MemUsage", memoryBytes);
          json.writeNumberField("Duration", (double) millis);
          json.writeNumberField("BillDuration", millis);
          json.writeStringField("FunctionRequestId", id);
          json.writeNumberField("InvokeResult", success ? 0 : returned.code().number());
          json.writeEndObject();
        });
  }

  private static Map<String, String> routingKey(ScfCall call) {
    String text = call.args().text("RoutingKey", "");
    return text.isEmpty() ? Map.of() : routingKey(text);
  }

  /** Null when {@code text} is no object of strings. */
  private static Map<String, String> routingKey(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      if (!json.isObject()) {
        return null;
      }
      Map<String, String> values = new TreeMap<>();
      for (Map.Entry<String, JsonNode> member : json.properties()) {
        if (!member.getValue().isTextual()) {
          return null;
        }
        values.put(member.getKey(), member.getValue().textValue());
      }
      return values;
    } catch (IOException e) {
      return null;
    }
  }
}
