package io.perdure.node;

import static io.perdure.testkit.NodeApi.events;
import static io.perdure.testkit.NodeApi.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.perdure.invocation.Status;
import io.perdure.testkit.ChildNode;
import io.perdure.testkit.NodeApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM, with attempts that run in this test. */
@Timeout(120)
class DrainTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path data;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final BlockingQueue<Attempt> attempts = new LinkedBlockingQueue<>();
  private HttpServer functions;

  /** An attempt that has arrived; {@link #end} lets it succeed. */
  private record Attempt(String number, CountDownLatch ended) {
    void end() {
      ended.countDown();
    }
  }

  @BeforeEach
  void serveFunctions() throws IOException {
    functions = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    functions.setExecutor(threads);
    functions.createContext(
        "/",
        exchange -> {
          var ended = new CountDownLatch(1);
          attempts.add(
              new Attempt(exchange.getRequestHeaders().getFirst("Perdure-Attempt"), ended));
          try {
            ended.await();
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write(new byte[] {'o', 'k'});
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the test is over
          } finally {
            exchange.close();
          }
        });
    functions.start();
  }

  @AfterEach
  void stopFunctions() {
    threads.shutdownNow();
    functions.stop(0);
  }

  private void put(NodeApi api) {
    String url = "http://127.0.0.1:" + functions.getAddress().getPort() + "/";
    api.putFunction("work", "{\"runtime\":{\"kind\":\"http\",\"url\":\"" + url + "\"}}");
  }

  private Attempt arrived() throws InterruptedException {
    Attempt attempt = attempts.poll(30, TimeUnit.SECONDS);
    assertNotNull(attempt, "no attempt came");
    return attempt;
  }

  @Test
  void aRunningAttemptMayEndWhileSubmitsAreRefused() throws IOException, InterruptedException {
    String id;
    try (ChildNode node = ChildNode.on(data, "--set", "drain.grace=15s")) {
      NodeApi api = node.api(data);
      put(api);
      id = api.submit("work", "");
      Attempt running = arrived();
      node.terminate();
      node.line(line -> line.contains("shutting down"));
      NodeApi.Answer refused = api.trySubmit("work", "");
      JsonNode problem = refused.problem(503, "unavailable");
      assertTrue(problem.path("detail").asText().contains("shutting down"), problem::toString);
      assertNotNull(refused.header("retry-after"));
      api.get("/readyz").expect(503);
      assertEquals(Status.RUNNING, status(api.state(id)));
      running.end();
      assertEquals(0, node.exitCode(LIMIT));
    }
    try (ChildNode again = ChildNode.on(data)) {
      JsonNode ended = again.api(data).state(id);
      assertEquals(Status.SUCCEEDED, status(ended), ended::toString);
      assertEquals(1, ended.path("attempts").asInt());
    }
  }

  @Test
  void anAttemptThatOutlivesTheGraceRunsAgainAfterTheNextStart()
      throws IOException, InterruptedException {
    String id;
    try (ChildNode node = ChildNode.on(data, "--set", "drain.grace=200ms")) {
      NodeApi api = node.api(data);
      put(api);
      id = api.submit("work", "");
      assertEquals("1", arrived().number());
      node.terminate();
      assertEquals(0, node.exitCode(LIMIT));
    }
    try (ChildNode again = ChildNode.on(data)) {
      Attempt second = arrived();
      assertEquals("2", second.number());
      second.end();
      JsonNode ended = again.api(data).ended(id);
      assertEquals(Status.SUCCEEDED, status(ended), ended::toString);
      assertTrue(events(ended).contains("PLATFORM_RETRY"), ended::toString);
      again.terminate();
      assertEquals(0, again.exitCode(LIMIT));
    }
  }
}
