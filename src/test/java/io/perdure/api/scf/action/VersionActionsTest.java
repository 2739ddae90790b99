package io.perdure.api.scf.action;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.ScfTester;
import io.perdure.testkit.NodeApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionActionsTest {
  private static ScfTester scf;
  private static ScfFunctions functions;

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of("registry.versions-max", "3"));
    functions = new ScfFunctions(scf);
    functions.put("known");
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  @Test
  void publishedVersionIsDescribed() {
    functions.put("pub");
    JsonNode version = scf.ok("PublishVersion", "{'FunctionName':'pub','Description':'the first'}");
    assertEquals("1", version.path("FunctionVersion").asText());
    assertTrue(version.path("CodeSize").isIntegralNumber() && version.path("CodeSize").asInt() > 0);
    assertEquals(128, version.path("MemorySize").asInt());
    assertEquals("the first", version.path("Description").asText());
    assertEquals("index.main_handler", version.path("Handler").asText());
    assertEquals(3, version.path("Timeout").asInt());
    assertTrue(version.path("Timeout").isIntegralNumber());
    assertTrue(version.path("Runtime").isTextual());
    assertEquals("default", version.path("Namespace").asText());
  }

  @Test
  void versionKeepsWhatTheFunctionWas() {
    functions.put("frozen");
    functions.publish("frozen");
    functions.put("frozen", "", 256);
    assertEquals(
        256, scf.ok("PublishVersion", "{'FunctionName':'frozen'}").path("MemorySize").asInt());
    JsonNode first =
        NodeApi.of(scf.node())
            .get("/v1/namespaces/default/functions/frozen/versions/1")
            .expect(200)
            .json();
    assertEquals(128, first.at("/function/runtime/memoryMb").asInt(), first::toString);
  }

  @Test
  void numbersAreNeverUsedAgain() {
    functions.put("counted");
    assertEquals("1", functions.publish("counted"));
    assertEquals("2", functions.publish("counted"));
    NodeApi.of(scf.node())
        .send("DELETE", "/v1/namespaces/default/functions/counted/versions/2", new byte[0])
        .expect(204);
    assertEquals("3", functions.publish("counted"));
  }

  @Test
  void newestVersionIsListedFirstBehindTheLatest() {
    functions.put("listed");
    scf.node().clock().advance(Duration.ofSeconds(1));
    scf.ok("PublishVersion", "{'FunctionName':'listed','Description':'one'}");
    scf.node().clock().advance(Duration.ofSeconds(1));
    functions.publish("listed");
    scf.node().clock().advance(Duration.ofSeconds(1));
    functions.publish("listed");
    assertEquals(List.of("$LATEST", "3", "2", "1"), list(""));
    assertEquals(List.of("1", "2", "3", "$LATEST"), list(",'Order':'ASC'"));
    assertEquals(List.of("3", "2", "1", "$LATEST"), list(",'OrderBy':'AddTime'"));
    assertEquals(List.of("$LATEST", "1", "2", "3"), list(",'OrderBy':'AddTime','Order':'ASC'"));
    functions.put("listed", "", 256);
    assertEquals(List.of("$LATEST", "3", "2", "1"), list(",'OrderBy':'ModTime','Order':'DESC'"));
    assertEquals(List.of("3", "2"), list(",'Offset':1,'Limit':2"));
    JsonNode page = scf.ok("ListVersionByFunction", "{'FunctionName':'listed','Limit':1}");
    assertEquals(4, page.path("TotalCount").asInt());
    assertEquals("$LATEST", page.at("/Versions/0/Version").asText());
    assertEquals(1, page.path("Versions").size());
  }

  @Test
  void versionIsListedWithItsTimesAndState() {
    functions.put("shown");
    scf.ok("PublishVersion", "{'FunctionName':'shown','Description':'one'}");
    JsonNode versions =
        scf.ok("ListVersionByFunction", "{'FunctionName':'shown'}").path("Versions");
    assertEquals("what shown does", versions.at("/0/Description").asText());
    JsonNode one = versions.path(1);
    assertEquals("one", one.path("Description").asText());
    assertEquals("Active", one.path("Status").asText());
    for (String time : List.of("AddTime", "ModTime")) {
      assertTrue(one.path(time).asText().matches("2026-01-01 08:\\d\\d:\\d\\d"), one::toString);
    }
  }

  @Test
  void versionsPastTheLimitAreRefused() {
    functions.put("full");
    for (int i = 0; i < 3; i++) {
      functions.publish("full");
    }
    scf.refused("FailedOperation.PublishVersion", "PublishVersion", "{'FunctionName':'full'}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PublishVersion | {} | MissingParameter",
        "PublishVersion | {'FunctionName':'gone'} | ResourceNotFound.Function",
        "PublishVersion | {'FunctionName':'known','Namespace':'gone'} | ResourceNotFound.Namespace",
        "PublishVersion | {'FunctionName':'known','Qualifier':'1'} | UnknownParameter",
        "ListVersionByFunction | {} | MissingParameter",
        "ListVersionByFunction | {'FunctionName':'gone'} | ResourceNotFound.Function",
        "ListVersionByFunction | {'FunctionName':'known','Namespace':'gone'}"
            + " | ResourceNotFound.Namespace",
        "ListVersionByFunction | {'FunctionName':'known','Orderby':'AddTime'} | UnknownParameter",
        "ListVersionByFunction | {'FunctionName':'known','OrderBy':'Name'}"
            + " | InvalidParameterValue.OrderBy",
        "ListVersionByFunction | {'FunctionName':'known','Order':'asc'}"
            + " | InvalidParameterValue.Order",
        "ListVersionByFunction | {'FunctionName':'known','Limit':-1}"
            + " | InvalidParameterValue.Limit",
        "ListVersionByFunction | {'FunctionName':'known','Offset':-1}"
            + " | InvalidParameterValue.Offset",
      })
  void refusalsHaveTheirDocumentedCodes(String action, String json, String code) {
    scf.refused(code, action, json);
  }

  @Test
  void descriptionThatIsTooLongIsRefused() {
    scf.refused(
        "InvalidParameterValue.Description",
        "PublishVersion",
        "{'FunctionName':'known','Description':'" + "d".repeat(1_001) + "'}");
  }

  private static List<String> list(String more) {
    List<String> names = new ArrayList<>();
    scf.ok("ListVersionByFunction", "{'FunctionName':'listed'" + more + "}")
        .path("FunctionVersion")
        .forEach(name -> names.add(name.asText()));
    return names;
  }
}
