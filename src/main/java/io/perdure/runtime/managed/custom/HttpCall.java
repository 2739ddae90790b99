package io.perdure.runtime.managed.custom;

import static java.lang.System.Logger.Level.DEBUG;

import io.perdure.runtime.BoundedBody;
import io.perdure.runtime.PayloadStream;
import io.perdure.runtime.ResultRoom;
import io.perdure.runtime.managed.custom.HttpDialect.HttpReply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;

/** One request to an instance and what comes of it. */
final class HttpCall {
  private static final System.Logger LOG = System.getLogger(HttpCall.class.getName());

  /** What came of a request. */
  sealed interface Ended {
    /** There was an answer; of one that is too large the beginning. */
    record Replied(HttpReply reply) implements Ended {}

    /** No connection could be made: nothing has run. */
    record NotSent(String why) implements Ended {}

    /** The connection ended before an answer began. */
    record Broken(String why) implements Ended {}

    /** What was sent is no answer, or not all of one. */
    record Garbled(String why) implements Ended {}

    /** {@link #reset} came first. */
    record Reset() implements Ended {}
  }

  private final Promise<Ended> ended = Promise.promise();
  private final ResultRoom room;
  private HttpClientRequest request; // null until there is a connection
  private boolean answering;
  private boolean reset;

  /**
   * @param room of an answer's body no more is kept than it admits
   */
  HttpCall(ResultRoom room) {
    this.room = room;
  }

  /** Sends {@code body}; completes, never fails, when it is over. Once. */
  Future<Ended> send(Future<HttpClientRequest> connected, byte[] body) {
    connected.onComplete(
        made -> {
          if (made.failed()) {
            ended.tryComplete(new Ended.NotSent(message(made.cause())));
            return;
          }
          request = made.result();
          // The answer's future tells the same; without a handler Vert.x logs each reset of ours.
          request.exceptionHandler(this::broken);
          if (reset) {
            hangUp();
          } else {
            PayloadStream.send(request, body).onComplete(this::receive, this::broken);
          }
        });
    return ended.future();
  }

  /** Ends the request now, answered or not: all that plain HTTP can tell a server. */
  void reset() {
    reset = true;
    ended.tryComplete(new Ended.Reset());
    if (request != null) {
      hangUp();
    }
  }

  private void receive(HttpClientResponse response) {
    answering = true;
    BoundedBody body = new BoundedBody(room);
    HttpReply reply = new HttpReply(response.statusCode(), response.getHeader("x-fc-status"), body);
    response.exceptionHandler(this::broken);
    response.handler(
        chunk -> {
          if (!body.add(chunk)) {
            // Nobody wants the rest, and a connection with unread bytes is of no use.
            ended.tryComplete(new Ended.Replied(reply));
            hangUp();
          }
        });
    response.endHandler(done -> ended.tryComplete(new Ended.Replied(reply)));
  }

  private void broken(Throwable cause) {
    boolean closed =
        cause instanceof HttpClosedException
            || cause instanceof StreamResetException
            || cause instanceof IOException;
    if (closed && !answering) {
      ended.tryComplete(new Ended.Broken("the connection was closed without an answer"));
    } else if (closed) {
      ended.tryComplete(new Ended.Garbled("the connection was closed in the middle of an answer"));
    } else {
      ended.tryComplete(new Ended.Garbled("not an HTTP answer: " + message(cause)));
      hangUp();
    }
  }

  private void hangUp() {
    request
        .reset()
        .onFailure(cause -> LOG.log(DEBUG, "a request to an instance was over already", cause));
  }

  private static String message(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
