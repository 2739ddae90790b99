package io.perdure.api.fc;

import static io.perdure.api.fc.FcTasks.events;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.Submission;
import io.perdure.invocation.Event;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Route;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Single tasks: what their records say, how they are found and stopped, in all generations. */
@Timeout(120)
class TaskTest {
  private static final List<String> RECORD =
      List.of(
          "qualifier",
          "requestId",
          "status",
          "startedTime",
          "endTime",
          "durationMs",
          "alreadyRetriedTimes",
          "instanceId");
  private static final List<String> END_OF_RECORD =
      List.of("returnPayload", "destinationStatus", "events");
  private static final String NOT_FOUND = "StatefulAsyncInvocationNotFound";

  private static FcTasks tasks;

  @BeforeAll
  static void start() {
    tasks = new FcTasks(FcTester.start(Map.of()));
    tasks.served("echo", Future::succeededFuture);
    tasks.served("slow", FcTasks::never);
    tasks.servedWithoutService("alone", Future::succeededFuture);
    FcTasks.done(tasks.fc.node().client().functions().publishVersion(null, ""));
    FcTasks.done(tasks.fc.node().client().functions().putAlias(null, "prod", Route.to("1")));
    tasks.put("plain", FcTasks.spec(Flavour.FC2, "test.echo"));
  }

  @AfterAll
  static void stop() {
    tasks.fc.close();
  }

  private static List<String> names(JsonNode record) {
    List<String> names = new ArrayList<>();
    record.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static List<String> named(String id, List<String> function, String error, String body) {
    List<String> names = new ArrayList<>(List.of(id));
    names.addAll(function);
    names.addAll(RECORD);
    names.addAll(List.of(error, body));
    names.addAll(END_OF_RECORD);
    return names;
  }

  @Test
  void recordOfAWaitingTaskHasEveryProperty() {
    Invocation task = tasks.submit("slow", "waits", "hello");
    tasks.after(task, Event.Type.RUNNING, 1);
    JsonNode record = tasks.get("slow", "waits");
    assertEquals(
        named(
            "invocationId",
            List.of("serviceName", "functionName"),
            "invocationErrorMessage",
            "invocationPayload"),
        names(record));
    assertEquals("waits", record.path("invocationId").asText());
    assertEquals("default", record.path("serviceName").asText());
    assertEquals("slow", record.path("functionName").asText());
    assertEquals("LATEST", record.path("qualifier").asText());
    assertEquals(task.id().toString(), record.path("requestId").asText());
    assertEquals("Running", record.path("status").asText());
    assertTrue(record.path("startedTime").isIntegralNumber());
    assertEquals(0, record.path("endTime").asLong(-1));
    assertEquals(0, record.path("durationMs").asLong(-1));
    assertEquals(0, record.path("alreadyRetriedTimes").asInt(-1));
    assertEquals("hello", record.path("invocationPayload").asText());
    assertEquals("", record.path("returnPayload").asText("-"));
    assertEquals("", record.path("invocationErrorMessage").asText("-"));
    assertEquals("", record.path("destinationStatus").asText("-"));
  }

  @Test
  void recordOfFc3HasItsOwnNames() {
    Invocation task =
        tasks.submit(
            Submission.of("alone").inNamespace(Function.FC3_NAMESPACE).withKey("three"), "hello");
    FcTasks.done(tasks.fc.node().client().await(task.id()));
    JsonNode record = tasks.fc.ok("GET", "/2023-03-30/functions/alone/async-tasks/three", null);
    assertEquals(
        named("taskId", List.of("functionArn"), "taskErrorMessage", "taskPayload"), names(record));
    assertEquals("three", record.path("taskId").asText());
    assertEquals(
        "acs:fc:cn-hangzhou:" + task.account() + ":functions/alone",
        record.path("functionArn").asText());
    assertEquals("hello", record.path("taskPayload").asText());
    assertEquals("hello", record.path("returnPayload").asText());
    JsonNode list = tasks.fc.ok("GET", "/2023-03-30/functions/alone/async-tasks", null);
    assertEquals("three", list.path("tasks").get(0).path("taskId").asText());
    assertEquals(
        "async task 'other' does not exist",
        tasks.fc.refused(
            404,
            "AsyncTaskNotFound",
            "GET",
            "/2023-03-30/functions/alone/async-tasks/other",
            null));
    tasks.fc.refused(
        400, "InvalidArgument", "PUT", "/2023-03-30/functions/alone/async-tasks/three/stop", null);
    tasks.fc.refused(
        404, "FunctionNotFound", "GET", "/2023-03-30/functions/nobody/async-tasks/three", null);
  }

  @Test
  void firstGenerationHasTheQualifierInThePath() {
    tasks.ended("echo", tasks.submit("echo", "first", "x"));
    String path = "/functions/echo/stateful-async-invocations/first";
    for (String service : List.of("default", "default.LATEST")) {
      JsonNode record = tasks.fc.ok("GET", "/2016-08-15/services/" + service + path, null);
      assertEquals("first", record.path("invocationId").asText());
    }
    tasks.fc.refused(404, NOT_FOUND, "GET", "/2016-08-15/services/default.prod" + path, null);
  }

  @Test
  void taskWithoutAnIdOfItsCallersIsFoundByTheServers() {
    Invocation task = tasks.submit(Submission.of("echo"), "x");
    JsonNode record = tasks.ended("echo", task);
    assertEquals(task.id().toString(), record.path("invocationId").asText());
    assertEquals("Succeeded", record.path("status").asText());
  }

  @Test
  void idOfACallerGoesBeforeTheServers() {
    Invocation other = tasks.submit(Submission.of("echo"), "other");
    Invocation named = tasks.submit("echo", other.id().toString(), "named");
    assertEquals("named", tasks.ended("echo", named).path("invocationPayload").asText());
  }

  @Test
  void taskIsFoundByNoQualifierOrItsOwn() {
    Invocation task =
        tasks.submit(Submission.of("echo").withKey("aliased").withQualifier("1"), "x");
    // Task mode hangs on the qualifier: without it there is no record.
    tasks.fc.refused(404, NOT_FOUND, "GET", FcTasks.path("echo") + "/aliased", null);
    FcTasks.done(tasks.fc.node().client().await(task.id()));
    tasks.settings("default", "echo", "prod");
    Invocation prod =
        tasks.submit(Submission.of("echo").withKey("prod").withQualifier("prod"), "x");
    assertEquals("prod", tasks.ended("echo", prod).path("qualifier").asText());
    String path = FcTasks.path("echo") + "/prod?qualifier=";
    assertEquals("prod", tasks.fc.ok("GET", path + "prod", null).path("qualifier").asText());
    for (String other : List.of("LATEST", "1", "nobody")) {
      tasks.fc.refused(404, NOT_FOUND, "GET", path + other, null);
    }
  }

  @Test
  void untrackedAndSynchronousInvocationsAreNoTasks() {
    Invocation untracked = tasks.submit("plain", "a", "x");
    FcTasks.done(tasks.fc.node().client().await(untracked.id()));
    for (String id : List.of("a", untracked.id().toString())) {
      tasks.fc.refused(404, NOT_FOUND, "GET", FcTasks.path("plain") + "/" + id, null);
      tasks.fc.refused(404, NOT_FOUND, "PUT", FcTasks.path("plain") + "/" + id, null);
    }
    assertEquals(List.of(), FcTasks.ids(tasks.fc.ok("GET", FcTasks.path("plain"), null)));
    String waited = FcRuns.requestId(new FcRuns(tasks.fc).invoke("echo", "x"));
    tasks.fc.refused(404, NOT_FOUND, "GET", FcTasks.path("echo") + "/" + waited, null);
  }

  @Test
  void serviceAndFunctionThatAreMissingAreNamed() {
    String path = "/functions/echo/stateful-async-invocations/a";
    assertEquals(
        "service 'nowhere' does not exist",
        tasks.fc.refused(
            404, "ServiceNotFound", "GET", "/2021-04-06/services/nowhere" + path, null));
    tasks.fc.refused(404, "FunctionNotFound", "PUT", FcTasks.path("nobody") + "/a", null);
    tasks.fc.refused(404, "FunctionNotFound", "GET", FcTasks.path("nobody"), null);
  }

  @Test
  void bytesThatAreNoTextAreShownInBase64() {
    byte[] bytes = {(byte) 0xFF, 0, 1};
    Invocation task =
        FcTasks.done(
            tasks
                .fc
                .node()
                .client()
                .submit(Submission.of("echo").withKey("bytes"), Buffer.buffer(bytes)));
    JsonNode record = tasks.ended("echo", task);
    String shown = Base64.getEncoder().encodeToString(bytes);
    assertEquals(shown, record.path("invocationPayload").asText());
    assertEquals(shown, record.path("returnPayload").asText());
  }

  @Test
  void whatIsReturnedIsShownUpToAMegabyte() {
    String large = "é".repeat(600 * 1024);
    tasks.served("large", payload -> Future.succeededFuture(Buffer.buffer("x" + large)));
    JsonNode record = tasks.ended("large", tasks.submit("large", "a", ""));
    String shown = record.path("returnPayload").asText();
    assertEquals(1024 * 1024 - 1, shown.getBytes(UTF_8).length);
    assertTrue(("x" + large).startsWith(shown));
  }

  @Test
  void secondStopChangesNothingAndOneOfAnEndedTaskIsRefused() {
    tasks.served("stubborn", FcTasks::never);
    Invocation task = tasks.submit("stubborn", "a", "");
    tasks.after(task, Event.Type.RUNNING, 1);
    tasks.stop("stubborn", "a");
    JsonNode record = tasks.ended("stubborn", task);
    assertEquals("Stopped", record.path("status").asText());
    assertEquals(
        "task 'a' is Stopped and cannot be stopped",
        tasks.fc.refused(400, "InvalidArgument", "PUT", FcTasks.path("stubborn") + "/a", null));
    tasks.ended("echo", tasks.submit("echo", "ended", ""));
    assertEquals(
        "task 'ended' is Succeeded and cannot be stopped",
        tasks.fc.refused(400, "InvalidArgument", "PUT", FcTasks.path("echo") + "/ended", null));
    tasks.fc.refused(404, NOT_FOUND, "PUT", FcTasks.path("echo") + "/nobody", null);
    assertEquals(record, tasks.get("stubborn", "a"));
  }

  @Test
  void timesOfARecordFitTogether() {
    Invocation task = tasks.submit("echo", "times", "");
    JsonNode record = tasks.ended("echo", task);
    JsonNode last = record.path("events").get(2);
    assertEquals(List.of("Enqueued", "Running", "Succeeded"), events(record));
    assertEquals(record.path("startedTime"), record.path("events").get(0).path("timestamp"));
    assertEquals(record.path("endTime"), last.path("timestamp"));
    assertTrue(record.path("durationMs").asLong() > 0, record::toString);
    assertTrue(record.path("instanceId").asText().length() > 0, record::toString);
    assertEquals("", last.path("eventDetail").asText("-"));
  }

  @Test
  void functionsWithTaskModeAreListedPageByPage() {
    try (FcTester fc = FcTester.start(Map.of())) {
      FcTasks its = new FcTasks(fc);
      its.put("untracked", FcTasks.spec(Flavour.FC2, "test.x"));
      its.servedWithoutService("three", Future::succeededFuture);
      for (String name : List.of("c", "a", "b")) {
        its.put(name, FcTasks.spec(Flavour.FC2, "test.x"));
        its.task(name, null, null);
      }
      String path = "/2021-04-06/stateful-async-invocation-functions";
      JsonNode all = fc.ok("GET", path, null);
      assertEquals("", all.path("nextToken").asText("-"));
      assertEquals(
          "[{\"serviceName\":\"default\",\"functionName\":\"a\",\"qualifier\":\"LATEST\"},"
              + "{\"serviceName\":\"default\",\"functionName\":\"b\",\"qualifier\":\"LATEST\"},"
              + "{\"serviceName\":\"default\",\"functionName\":\"c\",\"qualifier\":\"LATEST\"}]",
          all.path("data").toString());
      JsonNode first = fc.ok("GET", path + "?limit=2", null);
      assertEquals(2, first.path("data").size());
      JsonNode rest =
          fc.ok("GET", path + "?limit=2&nextToken=" + first.path("nextToken").asText(), null);
      assertEquals("c", rest.path("data").get(0).path("functionName").asText());
      assertEquals("", rest.path("nextToken").asText("-"));
      fc.refused(400, "InvalidArgument", "GET", path + "?nextToken=bm8", null);
      fc.refused(400, "InvalidArgument", "GET", path + "?limit=101", null);
    }
  }
}
