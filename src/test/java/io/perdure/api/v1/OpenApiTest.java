package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.invocation.Event;
import io.perdure.invocation.Failure;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The document says what the server does, and the server does what the document says. */
class OpenApiTest {
  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

  private static JsonNode document;

  @BeforeAll
  static void read() {
    document = SERVER.http(null).get("/openapi.json").expect(200).json();
  }

  @Test
  void everyRouteIsInTheDocumentAndEveryPathOfItIsMounted() {
    Map<String, String> mounted = new TreeMap<>();
    SERVER
        .dialect
        .routes()
        .forEach(r -> mounted.put(r.method() + " " + r.template(), r.operation()));
    for (String probe : new String[] {"livez", "readyz", "metrics"}) {
      mounted.put("GET /" + probe, probe);
      SERVER.http(null).get("/" + probe).expect(200);
    }
    mounted.put("GET /openapi.json", "openapi");
    Map<String, String> documented = new TreeMap<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        operation -> {
                          if (METHODS.contains(operation.getKey())) {
                            documented.put(
                                operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                operation.getValue().path("operationId").asText());
                          }
                        }));
    assertEquals(mounted, documented);
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    List<String> broken = new ArrayList<>();
    for (JsonNode reference : document.findValues("$ref")) {
      if (document.at(reference.asText().substring(1)).isMissingNode()) {
        broken.add(reference.asText());
      }
    }
    assertEquals(List.of(), broken);
  }

  @Test
  void everyPathParameterIsDescribed() {
    document
        .path("paths")
        .properties()
        .forEach(
            path -> {
              long inTemplate = path.getKey().chars().filter(c -> c == '{').count();
              assertEquals(inTemplate, path.getValue().path("parameters").size(), path.getKey());
            });
  }

  @Test
  void queryParametersInTheDocumentAreTheOnesThatAreAccepted() {
    String path = SERVER.function("documented");
    String id = SERVER.http().post(path, "").expect(202).json().path("id").asText();
    for (var route : SERVER.dialect.routes()) {
      if (!route.method().name().equals("GET")) {
        continue;
      }
      String real =
          route
              .template()
              .replace("{namespace}", "default")
              .replace("{function}", "documented")
              .replace("{id}", id)
              .replace("{upload}", "u1")
              .replace("{version}", "1")
              .replace("{alias}", "prod")
              .replace("{schedule}", "nightly")
              .replace("{qualifier}", "prod");
      // A parameter that nobody knows is refused with a list of those that are known.
      String detail =
          SERVER.http().get(real + "?zzz=1").problem(400, "invalid").path("detail").asText();
      String known = detail.contains("known are ") ? detail.split("known are ", 2)[1] : "";
      assertEquals(
          documentedQuery(route.template()),
          new TreeSet<>(known.isEmpty() ? List.of() : Arrays.asList(known.split(", "))),
          route.template());
    }
  }

  private static Set<String> documentedQuery(String template) {
    Set<String> names = new TreeSet<>();
    for (JsonNode reference :
        document.path("paths").path(template).path("get").path("parameters")) {
      JsonNode parameter = document.at(reference.path("$ref").asText().substring(1));
      if (parameter.path("in").asText().equals("query")) {
        names.add(parameter.path("name").asText());
      }
    }
    return names;
  }

  @Test
  void answersHaveExactlyTheFieldsOfTheirSchemas() {
    String path = SERVER.function("shaped");
    var accepted = SERVER.http().post(path, "", "Idempotency-Key", "k").expect(202);
    String invocation = accepted.header("location");
    assertFields("Accepted", accepted.json(), Set.of("redriveOf"));
    SERVER.shards.finish(
        InvocationId.parse(accepted.json().path("id").asText()).orElseThrow(),
        Status.FAILED,
        new byte[0]);
    SERVER.shards.change(
        InvocationId.parse(accepted.json().path("id").asText()).orElseThrow(),
        next -> {
          next.error =
              new io.perdure.invocation.RunError(
                  io.perdure.invocation.RunError.Kind.TIMEOUT, "Timeout", "");
          return next;
        });
    JsonNode full = SERVER.http().get(invocation).expect(200).json();
    assertFields("Invocation", full, Set.of());
    assertFields("Event", full.at("/events/0"), Set.of());
    assertFields("Why", full.path("why"), Set.of());
    assertFields("RunError", full.path("error"), Set.of());
    JsonNode page = SERVER.http().get(path).expect(200).json();
    assertFields("InvocationPage", page, Set.of());
    assertFields("InvocationItem", page.at("/invocations/0"), Set.of());
    assertFields("Count", SERVER.http().get(path + ":count").expect(200).json(), Set.of());
    String function = path.substring(0, path.lastIndexOf('/'));
    JsonNode shown = SERVER.http().get(function).expect(200).json();
    assertFields("Function", shown, Set.of("pausedBy", "pausedAt"));
    assertFields("Retry", shown.path("retry"), Set.of());
    assertFields("Retention", shown.path("retention"), Set.of());
    assertFields(
        "Function", SERVER.http().post(function + ":pause", "").expect(200).json(), Set.of());
    assertFields(
        "FunctionPage", SERVER.http().get("/v1/namespaces/default/functions").json(), Set.of());
    JsonNode namespaces = SERVER.http().get("/v1/namespaces").json();
    assertFields("NamespacePage", namespaces, Set.of());
    assertFields("Namespace", namespaces.at("/namespaces/0"), Set.of());
    assertFields(
        "Problem",
        SERVER.http().get("/v1/nothing").problem(404, "unknown-path"),
        Set.of("field", "existing", "retryAfterMs"));
  }

  @Test
  void answersAboutCodeAndVersionsHaveExactlyTheFieldsOfTheirSchemas() {
    String function = "/v1/namespaces/default/functions/versioned";
    JsonNode made =
        SERVER
            .http()
            .json(
                "PUT",
                function,
                "{\"runtime\":{\"kind\":\"python3\",\"handler\":\"a.b\","
                    + "\"preStop\":{\"handler\":\"a.c\"}},\"code\":{\"zip\":\"UEs=\"}}")
            .expect(201)
            .json();
    assertFields("Function", made, Set.of("pausedBy", "pausedAt"));
    assertFields("ManagedRuntime", made.path("runtime"), Set.of());
    assertFields("PreStop", made.at("/runtime/preStop"), Set.of());
    assertFields("Code", made.path("code"), Set.of());
    for (String kind : new String[] {"custom", "web"}) {
      JsonNode own =
          SERVER
              .http()
              .json("PUT", function + kind, "{\"runtime\":{\"kind\":\"" + kind + "\"}}")
              .expect(201)
              .json();
      String schema = kind.equals("web") ? "WebRuntime" : "CustomRuntime";
      assertFields(schema, own.path("runtime"), Set.of());
    }
    JsonNode published = SERVER.http().post(function + "/versions", "").expect(201).json();
    assertFields("Version", published, Set.of());
    assertFields("FunctionVersion", get(function + "/versions/1"), Set.of());
    assertFields("VersionPage", get(function + "/versions"), Set.of());
    JsonNode alias =
        SERVER.http().json("PUT", function + "/aliases/a", "{\"version\":\"1\"}").json();
    assertFields("Alias", alias, Set.of());
    assertFields("AliasPage", get(function + "/aliases"), Set.of());
    JsonNode async = SERVER.http().json("PUT", function + "/async-settings/1", "{}").json();
    assertFields("AsyncSettings", async, Set.of());
    assertFields("AsyncSettingsPage", get(function + "/async-settings"), Set.of());
    JsonNode schedule =
        SERVER.http().json("PUT", function + "/schedules/s", "{\"cron\":\"0 2 * * *\"}").json();
    assertFields("Schedule", schedule, Set.of());
    assertFields("SchedulePage", get(function + "/schedules"), Set.of());
    assertFields("Warmed", SERVER.http().post(function + "/instances:warm", "").json(), Set.of());
    JsonNode instances = get(function + "/instances");
    assertFields("InstanceList", instances, Set.of());
    assertFields("Instance", instances.at("/instances/0"), Set.of());
    assertFields("Upload", SERVER.http().post("/v1/uploads", "").expect(201).json(), Set.of());
    assertFields("UploadList", get("/v1/uploads"), Set.of());
    JsonNode account = get("/v1/account");
    assertFields("Account", account, Set.of());
    assertFields("AccountUsage", account.path("usage"), Set.of());
    assertFields("AccountLimits", account.path("limits"), Set.of());
  }

  private static JsonNode get(String path) {
    return SERVER.http().get(path).expect(200).json();
  }

  @Test
  void enumerationsAreComplete() {
    assertEquals(
        names(Status.values()), texts("/components/schemas/Invocation/properties/status/enum"));
    assertEquals(
        names(Event.Type.values()), texts("/components/schemas/Event/properties/type/enum"));
    List<String> kinds = texts("/components/schemas/Problem/properties/type/enum");
    for (Failure.Kind kind : Failure.Kind.values()) {
      String name =
          kind == Failure.Kind.PRECONDITION
              ? "precondition-failed"
              : kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
      assertTrue(kinds.contains("urn:perdure:problem:" + name), name);
    }
  }

  private static void assertFields(String schema, JsonNode got, Set<String> absent) {
    Set<String> expected = new TreeSet<>();
    document
        .at("/components/schemas/" + schema + "/properties")
        .fieldNames()
        .forEachRemaining(expected::add);
    assertFalse(expected.isEmpty(), schema);
    expected.removeAll(absent);
    Set<String> names = new TreeSet<>();
    got.fieldNames().forEachRemaining(names::add);
    assertEquals(expected, names, schema);
  }

  private static List<String> names(Enum<?>[] values) {
    return Arrays.stream(values).map(Enum::name).toList();
  }

  private static List<String> texts(String pointer) {
    List<String> texts = new ArrayList<>();
    document.at(pointer).forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
