package io.perdure.api.v1;

import io.perdure.api.Bodies;
import io.perdure.api.Offload;
import io.perdure.api.Replies;
import io.perdure.api.Waits;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.router.Router;
import io.perdure.router.SubmitOutcome;
import io.perdure.router.SubmitRequest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/** Submits: one by one with headers, or many as lines of JSON. */
final class SubmitRoutes {
  private static final String FUNCTION = "/v1/namespaces/{namespace}/functions/{function}";
  private static final CharSequence NDJSON = HttpHeaders.createOptimized("application/x-ndjson");

  /** Above this, reading or writing the lines of a batch would hold the event loop for too long. */
  private static final int OFFLOAD_BYTES = 128 * 1024;

  private static final int OFFLOAD_LINES = 500;

  private final Router router;
  private final Bodies bodies;
  private final NativeConfig config;
  private final Waits waits;

  SubmitRoutes(Router router, Bodies bodies, NativeConfig config, Waits waits) {
    this.router = router;
    this.bodies = bodies;
    this.config = config;
    this.waits = waits;
  }

  void addTo(RouteTable table) {
    table
        .add(HttpMethod.POST, FUNCTION + "/invocations", "submitInvocation", this::submit)
        .add(HttpMethod.POST, FUNCTION + "/invocations:batch", "submitBatch", this::batch);
  }

  private Future<?> submit(Call call) {
    String qualifier = call.query("qualifier").text("qualifier");
    refuseEarly(call, router, qualifier);
    SubmitHeaders headers = SubmitHeaders.of(call.request().headers());
    return bodies
        .read(call.request(), "payload", router.payloadBytesMax())
        .compose(payload -> router.submit(request(call, qualifier, headers, payload)))
        .compose(
            done ->
                headers.waitMillis() > 0
                    ? answerLater(call, done, headers.waitMillis())
                    : accepted(call, done.created() ? 202 : 200, done.invocation()));
  }

  /** What would be refused anyway is refused before its body is read. */
  static Function refuseEarly(Call call, Router router, String qualifier) {
    Failure refusal = router.refusal();
    if (refusal != null) {
      throw new FailureException(refusal);
    }
    return router.version(call.account().id(), call.namespace(), call.function(), qualifier);
  }

  static SubmitRequest request(Call call, String qualifier, SubmitHeaders headers, byte[] payload) {
    return new SubmitRequest(
        call.account().id(),
        call.namespace(),
        call.function(),
        qualifier,
        headers.key(),
        headers.delayMillis(),
        headers.dueAt(),
        headers.labels(),
        headers.traceparent(),
        Invocation.Origin.NATIVE,
        Invocation.Mode.ASYNC,
        call.requestId(),
        payload);
  }

  /** The final state if it comes in time; what was submitted is accepted in any case. */
  private Future<Void> answerLater(Call call, Submitted done, long waitMillis) {
    Invocation invocation = done.invocation();
    return waits
        .await(call.account().id(), invocation.id(), 0, true, waitMillis)
        .recover(cause -> Future.succeededFuture(invocation))
        .compose(
            now -> {
              if (!now.status().terminal()) {
                return accepted(call, done.created() ? 202 : 200, now);
              }
              call.response()
                  .putHeader("Preference-Applied", "wait=" + waitMillis / 1_000)
                  .putHeader(HttpHeaders.LOCATION, InvocationJson.path(now));
              return router.why(now).compose(why -> call.reply(200, InvocationJson.full(now, why)));
            });
  }

  static Future<Void> accepted(Call call, int status, Invocation invocation) {
    call.response().putHeader(HttpHeaders.LOCATION, InvocationJson.path(invocation));
    return call.reply(status, InvocationJson.accepted(invocation));
  }

  private Future<?> batch(Call call) {
    call.noQuery();
    refuseEarly(call, router, null);
    return bodies
        .read(call.request(), "body", config.batchBytesMax())
        .compose(
            body ->
                Offload.when(
                    body.length > OFFLOAD_BYTES,
                    () -> BatchBody.parse(body, config.batchLinesMax(), line -> line(call, line))))
        .compose(
            batch ->
                router
                    .submitAll(batch.requests())
                    .compose(outcomes -> answerBatch(batch, outcomes)))
        .compose(
            lines -> {
              call.response().putHeader(HttpHeaders.CONTENT_TYPE, NDJSON).setStatusCode(200);
              Replies.end(call.request(), lines);
              return Future.succeededFuture();
            });
  }

  private static Future<Buffer> answerBatch(BatchBody batch, List<SubmitOutcome> outcomes) {
    return Offload.when(outcomes.size() > OFFLOAD_LINES, () -> batch.answer(outcomes));
  }

  private static SubmitRequest line(Call call, BatchBody.Line line) {
    return new SubmitRequest(
        call.account().id(),
        call.namespace(),
        call.function(),
        line.qualifier(),
        line.key(),
        line.delayMillis(),
        0,
        line.labels(),
        call.request().getHeader("traceparent"),
        Invocation.Origin.NATIVE,
        Invocation.Mode.ASYNC,
        call.requestId(),
        line.payload());
  }
}
