package io.perdure.api.fc;

import static io.perdure.api.fc.FcTasks.events;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.Submission;
import io.perdure.invocation.Event;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The courses a task may take, on a whole node, by the clock (spec alibaba-fc, section 7). */
@Timeout(120)
class TaskLifeTest {
  private FcTasks tasks;

  @BeforeEach
  void start() {
    tasks = new FcTasks(FcTester.start(Map.of()));
  }

  @AfterEach
  void stop() {
    tasks.fc.close();
  }

  private void advance(Duration by) {
    tasks.fc.node().clock().advance(by);
  }

  private static int retried(JsonNode record) {
    return record.path("alreadyRetriedTimes").asInt();
  }

  @Test
  void successIsEnqueuedRunningSucceeded() {
    tasks.served("f", Future::succeededFuture);
    JsonNode record = tasks.ended("f", tasks.submit("f", "a", "hello"));
    assertEquals(List.of("Enqueued", "Running", "Succeeded"), events(record));
    assertEquals("Succeeded", record.path("status").asText());
    assertEquals(0, retried(record));
    assertEquals("hello", record.path("returnPayload").asText());
    assertEquals("", record.path("invocationErrorMessage").asText());
  }

  @Test
  void twoRetriesThenFailure() {
    tasks.served("f", payload -> Future.failedFuture("no"));
    tasks.task("f", 2, null);
    Invocation task = tasks.submit("f", "a", "");
    tasks.after(task, Event.Type.RETRYING, 1);
    advance(Duration.ofMillis(500));
    tasks.after(task, Event.Type.RETRYING, 2);
    assertEquals("Retrying", tasks.get("f", "a").path("status").asText());
    assertEquals(2, retried(tasks.get("f", "a")));
    advance(Duration.ofSeconds(1));
    JsonNode record = tasks.ended("f", task);
    assertEquals(
        List.of("Enqueued", "Running", "Retrying", "Running", "Retrying", "Running", "Failed"),
        events(record));
    assertEquals("Failed", record.path("status").asText());
    assertEquals(2, retried(record));
    assertEquals("UnhandledInvocationError: no", record.path("invocationErrorMessage").asText());
    assertEquals(
        "{\"Error\":\"UnhandledInvocationError\",\"ErrorMessage\":\"no\"}",
        record.path("events").get(6).path("eventDetail").asText());
    assertEquals(
        record.path("events").get(6).path("eventDetail"),
        record.path("events").get(2).path("eventDetail"));
  }

  @Test
  void oneRetryThenSuccess() {
    tasks.served("f", FcTasks.failing(1));
    Invocation task = tasks.submit("f", "a", "hello");
    tasks.after(task, Event.Type.RETRYING, 1);
    advance(Duration.ofMillis(500));
    JsonNode record = tasks.ended("f", task);
    assertEquals(
        List.of("Enqueued", "Running", "Retrying", "Running", "Succeeded"), events(record));
    assertEquals(1, retried(record));
  }

  @Test
  void pausesBetweenRetriesDoubleFromHalfASecondToAMinute() {
    tasks.served("f", payload -> Future.failedFuture("no"));
    tasks.task("f", 8, null);
    Invocation task = tasks.submit("f", "a", "");
    List<Long> pauses = List.of(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 32_000L, 60_000L);
    for (int retry = 1; retry <= 8; retry++) {
      tasks.after(task, Event.Type.RETRYING, retry);
      advance(Duration.ofMillis(pauses.get(retry - 1) - 1));
      assertEquals("Retrying", tasks.get("f", "a").path("status").asText());
      advance(Duration.ofMillis(1));
    }
    JsonNode record = tasks.ended("f", task);
    assertEquals("Failed", record.path("status").asText());
    assertEquals(8, retried(record));
    assertEquals(8, events(record).stream().filter(status -> status.equals("Retrying")).count());
  }

  @Test
  void stopWhileRunning() {
    tasks.served("f", FcTasks::never);
    Invocation task = tasks.submit("f", "a", "");
    tasks.after(task, Event.Type.RUNNING, 1);
    assertEquals(0, tasks.get("f", "a").path("endTime").asLong());
    tasks.stop("f", "a");
    JsonNode record = tasks.ended("f", task);
    assertEquals(List.of("Enqueued", "Running", "Stopping", "Stopped"), events(record));
    assertEquals("Stopped", record.path("status").asText());
    assertEquals("", record.path("invocationErrorMessage").asText());
  }

  @Test
  void stopInTheQueue() {
    tasks.served("f", FcTasks::never);
    Invocation task =
        tasks.submit(Submission.of("f").withKey("a").withDelay(Duration.ofMinutes(5)), "");
    assertEquals("Enqueued", tasks.get("f", "a").path("status").asText());
    tasks.stop("f", "a");
    JsonNode record = tasks.ended("f", task);
    assertEquals(List.of("Enqueued", "Stopping", "Stopped"), events(record));
    advance(Duration.ofMinutes(6));
    assertEquals(3, events(tasks.get("f", "a")).size());
  }

  @Test
  void stopBetweenTwoRetries() {
    tasks.served("f", payload -> Future.failedFuture("no"));
    Invocation task = tasks.submit("f", "a", "");
    tasks.after(task, Event.Type.RETRYING, 1);
    tasks.stop("f", "a");
    JsonNode record = tasks.ended("f", task);
    assertEquals(List.of("Enqueued", "Running", "Retrying", "Stopping", "Stopped"), events(record));
    assertEquals(1, retried(record));
    advance(Duration.ofMinutes(6));
    assertEquals(5, events(tasks.get("f", "a")).size());
  }

  @Test
  void whatIsOlderThanItsAgeWhenItIsDequeuedExpires() {
    tasks.served("f", Future::succeededFuture);
    tasks.task("f", null, Duration.ofSeconds(3));
    Invocation task =
        tasks.submit(Submission.of("f").withKey("a").withDelay(Duration.ofSeconds(4)), "");
    advance(Duration.ofSeconds(4));
    JsonNode record = tasks.ended("f", task);
    assertEquals(List.of("Enqueued", "Expired"), events(record));
    assertEquals("Expired", record.path("status").asText());
    assertEquals(0, record.path("durationMs").asLong());
    assertEquals("", record.path("instanceId").asText());
  }

  @Test
  void ageIsNotLookedAtBetweenRetries() {
    tasks.served("f", FcTasks.failing(3));
    tasks.task("f", 3, Duration.ofSeconds(1));
    Invocation task = tasks.submit("f", "a", "");
    for (int retry = 1; retry <= 3; retry++) {
      tasks.after(task, Event.Type.RETRYING, retry);
      advance(Duration.ofSeconds(2));
      tasks.fc.node().sweep();
    }
    assertEquals("Succeeded", tasks.ended("f", task).path("status").asText());
  }

  @Test
  void settingsAtTheTimeItIsDequeuedCount() {
    tasks.served("f", payload -> Future.failedFuture("no"));
    tasks.task("f", 0, Duration.ofSeconds(1));
    Invocation task =
        tasks.submit(Submission.of("f").withKey("a").withDelay(Duration.ofMinutes(1)), "");
    tasks.task("f", 1, Duration.ofHours(1));
    tasks.fc.node().sweep();
    advance(Duration.ofMinutes(1));
    tasks.after(task, Event.Type.RETRYING, 1);
    advance(Duration.ofMillis(500));
    assertEquals(1, retried(tasks.ended("f", task)));
  }

  @Test
  void delayIsSpentInTheQueue() {
    tasks.served("f", Future::succeededFuture);
    Invocation task =
        tasks.submit(Submission.of("f").withKey("a").withDelay(Duration.ofHours(1)), "");
    advance(Duration.ofHours(1).minusSeconds(1));
    assertEquals("Enqueued", tasks.get("f", "a").path("status").asText());
    advance(Duration.ofSeconds(1));
    JsonNode record = tasks.ended("f", task);
    long started = record.path("startedTime").asLong();
    assertEquals(task.acceptedAt(), started);
    assertEquals(started, record.path("events").get(0).path("timestamp").asLong());
    assertEquals(started + 3_600_000, record.path("events").get(1).path("timestamp").asLong());
  }

  @Test
  void queueOfADeletedFunctionBecomesInvalidAndIsNotFound() {
    tasks.served("f", Future::succeededFuture);
    Invocation task =
        tasks.submit(Submission.of("f").withKey("a").withDelay(Duration.ofMinutes(1)), "");
    FcTasks.done(tasks.fc.node().client().functions().delete("f"));
    FcTasks.done(tasks.fc.node().client().await(task.id()));
    assertEquals("INVALID", FcTasks.done(tasks.fc.node().client().get(task.id())).status().name());
    assertEquals(
        "function 'f' does not exist in service 'default'",
        tasks.fc.refused(404, "FunctionNotFound", "GET", FcTasks.path("f") + "/a", null));
    tasks.put("f", FcTasks.spec(Flavour.FC2, "test.f"));
    tasks.task("f", null, null);
    tasks.fc.refused(404, "StatefulAsyncInvocationNotFound", "GET", FcTasks.path("f") + "/a", null);
    assertEquals("Succeeded", tasks.ended("f", tasks.submit("f", "a", "")).path("status").asText());
  }

  @Test
  void whatThePlatformFailsIsNotCounted() {
    tasks.put("f", FcTasks.spec(Flavour.FC2, "test.nobody-is-there"));
    tasks.task("f", 0, null);
    Invocation task = tasks.submit("f", "a", "");
    tasks.after(task, Event.Type.PLATFORM_RETRY, 1);
    JsonNode waiting = tasks.get("f", "a");
    assertEquals("Dequeued", waiting.path("status").asText());
    assertEquals(0, retried(waiting));
    for (int failure = 2; failure <= 6; failure++) {
      advance(Duration.ofSeconds(8));
      tasks.after(task, Event.Type.PLATFORM_RETRY, failure);
    }
    tasks.listen("nobody-is-there", Future::succeededFuture);
    advance(Duration.ofMinutes(1));
    JsonNode record = tasks.ended("f", task);
    assertEquals("Succeeded", record.path("status").asText());
    assertEquals(0, retried(record));
    assertEquals(
        List.of("Enqueued", "Running", "Succeeded"),
        events(record).stream().filter(status -> !status.equals("Dequeued")).distinct().toList());
  }

  @Test
  void recordVanishesAndItsIdIsFreeAtTheSecondItsRetentionEnds() {
    tasks.served("f", Future::succeededFuture);
    Invocation task = tasks.submit("f", "a", "");
    tasks.ended("f", task);
    advance(Duration.ofDays(3).minusMillis(1));
    tasks.fc.node().sweep();
    assertEquals("Succeeded", tasks.get("f", "a").path("status").asText());
    assertEquals(1, FcTasks.ids(tasks.fc.ok("GET", FcTasks.path("f"), null)).size());
    advance(Duration.ofMillis(1)); // nobody has swept yet
    tasks.fc.refused(404, "StatefulAsyncInvocationNotFound", "GET", FcTasks.path("f") + "/a", null);
    assertEquals(0, FcTasks.ids(tasks.fc.ok("GET", FcTasks.path("f"), null)).size());
    Invocation again = tasks.submit("f", "a", "other");
    assertEquals("Succeeded", tasks.ended("f", again).path("status").asText());
    tasks.fc.node().sweep();
    assertEquals("other", tasks.get("f", "a").path("invocationPayload").asText());
  }

  @Test
  void statusesGoOnBehindARestart() {
    tasks.served("f", FcTasks::never);
    Invocation running = tasks.submit("f", "running", "");
    tasks.after(running, Event.Type.RUNNING, 1);
    Invocation delayed =
        tasks.submit(Submission.of("f").withKey("delayed").withDelay(Duration.ofMinutes(1)), "");
    tasks.served("g", payload -> Future.failedFuture("no"));
    tasks.task("g", 1, null);
    Invocation retrying = tasks.submit("g", "retrying", "");
    tasks.after(retrying, Event.Type.RETRYING, 1);
    tasks.fc.node().restart();
    tasks.listen("f", Future::succeededFuture);
    tasks.listen("g", FcTasks.failing(0));
    assertEquals("Enqueued", tasks.get("f", "delayed").path("status").asText());
    assertEquals("Retrying", tasks.get("g", "retrying").path("status").asText());
    advance(Duration.ofMinutes(2));
    for (Invocation task : List.of(running, delayed)) {
      assertEquals("Succeeded", tasks.ended("f", task).path("status").asText());
      assertEquals(0, retried(tasks.get("f", task.key())));
    }
    assertEquals(
        List.of("Enqueued", "Running", "Retrying", "Running", "Succeeded"),
        events(tasks.ended("g", retrying)));
  }
}
