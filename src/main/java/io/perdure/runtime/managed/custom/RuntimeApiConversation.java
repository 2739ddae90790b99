package io.perdure.runtime.managed.custom;

import static java.lang.System.Logger.Level.DEBUG;

import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.runtime.BoundedBody;
import io.perdure.runtime.Call;
import io.perdure.runtime.CallHeaders;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Outcomes;
import io.perdure.runtime.ResultRoom;
import io.perdure.runtime.managed.Conversation;
import io.perdure.runtime.managed.Conversations.Blueprint;
import io.perdure.runtime.managed.ErrorObject;
import io.perdure.runtime.managed.StartFailure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerConfig;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * SCF's runtime API, as its instance sees it at {@code http://$SCF_RUNTIME_API:
 * $SCF_RUNTIME_API_PORT}:
 *
 * <pre>
 * POST /runtime/init/ready             it takes invocations from now on; repeats change nothing
 * GET  /runtime/invocation/next        waits for one: body = payload, headers request_id,
 *                                      memory_limit_in_mb, time_limit_in_ms; the same again while
 *                                      it is not answered
 * POST /runtime/invocation/response    body = result
 * POST /runtime/invocation/error       body = error, any text or {errorMessage, errorType, ...}
 * </pre>
 *
 * <p>The first answer counts, later ones are acknowledged and dropped. No path names an invocation,
 * so there is one at a time, and an answer belongs to the one fetched last. What is refused says
 * why: {@code {"errorType", "errorMessage"}}. The protocol has no word for a stop.
 */
final class RuntimeApiConversation implements Conversation {
  private static final System.Logger LOG = System.getLogger(RuntimeApiConversation.class.getName());

  private static final String READY = "/runtime/init/ready";
  private static final String NEXT = "/runtime/invocation/next";
  private static final String RESPONSE = "/runtime/invocation/response";
  private static final String ERROR = "/runtime/invocation/error";

  private static final String LOOPBACK = "127.0.0.1";

  /** Connections of one instance; a runtime needs one or two. */
  private static final int CONNECTIONS_MAX = 64;

  /** Of an error's text. */
  private static final int ERROR_BYTES_MAX = 256 * 1024;

  /** Of a body beyond its limit, what is read and dropped so that its sender hears why. */
  private static final long DROPPED_BYTES_MAX = 64L << 20;

  /** A call on its way. */
  private static final class Pending {
    private final Call call;
    private final Promise<Answer> answer = Promise.promise();

    private Pending(Call call) {
      this.call = call;
    }

    boolean answered() {
      return answer.future().isComplete();
    }
  }

  private final Blueprint of;
  private final List<String> argv;
  private final HttpServer server;
  private final Promise<Void> ready = Promise.promise();
  private final ArrayDeque<Pending> calls = new ArrayDeque<>(); // the first one can be fetched
  private final Set<HttpServerResponse> polls = new LinkedHashSet<>();
  private Pending fetched; // the one an answer belongs to, answered or not; null before the first
  private int connections;

  RuntimeApiConversation(Vertx vertx, Blueprint of, List<String> argv) {
    this.of = of;
    this.argv = argv;
    HttpServerConfig config =
        new HttpServerConfig()
            .setVersions(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1)
            .setHandle100ContinueAutomatically(true);
    this.server =
        vertx
            .createHttpServer(config)
            .connectionHandler(this::connected)
            .requestHandler(this::handle);
  }

  Future<Conversation> listen() {
    return server.listen(0, LOOPBACK).map(this);
  }

  @Override
  public List<String> argv() {
    return argv;
  }

  @Override
  public Map<String, String> environment() {
    return Map.of(
        "SCF_RUNTIME_API",
        LOOPBACK,
        "SCF_RUNTIME_API_PORT",
        Integer.toString(server.actualPort()),
        "_HANDLER",
        of.spec().handler());
  }

  @Override
  public Path directory() {
    return of.code();
  }

  @Override
  public Future<Void> ready() {
    return ready.future();
  }

  @Override
  public RunError late(long timeoutMillis) {
    return new RunError(
        Kind.TIMEOUT, "InitTimeout", "no POST " + READY + " within " + timeoutMillis + " ms");
  }

  @Override
  public Future<Answer> call(Call call, long deadline, Consumer<Buffer> log) {
    Pending pending = new Pending(call);
    calls.add(pending);
    if (calls.peek() == pending) {
      serveWaiting();
    }
    return pending.answer.future();
  }

  @Override
  public boolean cancel(Call call) {
    return false;
  }

  @Override
  public Future<Void> preStop() {
    return Future.succeededFuture();
  }

  @Override
  public void lost() {
    ready.tryFail(new StartFailure(Kind.CRASH, "InitExit", "the process is gone"));
    List<Pending> open = List.copyOf(calls);
    calls.clear();
    open.forEach(pending -> pending.answer.tryComplete(new Answer.Lost()));
  }

  @Override
  public Future<Void> close() {
    lost();
    return server.close();
  }

  private void connected(HttpConnection connection) {
    connections++;
    connection.closeHandler(closed -> connections--);
    connection.exceptionHandler(cause -> LOG.log(DEBUG, "an instance broke a connection", cause));
    if (connections > CONNECTIONS_MAX) {
      connection
          .close()
          .onFailure(cause -> LOG.log(DEBUG, "a connection too many did not close", cause));
    }
  }

  private void handle(HttpServerRequest request) {
    request.exceptionHandler(cause -> LOG.log(DEBUG, "a request of an instance broke off", cause));
    String path = String.valueOf(request.path());
    switch (path) {
      case READY, RESPONSE, ERROR -> {
        if (!request.method().equals(HttpMethod.POST)) {
          refuse(request.response(), 405, "MethodNotAllowed", path + " takes POST");
        } else if (path.equals(READY)) {
          ready.tryComplete();
          reply(request.response(), 200, new JsonObject().put("status", "ready"));
        } else {
          answer(request, path.equals(ERROR));
        }
      }
      case NEXT -> {
        if (request.method().equals(HttpMethod.GET)) {
          next(request.response());
        } else {
          refuse(request.response(), 405, "MethodNotAllowed", path + " takes GET");
        }
      }
      default ->
          refuse(
              request.response(),
              404,
              "NotFound",
              "there is no " + path + ", only " + String.join(", ", READY, NEXT, RESPONSE, ERROR));
    }
  }

  private void next(HttpServerResponse response) {
    if (!ready.future().isComplete()) {
      refuse(response, 409, "NotReady", "POST " + READY + " comes before GET " + NEXT);
      return;
    }
    polls.add(response); // bounded by the connections
    response.closeHandler(closed -> polls.remove(response));
    serveWaiting();
  }

  /** Gives the first call to all that wait: whoever asks twice gets the same. */
  private void serveWaiting() {
    Pending first = calls.peek();
    if (first == null || polls.isEmpty()) {
      return;
    }
    fetched = first;
    List<HttpServerResponse> waiting = List.copyOf(polls);
    polls.clear();
    waiting.forEach(response -> deliver(first.call, response));
  }

  private void deliver(Call call, HttpServerResponse response) {
    response
        .putHeader("Content-Type", ContentTypes.of(call.payload()))
        .putHeader("request_id", CallHeaders.requestId(call))
        .putHeader("memory_limit_in_mb", Integer.toString(of.spec().memoryMb()))
        .putHeader("time_limit_in_ms", Long.toString(call.function().timeoutMillis()))
        .end(Buffer.buffer(call.payload()))
        .onFailure(cause -> LOG.log(DEBUG, "an invocation is to be fetched again", cause));
  }

  private void answer(HttpServerRequest request, boolean failed) {
    Pending to = fetched;
    if (to == null) {
      refuse(
          request.response(),
          409,
          "NoInvocation",
          "there is no invocation to answer: GET " + NEXT + " comes first");
      return;
    }
    ResultRoom room = failed ? ResultRoom.of(ERROR_BYTES_MAX) : to.call.room();
    BoundedBody body = new BoundedBody(room);
    long[] dropped = {0};
    request.handler(
        chunk -> {
          if (body.tooLarge() || to.answered()) {
            dropped[0] += chunk.length();
          } else {
            body.add(chunk);
          }
          if (dropped[0] > DROPPED_BYTES_MAX) {
            end(to, answer(body, room, failed));
            hangUp(request.connection());
          }
        });
    request.endHandler(
        ended ->
            body.read(whole -> answer(whole, room, failed))
                .onSuccess(
                    answer -> answered(request, to, room, body.tooLarge() && !failed, answer))
                .onFailure(cause -> end(to, new Answer.Lost())));
  }

  /** The instance hears of it before it can ask for the next one. */
  private void answered(
      HttpServerRequest request, Pending to, ResultRoom room, boolean refused, Answer answer) {
    boolean counts = !to.answered();
    if (counts && refused) {
      refuse(
          request.response(), 413, "ResultTooLarge", room.denial() + "; the invocation has failed");
    } else {
      reply(
          request.response(),
          200,
          new JsonObject().put("status", counts ? "accepted" : "ignored: answered before"));
    }
    end(to, answer);
  }

  private Answer answer(BoundedBody body, ResultRoom room, boolean failed) {
    if (failed) {
      ErrorObject error = ErrorObject.read(body.buffer());
      String type = error.type() == null ? "Error" : error.type();
      return new Answer.Raised(
          new RunError(Kind.FUNCTION, type, error.message()),
          new ErrorObject(type, error.message(), error.stack()).json(),
          false);
    }
    if (body.tooLarge()) {
      RunError error = Outcomes.resultTooLarge(room, Outcome.NOTHING).error();
      return new Answer.Raised(error, ErrorObject.of(error).json(), false);
    }
    return new Answer.Returned(body.buffer());
  }

  private void end(Pending pending, Answer answer) {
    if (pending.answer.tryComplete(answer)) {
      calls.remove(pending);
      serveWaiting();
    }
  }

  private void hangUp(HttpConnection connection) {
    connection
        .close()
        .onFailure(cause -> LOG.log(DEBUG, "a connection of an instance did not close", cause));
  }

  private static void refuse(HttpServerResponse response, int status, String type, String text) {
    reply(response, status, new JsonObject().put("errorType", type).put("errorMessage", text));
  }

  private static void reply(HttpServerResponse response, int status, JsonObject body) {
    response
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(body.toBuffer())
        .onFailure(cause -> LOG.log(DEBUG, "an instance did not wait for an answer", cause));
  }
}
