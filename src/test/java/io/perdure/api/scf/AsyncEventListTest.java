package io.perdure.api.scf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Invocation.Mode;
import io.perdure.invocation.Invocation.Origin;
import io.perdure.testkit.Seeds;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** ListAsyncEvents on a whole node: by single filters, and by any of them against a model. */
@Timeout(120)
class AsyncEventListTest {
  private static final int EVENTS = 60;
  private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(SHANGHAI);
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(SHANGHAI);

  private static ScfTester scf;
  private static ScfRuns functions;
  private static final List<Model> EXPECTED = new ArrayList<>();

  /** What is expected to be listed of an event; endedAt is 0 while it runs. */
  private record Model(
      String id, String type, String qualifier, String status, long startedAt, long endedAt) {
    boolean within(String from, String to) {
      return MILLIS.format(Instant.ofEpochMilli(startedAt)).compareTo(from) >= 0
          && SECONDS.format(Instant.ofEpochMilli(startedAt)).compareTo(to) < 0;
    }

    boolean endedWithin(String from, String to) {
      return endedAt != 0
          && MILLIS.format(Instant.ofEpochMilli(endedAt)).compareTo(from) >= 0
          && SECONDS.format(Instant.ofEpochMilli(endedAt)).compareTo(to) < 0;
    }

    String shown() {
      return String.join(
          " ",
          id,
          type,
          qualifier,
          status,
          MILLIS.format(Instant.ofEpochMilli(startedAt)),
          endedAt == 0 ? "" : MILLIS.format(Instant.ofEpochMilli(endedAt)));
    }
  }

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of());
    functions = new ScfRuns(scf);
    functions.served(
        "f",
        0,
        payload ->
            switch (payload.toString()) {
              case "\"fail\"" -> Future.failedFuture("no");
              case "\"run\"", "\"stop\"" -> Promise.<Buffer>promise().future();
              default -> Future.succeededFuture(payload);
            });
    ScfRuns.done(scf.node().client().functions().publishVersion("f", ""));
    Random random = new Random(42);
    for (int i = 0; i < EVENTS; i++) {
      scf.node().clock().advance(Duration.ofMillis(random.nextInt(3) * 700L));
      EXPECTED.add(event(random));
    }
    functions.invoke("f", ""); // a synchronous run is no event
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  private static Model event(Random random) {
    String what = List.of("end", "fail", "stop", "run", "end").get(random.nextInt(5));
    boolean timer = random.nextInt(4) == 0;
    boolean version = random.nextBoolean();
    long startedAt = scf.node().clock().millis();
    String id = timer ? byTimer(what, version) : byCall(what, version);
    if (!what.equals("run") && !what.equals("stop")) {
      functions.ended(id);
    }
    if (what.equals("stop")) {
      scf.node().clock().advance(Duration.ofMillis(random.nextInt(3) * 900L));
      scf.ok("TerminateAsyncEvent", "{'FunctionName':'f','InvokeRequestId':'" + id + "'}");
    }
    return new Model(
        id,
        timer ? "TRIGGER_TIMER" : "TRIGGER_API",
        version ? "1" : "$LATEST",
        switch (what) {
          case "run" -> "RUNNING";
          case "fail" -> "FAILED";
          case "stop" -> "ABORTED";
          default -> "FINISHED";
        },
        startedAt,
        what.equals("run") ? 0 : scf.node().clock().millis());
  }

  private static String byCall(String what, boolean version) {
    return functions
        .invoke(
            "f",
            ",'InvocationType':'Event','ClientContext':"
                + ScfRuns.quoted("'" + what + "'")
                + (version ? ",'Qualifier':'1'" : ""))
        .path("FunctionRequestId")
        .asText();
  }

  private static String byTimer(String what, boolean version) {
    long uid = ScfRuns.done(scf.node().client().functions().get("f")).uid();
    Submit submit =
        new Submit(
            uid,
            version ? "1" : Invocation.LATEST,
            null,
            null,
            null,
            Origin.SCHEDULE,
            Mode.ASYNC,
            true,
            0,
            null,
            Map.of(),
            0,
            null,
            ("\"" + what + "\"").getBytes(StandardCharsets.UTF_8));
    return ScfRuns.done(Bus.install(scf.node().vertx()).request(Addresses.SUBMIT.at(0), submit))
        .invocation()
        .id()
        .toString();
  }

  @Test
  void everyFilterOrderAndPageIsThatOfTheModel() {
    Seeds.each(150, AsyncEventListTest::compare);
  }

  private static void compare(Random random) {
    ObjectNode request = JsonNodeFactory.instance.objectNode().put("FunctionName", "f");
    Predicate<Model> wanted = filter(random, request);
    boolean byEnd = random.nextBoolean();
    boolean ascending = random.nextBoolean();
    int offset = random.nextInt(20);
    int limit = 1 + random.nextInt(30);
    request.put("Offset", offset).put("Limit", limit);
    if (byEnd || random.nextBoolean()) {
      request.put("Orderby", byEnd ? "EndTime" : "StartTime");
    }
    if (ascending || random.nextBoolean()) {
      request.put("Order", ascending ? "ASC" : "DESC");
    }
    Comparator<Model> order = Comparator.comparing(Model::id);
    if (byEnd) {
      order =
          Comparator.comparingLong((Model of) -> of.endedAt() == 0 ? Long.MAX_VALUE : of.endedAt())
              .thenComparing(order);
    }
    List<String> all =
        EXPECTED.stream()
            .filter(wanted)
            .sorted(ascending ? order : order.reversed())
            .map(Model::shown)
            .toList();
    JsonNode answer = scf.ok("ListAsyncEvents", request.toString());
    assertEquals(all.size(), answer.path("TotalCount").asInt(), request::toString);
    assertEquals(all.stream().skip(offset).limit(limit).toList(), shown(answer), request::toString);
  }

  private static Predicate<Model> filter(Random random, ObjectNode request) {
    Predicate<Model> wanted = each -> true;
    if (random.nextInt(3) == 0) {
      List<String> statuses = some(random, "RUNNING", "FINISHED", "ABORTED", "FAILED");
      texts(request, "Status", statuses);
      wanted = wanted.and(each -> statuses.contains(each.status()));
    }
    if (random.nextInt(4) == 0) {
      List<String> types = some(random, "TRIGGER_API", "TRIGGER_TIMER", "COS");
      texts(request, "InvokeType", types);
      wanted = wanted.and(each -> types.contains(each.type()));
    }
    if (random.nextInt(4) == 0) {
      String qualifier = random.nextBoolean() ? "1" : "$LATEST";
      request.put("Qualifier", qualifier);
      wanted = wanted.and(each -> each.qualifier().equals(qualifier));
    }
    if (random.nextInt(3) == 0) {
      String[] span = interval(random, request, "StartTimeInterval");
      wanted = wanted.and(each -> each.within(span[0], span[1]));
    }
    if (random.nextInt(3) == 0) {
      String[] span = interval(random, request, "EndTimeInterval");
      wanted = wanted.and(each -> each.endedWithin(span[0], span[1]));
    }
    if (random.nextInt(10) == 0) {
      String id = EXPECTED.get(random.nextInt(EVENTS)).id();
      request.put("InvokeRequestId", id);
      wanted = wanted.and(each -> each.id().equals(id));
    }
    return wanted;
  }

  private static List<String> some(Random random, String... values) {
    List<String> some = new ArrayList<>();
    some.add(values[random.nextInt(values.length)]);
    some.add(values[random.nextInt(values.length)]);
    return some;
  }

  private static void texts(ObjectNode request, String name, List<String> values) {
    ArrayNode list = request.putArray(name);
    values.forEach(list::add);
  }

  private static String[] interval(Random random, ObjectNode request, String name) {
    Instant first =
        Instant.ofEpochMilli(EXPECTED.get(0).startedAt()).plusSeconds(random.nextInt(40));
    String from = SECONDS.format(first);
    String to = SECONDS.format(first.plusSeconds(random.nextInt(40)));
    request.putObject(name).put("Start", from).put("End", to);
    return new String[] {from, to};
  }

  private static List<String> shown(JsonNode answer) {
    List<String> shown = new ArrayList<>();
    for (JsonNode event : answer.path("EventList")) {
      shown.add(
          String.join(
              " ",
              event.path("InvokeRequestId").asText(),
              event.path("InvokeType").asText(),
              event.path("Qualifier").asText(),
              event.path("Status").asText(),
              event.path("StartTime").asText(),
              event.path("EndTime").asText()));
    }
    return shown;
  }

  @Test
  void withoutMoreTheTwentyNewestAreListed() {
    JsonNode answer = scf.ok("ListAsyncEvents", "{'FunctionName':'f'}");
    assertEquals(EVENTS, answer.path("TotalCount").asInt());
    assertEquals(
        EXPECTED.stream()
            .sorted(Comparator.comparing(Model::id).reversed())
            .limit(20)
            .map(Model::shown)
            .toList(),
        shown(answer));
  }

  @Test
  void idThatMatchesNothingGivesAnEmptyList() {
    JsonNode answer = scf.ok("ListAsyncEvents", "{'FunctionName':'f','InvokeRequestId':'no'}");
    assertEquals(0, answer.path("TotalCount").asInt(-1));
    assertEquals(0, answer.path("EventList").size());
  }

  @Test
  void whatIsNotThereIsNotFoundInOrder() {
    scf.refused(
        "ResourceNotFound.Namespace", "ListAsyncEvents", "{'FunctionName':'f','Namespace':'no'}");
    scf.refused("ResourceNotFound.Function", "ListAsyncEvents", "{'FunctionName':'no'}");
    scf.refused(
        "ResourceNotFound.Version", "ListAsyncEvents", "{'FunctionName':'f','Qualifier':'7'}");
  }

  @Test
  void everyParameterHasItsOwnCode() {
    Map<String, String> wrong =
        Map.of(
            "'Limit':101", "Limit",
            "'Limit':-1", "Limit",
            "'Offset':-1", "Offset",
            "'Order':'UP'", "Order",
            "'Orderby':'Name'", "Order",
            "'Status':['QUEUED']", "Status",
            "'InvokeType':['PHONE']", "InvokeType",
            "'Namespace':'-'", "Namespace");
    wrong.forEach(
        (parameter, code) ->
            scf.refused(
                "InvalidParameterValue." + code,
                "ListAsyncEvents",
                "{'FunctionName':'f'," + parameter + "}"));
    for (String interval :
        List.of(
            "{'Start':'2026-01-01','End':'2026-01-02 00:00:00'}",
            "{'Start':'2026-01-02 00:00:00','End':'2026-01-01 00:00:00'}")) {
      scf.refused(
          "InvalidParameterValue",
          "ListAsyncEvents",
          "{'FunctionName':'f','StartTimeInterval':" + interval + "}");
    }
    scf.refused(
        "MissingParameter",
        "ListAsyncEvents",
        "{'FunctionName':'f','EndTimeInterval':{'Start':'2026-01-01 00:00:00'}}");
    scf.refused("UnknownParameter", "ListAsyncEvents", "{'FunctionName':'f','OrderBy':'EndTime'}");
  }
}
