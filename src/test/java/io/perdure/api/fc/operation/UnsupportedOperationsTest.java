package io.perdure.api.fc.operation;

import static io.perdure.api.fc.operation.FcScopes.V1;
import static io.perdure.api.fc.operation.FcScopes.V2;
import static io.perdure.api.fc.operation.FcScopes.V3;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.fc.FcTester;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients ask for and a machine of one's own has not, and what it has in its place. */
@Timeout(120)
class UnsupportedOperationsTest {
  private static FcScopes scopes;
  private static FcTester fc;

  @BeforeAll
  static void start() {
    scopes = FcScopes.start(Map.of());
    fc = scopes.fc;
    scopes.service("s");
    scopes.function("s", "f");
    scopes.function(null, "f");
  }

  @AfterAll
  static void stop() {
    scopes.close();
  }

  @ParameterizedTest
  @CsvSource({
    V1 + "/services/s/functions/f/triggers, triggers",
    V2 + "/services/s/functions/f/triggers, triggers",
    V3 + "/functions/f/triggers, triggers",
    V1 + "/custom-domains, customDomains",
    V2 + "/custom-domains, customDomains",
    V3 + "/custom-domains, customDomains",
    V2 + "/layers, layers",
    V3 + "/layers/l/versions, layers",
    V1 + "/services/s/bindings, vpcIds",
    V2 + "/services/s/bindings, vpcIds",
    V3 + "/functions/f/vpc-bindings, vpcIds",
    V1 + "/reservedCapacities, reservedCapacities",
    V2 + "/reserved-capacities, reservedCapacities",
    V2 + "/services/s/functions/f/event-sources, eventSources",
    V3 + "/functions/f/sessions, sessions",
    V1 + "/services/s/functions/f/instances, instances",
    V2 + "/services/s/functions/f/instances, instances",
    V3 + "/functions/f/instances, instances"
  })
  void whatThereIsNoneOfIsAnEmptyList(String path, String list) {
    JsonNode answer = fc.ok("GET", path, null);
    assertTrue(answer.path(list).isArray() && answer.path(list).isEmpty(), answer::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "POST, " + V1 + "/services/s/functions/f/triggers",
    "GET, " + V2 + "/services/s/functions/f/triggers/t",
    "PUT, " + V3 + "/functions/f/triggers/t",
    "DELETE, " + V3 + "/custom-domains/example.org",
    "POST, " + V2 + "/layers/l/versions",
    "PUT, " + V1 + "/layers/l/acl",
    "POST, " + V1 + "/services/s/binding",
    "DELETE, " + V1 + "/services/s/binding",
    "DELETE, " + V2 + "/services/s/bindings/vpc-1",
    "POST, " + V2 + "/gpuInstances",
    "GET, " + V1 + "/tempBucketToken",
    "GET, " + V1 + "/services/s/tempCodeBucketToken?functionName=f",
    "POST, " + V3 + "/functions/f/invoke/disable",
    "PUT, " + V3 + "/functions/f/sessions/x/pause",
    "PUT, " + V3 + "/resource-groups",
    "GET, " + V1 + "/proxy/s/f/",
    "POST, " + V1 + "/proxy/s.prod/f/a/b/c",
    "PATCH, " + V1 + "/proxy/s/f/a"
  })
  void whatHasNoPlaceHereSaysWhatToUseInstead(String method, String path) {
    String message = fc.refused(501, "NotImplemented", method, path, null);
    assertTrue(message.length() > 30, message);
  }

  @Test
  void listsOfWhatIsMissingAreRefused() {
    fc.refused(404, "FunctionNotFound", "GET", V2 + "/services/s/functions/none/triggers", null);
    fc.refused(404, "FunctionNotFound", "GET", V3 + "/functions/none/triggers", null);
    fc.refused(404, "FunctionNotFound", "GET", V3 + "/functions/none/instances", null);
    fc.refused(404, "AliasNotFound", "GET", V3 + "/functions/f/instances?qualifier=a", null);
    fc.refused(404, "ServiceNotFound", "GET", V1 + "/services/none/bindings", null);
  }

  @Test
  void nodeIsTheOnlyRegion() {
    JsonNode regions = fc.ok("GET", V3 + "/regions", null).at("/Regions/Region");
    assertEquals(1, regions.size());
    assertEquals("cn-hangzhou", regions.path(0).path("RegionId").asText());
    for (String generation : List.of(V1, V2)) {
      assertTrue(fc.ok("GET", generation + "/account-settings", null).has("availableAZs"));
    }
  }

  @Test
  void whatNoClientKnowsIsNoPath() {
    fc.refused(400, "PathNotSupported", "GET", V3 + "/nothing", null);
    fc.refused(400, "PathNotSupported", "DELETE", V3 + "/functions/f/triggers", null);
    fc.refused(400, "PathNotSupported", "GET", V3 + "/tag", null);
  }
}
