package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.invocation;
import static io.perdure.testkit.NodeApi.status;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Status;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.Zips;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Python functions that take more than is theirs, on a whole node, which goes on. */
@ExtendWith(PerdureExtension.class)
@Timeout(60)
class HostileFunctionTest {
  private NodeApi api;

  @BeforeEach
  void node(PerdureNode node) {
    api = NodeApi.of(node);
  }

  @Test
  void memoryBeyondItsLimitEndsTheInstanceAlone() {
    put(
        64,
        """
        import time
        def handler(event, context):
            if event == 'kind': return 'fine'
            hoard = []
            while True:
                hoard.append(b'x' * (4 << 20))
                time.sleep(0.01)
        """);
    failsWith("OutOfMemory");
    goesOn();
  }

  @Test
  void diskBeyondItsLimitEndsTheInstanceAlone() {
    put(
        64,
        """
        import os, time
        def handler(event, context):
            if event == 'kind': return 'fine'
            for i in range(10):
                with open(os.path.join(os.environ['HOME'], 'f%d' % i), 'wb') as f:
                    f.write(b'x' * (4 << 20))
            time.sleep(1000)
        """);
    failsWith("DiskQuotaExceeded");
    goesOn();
  }

  @Test
  void forkBombIsOverWithItsInvocation() {
    put(
        1024,
        """
        import os, signal, sys, time
        def handler(event, context):
            if event == 'kind': return 'fine'
            try:
                while True:
                    if os.fork() == 0: time.sleep(1000)
            except OSError:
                os.kill(os.getpid(), signal.SIGKILL)
        """);
    failsWith("ProcessExit");
    goesOn();
  }

  @Test
  void serverAndItsDataAreOutOfReachWhenItRunsAsRoot() {
    assumeTrue(
        "root".equals(System.getProperty("user.name")),
        "not root: functions run as the same user as the server");
    put(
        64,
        """
        import os
        def tries(action):
            try:
                action()
                return 'done'
            except (PermissionError, FileNotFoundError) as e:
                return type(e).__name__
        def handler(event, context):
            server = os.getppid()
            return [
                tries(lambda: open('/proc/%d/environ' % server).read()),
                tries(lambda: os.listdir('/proc/%d/cwd/' % server)),
                tries(lambda: os.kill(server, 0)),
                tries(lambda: os.setuid(0)),
                tries(lambda: open(__file__, 'a')),
                sorted(n for n in os.environ if n.startswith('PERDURE_')),
            ]
        """);
    JsonNode ended = api.ended(api.submit("fn", "\"any\""));
    String result = result(ended);
    assertTrue(
        result.startsWith(
            "[\"PermissionError\", \"PermissionError\", \"PermissionError\","
                + " \"PermissionError\", \"PermissionError\", ["),
        result);
    assertTrue(!result.contains("PERDURE_TOKEN") && !result.contains("PERDURE_SOCKET"), result);
  }

  private void put(int memoryMb, String source) {
    String zip = Base64.getEncoder().encodeToString(Zips.of("index.py", source));
    NodeApi.Answer refused =
        api.send(
            "PUT",
            "/v1/namespaces/default/functions/fn",
            ("{\"timeoutMs\":50000,\"runtime\":{\"kind\":\"python3\",\"handler\":\"index.handler\","
                    + "\"memoryMb\":"
                    + memoryMb
                    + ",\"diskMb\":16},\"code\":{\"zip\":\""
                    + zip
                    + "\"}}")
                .getBytes(UTF_8),
            "Content-Type",
            "application/json");
    assumeTrue(
        refused.status() != 422 || !refused.text().contains("python3"),
        () -> "no Python for functions here: " + refused.text());
    assertTrue(refused.status() < 300, refused::text);
  }

  private void failsWith(String type) {
    JsonNode ended = api.ended(api.submit("fn", "\"hostile\""));
    assertEquals(Status.FAILED, status(ended), ended::toString);
    assertEquals(type, ended.path("error").path("type").asText(), ended::toString);
    assertEquals("crash", ended.path("error").path("kind").asText(), ended::toString);
  }

  private void goesOn() {
    assertEquals("fine", result(api.ended(api.submit("fn", "\"kind\""))));
  }

  private String result(JsonNode ended) {
    return api.get(invocation(ended.path("id").asText()) + "/result").expect(200).text();
  }
}
