package io.perdure.api.v1;

import io.perdure.api.Bodies;
import io.perdure.api.Problem;
import io.perdure.api.Replies;
import io.perdure.api.Waits;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.router.Router;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;

/** One invocation: its state, its bodies, its stop and its repetition. */
final class InvocationRoutes {
  private static final String ONE = "/v1/invocations/{id}";
  private static final long GRACE_MILLIS_DEFAULT = 5_000;
  private static final CharSequence BYTES = HttpHeaders.createOptimized("application/octet-stream");
  private static final CharSequence STATUS = HttpHeaders.createOptimized("Perdure-Status");

  private final Router router;
  private final Bodies bodies;
  private final Waits waits;

  InvocationRoutes(Router router, Bodies bodies, Waits waits) {
    this.router = router;
    this.bodies = bodies;
    this.waits = waits;
  }

  void addTo(RouteTable table) {
    table
        .add(HttpMethod.GET, ONE, "getInvocation", this::get)
        .add(HttpMethod.GET, ONE + "/payload", "getPayload", this::payload)
        .add(HttpMethod.GET, ONE + "/result", "getResult", this::result)
        .add(HttpMethod.GET, ONE + "/log", "getLog", this::log)
        .add(HttpMethod.POST, ONE + ":stop", "stopInvocation", this::stop)
        .add(HttpMethod.POST, ONE + ":redrive", "redriveInvocation", this::redrive);
  }

  private Future<?> get(Call call) {
    InvocationId id = call.invocation();
    Query query = call.query("wait", "afterSeq");
    long wait = query.duration("wait");
    int afterSeq = query.integer("afterSeq", -1, 0, Integer.MAX_VALUE);
    if (wait == 0) {
      return router.get(call.account().id(), id).compose(now -> replyState(call, 200, now));
    }
    return waits
        .await(call.account().id(), id, Math.max(afterSeq, 0), afterSeq < 0, wait)
        .compose(now -> replyState(call, 200, now));
  }

  private Future<Void> replyState(Call call, int status, Invocation now) {
    return router.why(now).compose(why -> call.reply(status, InvocationJson.full(now, why)));
  }

  private Future<?> payload(Call call) {
    return body(call, Part.PAYLOAD).compose(body -> replyBytes(call, body));
  }

  private Future<?> log(Call call) {
    return body(call, Part.LOG).compose(body -> replyBytes(call, body));
  }

  private Future<?> result(Call call) {
    return body(call, Part.RESULT).compose(body -> replyResult(call, body));
  }

  private Future<Body> body(Call call, Part part) {
    call.noQuery();
    return router.body(call.account().id(), call.invocation(), part);
  }

  private static Future<Void> replyResult(Call call, Body body) {
    Status status = body.invocation().status();
    if (!status.terminal()) {
      return Call.conflict("the invocation is " + status + ": there is no result yet");
    }
    if (body.bytes().length == 0 && status != Status.SUCCEEDED) {
      return Call.problem(
          Problem.of(
              404, "no-result", "No result", "the invocation ended " + status + " without one"));
    }
    return replyBytes(call, body);
  }

  private static Future<Void> replyBytes(Call call, Body body) {
    call.response().putHeader(STATUS, body.invocation().status().name());
    if (body.bytes().length == 0) {
      return call.noContent();
    }
    call.response().putHeader(HttpHeaders.CONTENT_TYPE, BYTES).setStatusCode(200);
    Replies.end(call.request(), Buffer.buffer(body.bytes()));
    return Future.succeededFuture();
  }

  private Future<?> stop(Call call) {
    call.noQuery();
    InvocationId id = call.invocation();
    return bodies
        .read(call.request(), "body", NamespaceRoutes.JSON_BYTES_MAX)
        .compose(
            body -> {
              StopMode mode = StopMode.CANCEL;
              long grace = GRACE_MILLIS_DEFAULT;
              if (body.length > 0) {
                Fields fields = Fields.parse(body);
                mode = mode(fields);
                grace = fields.integer("graceMs", grace, 0, Router.GRACE_MILLIS_MAX);
                fields.done();
              }
              return router.stop(call.account().id(), id, mode, grace, call.account().name());
            })
        .compose(now -> replyState(call, now.status().terminal() ? 200 : 202, now));
  }

  private static StopMode mode(Fields fields) {
    String mode = fields.text("mode");
    if (mode == null || mode.equals("cancel")) {
      return StopMode.CANCEL;
    }
    if (mode.equals("graceful")) {
      return StopMode.GRACEFUL;
    }
    throw fields.invalid("mode", "expected cancel or graceful");
  }

  private Future<?> redrive(Call call) {
    call.noQuery();
    return router
        .redrive(call.account().id(), call.invocation(), call.requestId())
        .compose(done -> SubmitRoutes.accepted(call, 202, done.invocation()));
  }
}
