package io.perdure.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.InstanceMessages.Instance;
import io.perdure.bus.InstanceMessages.ListInstances;
import io.perdure.client.FunctionSpec;
import io.perdure.client.PerdureClient;
import io.perdure.client.PerdureNode;
import io.perdure.client.Submission;
import io.perdure.invocation.Event;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.testkit.Python;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Thousands of invocations while instances are killed at random: nothing may be lost. */
@Timeout(300)
class InstancesKilledTest {
  private static final int INVOCATIONS = 3_000;

  /** One of so many ends of an invocation is followed by the death of an instance. */
  private static final int KILLED = 20;

  private static final int WINDOW = 300;

  private static final String CODE =
      """
      import time

      def handler(event, context):
          time.sleep(event['ms'] / 1000.0)
          print('ran', event['n'])
          return {'n': event['n']}
      """;

  private final long seed = Long.getLong("perdure.seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private int kills;

  @Test
  void everyInvocationEndsOnceWithItsOwnResult() throws Exception {
    Python.require();
    Map<String, String> settings = Map.of("runtime.managed.instances-max", "6");
    try (PerdureNode node = PerdureNode.start(settings)) {
      run(node);
    } catch (AssertionError e) {
      throw new AssertionError("to replay: -Dperdure.seed=" + seed, e);
    }
  }

  private void run(PerdureNode node) throws Exception {
    FunctionSpec spec =
        FunctionSpec.python3("index.handler").withConcurrency(16).withRetries(500, Duration.ZERO);
    Map<String, String> files = Map.of("index.py", CODE);
    List<Function> functions =
        List.of(
            node.deploy("one", spec, files),
            node.deploy("shared", spec.withInstanceConcurrency(4), files));
    PerdureClient client = node.client();
    Map<InvocationId, Integer> numbers = new HashMap<>();
    BlockingQueue<Invocation> ended = new LinkedBlockingQueue<>();
    Bus bus = Bus.install(node.vertx());
    Map<InvocationId, Invocation> done = new HashMap<>();
    while (done.size() < INVOCATIONS) {
      // Never all at once: whenever one is killed, there are others that wait or run.
      while (numbers.size() < Math.min(INVOCATIONS, done.size() + WINDOW)) {
        int n = numbers.size();
        String function = functions.get(n % functions.size()).name();
        JsonObject payload = new JsonObject().put("n", n).put("ms", random.nextInt(6));
        InvocationId id =
            client
                .submit(Submission.of(function), payload.toBuffer())
                .await(30, TimeUnit.SECONDS)
                .id();
        numbers.put(id, n);
        client.await(id, Duration.ofDays(1)).onSuccess(ended::add);
      }
      Invocation one = ended.poll(50, TimeUnit.MILLISECONDS);
      if (one == null) {
        node.clock().advance(Duration.ofMillis(100)); // pauses behind starts that failed
        continue;
      }
      assertEquals(null, done.put(one.id(), one), "ended twice");
      if (random.nextInt(KILLED) == 0) {
        kill(bus, functions.get(random.nextInt(functions.size())));
      }
    }
    assertTrue(kills > INVOCATIONS / KILLED / 4, "only " + kills + " instances were killed");
    for (Invocation one : done.values()) {
      check(client, one, numbers.get(one.id()));
    }
  }

  private void kill(Bus bus, Function function) throws Exception {
    List<Instance> instances =
        bus
            .request(Addresses.LIST_INSTANCES, new ListInstances(function.uid()))
            .await(30, TimeUnit.SECONDS)
            .instances()
            .stream()
            .filter(one -> one.pid() > 0)
            .toList();
    if (!instances.isEmpty()) {
      long pid = instances.get(random.nextInt(instances.size())).pid();
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      kills++;
    }
  }

  private static void check(PerdureClient client, Invocation one, int n) throws Exception {
    assertEquals(Status.SUCCEEDED, one.status(), () -> "invocation " + n + ": " + one.error());
    long ends = one.events().stream().filter(event -> event.type() == Event.Type.SUCCEEDED).count();
    assertEquals(1, ends);
    Buffer result = client.result(one.id()).await(30, TimeUnit.SECONDS);
    assertEquals(n, new JsonObject(result).getInteger("n"));
  }
}
