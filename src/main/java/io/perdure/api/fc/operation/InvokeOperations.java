package io.perdure.api.fc.operation;

import io.perdure.api.Offload;
import io.perdure.api.Waits;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.FcReply;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Operation;
import io.perdure.api.fc.wire.Target;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.router.Router;
import io.perdure.router.SubmitRequest;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** InvokeFunction (spec alibaba-fc, section 5). Thread-safe. */
public final class InvokeOperations {
  private static final String NAME = "InvokeFunction";

  /** Answers with larger results are made on a worker: copying them takes a while. */
  private static final int INLINE_BYTES = 2 << 20;

  private final Router router;
  private final Waits waits;
  private final Settings settings;

  /**
   * What is set.
   *
   * @param payloadBytesMax largest payload of a synchronous invocation
   * @param eventBytesMax largest payload of an asynchronous invocation
   * @param invokeWait longest wait of a caller for a result
   * @param waitsMax most callers who wait at once
   */
  public record Settings(
      int payloadBytesMax, int eventBytesMax, Duration invokeWait, int waitsMax) {}

  /** Over {@code router}. */
  public InvokeOperations(Router router, Settings settings) {
    this.router = router;
    this.waits = new Waits(router, "fc.waits-max", settings.waitsMax());
    this.settings = settings;
  }

  /** Of all generations. */
  public Stream<Operation> all() {
    return Stream.of(
        operation(
            "POST /services/{serviceName}/functions/{functionName}/invocations",
            EnumSet.of(Generation.V1, Generation.V2)),
        operation("POST /functions/{functionName}/invocations", EnumSet.of(Generation.V3)));
  }

  private Operation operation(String request, Set<Generation> generations) {
    return Operation.of(NAME, request, generations, Operation.Size.PAYLOAD, this::invoke);
  }

  private Future<FcReply> invoke(FcCall call) {
    Target target = call.target();
    // First what is run, then how: the order of the cloud's refusals (5.2).
    router.version(call.account().id(), target.namespace(), target.function(), target.qualifier());
    InvokeOptions options = InvokeOptions.of(call);
    checkSize(call, options.async() ? settings.eventBytesMax() : settings.payloadBytesMax());
    return options.async() ? accepted(call, target, options) : finished(call, target, options);
  }

  private static void checkSize(FcCall call, int most) {
    if (call.received().body().length > most) {
      throw new FcError(
          400, "EntityTooLarge", "The payload is larger than the maximum of " + most + " bytes");
    }
  }

  // ---- nobody waits

  /** Answered when it is on disk. */
  private Future<FcReply> accepted(FcCall call, Target target, InvokeOptions options) {
    // Without an id of its own a task goes by that of the request, if the caller has named it.
    String key = options.taskId() == null ? call.givenRequestId() : options.taskId();
    return router
        .submit(request(call, target, options, Invocation.Mode.ASYNC, key))
        .recover(cause -> Future.failedFuture(isReuse(cause) ? taken(call, target, key) : cause))
        .map(
            submitted -> {
              if (!submitted.created()) {
                throw taken(call, target, key);
              }
              return accepted(call, submitted);
            });
  }

  private static FcReply accepted(FcCall call, Submitted submitted) {
    Invocation task = submitted.invocation();
    String id = task.key() == null ? task.id().toString() : task.key();
    return FcReply.empty(202)
        .withRequestId(task.shownRequestId())
        .with(InvokeOptions.taskIdHeader(call), id);
  }

  private static boolean isReuse(Throwable cause) {
    return cause instanceof FailureException e && e.failure() instanceof Failure.KeyReused;
  }

  /** The id was used before, whatever became of that task and whatever its payload was. */
  private static FcError taken(FcCall call, Target target, String id) {
    return call.generation().hasServices()
        ? FcError.exists(
            "StatefulAsyncInvocationAlreadyExists",
            "stateful async invocation '"
                + id
                + "' of function '"
                + target.function()
                + "' in service '"
                + target.namespace()
                + "' already exists")
        : FcError.exists(
            "AsyncTaskAlreadyExists",
            "async task '" + id + "' of function '" + target.function() + "' already exists");
  }

  // ---- the caller waits

  /**
   * A caller who goes away ends nothing: the run goes on. What is too large to be kept passes
   * between him and the function.
   */
  private Future<FcReply> finished(FcCall call, Target target, InvokeOptions options) {
    SubmitRequest request = request(call, target, options, Invocation.Mode.SYNC, null);
    return waits
        .within(
            () ->
                router.invokeDirectly(request, settings.invokeWait().toMillis(), options.logTail()))
        .compose(
            outcome ->
                Offload.when(
                    outcome.result().length > INLINE_BYTES,
                    () -> new RunAnswer(call, ranAs(outcome.invocation())).of(outcome)));
  }

  /** The function in the version that ran; null when either has been deleted. */
  private Function ranAs(Invocation run) {
    try {
      Function version =
          router.version(run.account(), run.namespace(), run.function(), run.version());
      return version.uid() == run.functionUid() ? version : null;
    } catch (FailureException e) {
      return null;
    }
  }

  private static SubmitRequest request(
      FcCall call, Target target, InvokeOptions options, Invocation.Mode mode, String key) {
    return new SubmitRequest(
        call.account().id(),
        target.namespace(),
        target.function(),
        target.qualifier(),
        key,
        options.delayMillis(),
        0,
        Map.of(),
        call.header("traceparent"),
        Invocation.Origin.FC,
        mode,
        options.tracked() ? Boolean.TRUE : null,
        0,
        call.givenRequestId(),
        call.received().body());
  }
}
