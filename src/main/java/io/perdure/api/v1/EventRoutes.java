package io.perdure.api.v1;

import io.perdure.api.JsonOut;
import io.perdure.api.Problem;
import io.perdure.api.Waits;
import io.perdure.invocation.Event;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.router.Router;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;

/**
 * The events of an invocation as server-sent events (WHATWG HTML, section 9.2): those so far, then
 * each as it happens, up to the end of the invocation.
 */
final class EventRoutes {
  private static final CharSequence EVENT_STREAM = HttpHeaders.createOptimized("text/event-stream");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
  private static final String LAST_EVENT_ID = "Last-Event-ID";

  private final Router router;
  private final long heartbeatMillis;
  private final Waits waits;

  EventRoutes(Router router, NativeConfig config, Waits waits) {
    this.router = router;
    this.heartbeatMillis = config.heartbeat().toMillis();
    this.waits = waits;
  }

  void addTo(RouteTable table) {
    table.add(HttpMethod.GET, "/v1/invocations/{id}/events", "streamEvents", this::stream);
  }

  private Future<?> stream(Call call) {
    InvocationId id = call.invocation();
    int afterSeq = afterSeq(call);
    return router.get(call.account().id(), id).compose(now -> begin(call, now, afterSeq));
  }

  private static int afterSeq(Call call) {
    int asked = call.query("afterSeq").integer("afterSeq", 0, 0, Integer.MAX_VALUE);
    String last = call.request().getHeader(LAST_EVENT_ID);
    if (last == null || last.isEmpty()) {
      return asked;
    }
    try {
      return Math.max(asked, Integer.parseUnsignedInt(last) & Integer.MAX_VALUE);
    } catch (NumberFormatException e) {
      throw Problem.invalid(LAST_EVENT_ID, "expected the id of an event of this stream");
    }
  }

  private Future<Void> begin(Call call, Invocation now, int afterSeq) {
    if (now.over() && now.lastSeq() <= afterSeq) {
      return call.noContent(); // tells a browser not to connect again
    }
    if (!waits.enter()) {
      return Future.failedFuture(new FailureException(waits.full()));
    }
    call.response()
        .putHeader(HttpHeaders.CONTENT_TYPE, EVENT_STREAM)
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .setChunked(true);
    if (call.request().method().equals(HttpMethod.HEAD)) {
      waits.leave();
      return call.response().end();
    }
    Stream stream = new Stream(call, now.id(), afterSeq);
    return stream.run(now).onComplete(done -> waits.leave());
  }

  /**
   * One stream. It asks for what comes next only when the caller has taken what was sent, so at
   * most the events of one answer are held for a slow one.
   */
  private final class Stream {
    private final Call call;
    private final HttpServerResponse response;
    private final InvocationId id;
    private final Promise<Void> done = Promise.promise();
    private int sent;

    Stream(Call call, InvocationId id, int afterSeq) {
      this.call = call;
      this.response = call.response();
      this.id = id;
      this.sent = afterSeq;
    }

    Future<Void> run(Invocation first) {
      response.closeHandler(gone -> done.tryComplete());
      response.exceptionHandler(gone -> done.tryComplete());
      show(first);
      return done.future();
    }

    private void show(Invocation now) {
      if (done.future().isComplete()) {
        return;
      }
      Buffer text = Buffer.buffer();
      for (Event event : now.events()) {
        if (event.seq() > sent) {
          text.appendString("id: " + event.seq() + "\nevent: " + event.type() + "\ndata: ")
              .appendBuffer(JsonOut.object(192, json -> InvocationJson.write(json, event)))
              .appendString("\n"); // the JSON has ended its own line: this one ends the event
          sent = event.seq();
        }
      }
      send(text.length() == 0 ? Buffer.buffer(": still " + now.status() + "\n\n") : text);
      if (now.over()) {
        end();
      } else if (response.writeQueueFull()) {
        response.drainHandler(
            drained -> {
              response.drainHandler(null);
              next();
            });
      } else {
        next();
      }
    }

    private void next() {
      router
          .await(call.account().id(), id, sent, false, heartbeatMillis)
          .onSuccess(this::show)
          .onFailure(
              cause -> {
                // The status was sent long ago; the caller comes again with Last-Event-ID.
                Problem problem = Problem.of(cause, "native streamEvents");
                send(Buffer.buffer(": " + problem.kind() + ", connect again\n\n"));
                end();
              });
    }

    private void send(Buffer text) {
      response.write(text).onFailure(gone -> done.tryComplete());
    }

    private void end() {
      response.end().onComplete(ended -> done.tryComplete());
    }
  }
}
