package io.perdure.api.fc.operation;

import static io.perdure.api.fc.operation.FcScopes.V1;
import static io.perdure.api.fc.operation.FcScopes.V2;
import static io.perdure.api.fc.operation.FcScopes.V3;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.fc.FcTester;
import io.perdure.client.FunctionSpec;
import io.perdure.client.PerdureNode;
import io.perdure.testkit.NodeApi;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Aliases of services, and of functions that have none. */
@Timeout(120)
class AliasOperationsTest {
  private static FcScopes scopes;
  private static FcTester fc;

  @BeforeAll
  static void start() {
    scopes = FcScopes.start(Map.of("registry.aliases-max", "5"));
    fc = scopes.fc;
  }

  @AfterAll
  static void stop() {
    scopes.close();
  }

  /** Path of the aliases of something new that has two versions. */
  private static String aliases(String generation, String name) {
    String of;
    if (generation.equals(V3)) {
      scopes.function(null, name);
      of = V3 + "/functions/" + name;
    } else {
      scopes.service(name);
      scopes.function(name, "f");
      of = generation + "/services/" + name;
    }
    fc.ok("POST", of + "/versions", "{}");
    fc.ok("POST", of + "/versions", "{}");
    return of + "/aliases";
  }

  private static String etag(String alias) {
    return fc.call("GET", alias, null, Map.of()).headers().firstValue("ETag").orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void aliasIsMadeShownAndListed(String generation) {
    String aliases = aliases(generation, "made" + generation.charAt(4));
    JsonNode made =
        fc.ok(
            "POST",
            aliases,
            "{'AliasName':'prod','versionId':'1','description':'in use',"
                + "'additionalVersionWeight':{'2':0.25}}");
    assertEquals("prod", made.path("aliasName").asText());
    assertEquals("1", made.path("versionId").asText());
    assertEquals("in use", made.path("description").asText());
    assertEquals(0.25, made.path("additionalVersionWeight").path("2").asDouble());
    assertEquals(PerdureNode.START.toString(), made.path("createdTime").asText());
    assertEquals(made, fc.ok("GET", aliases + "/prod", null));
    JsonNode list = fc.ok("GET", aliases, null);
    assertEquals(List.of(made), list.path("aliases").valueStream().toList());
    assertEquals("", list.path("nextToken").asText("none"));
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void updateChangesWhatIsGivenAlone(String generation) {
    String aliases = aliases(generation, "updated" + generation.charAt(4));
    fc.ok(
        "POST",
        aliases,
        "{'aliasName':'prod','versionId':'1','description':'old',"
            + "'additionalVersionWeight':{'2':0.5}}");
    JsonNode moved = fc.ok("PUT", aliases + "/prod", "{'description':'new'}");
    assertEquals("new", moved.path("description").asText());
    assertEquals("1", moved.path("versionId").asText());
    assertEquals(0.5, moved.path("additionalVersionWeight").path("2").asDouble());
    moved = fc.ok("PUT", aliases + "/prod", "{'versionId':'2','additionalVersionWeight':{}}");
    assertEquals("2", moved.path("versionId").asText());
    assertEquals("new", moved.path("description").asText());
    assertTrue(moved.path("additionalVersionWeight").isEmpty());
    assertTrue(moved.path("additionalVersionWeight").isObject());
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void aliasThatIsThereOrMissingIsSaidToBe(String generation) {
    String aliases = aliases(generation, "there" + generation.charAt(4));
    String prod = "{'aliasName':'prod','versionId':'1'}";
    fc.ok("POST", aliases, prod);
    fc.refused(409, "AliasAlreadyExists", "POST", aliases, prod);
    scopes.deleted(aliases + "/prod");
    for (String name : List.of("/prod", "/7")) {
      fc.refused(404, "AliasNotFound", "GET", aliases + name, null);
      fc.refused(404, "AliasNotFound", "PUT", aliases + name, "{'versionId':'2'}");
      fc.refused(404, "AliasNotFound", "DELETE", aliases + name, null);
    }
    fc.refused(404, "VersionNotFound", "POST", aliases, "{'aliasName':'prod','versionId':'9'}");
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void aliasesAreListedByNamePageByPage(String generation) {
    String aliases = aliases(generation, "paged" + generation.charAt(4));
    for (String name : List.of("b1", "a", "c", "b2", "b3")) {
      fc.ok("POST", aliases, "{'aliasName':'" + name + "','versionId':'LATEST'}");
    }
    fc.refused(400, "LimitExceeded", "POST", aliases, "{'aliasName':'more','versionId':'LATEST'}");
    assertEquals(
        List.of("a", "b1", "b2", "b3", "c"), scopes.pages(aliases, "aliases", "aliasName"));
    assertEquals(
        List.of("b1", "b2", "b3"), scopes.pages(aliases + "?prefix=b", "aliases", "aliasName"));
    assertEquals(
        List.of("b2", "b3", "c"), scopes.pages(aliases + "?startKey=b2", "aliases", "aliasName"));
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void changeOnAnotherTagIsRefused(String generation) {
    String aliases = aliases(generation, "tagged" + generation.charAt(4));
    String prod = aliases + "/prod";
    fc.ok("POST", aliases, "{'aliasName':'prod','versionId':'1'}");
    String first = etag(prod);
    HttpResponse<byte[]> moved =
        fc.call("PUT", prod, "{'versionId':'2'}", Map.of("If-Match", first));
    assertEquals(200, moved.statusCode());
    assertNotEquals(first, moved.headers().firstValue("ETag").orElseThrow());
    assertEquals(etag(prod), moved.headers().firstValue("ETag").orElseThrow());
    for (String method : List.of("PUT", "DELETE")) {
      FcTester.refused(
          412,
          "PreconditionFailed",
          fc.call(method, prod, "{'versionId':'1'}", Map.of("If-Match", first)));
    }
    assertEquals("2", fc.ok("GET", prod, null).path("versionId").asText());
    assertEquals(204, fc.call("DELETE", prod, null, Map.of("If-Match", etag(prod))).statusCode());
  }

  @Test
  void policiesAreKept() {
    String aliases = aliases(V2, "kept");
    String policy =
        "{'condition':'AND','policyItems':[{'type':'Header','key':'a','operator':'=',"
            + "'value':'b'}]}";
    JsonNode made =
        fc.ok(
            "POST",
            aliases,
            "{'aliasName':'prod','versionId':'1','resolvePolicy':'Content','routePolicy':"
                + policy
                + "}");
    assertEquals("Content", made.path("resolvePolicy").asText());
    assertEquals("Header", made.at("/routePolicy/policyItems/0/type").asText());
    JsonNode moved = fc.ok("PUT", aliases + "/prod", "{'versionId':'2'}");
    assertEquals(made.path("routePolicy"), moved.path("routePolicy"));
    moved = fc.ok("PUT", aliases + "/prod", "{'resolvePolicy':'Random'}");
    assertEquals("Random", moved.path("resolvePolicy").asText());
  }

  @Test
  void whatIsNotAllowedIsRefused() {
    String aliases = aliases(V2, "odd");
    for (String body :
        List.of(
            "{}",
            "{'aliasName':'prod'}",
            "{'versionId':'1'}",
            "{'aliasName':'1a','versionId':'1'}",
            "{'aliasName':'LATEST','versionId':'1'}",
            "{'aliasName':'a.b','versionId':'1'}",
            "{'aliasName':'a','versionId':'x'}",
            "{'aliasName':'a','versionId':'1','additionalVersionWeight':{'2':1.5}}",
            "{'aliasName':'a','versionId':'1','additionalVersionWeight':{'2':-0.1}}",
            "{'aliasName':'a','versionId':'1','additionalVersionWeight':{'2':'x'}}",
            "{'aliasName':'a','versionId':'1','additionalVersionWeight':{'1':0.5}}",
            "{'aliasName':'a','versionId':'1','additionalVersionWeight':{'x':0.5}}",
            "{'aliasName':'a','versionId':'1','additionalVersionWeight':{'2':0.6,'LATEST':0.6}}",
            "{'aliasName':'a','versionId':'1','additionalVersionWeight':[]}",
            "{'aliasName':'a','versionId':'1','routePolicy':'x'}",
            "{'aliasName':'a','versionId':'1','description':5}")) {
      fc.refused(400, "InvalidArgument", "POST", aliases, body);
    }
    fc.refused(404, "ServiceNotFound", "GET", V1 + "/services/none/aliases", null);
    fc.refused(404, "ServiceNotFound", "GET", V2 + "/services/none/aliases/a", null);
    fc.refused(404, "FunctionNotFound", "GET", V3 + "/functions/none/aliases", null);
  }

  @Test
  void weightsShareTheInvocations() {
    scopes.service("shared");
    for (String version : List.of("one", "two")) {
      scopes.answers("test." + version, version);
      scopes.put(
          "shared", "f", FunctionSpec.eventBus("test." + version).withTimeout(Duration.ofDays(1)));
      fc.ok("POST", V2 + "/services/shared/versions", "{}");
    }
    String aliases = V2 + "/services/shared/aliases";
    fc.ok(
        "POST",
        aliases,
        "{'aliasName':'half','versionId':'1','additionalVersionWeight':{'2':0.5}}");
    fc.ok("POST", aliases, "{'aliasName':'all','versionId':'2'}");
    assertEquals(new TreeSet<>(List.of("one", "two")), results("half"));
    assertEquals(new TreeSet<>(List.of("two")), results("all"));
  }

  /** What invocations by a qualifier return. */
  private static Set<String> results(String qualifier) {
    Set<String> results = new TreeSet<>();
    for (int i = 0; i < 40; i++) {
      results.add(
          NodeApi.of(fc.node())
              .post("/v1/namespaces/shared/functions/f/invoke?qualifier=" + qualifier, "x")
              .expect(200)
              .text());
    }
    return results;
  }
}
