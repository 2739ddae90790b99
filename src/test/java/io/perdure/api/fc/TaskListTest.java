package io.perdure.api.fc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.Submission;
import io.perdure.invocation.Event;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.testkit.Seeds;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lists of tasks on a whole node: any filters and orders against a model, and what is refused. */
@Timeout(120)
class TaskListTest {
  private static final int TASKS = 60;
  private static final String PATH = FcTasks.path("f");
  private static final List<String> STATUSES =
      List.of("Succeeded", "Failed", "Running", "Enqueued", "Stopped", "Dequeued", "Retrying");

  private static FcTasks tasks;
  private static final List<Model> EXPECTED = new ArrayList<>();

  /** What is expected to be listed of a task. */
  private record Model(
      String id,
      String qualifier,
      String status,
      long startedAt,
      String payload,
      InvocationId place) {
    String shown(boolean withPayload) {
      return String.join(
          " ", id, qualifier, status, Long.toString(startedAt), withPayload ? payload : "");
    }
  }

  @BeforeAll
  static void start() {
    tasks = new FcTasks(FcTester.start(Map.of()));
    tasks.served(
        "f",
        payload ->
            switch (payload.toString()) {
              case "Failed" -> Future.failedFuture("no");
              case "Running", "Stopped" -> FcTasks.never(payload);
              default -> Future.succeededFuture(payload);
            });
    tasks.task("f", 0, null);
    FcTasks.done(tasks.fc.node().client().functions().publishVersion(null, ""));
    tasks.settings("default", "f", "1");
    Random random = new Random(42);
    for (int i = 0; i < TASKS; i++) {
      tasks.fc.node().clock().advance(Duration.ofMillis(random.nextInt(3) * 700L));
      EXPECTED.add(task(random, i));
    }
    // Of what is accepted in one millisecond each shard has its own order.
    EXPECTED.sort(Comparator.comparing(Model::place));
  }

  @AfterAll
  static void stop() {
    tasks.fc.close();
  }

  private static Model task(Random random, int number) {
    boolean version = random.nextBoolean();
    String status = STATUSES.get(random.nextInt(version ? 1 : 5));
    boolean named = random.nextInt(4) > 0;
    Submission submission =
        Submission.of("f")
            .withKey(named ? List.of("a", "a-b", "b").get(random.nextInt(3)) + number : null)
            .withQualifier(version ? "1" : null)
            .withDelay(status.equals("Enqueued") ? Duration.ofDays(1) : Duration.ZERO);
    Invocation task = tasks.submit(submission, status);
    String id = named ? task.key() : task.id().toString();
    if (status.equals("Running") || status.equals("Stopped")) {
      tasks.after(task, Event.Type.RUNNING, 1);
    }
    if (status.equals("Stopped")) {
      tasks.stop("f", id);
    }
    if (!status.equals("Running") && !status.equals("Enqueued")) {
      FcTasks.done(tasks.fc.node().client().await(task.id()));
    }
    return new Model(id, version ? "1" : "LATEST", status, task.id().millis(), status, task.id());
  }

  @Test
  void everyFilterOrderAndPageIsThatOfTheModel() {
    Seeds.each(100, TaskListTest::compare);
  }

  private static void compare(Random random) {
    List<String> query = new ArrayList<>();
    Predicate<Model> wanted = filter(random, query);
    boolean descending = random.nextBoolean();
    if (descending || random.nextBoolean()) {
      query.add("sortOrderByTime=" + (descending ? "desc" : "asc"));
    }
    boolean withPayload = random.nextInt(4) == 0;
    if (withPayload || random.nextBoolean()) {
      query.add("includePayload=" + withPayload);
    }
    List<Model> inOrder = new ArrayList<>(EXPECTED);
    if (descending) {
      Collections.reverse(inOrder);
    }
    List<String> expected =
        inOrder.stream().filter(wanted).map(each -> each.shown(withPayload)).toList();
    query.add("limit=" + (1 + random.nextInt(20)));
    assertEquals(expected, walk(String.join("&", query)), () -> "of " + query);
  }

  private static Predicate<Model> filter(Random random, List<String> query) {
    Predicate<Model> wanted = each -> true;
    if (random.nextInt(3) == 0) {
      String status = STATUSES.get(random.nextInt(STATUSES.size()));
      query.add("status=" + status);
      wanted = wanted.and(each -> each.status().equals(status));
    }
    if (random.nextInt(3) == 0) {
      String prefix = List.of("a", "a-", "b", "B", "0", "none").get(random.nextInt(6));
      query.add("invocationIdPrefix=" + prefix);
      wanted = wanted.and(each -> each.id().startsWith(prefix));
    }
    if (random.nextInt(4) == 0) {
      String qualifier = random.nextBoolean() ? "1" : "LATEST";
      query.add("qualifier=" + qualifier);
      wanted = wanted.and(each -> each.qualifier().equals(qualifier));
    }
    long one = EXPECTED.get(random.nextInt(TASKS)).startedAt();
    long other = EXPECTED.get(random.nextInt(TASKS)).startedAt();
    if (random.nextInt(3) == 0) {
      query.add("startedTimeBegin=" + Math.min(one, other));
      wanted = wanted.and(each -> each.startedAt() >= Math.min(one, other));
    }
    if (random.nextInt(3) == 0) {
      query.add("startedTimeEnd=" + Math.max(one, other));
      wanted = wanted.and(each -> each.startedAt() <= Math.max(one, other));
    }
    return wanted;
  }

  /** All pages: what is shown of the tasks, in order. */
  private static List<String> walk(String query) {
    List<String> shown = new ArrayList<>();
    String token = "";
    do {
      JsonNode page =
          tasks.fc.ok(
              "GET", PATH + "?" + query + (token.isEmpty() ? "" : "&nextToken=" + token), null);
      for (JsonNode task : page.path("invocations")) {
        assertEquals("", task.path("returnPayload").asText("-"));
        assertEquals(task.path("startedTime"), task.path("events").get(0).path("timestamp"));
        shown.add(
            String.join(
                " ",
                task.path("invocationId").asText(),
                task.path("qualifier").asText(),
                task.path("status").asText(),
                task.path("startedTime").asText(),
                task.path("invocationPayload").asText("-")));
      }
      token = page.path("nextToken").asText("-");
    } while (!token.isEmpty());
    return shown;
  }

  @Test
  void pageHasFiftyOfThemUnlessItIsSaidOrTwentyInFc3() {
    assertEquals(50, tasks.fc.ok("GET", PATH, null).path("invocations").size());
    tasks.servedWithoutService("many", FcTasks::never);
    for (int i = 0; i < 21; i++) {
      tasks.submit(Submission.of("many").inNamespace("$fc3"), "");
    }
    JsonNode page = tasks.fc.ok("GET", "/2023-03-30/functions/many/async-tasks", null);
    assertEquals(20, page.path("tasks").size());
    assertTrue(page.path("nextToken").asText().length() > 0);
  }

  @Test
  void emptyListIsAListAndHasNoToken() {
    tasks.served("idle", FcTasks::never);
    assertEquals(
        "{\"invocations\":[],\"nextToken\":\"\"}",
        tasks.fc.ok("GET", FcTasks.path("idle"), null).toString());
  }

  @Test
  void whatIsNoFilterIsRefusedByItsName() {
    for (String query :
        List.of(
            "status=Done",
            "status=running",
            "sortOrderByTime=up",
            "limit=0",
            "limit=101",
            "limit=many",
            "startedTimeBegin=-1",
            "startedTimeEnd=soon",
            "includePayload=1",
            "nextToken=!",
            "nextToken=MTIzNCNhYmM")) {
      String message = tasks.fc.refused(400, "InvalidArgument", "GET", PATH + "?" + query, null);
      String name = query.substring(0, query.indexOf('='));
      assertTrue(message.startsWith(name + ": expected "), message);
    }
    tasks.fc.refused(
        400, "InvalidArgument", "GET", PATH + "?startedTimeBegin=2&startedTimeEnd=1", null);
  }

  @Test
  void tokenBelongsToItsFiltersAndItsFunction() {
    String token = tasks.fc.ok("GET", PATH + "?limit=1", null).path("nextToken").asText();
    tasks.put("g", FcTasks.spec(Flavour.FC2, "test.f"));
    for (String other :
        List.of(
            PATH + "?status=Running",
            PATH + "?sortOrderByTime=desc",
            PATH + "?invocationIdPrefix=a",
            PATH + "?qualifier=1",
            PATH + "?startedTimeBegin=1",
            FcTasks.path("g") + "?limit=1")) {
      String message =
          tasks.fc.refused(400, "InvalidArgument", "GET", other + "&nextToken=" + token, null);
      assertTrue(message.startsWith("nextToken: "), message);
    }
    tasks.fc.ok("GET", PATH + "?limit=7&includePayload=true&nextToken=" + token, null);
  }
}
