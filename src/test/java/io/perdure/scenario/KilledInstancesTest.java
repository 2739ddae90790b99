package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.invocation;
import static io.perdure.testkit.NodeApi.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.CodeZip;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Status;
import io.perdure.runtime.managed.custom.CustomProgram;
import io.perdure.testkit.NodeApi;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Instances die at any moment: invocations do not. */
@ExtendWith(PerdureExtension.class)
@Timeout(180)
class KilledInstancesTest {
  private static final int INVOCATIONS = 400;
  private static final int KILL_EVERY = 10;

  @TempDir private Path code;

  @Test
  void nothingIsLostWhenServersAreKilledAtRandom(PerdureNode node) throws IOException {
    CustomProgram.install(code, "bootstrap", "serve");
    put(node, "http", 4);
    run(node, i -> "POST /invoke work " + i);
  }

  @Test
  void nothingIsLostWhenProgramsThatFetchAreKilledAtRandom(PerdureNode node) throws IOException {
    CustomProgram.install(code, "bootstrap", "fetch");
    put(node, "runtime-api", 1);
    run(node, i -> " WORK " + i);
  }

  private static void run(PerdureNode node, IntFunction<String> expected) {
    NodeApi api = NodeApi.of(node);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < INVOCATIONS; i++) {
      ids.add(api.submit("fn", "work " + i));
    }
    api.post(NodeApi.function("fn") + ":resume", "").expect(200);
    Random random = new Random(7);
    int killed = 0;
    int repeated = 0;
    for (int i = 0; i < INVOCATIONS; i++) {
      killed += i % KILL_EVERY == 0 && kill(api, random) ? 1 : 0;
      JsonNode ended = ended(node, api, ids.get(i));
      assertEquals(Status.SUCCEEDED, status(ended), ended::toString);
      assertEquals(
          expected.apply(i), api.get(invocation(ids.get(i)) + "/result").expect(200).text());
      repeated += ended.path("attempts").asInt() > 1 ? 1 : 0;
    }
    assertTrue(killed >= 1 && repeated >= 1, killed + " killed, " + repeated + " repeated");
  }

  private void put(PerdureNode node, String protocol, int instanceConcurrency) {
    String zip = Base64.getEncoder().encodeToString(CodeZip.of(code).getBytes());
    NodeApi.of(node)
        .putFunction(
            "fn",
            """
        {"runtime": {"kind": "custom", "protocol": "%s", "instanceConcurrency": %d},
         "concurrency": 12, "retry": {"maxAttempts": 50, "backoffMs": 100},
         "paused": true, "code": {"zip": "%s"}}
        """
                .formatted(protocol, instanceConcurrency, zip));
  }

  /** Kills one of the instances there are; false when there is none. */
  private static boolean kill(NodeApi api, Random random) {
    JsonNode instances =
        api.get(NodeApi.function("fn") + "/instances").expect(200).json().path("instances");
    List<Long> pids = new ArrayList<>();
    instances.forEach(instance -> pids.add(instance.path("pid").asLong()));
    pids.removeIf(pid -> pid == 0);
    return !pids.isEmpty()
        && ProcessHandle.of(pids.get(random.nextInt(pids.size())))
            .map(ProcessHandle::destroyForcibly)
            .orElse(false);
  }

  /** The state at the end; time goes on meanwhile, so that what waits for a repetition gets it. */
  private static JsonNode ended(PerdureNode node, NodeApi api, String id) {
    JsonNode now = api.state(id);
    while (!status(now).terminal()) {
      node.clock().advance(Duration.ofMillis(100));
      now = api.get(invocation(id) + "?wait=100ms").expect(200).json();
    }
    return now;
  }
}
