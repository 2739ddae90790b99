package io.perdure.api.fc.operation;

import static io.perdure.api.fc.operation.FcScopes.V1;
import static io.perdure.api.fc.operation.FcScopes.V2;
import static io.perdure.api.fc.operation.FcScopes.V3;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.fc.FcTester;
import io.perdure.client.FunctionSpec;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How far functions scale. */
@Timeout(120)
class ScalingOperationsTest {
  private static final String ARN = "acs:fc:cn-hangzhou:1000000000000001:functions/";

  private static FcScopes scopes;
  private static FcTester fc;

  @BeforeAll
  static void start() {
    scopes = FcScopes.start(Map.of());
    fc = scopes.fc;
  }

  @AfterAll
  static void stop() {
    scopes.close();
  }

  private static String inService(String generation, String service) {
    scopes.service(service);
    scopes.function(service, "f");
    return generation + "/services/" + service + "/functions/f";
  }

  private static String alone(String name) {
    scopes.function(null, name);
    return V3 + "/functions/" + name;
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2})
  void onDemandConfigBoundsTheAttemptsAtOnce(String generation) {
    String service = "bound" + generation.charAt(4);
    String config = inService(generation, service) + "/on-demand-config";
    int before = scopes.get(service, "f").concurrency();
    fc.refused(404, "OnDemandConfigNotFound", "GET", config, null);
    fc.refused(404, "OnDemandConfigNotFound", "DELETE", config, null);
    JsonNode put = fc.ok("PUT", config, "{'maximumInstanceCount':3}");
    assertEquals(3, put.path("maximumInstanceCount").asInt());
    assertEquals("1000000000000001#" + service + "#LATEST#f", put.path("resource").asText());
    assertEquals(put, fc.ok("GET", config, null));
    assertEquals(3, scopes.get(service, "f").concurrency());
    scopes.deleted(config);
    fc.refused(404, "OnDemandConfigNotFound", "GET", config, null);
    assertTrue(scopes.get(service, "f").concurrency() > Math.min(before, 15));
  }

  @Test
  void leastBoundOfAllQualifiersHolds() {
    String function = inService(V2, "least");
    fc.ok("POST", V2 + "/services/least/versions", "{}");
    fc.ok("POST", V2 + "/services/least/aliases", "{'aliasName':'prod','versionId':'1'}");
    fc.ok("PUT", function + "/on-demand-config", "{'maximumInstanceCount':5}");
    String prod = V1 + "/services/least.prod/functions/f/on-demand-config";
    fc.ok("PUT", prod, "{'maximumInstanceCount':2}");
    assertEquals(2, scopes.get("least", "f").concurrency());
    scopes.deleted(prod);
    assertEquals(5, scopes.get("least", "f").concurrency());
    fc.refused(404, "AliasNotFound", "GET", function + "/on-demand-config?qualifier=no", null);
  }

  @Test
  void instancesThatRunSeveralAtOnceCountForSeveral() {
    scopes.put(null, "several", FunctionSpec.python3("index.handler").withInstanceConcurrency(4));
    String function = V3 + "/functions/several";
    fc.ok("PUT", function + "/concurrency", "{'reservedConcurrency':6}");
    assertEquals(6, scopes.get(null, "several").concurrency());
    scopes.service("several");
    scopes.put("several", "f", FunctionSpec.python3("index.handler").withInstanceConcurrency(4));
    fc.ok(
        "PUT", V2 + "/services/several/functions/f/on-demand-config", "{'maximumInstanceCount':6}");
    assertEquals(24, scopes.get("several", "f").concurrency());
  }

  @Test
  void concurrencyConfigBoundsTheAttemptsAtOnce() {
    String config = alone("reserved") + "/concurrency";
    fc.refused(404, "OnDemandConfigNotFound", "GET", config, null);
    fc.refused(404, "OnDemandConfigNotFound", "DELETE", config, null);
    JsonNode put = fc.ok("PUT", config, "{'reservedConcurrency':0}");
    assertEquals(0, put.path("reservedConcurrency").asInt(-1));
    assertEquals(ARN + "reserved", put.path("functionArn").asText());
    assertEquals(0, scopes.get(null, "reserved").concurrency());
    fc.ok("PUT", config, "{'reservedConcurrency':7}");
    assertEquals(7, fc.ok("GET", config, null).path("reservedConcurrency").asInt());
    scopes.deleted(config);
    assertTrue(scopes.get(null, "reserved").concurrency() > 7);
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2})
  void provisionConfigIsKeptAndSaysWhatIsThere(String generation) {
    String service = "warm" + generation.charAt(4);
    String config = inService(generation, service) + "/provision-config";
    fc.refused(404, "ProvisionConfigNotFound", "GET", config, null);
    JsonNode put =
        fc.ok(
            "PUT",
            config,
            "{'target':2,'alwaysAllocateCPU':true,'scheduledActions':[{'name':'night',"
                + "'target':1,'scheduleExpression':'cron(0 0 22 * * *)'}],"
                + "'targetTrackingPolicies':[]}");
    assertEquals(2, put.path("target").asInt());
    assertEquals(0, put.path("current").asInt(-1));
    assertTrue(put.path("currentError").asText().contains("instances:warm"), put::toString);
    assertEquals("night", put.at("/scheduledActions/0/name").asText());
    assertEquals(true, put.path("alwaysAllocateCPU").asBoolean());
    assertEquals("1000000000000001#" + service + "#LATEST#f", put.path("resource").asText());
    assertEquals(put, fc.ok("GET", config, null));
    put = fc.ok("PUT", config, "{'target':0}");
    assertEquals("", put.path("currentError").asText("none"));
    assertEquals(0, fc.ok("GET", config, null).path("target").asInt(-1));
  }

  @Test
  void provisionConfigOfAFunctionWithoutAServiceHasTwoNamesForItsTarget() {
    String config = alone("warm3") + "/provision-config";
    fc.refused(404, "ProvisionConfigNotFound", "DELETE", config, null);
    JsonNode put = fc.ok("PUT", config, "{'defaultTarget':3,'alwaysAllocateGPU':false}");
    assertEquals(3, put.path("target").asInt());
    assertEquals(3, put.path("defaultTarget").asInt());
    assertEquals(ARN + "warm3", put.path("functionArn").asText());
    assertFalse(put.path("alwaysAllocateGPU").asBoolean(true));
    scopes.deleted(config);
    fc.refused(404, "ProvisionConfigNotFound", "GET", config, null);
  }

  @Test
  void scalingConfigIsKeptAndSaysWhatIsThere() {
    String config = alone("scaled") + "/scaling-config";
    fc.refused(404, "ScalingConfigNotFound", "GET", config, null);
    JsonNode put =
        fc.ok(
            "PUT",
            config,
            "{'minInstances':4,'enableOnDemandScaling':true,'horizontalScalingPolicies':"
                + "[{'name':'p','maxInstances':9}],'residentPoolId':'pool'}");
    assertEquals(4, put.path("minInstances").asInt());
    assertEquals(4, put.path("targetInstances").asInt());
    assertEquals(0, put.path("currentInstances").asInt(-1));
    assertEquals(9, put.at("/horizontalScalingPolicies/0/maxInstances").asInt());
    assertEquals("pool", put.path("residentPoolId").asText());
    assertEquals(
        List.of(ARN + "scaled"),
        scopes.pages(V3 + "/scaling-configs", "scalingConfigs", "functionArn"));
    scopes.deleted(config);
    fc.refused(404, "ScalingConfigNotFound", "DELETE", config, null);
  }

  @Test
  void configsOfServicesAreListedPageByPage() {
    for (String service : List.of("list-a", "list-b", "list-c")) {
      String function = inService(V2, service);
      fc.ok("PUT", function + "/on-demand-config", "{'maximumInstanceCount':9}");
      fc.ok("PUT", function + "/provision-config", "{'target':1}");
    }
    for (String generation : List.of(V1, V2)) {
      List<String> all =
          scopes.pages(generation + "/on-demand-configs?prefix=list-", "configs", "resource");
      assertEquals(
          List.of(
              "1000000000000001#list-a#LATEST#f",
              "1000000000000001#list-b#LATEST#f",
              "1000000000000001#list-c#LATEST#f"),
          all);
      assertEquals(
          List.of("1000000000000001#list-b#LATEST#f"),
          scopes.pages(
              generation + "/provision-configs?serviceName=list-b&qualifier=LATEST",
              "provisionConfigs",
              "resource"));
      fc.refused(
          404, "ServiceNotFound", "GET", generation + "/provision-configs?serviceName=none", null);
    }
  }

  @Test
  void configsOfFunctionsWithoutAServiceAreListed() {
    fc.ok("PUT", alone("one") + "/concurrency", "{'reservedConcurrency':1}");
    fc.ok("PUT", alone("two") + "/concurrency", "{'reservedConcurrency':2}");
    fc.ok("PUT", V3 + "/functions/two/provision-config", "{'target':2}");
    List<String> all = scopes.pages(V3 + "/concurrency-configs", "configs", "functionArn");
    assertTrue(all.containsAll(List.of(ARN + "one", ARN + "two")), all::toString);
    assertEquals(
        List.of(ARN + "two"),
        scopes.pages(V3 + "/concurrency-configs?functionName=two", "configs", "functionArn"));
    assertEquals(
        List.of(ARN + "two"),
        scopes.pages(
            V3 + "/provision-configs?functionName=two", "provisionConfigs", "functionArn"));
    fc.refused(404, "FunctionNotFound", "GET", V3 + "/concurrency-configs?functionName=no", null);
  }

  @Test
  void changeOnAnotherTagIsRefused() {
    String config = inService(V2, "tagged") + "/on-demand-config";
    HttpResponse<byte[]> put = fc.call("PUT", config, "{'maximumInstanceCount':3}", Map.of());
    String etag = put.headers().firstValue("ETag").orElseThrow();
    assertEquals(
        200,
        fc.call("PUT", config, "{'maximumInstanceCount':4}", Map.of("If-Match", etag))
            .statusCode());
    FcTester.refused(
        412, "PreconditionFailed", fc.call("DELETE", config, null, Map.of("If-Match", etag)));
  }

  @Test
  void whatIsNotAllowedIsRefused() {
    String function = inService(V2, "odd");
    String alone = alone("odd");
    for (String body :
        List.of("{}", "{'maximumInstanceCount':-1}", "{'maximumInstanceCount':1.5}")) {
      fc.refused(400, "InvalidArgument", "PUT", function + "/on-demand-config", body);
    }
    for (String body : List.of("{}", "{'target':'x'}", "{'target':1,'scheduledActions':{}}")) {
      fc.refused(400, "InvalidArgument", "PUT", function + "/provision-config", body);
    }
    fc.refused(400, "InvalidArgument", "PUT", alone + "/concurrency", "{}");
    fc.refused(400, "InvalidArgument", "PUT", alone + "/scaling-config", "{'minInstances':-1}");
    fc.refused(
        404,
        "FunctionNotFound",
        "PUT",
        V3 + "/functions/no/concurrency",
        "{'reservedConcurrency':1}");
    fc.node().function("native").returns("x");
    fc.refused(
        400,
        "InvalidArgument",
        "PUT",
        V2 + "/services/default/functions/native/on-demand-config",
        "{'maximumInstanceCount':1}");
  }
}
