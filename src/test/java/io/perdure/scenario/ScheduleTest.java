package io.perdure.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ScheduleMessages.PutSchedule;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.testkit.ChildNode;
import io.perdure.testkit.NodeApi;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Schedules of a whole node. */
@ExtendWith(PerdureExtension.class)
@Timeout(120)
class ScheduleTest {
  private static final String ACCOUNT = "1000000000000001";

  private static void schedule(PerdureNode node, String name, String cron) throws Exception {
    Bus.install(node.vertx())
        .request(
            Addresses.PUT_SCHEDULE,
            new PutSchedule(
                ACCOUNT, "default", "tick", name, cron, null, null, "hello", null, null, 0))
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  /** The times "tick" was submitted for, each as often as it was, once there are so many. */
  private static List<Long> times(NodeApi api, int count) {
    return times(api, count, () -> {});
  }

  private static List<Long> times(NodeApi api, int count, Runnable pause) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (System.nanoTime() < deadline) {
      List<Long> times = times(api);
      if (times.size() >= count) {
        return times;
      }
      pause.run();
    }
    throw new AssertionError("fewer than " + count + " firings");
  }

  private static List<Long> times(NodeApi api) {
    List<Long> times = new ArrayList<>();
    String path = NodeApi.function("tick") + "/invocations?limit=1000";
    for (JsonNode item : api.get(path).expect(200).json().path("invocations")) {
      assertEquals("schedule", item.path("origin").asText());
      String key = item.path("key").asText();
      times.add(Long.parseLong(key.substring(key.lastIndexOf(':') + 1)));
    }
    return times.stream().sorted().toList();
  }

  private static long at(long second) {
    return PerdureNode.START.plusSeconds(second).toEpochMilli();
  }

  @Test
  void functionRunsAtTheTimesOfItsScheduleWithItsMessage(PerdureNode node) throws Exception {
    NodeApi api = NodeApi.of(node);
    node.function("tick").serves(Future::succeededFuture);
    schedule(node, "s", "*/30 * * * * *");
    node.clock().advance(Duration.ofSeconds(30));
    assertEquals(List.of(at(30)), times(api, 1));
    JsonNode first =
        api.get(NodeApi.function("tick") + "/invocations")
            .expect(200)
            .json()
            .path("invocations")
            .get(0);
    String id = first.path("id").asText();
    api.ended(id);
    assertEquals(
        "{\"type\":\"timer\",\"schedule\":\"s\",\"time\":\""
            + Instant.ofEpochMilli(at(30))
            + "\",\"message\":\"hello\"}",
        api.get(NodeApi.invocation(id) + "/result").expect(200).text());
  }

  @Test
  void eachTimeFiresOnceHoweverOftenTheNodeIsRestarted(PerdureNode node) {
    Random random = new Random();
    long seed = Long.getLong("perdure.seed", random.nextLong());
    random.setSeed(seed);
    try {
      node.function("tick").serves(Future::succeededFuture);
      schedule(node, "s", "*/10 * * * * *");
      long second = 0;
      for (int restart = 0; restart < 6; restart++) {
        int step = 1 + random.nextInt(55);
        second += step;
        node.clock().advance(Duration.ofSeconds(step));
        node.restart(); // some firings are under way, or have not been begun
        times(NodeApi.of(node), (int) (second / 10)); // the clock must not run away from the disk
      }
      Set<Long> expected = new TreeSet<>();
      for (long due = 10; due <= second; due += 10) {
        expected.add(at(due));
      }
      assertEquals(List.copyOf(expected), times(NodeApi.of(node), expected.size()));
      node.restart();
      assertEquals(List.copyOf(expected), times(NodeApi.of(node), expected.size()));
    } catch (Exception | AssertionError e) {
      throw new AssertionError("replay with -Dperdure.seed=" + seed, e);
    }
  }

  @Test
  void eachSecondFiresOnceThoughTheNodeIsKilled(@TempDir Path data) throws Exception {
    String schedule = NodeApi.function("tick") + "/schedules/s";
    String waits = null;
    int seen = 0;
    for (int life = 0; life < 3; life++) {
      try (ChildNode node = ChildNode.on(data)) {
        NodeApi api = node.api(data);
        if (life == 0) {
          api.putFunction("tick", "{\"runtime\":{\"kind\":\"command\",\"command\":[\"true\"]}}");
          waits = createWaiting(api);
          byte[] everySecond = "{\"cron\":\"* * * * * *\"}".getBytes(UTF_8);
          api.send("PUT", schedule, everySecond).expect(201);
        }
        String waiting = NodeApi.invocation(waits) + "?wait=500ms";
        seen = times(api, seen + 2, () -> api.get(waiting).expect(200)).size();
        if (life == 2) {
          api.send("DELETE", schedule, new byte[0]).expect(204);
          List<Long> fired = times(api);
          List<Long> seconds =
              LongStream.rangeClosed(0, (fired.get(fired.size() - 1) - fired.get(0)) / 1_000)
                  .map(second -> fired.get(0) + 1_000 * second)
                  .boxed()
                  .toList();
          assertEquals(seconds, fired);
        }
        node.kill();
      }
    }
  }

  /** An invocation that has its turn much later: whoever awaits it waits. */
  private static String createWaiting(NodeApi api) {
    api.putFunction("later", "{\"runtime\":{\"kind\":\"command\",\"command\":[\"true\"]}}");
    return api.submit("later", "", "Perdure-Delay", "1h");
  }
}
