package io.perdure.api.fc.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.fc.FcTester;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceOperationsTest {
  private static final String V1 = "/2016-08-15/services";
  private static final String V2 = "/2021-04-06/services";
  private static FcTester fc;

  @BeforeAll
  static void start() {
    fc = FcTester.start(Map.of());
  }

  @AfterAll
  static void close() {
    fc.close();
  }

  private static JsonNode create(String name, String more) {
    return fc.ok("POST", V2, "{'serviceName':'" + name + "'" + more + "}");
  }

  private static HttpResponse<byte[]> get(String name) {
    return fc.call("GET", V2 + "/" + name, null, Map.of());
  }

  private static String etag(HttpResponse<byte[]> answer) {
    return answer.headers().firstValue("ETag").orElseThrow();
  }

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.path("services").forEach(each -> names.add(each.path("serviceName").asText()));
    return names;
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2})
  void aServiceIsMadeAndShown(String services) {
    String name = services.equals(V1) ? "made-1" : "made-2";
    JsonNode made =
        fc.ok("POST", services, "{'serviceName':'" + name + "','description':'what it is for'}");
    assertEquals(name, made.path("serviceName").asText());
    assertEquals("what it is for", made.path("description").asText());
    assertTrue(made.path("serviceId").asText().matches("[0-9a-f-]{36}"));
    assertTrue(
        made.path("createdTime").asText().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"));
    assertEquals(made, fc.ok("GET", services + "/" + name, null));
  }

  @Test
  void aServiceMadeWithNothingHasWhatTheCloudGivesIt() {
    JsonNode made = create("plain", "");
    assertEquals("", made.path("description").textValue());
    assertEquals("", made.path("role").textValue());
    assertTrue(made.path("internetAccess").booleanValue());
    assertEquals("", made.path("logConfig").path("project").textValue());
    assertEquals("", made.path("vpcConfig").path("vpcId").textValue());
  }

  @Test
  void whatMeansNothingHereIsShownAgainInTheCloudsSpelling() {
    create(
        "kept",
        ",'Role':'acs:ram::1:role/r','INTERNETACCESS':false,'LogConfig':{'Project':'p','logstore':'l'},"
            + "'vpcConfig':{'vpcId':'v','vSwitchIds':['a','b']},"
            + "'tracingConfig':{'type':'Jaeger','params':{'Endpoint':'e'}},'unknown':1");
    JsonNode shown = fc.ok("GET", V2 + "/kept", null);
    assertEquals("acs:ram::1:role/r", shown.path("role").asText());
    assertFalse(shown.path("internetAccess").asBoolean(true));
    assertEquals("{\"project\":\"p\",\"logstore\":\"l\"}", shown.path("logConfig").toString());
    assertEquals("b", shown.at("/vpcConfig/vSwitchIds/1").asText());
    assertEquals("e", shown.at("/tracingConfig/params/Endpoint").asText());
    assertFalse(shown.has("unknown"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'serviceName':''}",
        "{'serviceName':'1st'}",
        "{'serviceName':'-a'}",
        "{'serviceName':'a.b'}",
        "{'serviceName':'$fc3'}",
        "{'serviceName':7}",
        "{'serviceName':'a','role':1}",
        "{'serviceName':'a','internetAccess':'yes'}",
        "{'serviceName':'a','logConfig':[]}",
        "{'serviceName':'a','description':{}}",
        "[]",
        "{"
      })
  void whatIsNoServiceIsRefused(String body) {
    fc.refused(400, "InvalidArgument", "POST", V2, body);
  }

  @Test
  void nameMayHave128CharactersAndNoMore() {
    String name = "s".repeat(128);
    create(name, "");
    assertEquals(200, get(name).statusCode());
    assertTrue(
        fc.refused(400, "InvalidArgument", "POST", V2, "{'serviceName':'" + name + "s'}")
            .contains("serviceName: expected 1 to 128"));
  }

  @Test
  void aServiceIsMadeOnce() {
    create("once", "");
    assertEquals(
        "service 'once' already exists",
        fc.refused(409, "ServiceAlreadyExists", "POST", V1, "{'serviceName':'once'}"));
  }

  @Test
  void whatDoesNotExistIsNotFoundInEveryOperation() {
    for (String method : List.of("GET", "PUT", "DELETE")) {
      assertEquals(
          "service 'nothing' does not exist",
          fc.refused(404, "ServiceNotFound", method, V2 + "/nothing", null));
    }
  }

  @Test
  void onlyWhatIsGivenChanges() {
    create("changed", ",'description':'one','role':'r'");
    JsonNode changed = fc.ok("PUT", V1 + "/changed", "{'Description':'two'}");
    assertEquals("two", changed.path("description").asText());
    assertEquals("r", changed.path("role").asText());
    changed = fc.ok("PUT", V2 + "/changed", "{'role':'','description':null}");
    assertEquals("two", changed.path("description").asText());
    assertEquals("", changed.path("role").asText("?"));
    assertEquals(changed, fc.ok("GET", V2 + "/changed", null));
  }

  @Test
  void changeAndDeletionRestOnTheTagTheyName() {
    create("tagged", "");
    String first = etag(get("tagged"));
    HttpResponse<byte[]> changed =
        fc.call("PUT", V2 + "/tagged", "{'role':'r'}", Map.of("If-Match", first));
    assertEquals(200, changed.statusCode());
    assertNotEquals(first, etag(changed));
    assertEquals(etag(changed), etag(get("tagged")));
    Map<String, String> stale = Map.of("If-Match", first);
    FcTester.refused(
        412, "PreconditionFailed", fc.call("PUT", V2 + "/tagged", "{'role':'s'}", stale));
    FcTester.refused(412, "PreconditionFailed", fc.call("DELETE", V2 + "/tagged", null, stale));
    assertEquals(
        204,
        fc.call("DELETE", V2 + "/tagged", null, Map.of("If-Match", '"' + etag(changed) + '"'))
            .statusCode());
  }

  @Test
  void deletedServiceIsGone() {
    create("gone", "");
    assertEquals(204, fc.call("DELETE", V1 + "/gone", null, Map.of()).statusCode());
    fc.refused(404, "ServiceNotFound", "GET", V2 + "/gone", null);
    create("gone", "");
  }

  @Test
  void aServiceWithFunctionsIsNotDeleted() {
    create("full", "");
    FcCode.putHttp(fc, "full", "f");
    assertEquals(
        "service 'full' still has functions: delete them before it",
        fc.refused(409, "ServiceNotEmpty", "DELETE", V2 + "/full", null));
  }

  @Test
  void aVersionOrAnAliasOfAServiceShowsWhatWasFrozen() {
    create("versioned", ",'description':'d'");
    fc.ok("POST", V2 + "/versioned/versions", "{}");
    fc.ok("POST", V2 + "/versioned/aliases", "{'aliasName':'prod','versionId':'1'}");
    fc.ok("PUT", V2 + "/versioned", "{'description':'e','role':'r'}");
    for (String path :
        List.of(
            V1 + "/versioned.1",
            V1 + "/versioned.prod",
            V2 + "/versioned?qualifier=1",
            V2 + "/versioned?qualifier=prod")) {
      JsonNode then = fc.ok("GET", path, null);
      assertEquals("d", then.path("description").asText(), path);
      assertEquals("", then.path("role").asText("?"), path);
    }
    assertEquals(
        "e", fc.ok("GET", V2 + "/versioned?qualifier=LATEST", null).path("description").asText());
    fc.refused(404, "VersionNotFound", "GET", V1 + "/versioned.2", null);
    fc.refused(404, "VersionNotFound", "GET", V2 + "/versioned?qualifier=0", null);
    fc.refused(404, "AliasNotFound", "GET", V2 + "/versioned?qualifier=pro", null);
    fc.refused(400, "InvalidArgument", "PUT", V1 + "/versioned.1", "{}");
    fc.refused(400, "InvalidArgument", "DELETE", V1 + "/versioned.1", null);
    assertEquals(204, fc.call("DELETE", V2 + "/versioned", null, Map.of()).statusCode());
  }

  @Test
  void pagesOfServicesJoinWithoutGapOrRepetition() {
    List<String> all = List.of("page-a", "page-b", "page-c", "page-d", "page-e");
    all.forEach(name -> create(name, ""));
    List<String> seen = new ArrayList<>();
    JsonNode page = fc.ok("GET", V2 + "?prefix=page-&limit=2", null);
    seen.addAll(names(page));
    while (!page.path("nextToken").asText().isEmpty()) {
      String token = page.path("nextToken").asText();
      page = fc.ok("GET", V2 + "?prefix=page-&limit=2&nextToken=" + token, null);
      seen.addAll(names(page));
    }
    assertEquals(all, seen);
    assertEquals(
        List.of("page-c", "page-d"),
        names(fc.ok("GET", V1 + "?startKey=page-c&prefix=page-&limit=2", null)));
    JsonNode none = fc.ok("GET", V2 + "?prefix=none-", null);
    assertEquals(0, none.path("services").size());
    assertEquals("", none.path("nextToken").textValue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=0", "limit=101", "limit=x", "nextToken=%2A%2A"})
  void whatIsNoPageIsRefused(String query) {
    fc.refused(400, "InvalidArgument", "GET", V2 + "?" + query, null);
  }

  @Test
  void theServiceThatIsAlwaysThereIsShownOnceItIsUsed() {
    try (FcTester alone = FcTester.start(Map.of())) {
      assertEquals(List.of(), names(alone.ok("GET", V2, null)));
      alone.refused(404, "ServiceNotFound", "GET", V2 + "/default", null);
      FcCode.putHttp(alone, "default", "f");
      assertEquals(List.of("default"), names(alone.ok("GET", V2 + "?limit=1", null)));
      alone.ok("POST", V2, "{'serviceName':'default'}");
      alone.refused(409, "ServiceAlreadyExists", "POST", V2, "{'serviceName':'default'}");
      alone.refused(400, "InvalidArgument", "DELETE", V2 + "/default", null);
    }
  }

  @Test
  void theFunctionsWithoutAServiceAreNoService() {
    for (String path : List.of(V1 + "/$fc3", V2 + "/%24fc3", V2 + "/$fc3/functions/f")) {
      fc.refused(404, "ServiceNotFound", "GET", path, null);
    }
    assertFalse(names(fc.ok("GET", V2 + "?limit=100", null)).contains("$fc3"));
  }

  @Test
  void moreServicesAndFunctionsThanAnAccountMayHaveAreRefused() {
    Map<String, String> limits =
        Map.of("registry.namespaces-max", "1", "registry.functions-max", "1");
    try (FcTester small = FcTester.start(limits)) {
      small.ok("POST", V2, "{'serviceName':'one'}");
      small.refused(400, "LimitExceeded", "POST", V2, "{'serviceName':'two'}");
      small.ok("POST", V2 + "/one/functions", FcCode.body("f", ""));
      small.refused(400, "LimitExceeded", "POST", V2 + "/one/functions", FcCode.body("g", ""));
    }
  }
}
