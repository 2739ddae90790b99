package io.perdure.api.scf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.invocation.Event;
import io.perdure.testkit.Python;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** GetRequestStatus and GetFunctionLogs, on a whole node. */
@Timeout(120)
class RequestStatusTest {
  private static final String TALKS =
      """
      def main_handler(event, context):
          print('hello from', context['request_id'])
          if event.get('fail'):
              raise ValueError('no')
          return [1]
      """;

  private static ScfTester scf;
  private static ScfRuns functions;

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of());
    functions = new ScfRuns(scf);
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  private static JsonNode only(List<JsonNode> entries) {
    assertEquals(1, entries.size(), entries::toString);
    return entries.get(0);
  }

  @Test
  void successHasItsResult() {
    functions.served("fine", 0, payload -> Future.succeededFuture(Buffer.buffer("\"Hello\"")));
    String id = functions.event("fine");
    functions.ended(id);
    JsonNode entry = only(functions.requests("fine", id));
    assertEquals("fine", entry.path("FunctionName").asText());
    assertEquals("\"Hello\"", entry.path("RetMsg").asText());
    assertEquals(id, entry.path("RequestId").asText());
    assertEquals(0, entry.path("RetCode").asInt(-1));
    assertEquals(0, entry.path("RetryNum").asInt(-1));
    assertTrue(entry.path("Duration").isFloatingPointNumber(), entry::toString);
    assertTrue(entry.path("MemUsage").isFloatingPointNumber(), entry::toString);
    assertTrue(
        entry.path("StartTime").asText().matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d"));
  }

  @Test
  void whatRunsAndWhatWaitsForItsTurnIsRunning() {
    Promise<Buffer> result = Promise.promise();
    functions.served("busy", 0, payload -> result.future());
    String id = functions.event("busy");
    functions.after(id, Event.Type.RUNNING, 1);
    assertEquals(1, only(functions.requests("busy", id)).path("RetCode").asInt());
    functions.served("late", 0, Future::succeededFuture);
    var api = io.perdure.testkit.NodeApi.of(scf.node());
    api.post("/v1/namespaces/default/functions/late:pause", "").expect(200);
    String waits = functions.event("late");
    assertEquals(1, only(functions.requests("late", waits)).path("RetCode").asInt());
    api.post("/v1/namespaces/default/functions/late:resume", "").expect(200);
    functions.ended(waits);
    assertEquals(0, only(functions.requests("late", waits)).path("RetCode").asInt(-1));
    result.complete(Buffer.buffer("1"));
    functions.ended(id);
  }

  @Test
  void withoutAWindowTheLastQuarterOfAnHourIsMeant() {
    functions.served("early", 0, Future::succeededFuture);
    String id = functions.event("early");
    functions.ended(id);
    scf.node().clock().advance(Duration.ofMinutes(15));
    String started = only(functions.requests("early", id)).path("StartTime").asText();
    scf.node().clock().advance(Duration.ofMillis(1));
    assertEquals(0, functions.requests("early", id).size());
    String window = "','StartTime':'" + started + "','EndTime':'2026-12-31 00:00:00";
    assertEquals(1, functions.requests("early", id + window).size());
  }

  @Test
  void windowIsChecked() {
    functions.served("f", 0, Future::succeededFuture);
    String call = "{'FunctionName':'f','FunctionRequestId':'x',";
    String none = "InvalidParameterValue.StartTimeOrEndTime";
    scf.refused(none, "GetRequestStatus", call + "'StartTime':'2026-01-01 00:00:00'}");
    String same = "'StartTime':'2026-01-01 00:00:00','EndTime':'2026-01-01 00:00:00'}";
    scf.refused(none, "GetRequestStatus", call + same);
    scf.refused(
        "InvalidParameterValue.DateTime", "GetRequestStatus", call + "'EndTime':'yesterday'}");
    scf.refused(
        "InvalidParameterValue.FunctionRequestId",
        "GetRequestStatus",
        "{'FunctionName':'f','FunctionRequestId':''}");
    scf.refused(
        "ResourceNotFound.Function",
        "GetRequestStatus",
        "{'FunctionName':'no','FunctionRequestId':'x'}");
  }

  @Test
  void requestThatIsNotKnownIsAnEmptyList() {
    functions.served("mine", 0, Future::succeededFuture);
    functions.served("theirs", 0, Future::succeededFuture);
    String id = functions.event("mine");
    for (String unknown : List.of("x", UUID.randomUUID().toString())) {
      JsonNode answer =
          scf.ok(
              "GetRequestStatus", "{'FunctionName':'mine','FunctionRequestId':'" + unknown + "'}");
      assertEquals(0, answer.path("TotalCount").asInt(-1));
      assertTrue(answer.path("Data").isArray() && answer.path("Data").isEmpty());
    }
    assertEquals(0, functions.requests("theirs", id).size());
  }

  @Test
  void logsHaveOneEntryForEachRequestWithItsText() {
    Python.require();
    functions.python("talks", TALKS);
    String fine = functions.invoke("talks", "").path("FunctionRequestId").asText();
    scf.node().clock().advance(Duration.ofMillis(1)); // the order within one is that of shards
    String failed =
        functions
            .invoke("talks", ",'ClientContext':" + ScfRuns.quoted("{'fail':1}"))
            .path("FunctionRequestId")
            .asText();
    JsonNode all = logs("");
    assertEquals(2, all.path("TotalCount").asInt());
    assertEquals(failed, all.path("Data").get(0).path("RequestId").asText());
    JsonNode first = all.path("Data").get(1);
    assertEquals(0, first.path("RetCode").asInt(-1));
    assertEquals(1, first.path("InvokeFinished").asInt());
    assertEquals("[1]", first.path("RetMsg").asText());
    assertTrue(first.path("MemUsage").isIntegralNumber());
    String log = first.path("Log").asText();
    assertTrue(log.contains("hello from " + fine) && log.contains("END RequestId: " + fine), log);
    assertEquals(List.of(fine), ids(logs(",'Filter':{'RetCode':'is0'}")));
    assertEquals(List.of(failed), ids(logs(",'Filter':{'RetCode':'not0'}")));
    assertEquals(List.of(failed), ids(logs(",'Filter':{'RetCode':'UserCodeException'}")));
    assertEquals(List.of(), ids(logs(",'Filter':{'RetCode':'TimeLimitExceeded'}")));
    assertEquals(List.of(fine), ids(logs(",'Order':'asc','Limit':1")));
    assertEquals(List.of(fine), ids(logs(",'SearchContext':{'Offset':'1','Limit':5}")));
    assertEquals(List.of(fine), ids(logs(",'FunctionRequestId':'" + fine + "'")));
    assertEquals(List.of(failed, fine), ids(logs(",'OrderBy':'function_name'")));
    assertEquals(2, ids(logs(",'OrderBy':'mem_usage','Order':'asc'")).size());
    assertEquals(
        0, ids(logs(",'StartTime':'2025-01-01 00:00:00','EndTime':'2025-01-02 00:00:00'")).size());
  }

  private static JsonNode logs(String more) {
    return scf.ok("GetFunctionLogs", "{'FunctionName':'talks'" + more + "}");
  }

  private static List<String> ids(JsonNode answer) {
    return ScfRuns.elements(answer, "Data").stream()
        .map(entry -> entry.path("RequestId").asText())
        .toList();
  }

  @Test
  void logsOfAllFunctionsOfANamespaceAreListedWithoutAName() {
    functions.served("any", 0, Future::succeededFuture);
    String id = functions.event("any");
    functions.ended(id);
    assertTrue(ids(scf.ok("GetFunctionLogs", "{'Limit':100}")).contains(id));
    assertEquals(List.of(), ids(scf.ok("GetFunctionLogs", "{'Namespace':'other'}")));
  }

  @Test
  void logsAreAskedForWithinBounds() {
    for (String wrong :
        List.of("'Offset':9999,'Limit':2", "'Filter':{'RetCode':'1'}", "'OrderBy':'name'")) {
      String code =
          scf.call("GetFunctionLogs", "{" + wrong + "}").path("Error").path("Code").asText();
      assertTrue(code.startsWith("InvalidParameterValue."), code);
    }
    scf.refused(
        "InvalidParameterValue.StartTimeOrEndTime",
        "GetFunctionLogs",
        "{'StartTime':'2026-01-01 00:00:00','EndTime':'2026-01-02 00:00:01'}");
    scf.refused(
        "UnsupportedOperation",
        "GetFunctionLogs",
        "{'SearchContext':{'Offset':'','Limit':1,'Keyword':'x'}}");
  }
}
