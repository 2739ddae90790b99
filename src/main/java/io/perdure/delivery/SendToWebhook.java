package io.perdure.delivery;

import io.perdure.invocation.DeliveryOutcome;
import io.perdure.invocation.Destination.ToWebhook;
import io.perdure.invocation.Invocation;
import io.perdure.runtime.TraceParent;
import io.perdure.time.RetryAfter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConfig;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.time.InstantSource;

/** Posts to a URL; 2xx acknowledges. */
final class SendToWebhook implements Send<ToWebhook> {
  /** An answer with more is not read to its end: its connection is given up instead. */
  private static final long ANSWER_BYTES_MAX = 64 * 1024;

  private final HttpClientAgent client;
  private final InstantSource clock;
  private final long timeoutMillis;

  /**
   * With a connection pool of its own.
   *
   * @param perHost most requests to one host and port at once
   * @param clock reads dates in Retry-After
   */
  SendToWebhook(Vertx vertx, int perHost, Duration timeout, InstantSource clock) {
    // HTTP/1.1 only: a connection carries one request, so that resetting it ends that one alone.
    this.client =
        vertx
            .httpClientBuilder()
            .with(
                new HttpClientConfig().setVersions(HttpVersion.HTTP_1_1).setConnectTimeout(timeout))
            .with(
                new PoolOptions()
                    .setHttp1MaxSize(perHost)
                    .setMaxWaitQueueSize(-1)) // who sends has a limit for each host
            .build();
    this.clock = clock;
    this.timeoutMillis = timeout.toMillis();
  }

  @Override
  public Future<DeliveryOutcome> send(ToWebhook to, Invocation of, int attempt, byte[] event) {
    RequestOptions options;
    try {
      options = options(to, of, attempt);
    } catch (MalformedURLException | IllegalArgumentException e) {
      return Future.succeededFuture(
          new DeliveryOutcome.Failed(
              attempt, "the URL cannot be used: " + e.getMessage(), true, 0));
    }
    return client
        .request(options)
        .compose(request -> send(request, Buffer.buffer(event)))
        .map(response -> outcome(response, attempt))
        .otherwise(
            cause -> new DeliveryOutcome.Failed(attempt, "no answer: " + message(cause), false, 0));
  }

  /** Ends all that is under way. */
  Future<Void> close() {
    return client.close();
  }

  private RequestOptions options(ToWebhook to, Invocation of, int attempt)
      throws MalformedURLException {
    URL url = URI.create(to.url()).toURL();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(url)
            .setFollowRedirects(false)
            .setConnectTimeout(timeoutMillis)
            .setIdleTimeout(timeoutMillis)
            .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
            .putHeader("Perdure-Invocation-Id", of.id().toString())
            .putHeader("Perdure-Delivery-Attempt", Integer.toString(attempt));
    TraceParent.child(of.traceparent()).ifPresent(trace -> options.putHeader("traceparent", trace));
    return options;
  }

  /** The answer's status; the rest of it is of no interest, but must not wedge its connection. */
  private static Future<HttpClientResponse> send(HttpClientRequest request, Buffer event) {
    request.exceptionHandler(lost -> {}); // told by the answer's future, or nobody waits any more
    return request
        .send(event)
        .onSuccess(
            response -> {
              long[] read = {0};
              response.exceptionHandler(lost -> {});
              response.handler(
                  chunk -> {
                    read[0] += chunk.length();
                    if (read[0] > ANSWER_BYTES_MAX) {
                      request.reset();
                    }
                  });
            });
  }

  private DeliveryOutcome outcome(HttpClientResponse response, int attempt) {
    int status = response.statusCode();
    String told = "HTTP " + status;
    if (status / 100 == 2) {
      return new DeliveryOutcome.Succeeded(attempt, told);
    }
    if (status / 100 == 3) {
      return new DeliveryOutcome.Failed(attempt, told + ": redirects are not followed", true, 0);
    }
    boolean later = status == 408 || status == 425 || status == 429 || status / 100 != 4;
    long retryAfter =
        later ? RetryAfter.millis(response.getHeader(HttpHeaders.RETRY_AFTER), clock.millis()) : 0;
    return new DeliveryOutcome.Failed(attempt, told, !later, retryAfter);
  }

  private static String message(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
