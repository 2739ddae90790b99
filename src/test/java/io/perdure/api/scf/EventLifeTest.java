package io.perdure.api.scf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.invocation.Event;
import io.perdure.testkit.Python;
import io.perdure.testkit.Zips;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events of functions that were made by this API, from their creation to their end. */
@Timeout(120)
class EventLifeTest {
  private static final String FAILS =
      "def main_handler(event, context):\n    raise ValueError('no ' + context['request_id'])\n";

  private static ScfTester scf;
  private static ScfRuns runs;

  @BeforeAll
  static void start() {
    Python.require();
    scf = ScfTester.start(Map.of());
    runs = new ScfRuns(scf);
  }

  @AfterAll
  static void stop() {
    if (scf != null) {
      scf.close();
    }
  }

  private static void create(String name, String source, String more) {
    String zip = Base64.getEncoder().encodeToString(Zips.of("index.py", source));
    scf.ok(
        "CreateFunction",
        "{'FunctionName':'"
            + name
            + "','Handler':'index.main_handler','Runtime':'Python3.10','Code':{'ZipFile':'"
            + zip
            + "'}"
            + more
            + "}");
  }

  @Test
  void plainFunctionIsTriedTwiceMoreAMinuteApart() {
    create("plain", FAILS, "");
    String id = runs.event("plain");
    for (int retry = 1; retry <= 2; retry++) {
      runs.after(id, Event.Type.RETRYING, retry);
      assertEquals("RUNNING", runs.status(id).path("Status").asText());
      scf.node().clock().advance(Duration.ofMinutes(1));
    }
    JsonNode ended = runs.ended(id);
    assertEquals("FAILED", ended.path("Status").asText());
    assertEquals(430, ended.path("StatusCode").asInt());
    List<JsonNode> attempts = runs.requests("plain", id);
    assertEquals(3, attempts.size());
    String last = attempts.get(2).path("RetMsg").asText();
    assertTrue(last.contains("no " + id), "the function knows its id: " + last);
  }

  @Test
  void retriesAreThoseOfTheEventConfiguration() {
    create("once", FAILS, "");
    scf.ok(
        "UpdateFunctionEventInvokeConfig",
        "{'FunctionName':'once','AsyncTriggerConfig':{'RetryConfig':[{'RetryNum':0}],"
            + "'MsgTTL':3600}}");
    String id = runs.event("once");
    assertEquals("FAILED", runs.ended(id).path("Status").asText());
    assertEquals(1, runs.requests("once", id).size());
  }

  @Test
  void asynchronouslyExecutingFunctionIsNeverTriedAgain() {
    create("job", FAILS, ",'AsyncRunEnable':'TRUE','TraceEnable':'TRUE','Timeout':86400");
    String id =
        scf.ok("InvokeFunction", "{'FunctionName':'job'}")
            .path("Result")
            .path("FunctionRequestId")
            .asText();
    assertEquals("FAILED", runs.ended(id).path("Status").asText());
    assertEquals(1, runs.requests("job", id).size());
    assertEquals(
        1,
        scf.ok("ListAsyncEvents", "{'FunctionName':'job','Status':['FAILED']}")
            .path("TotalCount")
            .asInt());
  }

  @Test
  void quotaThatIsExceededIsTheReservedOne() {
    create("reserved", "def main_handler(event, context):\n    return 1\n", ",'MemorySize':128");
    scf.ok(
        "PutReservedConcurrencyConfig", "{'FunctionName':'reserved','ReservedConcurrencyMem':0}");
    JsonNode result = runs.invoke("reserved", "");
    assertEquals(432, result.path("InvokeResult").asInt());
    assertEquals(
        "Function [ reserved ] concurrency exceeded reserved quota 0 MB",
        result.path("ErrMsg").asText());
  }

  @Test
  void eventShowsTheAliasItWasInvokedBy() {
    create("aliased", "def main_handler(event, context):\n    return 1\n", "");
    scf.ok("PublishVersion", "{'FunctionName':'aliased'}");
    scf.ok("CreateAlias", "{'FunctionName':'aliased','Name':'prod','FunctionVersion':'1'}");
    String id =
        runs.invoke("aliased", ",'InvocationType':'Event','Qualifier':'prod'")
            .path("FunctionRequestId")
            .asText();
    assertEquals("FINISHED", runs.ended(id).path("Status").asText());
    JsonNode list = scf.ok("ListAsyncEvents", "{'FunctionName':'aliased','Qualifier':'prod'}");
    assertEquals(1, list.path("TotalCount").asInt());
    assertEquals("prod", list.path("EventList").get(0).path("Qualifier").asText());
  }

  @Test
  void fullBacklogRefusesAndMakesNoEvent() {
    try (ScfTester narrow = ScfTester.start(Map.of("shard.backlog-per-function", "1"))) {
      ScfRuns its = new ScfRuns(narrow);
      its.served("full", 0, payload -> Promise.<Buffer>promise().future());
      its.event("full");
      narrow.refused(
          "RequestLimitExceeded", "Invoke", "{'FunctionName':'full','InvocationType':'Event'}");
      assertEquals(
          1, narrow.ok("ListAsyncEvents", "{'FunctionName':'full'}").path("TotalCount").asInt());
    }
  }
}
