package io.perdure.api;

import static java.lang.System.Logger.Level.DEBUG;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Collection;
import java.util.stream.Collectors;

/** Sends answers that all surfaces share. */
public final class Replies {
  /** {@code application/json}. */
  public static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

  private static final System.Logger LOG = System.getLogger(Replies.class.getName());
  private static final CharSequence PROBLEM_JSON =
      HttpHeaders.createOptimized("application/problem+json");

  /** How long the rest of a refused body is read and dropped, so that the answer gets through. */
  private static final long LINGER_MILLIS = 5_000;

  private Replies() {}

  /** Sends {@code body} as JSON. */
  public static void json(HttpServerRequest request, int status, Buffer body) {
    request.response().putHeader(HttpHeaders.CONTENT_TYPE, JSON).setStatusCode(status);
    end(request, body);
  }

  /** Sends {@code problem} as a problem document, unless an answer has begun already. */
  public static void problem(HttpServerRequest request, Problem problem) {
    HttpServerResponse response = request.response();
    if (response.headWritten() || response.closed()) {
      LOG.log(DEBUG, "too late to answer: {0}", problem.detail());
      return;
    }
    end(response, document(request, problem));
    dropRest(request);
  }

  /**
   * Sends {@code json} for a request that is refused before all of its body has been read; unless
   * an answer has begun already.
   */
  public static void refused(HttpServerRequest request, int status, Buffer json) {
    HttpServerResponse response = request.response();
    if (response.headWritten() || response.closed()) {
      LOG.log(DEBUG, "too late to answer a refused request");
      return;
    }
    response.putHeader(HttpHeaders.CONTENT_TYPE, JSON).setStatusCode(status);
    end(response, json);
    dropRest(request);
  }

  /** Sends {@code problem} as the last answer on its connection. */
  static void last(HttpServerRequest request, Problem problem) {
    request
        .response()
        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
        .end(document(request, problem))
        .eventually(() -> request.connection().close())
        .onFailure(e -> LOG.log(DEBUG, "the caller went away: {0}", e.getMessage()));
  }

  private static Buffer document(HttpServerRequest request, Problem problem) {
    String instance = RequestIds.of(request);
    HttpServerResponse response = request.response();
    if (problem.retryAfterMillis() > 0) {
      long seconds = Math.max(1, (problem.retryAfterMillis() + 999) / 1_000);
      response.putHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
    }
    response.putHeader(HttpHeaders.CONTENT_TYPE, PROBLEM_JSON).setStatusCode(problem.status());
    return JsonOut.object(512, json -> problem.write(json, instance));
  }

  /** Sends 405 with the methods that are allowed, or what they are when they were asked for. */
  public static void notAllowed(HttpServerRequest request, Collection<HttpMethod> allowed) {
    String methods =
        allowed.stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", "));
    request.response().putHeader(HttpHeaders.ALLOW, methods);
    if (request.method().equals(HttpMethod.OPTIONS)) {
      RequestIds.of(request);
      request.response().setStatusCode(204);
      end(request, null);
      return;
    }
    problem(
        request,
        Problem.of(
            405,
            "method-not-allowed",
            "The method is not allowed here",
            request.method() + " is not allowed here, only " + methods));
  }

  /** Sends {@code body}, null for none. A caller who is gone by now is no error. */
  public static void end(HttpServerRequest request, Buffer body) {
    end(request.response(), body);
  }

  private static void end(HttpServerResponse response, Buffer body) {
    if (response.ended() || response.closed()) {
      return;
    }
    if (body != null && body.length() > LargeReply.PIECE_BYTES) {
      LargeReply.end(response, body);
      return;
    }
    (body == null ? response.end() : response.end(body))
        .onFailure(e -> LOG.log(DEBUG, "the caller went away: {0}", e.getMessage()));
  }

  /**
   * Reads on, dropping everything, for a while: a connection closed under a caller who still sends
   * would show him a reset instead of the answer. Then it is closed.
   */
  private static void dropRest(HttpServerRequest request) {
    if (request.isEnded() || !hasBody(request)) {
      return;
    }
    Vertx vertx = Vertx.currentContext().owner();
    long timer =
        vertx.setTimer(
            LINGER_MILLIS,
            late ->
                request
                    .connection()
                    .close()
                    .onFailure(e -> LOG.log(DEBUG, "already closed: {0}", e.getMessage())));
    request.exceptionHandler(gone -> vertx.cancelTimer(timer));
    request.endHandler(ended -> vertx.cancelTimer(timer));
    request.handler(dropped -> {});
    request.resume();
  }

  private static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length == null
        ? request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        : !length.equals("0");
  }
}
