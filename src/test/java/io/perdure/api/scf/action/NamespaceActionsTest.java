package io.perdure.api.scf.action;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.ScfTester;
import io.perdure.testkit.NodeApi;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NamespaceActionsTest {
  private ScfTester scf;

  @BeforeEach
  void start() {
    scf = ScfTester.start(Map.of("registry.namespaces-max", "4"));
  }

  @AfterEach
  void stop() {
    scf.close();
  }

  @Test
  void defaultNamespaceIsThereFromTheStart() {
    JsonNode listed = scf.ok("ListNamespaces", "{}");
    assertEquals(1, listed.path("TotalCount").asInt());
    assertEquals(
        "{\"Name\":\"default\",\"Description\":\"\",\"Type\":\"default\","
            + "\"AddTime\":\"2026-01-01 08:00:00\",\"ModTime\":\"2026-01-01 08:00:00\"}",
        listed.at("/Namespaces/0").toString());
  }

  @Test
  void namespaceIsCreatedUpdatedAndDeleted() {
    scf.ok("CreateNamespace", "{'Namespace':'shop','Description':'first'}");
    scf.node().clock().advance(Duration.ofMinutes(1));
    scf.ok("UpdateNamespace", "{'Namespace':'shop','Description':'second'}");
    JsonNode shop = scf.ok("ListNamespaces", "{}").at("/Namespaces/1");
    assertEquals("second", shop.path("Description").asText());
    assertEquals("2026-01-01 08:00:00", shop.path("AddTime").asText());
    assertEquals("2026-01-01 08:01:00", shop.path("ModTime").asText());
    scf.ok("DeleteNamespace", "{'Namespace':'shop'}");
    assertEquals(List.of("default"), names("{}"));
  }

  @Test
  void resourcesOfANewNamespaceAreTakenAndSurviveAnUpdate() {
    scf.ok(
        "CreateNamespace",
        "{'Namespace':'shop','ResourceEnv':{'TKE':{'ClusterID':'c','Port':1,"
            + "'NodeSelector':[{'Key':'a','Value':'b'}]},'OFFLINE':true}}");
    scf.ok("UpdateNamespace", "{'Namespace':'shop','Description':'d'}");
    scf.refused(
        "UnknownParameter", "CreateNamespace", "{'Namespace':'b','ResourceEnv':{'Nope':1}}");
  }

  @Test
  void descriptionOfTheDefaultNamespaceCanBeUpdated() {
    scf.ok("UpdateNamespace", "{'Namespace':'default','Description':'mine'}");
    scf.ok("UpdateNamespace", "{'Namespace':'default','Description':''}");
    assertEquals(List.of("default"), names("{}"));
  }

  @Test
  void namespaceWithAFunctionCannotBeDeleted() {
    scf.ok("CreateNamespace", "{'Namespace':'shop'}");
    NodeApi http = NodeApi.of(scf.node());
    String function = "/v1/namespaces/shop/functions/f";
    String body = "{\"runtime\":{\"kind\":\"event-bus\",\"address\":\"a\"}}";
    http.send("PUT", function, body.getBytes(UTF_8)).expect(201);
    scf.refused("ResourceInUse.Namespace", "DeleteNamespace", "{'Namespace':'shop'}");
    http.send("DELETE", function, new byte[0]).expect(204);
    scf.ok("DeleteNamespace", "{'Namespace':'shop'}");
  }

  @Test
  void nameMayHaveSixtyCharactersAndNoMore() {
    scf.ok("CreateNamespace", "{'Namespace':'" + "n".repeat(60) + "'}");
    scf.refused(
        "InvalidParameterValue.NamespaceInvalid",
        "CreateNamespace",
        "{'Namespace':'" + "n".repeat(61) + "'}");
  }

  @Test
  void descriptionMayHaveAThousandCharactersAndNoMore() {
    String most = "d".repeat(1_000);
    scf.ok("CreateNamespace", "{'Namespace':'a','Description':'" + most + "'}");
    for (String action : List.of("CreateNamespace", "UpdateNamespace")) {
      scf.refused(
          "InvalidParameterValue.Description",
          action,
          "{'Namespace':'b','Description':'" + most + "d'}");
    }
  }

  @Test
  void namespacesPastTheLimitAreRefused() {
    for (int i = 0; i < 4; i++) {
      scf.ok("CreateNamespace", "{'Namespace':'n" + i + "'}");
    }
    scf.refused("LimitExceeded.Namespace", "CreateNamespace", "{'Namespace':'n4'}");
    scf.refused("ResourceInUse.Namespace", "CreateNamespace", "{'Namespace':'n3'}");
  }

  @Test
  void listIsOrderedSearchedAndPaged() {
    scf.ok("CreateNamespace", "{'Namespace':'blue-a','Description':'of the sea'}");
    scf.node().clock().advance(Duration.ofSeconds(1));
    scf.ok("CreateNamespace", "{'Namespace':'blue-b','Description':'of the sky'}");
    scf.node().clock().advance(Duration.ofSeconds(1));
    scf.ok("UpdateNamespace", "{'Namespace':'default','Description':'of the sky'}");
    assertEquals(List.of("blue-a", "blue-b", "default"), names("{}"));
    assertEquals(List.of("default", "blue-b", "blue-a"), names("{'Order':'DESC'}"));
    assertEquals(
        List.of("default", "blue-b", "blue-a"), names("{'Orderby':'Updatetime','Order':'DESC'}"));
    assertEquals(List.of("blue-b"), names("{'Orderby':'Name','Offset':1,'Limit':1}"));
    assertEquals(List.of(), names("{'Offset':9}"));
    assertEquals(List.of(), names("{'Limit':0}"));
    assertEquals(
        List.of("blue-a", "blue-b"), names("{'SearchKey':[{'Key':'Namespace','Value':'blue'}]}"));
    String sky = "{'Key':'Description','Value':'sky'}";
    assertEquals(List.of("blue-b", "default"), names("{'SearchKey':[" + sky + "]}"));
    JsonNode both =
        scf.ok(
            "ListNamespaces",
            "{'Limit':0,'SearchKey':[" + sky + ",{'Key':'Namespace','Value':'-'}]}");
    assertEquals(1, both.path("TotalCount").asInt());
    assertTrue(both.path("Namespaces").isEmpty());
  }

  private List<String> names(String json) {
    return scf.ok("ListNamespaces", json).path("Namespaces").findValuesAsText("Name");
  }
}
