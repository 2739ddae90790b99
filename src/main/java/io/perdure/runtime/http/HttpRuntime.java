package io.perdure.runtime.http;

import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.runtime.Call;
import io.perdure.runtime.FunctionRuntime;
import io.perdure.runtime.Running;
import io.perdure.runtime.TraceParent;
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
  private static final CharSequence INVOCATION_ID = optimized("Perdure-Invocation-Id");
  private static final CharSequence ATTEMPT = optimized("Perdure-Attempt");
  private static final CharSequence FUNCTION = optimized("Perdure-Function");
  private static final CharSequence NAMESPACE = optimized("Perdure-Namespace");
  private static final CharSequence DEADLINE = optimized("Perdure-Deadline");
  private static final CharSequence TRACEPARENT = optimized("traceparent");
  private static final CharSequence FC_REQUEST_ID = optimized("x-fc-request-id");
  private static final CharSequence FC_FUNCTION_NAME = optimized("x-fc-function-name");
  private static final CharSequence FC_FUNCTION_TIMEOUT = optimized("x-fc-function-timeout");
  private static final CharSequence OCTET_STREAM = optimized("application/octet-stream");
  private static final CharSequence USER_AGENT = optimized("perdure");

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
    Invocation invocation = call.invocation();
    String id = invocation.id().toString();
    MultiMap headers =
        HttpHeaders.headers()
            .add(HttpHeaders.CONTENT_TYPE, OCTET_STREAM)
            .add(HttpHeaders.USER_AGENT, USER_AGENT)
            .add(INVOCATION_ID, id)
            .add(ATTEMPT, Integer.toString(call.attempt()))
            .add(FUNCTION, function.name())
            .add(NAMESPACE, function.namespace())
            .add(DEADLINE, Long.toString(call.deadline()))
            .add(FC_REQUEST_ID, fcRequestId(invocation))
            .add(FC_FUNCTION_NAME, function.name())
            .add(FC_FUNCTION_TIMEOUT, Long.toString((function.timeoutMillis() + 999) / 1000));
    TraceParent.child(invocation.traceparent()).ifPresent(trace -> headers.add(TRACEPARENT, trace));
    return headers;
  }

  /** The caller chose it: it may hold what no header may. */
  /** What FC knows as the request's id: its caller's own one, else the one id there is. */
  private static String fcRequestId(Invocation invocation) {
    boolean own = invocation.origin() == Invocation.Origin.FC && printable(invocation.requestId());
    return own ? invocation.requestId() : invocation.id().toString();
  }

  private static boolean printable(String text) {
    return text != null && !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 127);
  }

  private static CharSequence optimized(String text) {
    return HttpHeaders.createOptimized(text);
  }
}
