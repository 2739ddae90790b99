package io.perdure.api.fc.operation;

import static io.perdure.api.fc.operation.FcScopes.V1;
import static io.perdure.api.fc.operation.FcScopes.V2;
import static io.perdure.api.fc.operation.FcScopes.V3;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.PerdureNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Versions of services, and of functions that have none. */
@Timeout(120)
class VersionOperationsTest {
  private static FcScopes scopes;

  @BeforeAll
  static void start() {
    scopes = FcScopes.start(Map.of("registry.versions-max", "5"));
  }

  @AfterAll
  static void stop() {
    scopes.close();
  }

  /** Path of the versions of something new. */
  private static String versions(String generation, String name) {
    if (generation.equals(V3)) {
      scopes.function(null, name);
      return V3 + "/functions/" + name + "/versions";
    }
    scopes.service(name);
    scopes.function(name, "f");
    return generation + "/services/" + name + "/versions";
  }

  private static String publish(String versions) {
    return scopes.fc.ok("POST", versions, "{}").path("versionId").asText();
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void publishedVersionIsDescribedAndListed(String generation) {
    String versions = versions(generation, "described" + generation.charAt(4));
    JsonNode version = scopes.fc.ok("POST", versions, "{'Description':'the first'}");
    assertEquals("1", version.path("versionId").asText());
    assertTrue(version.path("versionId").isTextual());
    assertEquals("the first", version.path("description").asText());
    assertEquals(PerdureNode.START.toString(), version.path("createdTime").asText());
    assertEquals(PerdureNode.START.toString(), version.path("lastModifiedTime").asText());
    JsonNode list = scopes.fc.ok("GET", versions, null);
    assertEquals(List.of(version), list.path("versions").valueStream().toList());
    assertEquals(
        List.of("versions", "direction", "nextToken"),
        list.propertyStream().map(Map.Entry::getKey).toList());
    assertEquals("BACKWARD", list.path("direction").asText());
    assertTrue(list.path("nextToken").isTextual() && list.path("nextToken").asText().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void versionsAreListedInBothDirectionsPageByPage(String generation) {
    String versions = versions(generation, "paged" + generation.charAt(4));
    for (int i = 0; i < 5; i++) {
      publish(versions);
    }
    assertEquals(List.of("5", "4", "3", "2", "1"), scopes.pages(versions, "versions", "versionId"));
    assertEquals(
        List.of("1", "2", "3", "4", "5"),
        scopes.pages(versions + "?direction=FORWARD", "versions", "versionId"));
    assertEquals(
        List.of("3", "2", "1"), scopes.pages(versions + "?startKey=3", "versions", "versionId"));
    assertEquals(
        List.of("3", "4", "5"),
        scopes.pages(versions + "?direction=FORWARD&startKey=3", "versions", "versionId"));
    scopes.fc.refused(400, "LimitExceeded", "POST", versions, "{}");
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void deletedVersionIsGoneAndItsNumberIsNeverUsedAgain(String generation) {
    String versions = versions(generation, "gone" + generation.charAt(4));
    publish(versions);
    publish(versions);
    scopes.deleted(versions + "/2");
    assertEquals(
        "version '2' does not exist",
        scopes.fc.refused(404, "VersionNotFound", "DELETE", versions + "/2", null));
    assertEquals("3", publish(versions));
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void versionThatAnAliasLeadsToIsNotDeleted(String generation) {
    String versions = versions(generation, "led" + generation.charAt(4));
    publish(versions);
    String aliases = versions.replace("/versions", "/aliases");
    scopes.fc.ok("POST", aliases, "{'aliasName':'prod','versionId':'1'}");
    String message = scopes.fc.refused(400, "InvalidArgument", "DELETE", versions + "/1", null);
    assertTrue(message.contains("alias 'prod' leads to version 1"), message);
    scopes.deleted(aliases + "/prod");
    scopes.deleted(versions + "/1");
  }

  @Test
  void whatIsNoVersionIsRefused() {
    String versions = versions(V2, "odd");
    scopes.fc.refused(404, "VersionNotFound", "DELETE", versions + "/prod", null);
    scopes.fc.refused(400, "InvalidArgument", "DELETE", versions + "/LATEST", null);
    scopes.fc.refused(400, "InvalidArgument", "GET", versions + "?direction=UP", null);
    scopes.fc.refused(400, "InvalidArgument", "GET", versions + "?startKey=x", null);
    scopes.fc.refused(400, "InvalidArgument", "GET", versions + "?nextToken=eA", null);
    scopes.fc.refused(400, "InvalidArgument", "GET", versions + "?limit=101", null);
    scopes.fc.refused(400, "InvalidArgument", "POST", versions, "{'description':1}");
  }

  @Test
  void versionsOfWhatIsMissingAreNotFound() {
    for (String generation : List.of(V1, V2)) {
      String versions = generation + "/services/none/versions";
      scopes.fc.refused(404, "ServiceNotFound", "POST", versions, "{}");
      scopes.fc.refused(404, "ServiceNotFound", "GET", versions, null);
      scopes.fc.refused(404, "ServiceNotFound", "DELETE", versions + "/1", null);
      scopes.fc.refused(
          404, "ServiceNotFound", "GET", generation + "/services/%24fc3/versions", null);
    }
    String versions = V3 + "/functions/none/versions";
    scopes.fc.refused(404, "FunctionNotFound", "POST", versions, "{}");
    scopes.fc.refused(404, "FunctionNotFound", "GET", versions, null);
    scopes.fc.refused(404, "FunctionNotFound", "DELETE", versions + "/1", null);
  }
}
