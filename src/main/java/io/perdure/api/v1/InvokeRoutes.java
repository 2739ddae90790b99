package io.perdure.api.v1;

import io.perdure.api.Bodies;
import io.perdure.api.LogTail;
import io.perdure.api.Problem;
import io.perdure.api.Replies;
import io.perdure.api.Waits;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.perdure.router.InvokeOutcome;
import io.perdure.router.Router;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import java.util.Base64;

/** Invocations whose caller waits for the result. */
final class InvokeRoutes {
  private static final String INVOKE = "/v1/namespaces/{namespace}/functions/{function}/invoke";
  private static final CharSequence BYTES = HttpHeaders.createOptimized("application/octet-stream");

  private static final int HEADER_MAX = 256;

  private final Router router;
  private final Bodies bodies;
  private final Waits waits;
  private final long waitMillisMax;

  InvokeRoutes(Router router, Bodies bodies, NativeConfig config, Waits waits) {
    this.router = router;
    this.bodies = bodies;
    this.waits = waits;
    this.waitMillisMax = config.invokeWaitMax().toMillis();
  }

  void addTo(RouteTable table) {
    table.add(HttpMethod.POST, INVOKE, "invokeFunction", this::invoke);
  }

  private Future<?> invoke(Call call) {
    String qualifier = call.query("qualifier").text("qualifier");
    Function function = SubmitRoutes.refuseEarly(call, router, qualifier);
    SubmitHeaders submit = SubmitHeaders.of(call.request().headers());
    InvokeHeaders headers = InvokeHeaders.of(call, submit);
    long worst = Router.worstCaseMillis(function, waitMillisMax);
    long wait = headers.waitMillis() == 0 ? worst : Math.min(headers.waitMillis(), waitMillisMax);
    return waits
        .within(
            () ->
                bodies
                    .read(call.request(), "payload", router.payloadBytesMax())
                    .compose(
                        payload ->
                            router.invoke(
                                SubmitRoutes.request(call, qualifier, submit, payload),
                                wait,
                                headers.logTail())))
        .compose(outcome -> answer(call, outcome, headers.logTail()));
  }

  private static Future<Void> answer(Call call, InvokeOutcome outcome, boolean logTail) {
    Invocation invocation = outcome.invocation();
    describe(call.response(), invocation);
    if (logTail) {
      byte[] tail = LogTail.of(outcome.log(), LogTail.BYTES);
      call.response().putHeader("Perdure-Log-Tail", Base64.getEncoder().encodeToString(tail));
    }
    if (!invocation.status().terminal()) {
      return SubmitRoutes.accepted(call, 202, invocation);
    }
    boolean succeeded = invocation.status() == Status.SUCCEEDED;
    if (!succeeded && outcome.result().length == 0) {
      return Call.problem(unsuccessful(invocation));
    }
    call.response()
        .putHeader(HttpHeaders.CONTENT_TYPE, BYTES)
        .setStatusCode(succeeded ? 200 : UNSUCCESSFUL);
    Replies.end(call.request(), Buffer.buffer(outcome.result()));
    return Future.succeededFuture();
  }

  /**
   * Not of the 500s, which clients and proxies take as leave to send it once more: what failed is
   * the function, and it is on record.
   */
  private static final int UNSUCCESSFUL = 424;

  private static Problem unsuccessful(Invocation invocation) {
    RunError error = invocation.error();
    String why =
        error != null
            ? error.type() + (error.message().isEmpty() ? "" : ": " + error.message())
            : invocation.reason() == null ? "" : invocation.reason();
    return Problem.of(
        UNSUCCESSFUL,
        "invocation-failed",
        "The invocation did not succeed",
        "it ended " + invocation.status() + (why.isEmpty() ? "" : ", " + why));
  }

  private static void describe(HttpServerResponse response, Invocation invocation) {
    response
        .putHeader("Perdure-Invocation-Id", invocation.id().toString())
        .putHeader("Perdure-Status", invocation.status().name());
    if (invocation.attempts() > 0) {
      response
          .putHeader("Perdure-Version", InvocationJson.version(invocation))
          .putHeader("Perdure-Memory-Bytes", Long.toString(invocation.memoryBytes()));
    }
    if (invocation.instance() != null) {
      response.putHeader("Perdure-Instance-Id", printable(invocation.instance()));
    }
    if (invocation.endedAt() > 0 && invocation.startedAt() > 0) {
      response.putHeader(
          "Perdure-Duration-Ms", Long.toString(invocation.endedAt() - invocation.startedAt()));
    }
    if (invocation.error() != null) {
      response.putHeader("Perdure-Error-Type", printable(invocation.error().type()));
    }
  }

  /** What a function has named may be any text; a header is not. */
  private static String printable(String text) {
    StringBuilder plain = new StringBuilder();
    text.chars()
        .limit(HEADER_MAX)
        .forEach(c -> plain.append(c >= ' ' && c <= '~' ? (char) c : '?'));
    return plain.toString();
  }
}
