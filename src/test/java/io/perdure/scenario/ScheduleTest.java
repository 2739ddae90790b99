package io.perdure.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ScheduleMessages.PutSchedule;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.testkit.NodeApi;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

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
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() < deadline) {
      List<Long> times = new ArrayList<>();
      String path = NodeApi.function("tick") + "/invocations?limit=1000";
      for (JsonNode item : api.get(path).expect(200).json().path("invocations")) {
        assertEquals("schedule", item.path("origin").asText());
        String key = item.path("key").asText();
        times.add(Long.parseLong(key.substring(key.lastIndexOf(':') + 1)));
      }
      if (times.size() >= count) {
        return times.stream().sorted().toList();
      }
    }
    throw new AssertionError("fewer than " + count + " firings");
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
}
