package io.perdure.api.scf.action;

import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.Field;
import io.perdure.api.scf.wire.Reply;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.api.scf.wire.Shape;
import io.perdure.bus.Bus;
import io.perdure.invocation.Function;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RunError;
import io.perdure.router.FunctionChanges;
import io.perdure.router.Router;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * How often asynchronous invocations of a function are repeated and how long they may wait (spec
 * tencent-scf, 5.5). It is the function's own: all its versions and aliases follow.
 */
public final class EventInvokeActions {
  /** Pause between two attempts, always the same (spec tencent-scf, 7). */
  private static final long PAUSE_MILLIS = 60_000;

  private static final Shape CONFIG =
      Shape.of(
          Field.objects("RetryConfig", Shape.of(Field.integer("RetryNum").required())).required(),
          Field.integer("MsgTTL").required());

  private static final Shape GET = Shape.of(Names.FUNCTION, Names.NAMESPACE, Names.QUALIFIER);
  private static final Shape UPDATE =
      Shape.of(
          Names.FUNCTION, Names.NAMESPACE, Field.object("AsyncTriggerConfig", CONFIG).required());

  private final Router router;
  private final FunctionChanges changes;

  /** Actions over {@code bus} on the functions that {@code router} finds. */
  public EventInvokeActions(Bus bus, Router router) {
    this.router = router;
    this.changes = new FunctionChanges(bus, router);
  }

  /** All of them. */
  public Stream<Action> all() {
    return Stream.of(
        new Action("GetFunctionEventInvokeConfig", GET, this::get),
        new Action("UpdateFunctionEventInvokeConfig", UPDATE, this::update));
  }

  /** The policy that repeats what the function failed {@code retries} times. */
  static RetryPolicy policy(int retries) {
    return new RetryPolicy(
        retries + 1, PAUSE_MILLIS, PAUSE_MILLIS, 0, EnumSet.allOf(RunError.Kind.class));
  }

  /** One entry: the cloud shows a second one with -1 at times, and reads the first alone. */
  private Future<Reply> get(ScfCall call) {
    Function function =
        router.version(
            call.accountId(), call.namespace(), call.function(), call.args().text("Qualifier"));
    return Future.succeededFuture(
        Reply.of(
            json -> {
              json.writeObjectFieldStart("AsyncTriggerConfig");
              json.writeArrayFieldStart("RetryConfig");
              json.writeStartObject();
              json.writeNumberField("RetryNum", function.retry().maxAttempts() - 1);
              json.writeEndObject();
              json.writeEndArray();
              json.writeNumberField("MsgTTL", function.eventAgeMillis() / 1_000);
              json.writeEndObject();
            }));
  }

  private Future<Reply> update(ScfCall call) {
    Args config = call.args().object("AsyncTriggerConfig");
    int retries = retries(config.objects("RetryConfig"));
    long ttlMillis = ttlSeconds(config) * 1_000;
    return changes
        .change(
            new FunctionChanges.Target(
                call.accountId(), call.namespace(), call.function(), call.account().name()),
            now -> changed(now, retries, ttlMillis))
        .map(done -> Reply.NOTHING);
  }

  private static Function changed(Function now, int retries, long ttlMillis) {
    if (ScfFunction.of(now).asyncRun()) {
      throw new ScfError(
          "UnsupportedOperation.UpdateFunctionEventInvokeConfig",
          "The function `" + now.name() + "` executes asynchronously and is never retried.");
    }
    return now.withPolicies(policy(retries), ttlMillis, now.retention());
  }

  private static int retries(List<Args> entries) {
    if (entries.isEmpty()) {
      throw ScfError.invalidValue(
          "InvalidParameterValue.AsyncTriggerConfig",
          "AsyncTriggerConfig.RetryConfig",
          "expected at least one entry");
    }
    return (int)
        within(
            "LimitExceeded.RetryNum",
            "AsyncTriggerConfig.RetryConfig.0.RetryNum",
            entries.get(0).integer("RetryNum", 0),
            0,
            Limits.RETRY_NUM_MAX);
  }

  private static long ttlSeconds(Args config) {
    return within(
        "LimitExceeded.MsgTTL",
        "AsyncTriggerConfig.MsgTTL",
        config.integer("MsgTTL", 0),
        Limits.MSG_TTL_MIN,
        Limits.MSG_TTL_MAX);
  }

  private static long within(String code, String parameter, long value, long least, long most) {
    if (value < least || value > most) {
      throw ScfError.invalidValue(code, parameter, "expected " + least + " to " + most);
    }
    return value;
  }
}
