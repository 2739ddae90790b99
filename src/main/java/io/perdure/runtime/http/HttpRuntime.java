package io.perdure.runtime.http;

import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.runtime.Call;
import io.perdure.runtime.CallHeaders;
import io.perdure.runtime.FunctionRuntime;
import io.perdure.runtime.Running;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http1ClientConfig;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConfig;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;

/** Posts the payload to a URL and takes the body of the answer as result. */
public final class HttpRuntime implements FunctionRuntime {
  private static final CharSequence FC_REQUEST_ID = optimized("x-fc-request-id");
  private static final CharSequence FC_FUNCTION_NAME = optimized("x-fc-function-name");
  private static final CharSequence FC_FUNCTION_TIMEOUT = optimized("x-fc-function-timeout");
  private static final CharSequence OCTET_STREAM = optimized("application/octet-stream");

  private final HttpClientAgent client;
  private final InstantSource clock;
  private final Duration connectTimeout;

  /** A runtime with a connection pool of its own; {@code clock} reads dates in Retry-After. */
  public HttpRuntime(Vertx vertx, HttpConfig config, InstantSource clock) {
    // HTTP/1.1 only: a connection carries one attempt, so that resetting it ends that one alone.
    HttpClientConfig options =
        new HttpClientConfig()
            .setVersions(HttpVersion.HTTP_1_1)
            .setConnectTimeout(config.connectTimeout())
            .setHttp1Config(
                new Http1ClientConfig()
                    .setKeepAlive(!config.keepAlive().isZero())
                    .setKeepAliveTimeout(config.keepAlive()));
    this.client =
        vertx
            .httpClientBuilder()
            .with(options)
            .with(
                new PoolOptions()
                    .setHttp1MaxSize(config.connectionsPerHost())
                    .setMaxWaitQueueSize(-1)) // the executor's concurrency is the bound
            .build();
    this.clock = clock;
    this.connectTimeout = config.connectTimeout();
  }

  @Override
  public Running start(Call call) {
    String url = ((RuntimeSpec.Http) call.function().runtime()).url();
    HttpAttempt attempt = new HttpAttempt(call, url, clock);
    RequestOptions request;
    try {
      request = request(new URI(url), call);
    } catch (URISyntaxException | IllegalArgumentException e) {
      return attempt.unusable(e.getMessage());
    }
    attempt.send(client.request(request));
    return attempt;
  }

  @Override
  public Future<Void> close() {
    return client.close();
  }

  private RequestOptions request(URI url, Call call) {
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    boolean tls = scheme.equals("https");
    if ((!tls && !scheme.equals("http")) || url.getHost() == null) {
      throw new IllegalArgumentException("the URL is not http://host... or https://host...");
    }
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    int port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(host(url))
            .setPort(port)
            .setSsl(tls)
            .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery())
            .setFollowRedirects(false)
            .setConnectTimeout(connectTimeout.toMillis());
    options.setHeaders(headers(call));
    return options;
  }

  /** An IPv6 address without its brackets. */
  private static String host(URI url) {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static MultiMap headers(Call call) {
    Function function = call.function();
    return CallHeaders.of(call)
        .add(HttpHeaders.CONTENT_TYPE, OCTET_STREAM)
        .add(FC_REQUEST_ID, CallHeaders.requestId(call))
        .add(FC_FUNCTION_NAME, function.name())
        .add(FC_FUNCTION_TIMEOUT, CallHeaders.seconds(function.timeoutMillis()));
  }

  private static CharSequence optimized(String text) {
    return HttpHeaders.createOptimized(text);
  }
}
