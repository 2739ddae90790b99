package io.perdure.api.scf.action;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.scf.ScfTester;
import io.perdure.client.FunctionSpec;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RuntimeSpec;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Timer triggers of the function "f", which notes what it is handed. */
class TriggerActionsTest {
  private static final String T = "'FunctionName':'f','TriggerName':'t','Type':'timer'";

  private final BlockingQueue<String> handed = new LinkedBlockingQueue<>();
  private ScfTester scf;

  @BeforeEach
  void start() throws Exception {
    scf = ScfTester.start(Map.of("registry.schedules-max", "3"));
    scf.node()
        .vertx()
        .eventBus()
        .<Buffer>consumer("f")
        .handler(
            message -> {
              handed.add(message.body().toString());
              message.reply(Buffer.buffer("{}"));
            })
        .completion()
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
    FunctionSpec spec = FunctionSpec.of(new RuntimeSpec.EventBus("f"));
    scf.node()
        .client()
        .functions()
        .put(
            "f",
            new FunctionSpec(
                Flavour.SCF,
                spec.about(),
                spec.runtime(),
                spec.timeout(),
                spec.concurrency(),
                spec.retry(),
                spec.eventAge(),
                spec.retention()))
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() {
    scf.close();
  }

  private JsonNode create(String name, String more) {
    return scf.ok(
            "CreateTrigger",
            "{'FunctionName':'f','TriggerName':'"
                + name
                + "','Type':'timer','TriggerDesc':'0 0 9 * * * *'"
                + more
                + "}")
        .path("TriggerInfo");
  }

  private List<String> names(String more) {
    List<String> names = new ArrayList<>();
    scf.ok("ListTriggers", "{'FunctionName':'f'" + more + "}")
        .path("Triggers")
        .forEach(trigger -> names.add(trigger.path("TriggerName").asText()));
    return names;
  }

  @Test
  void triggerIsShownAsItWasMade() {
    String expected =
        "{\"ModTime\":\"2026-01-01 08:00:00\",\"Type\":\"timer\","
            + "\"TriggerDesc\":\"{\\\"cron\\\":\\\"0 0 9 * * * *\\\"}\",\"TriggerName\":\"t\","
            + "\"AddTime\":\"2026-01-01 08:00:00\",\"Enable\":1,\"CustomArgument\":\"hello\","
            + "\"AvailableStatus\":\"Available\",\"ResourceId\":\"\",\"BindStatus\":\"\","
            + "\"TriggerAttribute\":\"\",\"Qualifier\":\"$LATEST\",\"Description\":\"d\"}";
    JsonNode made =
        create(
            "t",
            ",'CustomArgument':'hello','Description':'d','Namespace':'default',"
                + "'Qualifier':'$LATEST','Enable':'OPEN'");
    assertEquals(expected, made.toString());
    JsonNode listed = scf.ok("ListTriggers", "{'FunctionName':'f'}");
    assertEquals(1, listed.path("TotalCount").asInt());
    ObjectNode found = (ObjectNode) listed.at("/Triggers/0");
    assertEquals("", found.remove("BoundResources").textValue());
    assertEquals(expected, found.toString());
  }

  @Test
  void triggerFiresWithItsPayloadInTheZoneOfTheApi() throws Exception {
    create("t", ",'CustomArgument':'say *hi*'");
    scf.node().clock().advance(Duration.ofMinutes(59));
    assertTrue(handed.isEmpty());
    scf.node().clock().advance(Duration.ofMinutes(1));
    assertEquals(
        "{\"Type\":\"Timer\",\"TriggerName\":\"t\",\"Time\":\"2026-01-01T01:00:00Z\","
            + "\"Message\":\"say *hi*\"}",
        handed.poll(20, TimeUnit.SECONDS));
    JsonNode events = scf.ok("ListAsyncEvents", "{'FunctionName':'f'}");
    assertEquals(1, events.path("TotalCount").asInt());
    assertEquals("TRIGGER_TIMER", events.at("/EventList/0/InvokeType").asText());
  }

  @Test
  void expressionMayComeInJson() {
    String json = "{" + T + ",'TriggerDesc':'{\\'cron\\':\\'0 */5 * * * * *\\'}'}";
    JsonNode made = scf.ok("CreateTrigger", json.replace("\\'", "\\\"")).path("TriggerInfo");
    assertEquals("{\"cron\":\"0 */5 * * * * *\"}", made.path("TriggerDesc").asText());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "* * * *",
        "0 0 25 * * * *",
        "@daily",
        "",
        "{",
        "{}",
        "{\\\"cron\\\":5}",
        "{\\\"cron\\\":\\\"x\\\"}"
      })
  void whatIsNoCronExpressionIsRefused(String desc) {
    String json = "{" + T + ",'TriggerDesc':'" + desc + "'}";
    String message = scf.refused("InvalidParameterValue.TriggerDesc", "CreateTrigger", json);
    assertTrue(message.contains("`TriggerDesc`"), message);
  }

  @Test
  void refusalOfAnExpressionNamesItsField() {
    String message =
        scf.refused(
            "InvalidParameterValue.TriggerDesc",
            "CreateTrigger",
            "{" + T + ",'TriggerDesc':'0 0 25 * * * *'}");
    assertTrue(message.contains("field hour: expected a number from 0 to 23"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'FunctionName':'f','TriggerName':'t','Type':'timer' | MissingParameter",
        "'FunctionName':'f','TriggerName':'t','TriggerDesc':'* * * * *' | MissingParameter",
        "'FunctionName':'f','Type':'timer','TriggerDesc':'* * * * *' | MissingParameter",
        "'FunctionName':'f','TriggerName':'1t','Type':'timer','TriggerDesc':'* * * * *'"
            + " | InvalidParameterValue.TriggerName",
        "'FunctionName':'f','TriggerName':'t','Type':'timer','TriggerDesc':'* * * * *','Enable':'ON'"
            + " | InvalidParameterValue.Enable",
        "'FunctionName':'f','TriggerName':'t','Type':'timer','TriggerDesc':'* * * * *','Enable':1"
            + " | InvalidParameter",
        "'FunctionName':'f','TriggerName':'t','Type':'alarm','TriggerDesc':'* * * * *'"
            + " | InvalidParameterValue.Type",
        "'FunctionName':'f','TriggerName':'t','Type':'cos','TriggerDesc':'{}' | UnsupportedOperation",
        "'FunctionName':'f','TriggerName':'t','Type':'apigw' | UnsupportedOperation",
        "'FunctionName':'f','TriggerName':'t','Type':'timer','TriggerDesc':'* * * * *','Cron':''"
            + " | UnknownParameter",
        "'FunctionName':'g','TriggerName':'t','Type':'timer','TriggerDesc':'* * * * *'"
            + " | ResourceNotFound.Function",
        "'FunctionName':'f','Namespace':'n','TriggerName':'t','Type':'timer',"
            + "'TriggerDesc':'* * * * *' | ResourceNotFound.Namespace",
        "'FunctionName':'f','TriggerName':'t','Type':'timer','TriggerDesc':'* * * * *',"
            + "'Qualifier':'7' | ResourceNotFound.Version"
      })
  void whatCannotBeMadeIsRefused(String parameters, String code) {
    scf.refused(code, "CreateTrigger", "{" + parameters + "}");
  }

  @Test
  void nameMayHaveSixtyCharactersAndNoMore() {
    create("a".repeat(60), "");
    String json =
        "{'FunctionName':'f','TriggerName':'%s','Type':'timer','TriggerDesc':'* * * * *'}"
            .formatted("a".repeat(61));
    scf.refused("InvalidParameterValue.TriggerName", "CreateTrigger", json);
  }

  @Test
  void customArgumentMayHaveFourKilobytesAndNoMore() {
    create("t", ",'CustomArgument':'" + "x".repeat(4_096) + "'");
    scf.refused(
        "InvalidParameterValue.CustomArgument",
        "UpdateTrigger",
        "{" + T + ",'CustomArgument':'" + "ü".repeat(2_049) + "'}");
  }

  @Test
  void nameIsTakenOnceAndSoManyTriggersAreAllowed() {
    create("t", "");
    scf.refused(
        "ResourceInUse.Trigger", "CreateTrigger", "{" + T + ",'TriggerDesc':'0 0 9 * * * *'}");
    create("u", "");
    create("v", "");
    scf.refused(
        "LimitExceeded.Trigger",
        "CreateTrigger",
        "{'FunctionName':'f','TriggerName':'w','Type':'timer','TriggerDesc':'* * * * *'}");
  }

  @Test
  void statusIsSwitchedAndNothingElse() throws Exception {
    create("t", ",'CustomArgument':'kept'");
    scf.ok("UpdateTriggerStatus", "{" + T + ",'Enable':'CLOSE'}");
    JsonNode closed = scf.ok("ListTriggers", "{'FunctionName':'f'}").at("/Triggers/0");
    assertEquals(0, closed.path("Enable").asInt(-1));
    assertEquals("kept", closed.path("CustomArgument").asText());
    scf.node().clock().advance(Duration.ofHours(24));
    scf.ok("UpdateTriggerStatus", "{" + T + ",'Enable':'OPEN','TriggerDesc':'ignored'}");
    scf.node().clock().advance(Duration.ofHours(24));
    String first = handed.poll(20, TimeUnit.SECONDS);
    assertTrue(first.contains("2026-01-02T01:00:00Z"), first);
  }

  @Test
  void updateChangesWhatItNames() throws Exception {
    create("t", ",'CustomArgument':'kept','Description':'d'");
    scf.node().clock().advance(Duration.ofSeconds(5));
    assertEquals(1, scf.ok("UpdateTrigger", "{" + T + ",'TriggerDesc':'0 1 8 * * * *'}").size());
    JsonNode changed = scf.ok("ListTriggers", "{'FunctionName':'f'}").at("/Triggers/0");
    assertEquals("{\"cron\":\"0 1 8 * * * *\"}", changed.path("TriggerDesc").asText());
    assertEquals("kept", changed.path("CustomArgument").asText());
    assertEquals("d", changed.path("Description").asText());
    assertEquals("2026-01-01 08:00:00", changed.path("AddTime").asText());
    assertEquals("2026-01-01 08:00:05", changed.path("ModTime").asText());
    scf.node().clock().advance(Duration.ofSeconds(55));
    assertTrue(handed.poll(20, TimeUnit.SECONDS).contains("2026-01-01T00:01:00Z"));
    scf.ok(
        "UpdateTrigger",
        "{" + T + ",'CustomArgument':'','Description':'','Enable':'CLOSE','Qualifier':'$DEFAULT'}");
    JsonNode cleared = scf.ok("ListTriggers", "{'FunctionName':'f'}").at("/Triggers/0");
    assertEquals("", cleared.path("CustomArgument").asText("?"));
    assertEquals("", cleared.path("Description").asText("?"));
    assertEquals("$DEFAULT", cleared.path("Qualifier").asText());
    assertEquals(0, cleared.path("Enable").asInt(-1));
  }

  @Test
  void deletedTriggerIsGone() {
    create("t", "");
    scf.ok("DeleteTrigger", "{" + T + ",'TriggerDesc':'whatever','Qualifier':'$LATEST'}");
    assertEquals(List.of(), names(""));
    for (String action : List.of("DeleteTrigger", "UpdateTrigger")) {
      scf.refused("ResourceNotFound.Trigger", action, "{" + T + "}");
    }
    scf.refused("ResourceNotFound.Trigger", "UpdateTriggerStatus", "{" + T + ",'Enable':'OPEN'}");
    scf.refused("MissingParameter", "UpdateTriggerStatus", "{" + T + "}");
  }

  @Test
  void listIsOrderedFilteredAndCut() {
    create("b", "");
    scf.node().clock().advance(Duration.ofSeconds(1));
    create("a", ",'Qualifier':'$DEFAULT'");
    scf.node().clock().advance(Duration.ofSeconds(1));
    create("c", "");
    scf.node().clock().advance(Duration.ofSeconds(1));
    scf.ok(
        "UpdateTriggerStatus",
        "{'FunctionName':'f','TriggerName':'b','Type':'timer','Enable':'CLOSE'}");
    assertEquals(List.of("b", "c", "a"), names(""));
    assertEquals(List.of("b", "a", "c"), names(",'OrderBy':'add_time','Order':'ASC'"));
    assertEquals(List.of("c"), names(",'Offset':1,'Limit':1"));
    assertEquals(List.of("a"), names(",'Filters':[{'Name':'Qualifier','Values':['$DEFAULT']}]"));
    assertEquals(
        3, scf.ok("ListTriggers", "{'FunctionName':'f','Limit':0}").path("TotalCount").asInt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'OrderBy':'name' | InvalidParameterValue.OrderBy",
        "'Order':'asc' | InvalidParameterValue.Order",
        "'Offset':-1 | InvalidParameterValue.Offset",
        "'Limit':'1' | InvalidParameter",
        "'Filters':[{'Name':'Colour','Values':['red']}] | InvalidParameterValue.Filters",
        "'Filters':[{'Name':'Qualifier'}] | MissingParameter"
      })
  void listThatCannotBeUnderstoodIsRefused(String parameter, String code) {
    scf.refused(code, "ListTriggers", "{'FunctionName':'f'," + parameter + "}");
  }

  @Test
  void triggersOfAMissingFunctionAreRefused() {
    scf.refused("ResourceNotFound.Function", "ListTriggers", "{'FunctionName':'g'}");
  }
}
