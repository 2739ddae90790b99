package io.perdure.api.fc.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.fc.FcTester;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** UpdateFunction and DeleteFunction, and GetFunction of what was. */
class ChangeFunctionTest {
  private static final String V1 = "/2016-08-15/services/s/functions";
  private static final String V2 = "/2021-04-06/services/s/functions";
  private static final String V3 = "/2023-03-30/functions";
  private static FcTester fc;

  @BeforeAll
  static void start() {
    fc = FcTester.start(Map.of());
    fc.ok("POST", "/2021-04-06/services", "{'serviceName':'s'}");
  }

  @AfterAll
  static void close() {
    fc.close();
  }

  private static String etag(HttpResponse<byte[]> answer) {
    return answer.headers().firstValue("ETag").orElseThrow();
  }

  @Test
  void onlyGivenPropertiesChange() {
    JsonNode made =
        fc.ok(
            "POST",
            V2,
            FcCode.body(
                "part",
                ",'description':'one','environmentVariables':{'A':'1'},'initializer':'index.init',"
                    + "'instanceLifecycleConfig':{'preFreeze':{'handler':'index.f'}},'cpu':1"));
    JsonNode changed =
        fc.ok("PUT", V1 + "/part", "{'Timeout':60,'InstanceConcurrency':7,'unknown':1}");
    assertEquals(60, changed.path("timeout").asInt());
    assertEquals(7, changed.path("instanceConcurrency").asInt());
    ObjectNode expected = made.deepCopy();
    expected.put("timeout", 60).put("instanceConcurrency", 7);
    expected.set("lastModifiedTime", changed.get("lastModifiedTime"));
    assertEquals(expected, changed);
    assertEquals(changed, fc.ok("GET", V2 + "/part", null));
    assertEquals(700, FcCode.natively(fc, "s", "part").path("concurrency").asInt());
  }

  @Test
  void whatIsSetIsTakenBack() {
    fc.ok(
        "POST",
        V2,
        FcCode.body(
            "back",
            ",'environmentVariables':{'A':'1'},'initializer':'index.init','instanceLifecycleConfig':"
                + "{'preStop':{'handler':'index.s'},'preFreeze':{'handler':'index.f'}}"));
    JsonNode changed =
        fc.ok(
            "PUT",
            V2 + "/back",
            "{'environmentVariables':{},'initializer':'','instanceLifecycleConfig':{},"
                + "'description':null}");
    assertEquals(0, changed.path("environmentVariables").size());
    assertEquals("", changed.path("initializer").textValue());
    assertEquals("", changed.at("/instanceLifecycleConfig/preStop/handler").textValue());
    assertEquals("", changed.at("/instanceLifecycleConfig/preFreeze/handler").textValue());
  }

  @Test
  void hooksOfTheNewestGenerationAreReplacedTogether() {
    fc.ok(
        "POST",
        V3,
        FcCode.body(
            "hooks",
            ",'instanceLifecycleConfig':{'initializer':{'handler':'index.init','timeout':9},"
                + "'preStop':{'handler':'index.s'}}"));
    assertEquals(
        "index.init",
        fc.ok("PUT", V3 + "/hooks", "{'timeout':5}")
            .at("/instanceLifecycleConfig/initializer/handler")
            .asText());
    JsonNode changed =
        fc.ok(
            "PUT", V3 + "/hooks", "{'instanceLifecycleConfig':{'preStop':{'handler':'index.t'}}}");
    assertEquals("", changed.at("/instanceLifecycleConfig/initializer/handler").textValue());
    assertEquals("index.t", changed.at("/instanceLifecycleConfig/preStop/handler").asText());
  }

  @Test
  void aFunctionGetsAnotherRuntime() {
    fc.ok("POST", V3, FcCode.body("other", "custom", ",'customRuntimeConfig':{'command':['r']}"));
    JsonNode changed = fc.ok("PUT", V3 + "/other", "{'runtime':'nodejs18'}");
    assertEquals("nodejs18", changed.path("runtime").asText());
    assertFalse(changed.has("customRuntimeConfig"));
    changed = fc.ok("PUT", V3 + "/other", "{'runtime':'custom'}");
    assertEquals(9_000, changed.at("/customRuntimeConfig/port").asInt());
    fc.refused(400, "InvalidArgument", "PUT", V3 + "/other", "{'runtime':'cobol'}");
    fc.refused(400, "InvalidArgument", "PUT", V3 + "/other", "{'memorySize':1}");
  }

  @Test
  void changeAndDeletionRestOnTheTagTheyName() {
    HttpResponse<byte[]> made = fc.call("POST", V3, FcCode.body("tagged", ""), Map.of());
    String first = etag(made);
    assertEquals(first, etag(fc.call("GET", V3 + "/tagged", null, Map.of())));
    Map<String, String> stale = Map.of("If-Match", first);
    HttpResponse<byte[]> changed = fc.call("PUT", V3 + "/tagged", "{'timeout':9}", stale);
    assertEquals(200, changed.statusCode());
    assertNotEquals(first, etag(changed));
    FcTester.refused(
        412, "PreconditionFailed", fc.call("PUT", V3 + "/tagged", "{'timeout':8}", stale));
    FcTester.refused(412, "PreconditionFailed", fc.call("DELETE", V3 + "/tagged", null, stale));
    assertEquals(9, fc.ok("GET", V3 + "/tagged", null).path("timeout").asInt());
    assertEquals(
        204,
        fc.call("DELETE", V3 + "/tagged", null, Map.of("If-Match", etag(changed))).statusCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void deletedFunctionIsGone(String functions) {
    fc.ok("POST", functions, FcCode.body("gone", ""));
    String id = fc.ok("GET", functions + "/gone", null).path("functionId").asText();
    assertEquals(204, fc.call("DELETE", functions + "/gone", null, Map.of()).statusCode());
    fc.refused(404, "FunctionNotFound", "GET", functions + "/gone", null);
    JsonNode again = fc.ok("POST", functions, FcCode.body("gone", ""));
    assertNotEquals(id, again.path("functionId").asText());
    assertEquals(204, fc.call("DELETE", functions + "/gone", null, Map.of()).statusCode());
  }

  @Test
  void whatDoesNotExistIsNotFoundInEveryOperation() {
    for (String method : List.of("GET", "PUT", "DELETE")) {
      assertEquals(
          "function 'none' does not exist in service 's'",
          fc.refused(404, "FunctionNotFound", method, V2 + "/none", null));
      assertEquals(
          "function 'none' does not exist",
          fc.refused(404, "FunctionNotFound", method, V3 + "/none", null));
      fc.refused(404, "ServiceNotFound", method, "/2016-08-15/services/none/functions/none", null);
    }
  }

  @Test
  void versionOfAFunctionShowsWhatItFroze() {
    fc.ok("POST", V3, FcCode.body("frozen", ",'description':'one','role':'r1'"));
    fc.ok("POST", V3 + "/frozen/versions", "{'description':'first'}");
    fc.ok("POST", V3 + "/frozen/aliases", "{'aliasName':'prod','versionId':'1'}");
    fc.ok("PUT", V3 + "/frozen", "{'timeout':9,'role':'r2'}");
    for (String qualifier : List.of("1", "prod")) {
      JsonNode then = fc.ok("GET", V3 + "/frozen?qualifier=" + qualifier, null);
      assertEquals(3, then.path("timeout").asInt());
      assertEquals("r1", then.path("role").asText());
    }
    assertEquals(9, fc.ok("GET", V3 + "/frozen?qualifier=LATEST", null).path("timeout").asInt());
    fc.refused(404, "VersionNotFound", "GET", V3 + "/frozen?qualifier=2", null);
    fc.refused(404, "AliasNotFound", "GET", V3 + "/frozen?qualifier=test", null);
    fc.refused(400, "InvalidArgument", "PUT", V3 + "/frozen?qualifier=1", "{}");
    fc.refused(400, "InvalidArgument", "DELETE", V3 + "/frozen?qualifier=1", null);
  }

  @Test
  void versionOfAServiceShowsWhatItFrozeOfAFunction() {
    fc.ok("POST", "/2021-04-06/services", "{'serviceName':'v'}");
    fc.ok("POST", "/2021-04-06/services/v/functions", FcCode.body("f", ""));
    fc.ok("POST", "/2021-04-06/services/v/versions", "{}");
    fc.ok("PUT", "/2021-04-06/services/v/functions/f", "{'timeout':9}");
    fc.ok("POST", "/2021-04-06/services/v/functions", FcCode.body("later", ""));
    assertEquals(
        3, fc.ok("GET", "/2016-08-15/services/v.1/functions/f", null).path("timeout").asInt());
    assertEquals(
        3,
        fc.ok("GET", "/2021-04-06/services/v/functions/f?qualifier=1", null)
            .path("timeout")
            .asInt());
    fc.refused(404, "VersionNotFound", "GET", "/2016-08-15/services/v.2/functions/f", null);
    JsonNode listed = fc.ok("GET", "/2016-08-15/services/v.1/functions", null);
    assertEquals(1, listed.path("functions").size());
    assertEquals(3, listed.at("/functions/0/timeout").asInt());
    fc.refused(404, "VersionNotFound", "GET", "/2016-08-15/services/v.2/functions", null);
    fc.refused(
        404, "AliasNotFound", "GET", "/2021-04-06/services/v/functions?qualifier=prod", null);
  }

  @Test
  void functionThatRunsElsewhereIsShownAndKeepsItsKind() {
    FcCode.putHttp(fc, "s", "elsewhere");
    JsonNode shown = fc.ok("GET", V2 + "/elsewhere", null);
    assertEquals("http", shown.path("runtime").asText());
    assertEquals(0, shown.path("codeSize").asInt(-1));
    JsonNode changed =
        fc.ok("PUT", V2 + "/elsewhere", "{'timeout':77,'description':'d','runtime':'http'}");
    assertEquals(77, changed.path("timeout").asInt());
    assertEquals("d", changed.path("description").asText());
    for (String body : List.of("{'memorySize':128}", "{'runtime':'python3'}", "{'code':{}}")) {
      String message = fc.refused(400, "InvalidArgument", "PUT", V2 + "/elsewhere", body);
      assertTrue(message.contains("expected"), message);
    }
  }

  @Test
  void nativeToolsReachTheFunctionsWithoutAService() {
    FcCode.putHttp(fc, "$fc3", "native");
    assertEquals("http", fc.ok("GET", V3 + "/native", null).path("runtime").asText());
    fc.ok("POST", V3, FcCode.body("seen", ""));
    assertEquals("fc3", FcCode.natively(fc, "$fc3", "seen").path("flavour").asText());
  }
}
