package io.perdure.api.scf.action;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.ScfTester;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Aliases of a function with the versions 1 and 2. */
class AliasActionsTest {
  private static final String NO_ROUTING =
      "{\"AdditionalVersionWeights\":[],\"AddtionVersionMatchs\":[]}";

  private ScfTester scf;
  private ScfFunctions functions;

  @BeforeEach
  void start() {
    scf = ScfTester.start(Map.of("registry.aliases-max", "3"));
    functions = new ScfFunctions(scf);
    functions.put("f");
    functions.publish("f");
    functions.publish("f");
  }

  @AfterEach
  void stop() {
    scf.close();
  }

  @Test
  void defaultAliasLeadsToTheLatestUntilItIsMoved() {
    assertEquals(
        "{\"Name\":\"$DEFAULT\",\"FunctionVersion\":\"$LATEST\",\"RoutingConfig\":"
            + NO_ROUTING
            + ",\"Description\":\"\",\"AddTime\":\"2026-01-01 08:00:00\","
            + "\"ModTime\":\"2026-01-01 08:00:00\"}",
        scf.ok("ListAliases", "{'FunctionName':'f'}").at("/Aliases/0").toString());
    scf.ok("UpdateAlias", "{'FunctionName':'f','Name':'$DEFAULT','FunctionVersion':'2'}");
    assertEquals("2", alias("$DEFAULT").path("FunctionVersion").asText());
    assertEquals(List.of("$DEFAULT"), names(",'FunctionVersion':'2'"));
  }

  @Test
  void aliasIsCreatedMovedAndDeleted() {
    scf.ok(
        "CreateAlias",
        "{'Name':'prod','FunctionName':'f','FunctionVersion':'1','Namespace':'default',"
            + "'Description':'live','RoutingConfig':{'AdditionalVersionWeights':"
            + "[{'Version':'2','Weight':0.1}]}}");
    assertEquals("live", alias("prod").path("Description").asText());
    assertEquals(
        "[{\"Version\":\"2\",\"Weight\":0.1}]",
        alias("prod").at("/RoutingConfig/AdditionalVersionWeights").toString());
    scf.node().clock().advance(Duration.ofSeconds(5));
    scf.ok(
        "UpdateAlias",
        "{'Name':'prod','FunctionName':'f','FunctionVersion':'2','Description':'later',"
            + "'RoutingConfig':{'AdditionalVersionWeights':[]}}");
    JsonNode moved = alias("prod");
    assertEquals("2", moved.path("FunctionVersion").asText());
    assertEquals("later", moved.path("Description").asText());
    assertEquals(NO_ROUTING, moved.path("RoutingConfig").toString());
    assertEquals("2026-01-01 08:00:00", moved.path("AddTime").asText());
    assertEquals("2026-01-01 08:00:05", moved.path("ModTime").asText());
    scf.ok("DeleteAlias", "{'FunctionName':'f','Name':'prod'}");
    scf.refused("ResourceNotFound.Alias", "GetAlias", "{'FunctionName':'f','Name':'prod'}");
  }

  @Test
  void whatAnUpdateDoesNotNameStays() {
    create("prod", "1", "{'AdditionalVersionWeights':[{'Version':'2','Weight':0.5}]}");
    scf.ok("UpdateAlias", "{'Name':'prod','FunctionName':'f','FunctionVersion':'$LATEST'}");
    JsonNode alias = alias("prod");
    assertEquals("$LATEST", alias.path("FunctionVersion").asText());
    assertEquals("about prod", alias.path("Description").asText());
    assertEquals(0.5, alias.at("/RoutingConfig/AdditionalVersionWeights/0/Weight").asDouble());
  }

  @Test
  void matchesAreShownAsTheyWereGiven() {
    String matches =
        "[{'Version':'2','Key':'invoke.headers.User','Method':'range','Expression':'[1,9]'},"
            + "{'Version':'$LATEST','Key':'invoke.headers.Zone','Method':'exact',"
            + "'Expression':'a b'}]";
    create("prod", "1", "{'AddtionVersionMatchs':" + matches + "}");
    assertEquals(
        matches.replace('\'', '"'),
        alias("prod").at("/RoutingConfig/AddtionVersionMatchs").toString());
    assertEquals(List.of("$DEFAULT", "prod"), names(",'FunctionVersion':'$LATEST'"));
  }

  @Test
  void weightMayBeNothingOrAll() {
    create("none", "1", "{'AdditionalVersionWeights':[{'Version':'2','Weight':0}]}");
    create("all", "1", "{'AdditionalVersionWeights':[{'Version':'2','Weight':1}]}");
    assertEquals(
        "[{\"Version\":\"2\",\"Weight\":0.0}]",
        alias("none").at("/RoutingConfig/AdditionalVersionWeights").toString());
  }

  @Test
  void nameMayHaveSixtyFourCharactersAndNoMore() {
    create("n".repeat(64), "1", "{}");
    scf.refused(
        "InvalidParameterValue.Name",
        "CreateAlias",
        "{'Name':'" + "n".repeat(65) + "','FunctionName':'f','FunctionVersion':'1'}");
  }

  @Test
  void aliasesPastTheLimitAreRefused() {
    for (String name : List.of("a", "b", "c")) {
      create(name, "1", "{}");
    }
    scf.refused(
        "LimitExceeded.Alias",
        "CreateAlias",
        "{'Name':'d','FunctionName':'f','FunctionVersion':'1'}");
  }

  @Test
  void listIsFilteredByVersionAndPagedByTexts() {
    create("a", "1", "{}");
    create("b", "2", "{'AdditionalVersionWeights':[{'Version':'1','Weight':0.5}]}");
    create("c", "2", "{}");
    assertEquals(List.of("$DEFAULT", "a", "b", "c"), names(""));
    assertEquals(List.of("a", "b"), names(",'FunctionVersion':'1'"));
    assertEquals(List.of("a", "b"), names(",'Offset':'1','Limit':'2'"));
    JsonNode page = scf.ok("ListAliases", "{'FunctionName':'f','Limit':'1'}");
    assertEquals(4, page.path("TotalCount").asInt());
    assertEquals(1, page.path("Aliases").size());
  }

  private void create(String name, String version, String routing) {
    scf.ok(
        "CreateAlias",
        "{'Name':'"
            + name
            + "','FunctionName':'f','FunctionVersion':'"
            + version
            + "','Description':'about "
            + name
            + "','RoutingConfig':"
            + routing
            + "}");
  }

  private JsonNode alias(String name) {
    return scf.ok("GetAlias", "{'FunctionName':'f','Name':'" + name + "'}");
  }

  private List<String> names(String more) {
    return scf.ok("ListAliases", "{'FunctionName':'f'" + more + "}")
        .path("Aliases")
        .findValuesAsText("Name");
  }
}
