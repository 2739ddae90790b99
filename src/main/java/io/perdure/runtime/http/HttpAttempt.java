package io.perdure.runtime.http;

import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.BoundedBody;
import io.perdure.runtime.Call;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Outcomes;
import io.perdure.runtime.PayloadStream;
import io.perdure.runtime.ResultRoom;
import io.perdure.runtime.Running;
import io.perdure.time.RetryAfter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.InstantSource;
import java.util.function.BiConsumer;

/** One request and its answer. */
final class HttpAttempt implements Running {
  /** Of the body of a failure, what goes into the message, in bytes. */
  private static final int MESSAGE_BYTES = 512;

  private final ResultRoom room;
  private final String url;
  private final InstantSource clock;
  private final Promise<Outcome> outcome = Promise.promise();
  private byte[] payload; // null once it is sent: it may be large
  private HttpClientRequest request; // null until there is a connection
  private boolean stopped;

  HttpAttempt(Call call, String url, InstantSource clock) {
    this.room = call.room();
    this.payload = call.payload();
    this.url = url;
    this.clock = clock;
  }

  @Override
  public String instance() {
    return url;
  }

  @Override
  public Future<Outcome> outcome() {
    return outcome.future();
  }

  /** The URL cannot be used: the function's setting, which does not heal by itself. */
  HttpAttempt unusable(String why) {
    outcome.complete(Outcomes.failed(Kind.FUNCTION, "BadUrl", url + ": " + why));
    return this;
  }

  void send(Future<HttpClientRequest> connected) {
    connected.onComplete(
        connection -> {
          if (connection.failed()) {
            end(notConnected(connection.cause()));
            return;
          }
          request = connection.result();
          // The answer's future tells the same; without a handler Vert.x logs each reset of ours.
          request.exceptionHandler(this::lost);
          if (stopped) {
            reset();
            return;
          }
          byte[] body = payload;
          payload = null;
          PayloadStream.send(request, body).onComplete(this::receive, this::lost);
        });
  }

  @Override
  public void stop(StopMode mode, long graceMillis, BiConsumer<StopStep, String> steps) {
    if (outcome.future().isComplete() || stopped) {
      return;
    }
    if (mode == StopMode.GRACEFUL) {
      steps.accept(
          StopStep.DELIVERED, "plain HTTP has no message for it: the request goes on to its end");
      return;
    }
    stopped = true;
    steps.accept(StopStep.DELIVERED, request == null ? "request not sent" : "connection reset");
    if (request != null) {
      reset();
    } else {
      end(Outcomes.stopped("the request was not sent"));
    }
  }

  private void receive(HttpClientResponse response) {
    BoundedBody body = new BoundedBody(room);
    response.exceptionHandler(this::lost);
    response.handler(
        chunk -> {
          if (!body.add(chunk)) {
            // Nobody wants the rest, and a connection with unread bytes is of no use.
            end(answered(response, body));
            reset();
          }
        });
    response.endHandler(
        ended -> body.read(whole -> answered(response, whole)).onComplete(this::end, this::lost));
  }

  private Outcome answered(HttpClientResponse response, BoundedBody body) {
    int status = response.statusCode();
    if (status == 429 || status == 503) {
      long retryAfter =
          RetryAfter.millis(response.getHeader(HttpHeaders.RETRY_AFTER), clock.millis());
      return new Outcome.PlatformFailed(
          new RunError(Kind.PLATFORM, "Throttled", "HTTP " + status + " from " + url), retryAfter);
    }
    if (failed(response)) {
      // A failure remains one though its body is too large; half a body is no result.
      byte[] result = body.tooLarge() ? Outcome.NOTHING : body.bytes();
      return new Outcome.Failed(error(response, body), 0, result, Outcome.NOTHING);
    }
    return body.tooLarge()
        ? Outcomes.resultTooLarge(room, Outcome.NOTHING)
        : new Outcome.Succeeded(body.bytes(), Outcome.NOTHING);
  }

  private static boolean failed(HttpClientResponse response) {
    String fcStatus = response.getHeader("x-fc-status");
    return response.statusCode() / 100 != 2 || (fcStatus != null && !fcStatus.startsWith("2"));
  }

  private static RunError error(HttpClientResponse response, BoundedBody body) {
    int status = response.statusCode();
    String type =
        status / 100 == 2 ? "x-fc-status " + response.getHeader("x-fc-status") : "HTTP " + status;
    return new RunError(Kind.FUNCTION, type, body.beginning(MESSAGE_BYTES));
  }

  private Outcome notConnected(Throwable cause) {
    if (stopped) {
      return Outcomes.stopped("the request was not sent");
    }
    String type;
    if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
      type = "UnknownHost";
    } else if (cause instanceof ConnectionPoolTooBusyException) {
      type = "ConnectionPoolBusy";
    } else if (cause instanceof ConnectException
        && String.valueOf(cause.getMessage()).contains("timed out")) {
      type = "ConnectTimeout";
    } else if (cause instanceof ConnectException) {
      type = "ConnectionRefused";
    } else {
      type = "CannotConnect";
    }
    return Outcomes.platform(type, message(cause));
  }

  private void lost(Throwable cause) {
    if (stopped) {
      end(Outcomes.stopped("connection reset"));
    } else if (cause instanceof HttpClosedException
        || cause instanceof StreamResetException
        || cause instanceof IOException) {
      end(Outcomes.failed(Kind.CRASH, "ConnectionLost", message(cause)));
    } else {
      end(Outcomes.failed(Kind.BAD_RESPONSE, "BrokenResponse", message(cause)));
      reset();
    }
  }

  private void reset() {
    request
        .reset()
        .onComplete(
            done ->
                end(Outcomes.stopped("connection reset"))); // unless the answer was quicker or bad
  }

  private void end(Outcome ended) {
    outcome.tryComplete(ended);
  }

  private static String message(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
