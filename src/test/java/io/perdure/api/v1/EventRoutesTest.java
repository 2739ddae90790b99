package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventRoutesTest {
  @RegisterExtension
  static final ApiServer SERVER =
      new ApiServer(
          io.perdure.api.HttpConfig.ANY_PORT,
          new NativeConfig(100, 1 << 20, 2, 1 << 20, Duration.ofSeconds(30), Duration.ofMillis(50)),
          false);

  @Test
  void streamShowsEveryEventAndEndsWithTheInvocation() throws Exception {
    InvocationId id = submit("streamed");
    HttpResponse<Stream<String>> response = SERVER.http().lines(events(id));
    assertEquals(200, response.statusCode());
    assertEquals("text/event-stream", response.headers().firstValue("content-type").orElseThrow());
    Iterator<String> lines = response.body().iterator();
    assertEquals("id: 1", lines.next());
    assertEquals("event: ENQUEUED", lines.next());
    assertTrue(lines.next().startsWith("data: {\"seq\":1,\"type\":\"ENQUEUED\",\"at\":\""));
    assertEquals("", lines.next());
    // Nothing happens for a while, so there is a sign of life.
    assertEquals(": still ENQUEUED", lines.next());
    SERVER.shards.finish(id, Status.SUCCEEDED, new byte[0]);
    List<String> rest =
        Stream.iterate(lines, Iterator::hasNext, it -> it)
            .map(Iterator::next)
            .filter(line -> line.startsWith("id: ") || line.startsWith("event: "))
            .toList();
    assertEquals(List.of("id: 2", "event: RUNNING", "id: 3", "event: SUCCEEDED"), rest);
    assertLeft();
  }

  @Test
  void streamGoesOnBehindTheLastEventSeen() throws Exception {
    InvocationId id = submit("resumed");
    SERVER.shards.finish(id, Status.FAILED, new byte[0]);
    assertEquals(List.of("id: 2", "id: 3"), ids(events(id), "Last-Event-ID", "1"));
    assertEquals(List.of("id: 3"), ids(events(id) + "?afterSeq=2"));
    assertEquals(204, SERVER.http().lines(events(id), "Last-Event-ID", "3").statusCode());
    SERVER.http().get(events(id), "Last-Event-ID", "x").problem(400, "invalid");
  }

  @Test
  void moreStreamsThanAllowedAreThrottled() throws Exception {
    InvocationId id = submit("crowded");
    HttpResponse<Stream<String>> first = SERVER.http().lines(events(id));
    HttpResponse<Stream<String>> second = SERVER.http().lines(events(id));
    SERVER.http().get(events(id)).problem(429, "throttled");
    SERVER.http().get("/v1/invocations/" + id + "?wait=10s").problem(429, "throttled");
    // What was submitted is accepted although nobody can wait for it.
    SERVER.http().post(SERVER.function("crowded2"), "", "Prefer", "wait=10").expect(202);
    SERVER.shards.finish(id, Status.SUCCEEDED, new byte[0]);
    assertTrue(first.body().count() > 0);
    assertTrue(second.body().count() > 0);
    assertLeft();
  }

  /** Every place that was taken is given back. */
  private static void assertLeft() {
    InvocationId id = submit("left" + System.nanoTime());
    for (int i = 0; i < 5; i++) {
      SERVER.http().get("/v1/invocations/" + id + "?wait=1ms").expect(200);
    }
  }

  private static List<String> ids(String path, String... headers)
      throws IOException, InterruptedException {
    return SERVER.http().lines(path, headers).body().filter(l -> l.startsWith("id: ")).toList();
  }

  private static InvocationId submit(String function) {
    String id =
        SERVER.http().post(SERVER.function(function), "").expect(202).json().path("id").asText();
    return InvocationId.parse(id).orElseThrow();
  }

  private static String events(InvocationId id) {
    return "/v1/invocations/" + id + "/events";
  }
}
