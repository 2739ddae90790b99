package io.perdure.api.fc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.CodeZip;
import io.perdure.client.FunctionSpec;
import io.perdure.client.Query;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Functions of Function Compute's conventions on a node under test, and calls of them. */
final class FcRuns {
  private static final long PATIENCE_SECONDS = 60;

  final FcTester fc;

  FcRuns(FcTester fc) {
    this.fc = fc;
  }

  /** Settings of a function in Python, as the API of services makes them. */
  static FunctionSpec python() {
    return of(FunctionSpec.python3("index.handler"));
  }

  /** Settings of a function in Node.js. */
  static FunctionSpec nodejs() {
    return of(FunctionSpec.nodejs("index.handler"));
  }

  /** {@code spec} with the conventions of Function Compute and three seconds for an attempt. */
  static FunctionSpec of(FunctionSpec spec) {
    return spec.withFlavour(Flavour.FC2).withTimeout(Duration.ofSeconds(3));
  }

  /** What {@code future} holds, waited for. */
  static <T> T done(Future<T> future) {
    try {
      return future.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not in time", e);
    }
  }

  /** Path of InvokeFunction for a function of service {@code default}. */
  static String path(String function) {
    return "/2021-04-06/services/default/functions/" + function + "/invocations";
  }

  /** Makes a function in a namespace of the source of its file {@code index.py}. */
  void python(String namespace, String name, FunctionSpec spec, String source) {
    done(
        fc.node()
            .client()
            .functions()
            .inNamespace(namespace)
            .deploy(name, spec, CodeZip.of(Map.of("index.py", source))));
  }

  /** The same in service {@code default}. */
  void python(String name, String source) {
    python("default", name, python(), source);
  }

  /** InvokeFunction of a function of service {@code default}; headers are names and values. */
  HttpResponse<byte[]> invoke(String function, String payload, String... headers) {
    return invokeAt(path(function), payload, headers);
  }

  /** InvokeFunction by its path. */
  HttpResponse<byte[]> invokeAt(String path, String payload, String... headers) {
    Map<String, String> all = new HashMap<>(Map.of("Content-Type", "application/octet-stream"));
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], headers[i + 1]);
    }
    return fc.send("POST", path, payload.getBytes(UTF_8), all);
  }

  /** An answer that will come. */
  CompletableFuture<HttpResponse<byte[]>> later(String function, String payload) {
    return CompletableFuture.supplyAsync(() -> invoke(function, payload));
  }

  /**
   * The names of the cloud's headers in the answer to InvokeFunction, sorted, in the spelling they
   * have on the wire: the client that the other calls are made with tells them in lower case.
   */
  List<String> headerNames(String path, String... headers) {
    Map<String, String> more = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      more.put(headers[i], headers[i + 1]);
    }
    StringBuilder request = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    fc.signed("POST", path, null, more)
        .build()
        .headers()
        .map()
        .forEach((name, values) -> request.append(name + ": " + values.get(0) + "\r\n"));
    request.append("Content-Length: 0\r\nConnection: close\r\n\r\n");
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), fc.node().baseUri().getPort())) {
      socket.getOutputStream().write(request.toString().getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      return answer
          .lines()
          .takeWhile(line -> !line.isEmpty())
          .filter(line -> line.regionMatches(true, 0, "x-fc-", 0, 5))
          .map(line -> line.substring(0, line.indexOf(':')))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What {@code later} becomes. */
  static HttpResponse<byte[]> got(CompletableFuture<HttpResponse<byte[]>> later) {
    return later.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /** The one run of a function of service {@code default} that goes on, once there is one. */
  Invocation running(String function) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < until) {
      var page = done(fc.node().client().list(Query.of(function).withStatus(Status.RUNNING)));
      if (!page.invocations().isEmpty()) {
        return page.invocations().get(0);
      }
    }
    throw new AssertionError("nothing runs");
  }

  /** The newest invocation of a function of service {@code default}. */
  Invocation newest(String function) {
    return done(fc.node().client().list(Query.of(function).withLimit(1))).invocations().get(0);
  }

  /** How many invocations a function of service {@code default} has had. */
  int count(String function) {
    return done(fc.node().client().list(Query.of(function))).invocations().size();
  }

  /** The invocation of that id when it has ended. */
  Invocation ended(String id) {
    return done(fc.node().client().await(InvocationId.parse(id).orElseThrow()));
  }

  /** The body as text. */
  static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), UTF_8);
  }

  /** A header's value; null when it is absent. */
  static String header(HttpResponse<byte[]> answer, String name) {
    return answer.headers().firstValue(name).orElse(null);
  }

  /** What the end of the log says. */
  static String log(HttpResponse<byte[]> answer) {
    return new String(Base64.getDecoder().decode(header(answer, "X-Fc-Log-Result")), UTF_8);
  }

  /** The request's id. */
  static String requestId(HttpResponse<byte[]> answer) {
    return header(answer, "X-Fc-Request-Id");
  }

  /** That the function failed, as the cloud tells it; gives the object that describes it. */
  static JsonNode failed(String type, HttpResponse<byte[]> answer) {
    assertEquals(200, answer.statusCode(), () -> text(answer));
    assertEquals(type, header(answer, "X-Fc-Error-Type"), () -> text(answer));
    assertEquals("application/json", header(answer, "Content-Type"));
    return FcTester.json(answer);
  }
}
