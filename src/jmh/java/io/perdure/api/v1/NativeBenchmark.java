package io.perdure.api.v1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.perdure.invocation.Course;
import io.perdure.invocation.Invocation;
import io.perdure.router.Why;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What the native API does around a submit and a read, without the connection. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NativeBenchmark {
  private final Course course = new Course();
  private final Invocation enqueued = course.enqueued();
  private final Invocation ended = course.succeeded(course.running(enqueued));
  private final Why why = new Why("succeeded", "succeeded in attempt 1 after 8 ms");
  private final String readPath = InvocationJson.path(ended);
  private final RouteTable table = new RouteTable();
  private final MultiMap headers =
      HttpHeaders.headers()
          .add("Host", "127.0.0.1:9000")
          .add("Authorization", "Bearer 0123456789abcdef0123456789abcdef")
          .add("Content-Type", "application/octet-stream")
          .add("Content-Length", "1024");

  /** All operations of the API, which are those of its document. */
  @Setup
  public void routes() throws IOException {
    try (InputStream document = NativeBenchmark.class.getResourceAsStream("/openapi.json")) {
      for (var path : new ObjectMapper().readTree(document).path("paths").properties()) {
        for (var operation : path.getValue().properties()) {
          JsonNode name = operation.getValue().path("operationId");
          if (path.getKey().startsWith("/v1/") && !name.isMissingNode()) {
            HttpMethod method = HttpMethod.valueOf(operation.getKey());
            table.add(method, path.getKey(), name.asText(), call -> null);
          }
        }
      }
    }
  }

  @Benchmark
  public Object routeOfSubmit() {
    return table.match("/v1/namespaces/default/functions/resize/invocations");
  }

  @Benchmark
  public Object routeOfRead() {
    return table.match(readPath);
  }

  @Benchmark
  public Object headersOfSubmit() {
    return SubmitHeaders.of(headers);
  }

  @Benchmark
  public Buffer jsonOfAccepted() {
    return InvocationJson.accepted(enqueued);
  }

  @Benchmark
  public Buffer jsonOfEnded() {
    return InvocationJson.full(ended, why);
  }
}
