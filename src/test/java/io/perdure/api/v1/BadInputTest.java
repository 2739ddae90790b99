package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each wrong input gets an answer that names it, and the server goes on. */
class BadInputTest {
  private static final String FUNCTION = "/v1/namespaces/default/functions/f";
  private static final String INVOCATIONS = FUNCTION + "/invocations";

  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  private static String invocation;

  @BeforeAll
  static void prepare() {
    invocation = SERVER.http().post(SERVER.function("f"), "x").expect(202).header("location");
  }

  @AfterEach
  void serverGoesOn() {
    SERVER.http().get(invocation).expect(200);
  }

  /** Body of a function, the field that is named, a part of what is said about it. */
  static String[][] functions() {
    String runtime = "\"runtime\":{\"kind\":\"event-bus\"}";
    return new String[][] {
      {"", "$", "expected a JSON object"},
      {"{", "$", "line 1"},
      {"{\"runtime\":}", "$", "column"},
      {"nonsense", "$", "expected JSON"},
      {"[]", "$", "got an array"},
      {"\"text\"", "$", "got the text 'text'"},
      {"{} {}", "$", "expected JSON"},
      {"{\"a\":1,\"a\":2}", "$", "Duplicate field"},
      {"{}", "$.runtime", "missing"},
      {"{\"runtime\":7}", "$.runtime", "expected an object, got the number 7"},
      {"{\"runtime\":{}}", "$.runtime.kind", "missing"},
      {"{\"runtime\":{\"kind\":\"docker\"}}", "$.runtime.kind", "http, command, event-bus"},
      {"{\"runtime\":{\"kind\":\"http\"}}", "$.runtime.url", "missing"},
      {"{\"runtime\":{\"kind\":\"http\",\"url\":\"ftp://x\"}}", "$.runtime.url", "http or https"},
      {"{\"runtime\":{\"kind\":\"http\",\"url\":1}}", "$.runtime.url", "got the number 1"},
      {
        "{\"runtime\":{\"kind\":\"http\",\"url\":\"http://f\",\"port\":1}}",
        "$.runtime.port",
        "no such field; known are kind, url"
      },
      {"{\"runtime\":{\"kind\":\"command\"}}", "$.runtime.command", "a program"},
      {"{\"runtime\":{\"kind\":\"command\",\"command\":[]}}", "$.runtime.command", "a program"},
      {
        "{\"runtime\":{\"kind\":\"command\",\"command\":\"cat\"}}",
        "$.runtime.command",
        "an array of texts"
      },
      {
        "{\"runtime\":{\"kind\":\"command\",\"command\":[\"cat\",null]}}",
        "$.runtime.command[1]",
        "got null"
      },
      {
        "{\"runtime\":{\"kind\":\"command\",\"command\":[\"a\"],\"env\":{\"A\":1}}}",
        "$.runtime.env.A",
        "got the number 1"
      },
      {
        "{\"runtime\":{\"kind\":\"command\",\"command\":[\"a\"],\"env\":{\"1A\":\"\"}}}",
        "$.runtime.env",
        "names of letters"
      },
      {"{" + runtime + ",\"timeoutMs\":\"60s\"}", "$.timeoutMs", "got the text '60s'"},
      {"{" + runtime + ",\"timeoutMs\":0}", "$.timeoutMs", "from 1 to 86400000"},
      {"{" + runtime + ",\"timeoutMs\":1.5}", "$.timeoutMs", "got the number 1.5"},
      {"{" + runtime + ",\"timeoutMs\":1e30}", "$.timeoutMs", "an integer"},
      {"{" + runtime + ",\"timeoutMs\":99999999999999999999}", "$.timeoutMs", "an integer"},
      {"{" + runtime + ",\"concurrency\":-1}", "$.concurrency", "from 0 to 100000"},
      {"{" + runtime + ",\"concurrency\":true}", "$.concurrency", "got true"},
      {"{" + runtime + ",\"retry\":3}", "$.retry", "expected an object"},
      {"{" + runtime + ",\"retry\":{\"maxAttempts\":0}}", "$.retry.maxAttempts", "from 1 to 1000"},
      {"{" + runtime + ",\"retry\":{\"max\":1}}", "$.retry.max", "no such field"},
      {
        "{" + runtime + ",\"retry\":{\"backoffMs\":9,\"maxBackoffMs\":8}}",
        "$.retry.maxBackoffMs",
        "from 9 to"
      },
      {"{" + runtime + ",\"eventAgeMs\":-1}", "$.eventAgeMs", "from 0"},
      {
        "{" + runtime + ",\"retention\":{\"failedMs\":31536000001}}",
        "$.retention.failedMs",
        "to 31536000000"
      },
      {"{" + runtime + ",\"paused\":\"yes\"}", "$.paused", "true or false"},
      {"{" + runtime + ",\"timeout\":1}", "$.timeout", "no such field"},
      {"{" + runtime + ",\"name\":\"g\"}", "$.name", "expected 'f'"},
      {"{" + runtime + ",\"flavour\":\"lambda\"}", "$.flavour", "native, scf, fc2 or fc3"},
      {"{" + runtime + ",\"description\":7}", "$.description", "got the number 7"},
      {"{" + runtime + ",\"tags\":[]}", "$.tags", "an object with texts"},
      {"{" + runtime + ",\"tags\":{\"a\":1}}", "$.tags.a", "got the number 1"},
      {"{" + runtime + ",\"code\":{\"zip\":\"UEs=\"}}", "$.code", "has no code"},
      {"[".repeat(2_000), "$", "expected JSON"},
    };
  }

  /** Members of a managed runtime, the field that is named, a part of what is said about it. */
  static String[][] runtimes() {
    String python = "\"kind\":\"python3\",\"handler\":\"index.handler\"";
    return new String[][] {
      {"\"kind\":\"python2.7\",\"handler\":\"a.b\"", "$.runtime.kind", "Python 2"},
      {"\"kind\":\"Go1\"", "$.runtime.kind", "custom"},
      {"\"kind\":\"python3\"", "$.runtime.handler", "missing"},
      {"\"kind\":\"python3\",\"handler\":7", "$.runtime.handler", "got the number 7"},
      {"\"kind\":\"python3\",\"handler\":\"main\"", "$.runtime.handler", "file.function"},
      {"\"kind\":\"java\",\"handler\":\"a/b\"", "$.runtime.handler", "package.Class"},
      {python + ",\"name\":\"nodejs20\"", "$.runtime.name", "of kind 'python3'"},
      {python + ",\"initializer\":[]", "$.runtime.initializer", "got an array"},
      {python + ",\"initTimeoutMs\":999", "$.runtime.initTimeoutMs", "from 1000 to 300000"},
      {python + ",\"preStop\":\"stop\"", "$.runtime.preStop", "an object"},
      {python + ",\"preStop\":{}", "$.runtime.preStop.handler", "missing"},
      {
        python + ",\"preStop\":{\"handler\":\"a.b\",\"timeoutMs\":0}",
        "$.runtime.preStop.timeoutMs",
        "from 1000 to 90000"
      },
      {
        python + ",\"preStop\":{\"handler\":\"a.b\",\"grace\":0}",
        "$.runtime.preStop.grace",
        "no such field"
      },
      {python + ",\"env\":{\"A\":null}", "$.runtime.env.A", "got null"},
      {python + ",\"env\":{\"PERDURE_X\":\"\"}", "$.runtime.env.PERDURE_X", "reserved"},
      {python + ",\"memoryMb\":63", "$.runtime.memoryMb", "from 64 to 32768"},
      {python + ",\"diskMb\":1e9", "$.runtime.diskMb", "from 16 to 10240"},
      {python + ",\"instanceConcurrency\":201", "$.runtime.instanceConcurrency", "from 1 to 200"},
      {python + ",\"idleMs\":0", "$.runtime.idleMs", "from 1000 to 86400000"},
      {python + ",\"command\":[\"a\"]", "$.runtime.command", "no such field"},
      {python + ",\"port\":80", "$.runtime.port", "no such field"},
      {"\"kind\":\"custom\",\"protocol\":\"grpc\"", "$.runtime.protocol", "runtime-api or http"},
      {
        "\"kind\":\"custom\",\"protocol\":\"runtime-api\",\"port\":80",
        "$.runtime.port",
        "no such field"
      },
      {"\"kind\":\"web\",\"port\":65536", "$.runtime.port", "from 0 to 65535"},
      {"\"kind\":\"web\",\"command\":\"a\"", "$.runtime.command", "an array of texts"},
    };
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void runtimesAreRefusedNamingThePlace(String members, String field, String said) {
    functionsAreRefusedNamingThePlace("{\"runtime\":{" + members + "}}", field, said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | $.code",
        "{\"zip\":\"UEs=\",\"upload\":\"u\"} | $.code",
        "{\"zip\":7} | $.code.zip",
        "{\"zip\":\"***\"} | $.code.zip",
        "{\"upload\":[]} | $.code.upload",
        "{\"sha256\":\"ABC\"} | $.code.sha256",
        "{\"url\":\"http://x\"} | $.code.url",
        "\"UEs=\" | $.code",
      })
  void codeIsRefusedNamingThePlace(String code, String field) {
    functionsAreRefusedNamingThePlace(
        "{\"runtime\":{\"kind\":\"python3\",\"handler\":\"a.b\"},\"code\":" + code + "}",
        field,
        "");
  }

  @ParameterizedTest
  @MethodSource("functions")
  void functionsAreRefusedNamingThePlace(String body, String field, String said) {
    JsonNode problem = SERVER.http().json("PUT", FUNCTION, body).problem(400, "invalid");
    assertEquals(field, problem.path("field").asText(), problem.toString());
    assertTrue(problem.path("detail").asText().contains(said), problem.toString());
  }

  @Test
  void functionThatIsNotUtf8IsRefused() {
    byte[] body = {'{', '"', (byte) 0xC3, (byte) 0x28, '"', ':', '1', '}'};
    assertEquals(
        "$",
        SERVER
            .http()
            .send("PUT", FUNCTION, BodyPublishers.ofByteArray(body))
            .problem(400, "invalid")
            .path("field")
            .asText());
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0, limit",
    "limit=1001, limit",
    "limit=ten, limit",
    "limit=, limit",
    "limit=1&limit=2, limit",
    "qualifier=a&qualifier=b, qualifier",
    "cursor=zzz, cursor",
    "cursor=, cursor",
    "cursor=AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA, cursor",
    "status=DONE, status",
    "'status=FAILED,', status",
    "label=a, label",
    "label==b, label",
    "label=a=b&label=a=c, label",
    "from=yesterday, from",
    "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z, to",
    "to=1, to",
    "order=up, order",
    "state=FAILED, state",
    "Limit=5, Limit",
  })
  void listParametersAreRefusedByName(String query, String field) {
    assertField(INVOCATIONS + "?" + query, field);
    assertField("/v1/invocations?" + query, field);
  }

  @ParameterizedTest
  @CsvSource({"limit=5, limit", "cursor=x, cursor", "order=asc, order", "status=X, status"})
  void countParametersAreRefusedByName(String query, String field) {
    assertField(INVOCATIONS + ":count?" + query, field);
  }

  @ParameterizedTest
  @CsvSource({
    "wait=30, wait",
    "wait=soon, wait",
    "wait=-1s, wait",
    "wait=1.5s, wait",
    "wait=9999999999999s, wait",
    "wait=1s&afterSeq=-1, afterSeq",
    "wait=1s&afterSeq=x, afterSeq",
    "watch=1, watch"
  })
  void stateParametersAreRefusedByName(String query, String field) {
    assertField(invocation + "?" + query, field);
  }

  @ParameterizedTest
  @CsvSource({
    "namespaces?limit=x, limit",
    "namespaces?cursor=%2B, cursor",
    "namespaces?cursor=AAAA, cursor",
    "namespaces/default/functions?cursor=, cursor",
    "namespaces/default/functions?status=x, status",
    "namespaces/default/functions/f?x=1, x",
    "namespaces/default?x=1, x",
    "namespaces/default/functions/f/code?version=1, version",
    "namespaces/default/functions/f/versions?order=up, order",
    "namespaces/default/functions/f/versions?limit=0, limit",
    "namespaces/default/functions/f/versions/1?x=1, x",
    "namespaces/default/functions/f/aliases?cursor=AAAA, cursor",
    "namespaces/default/functions/f/aliases/a?x=1, x",
    "namespaces/default/versions?x=1, x",
    "namespaces/default/aliases?limit=x, limit",
    "namespaces/default/functions/f/async-settings?limit=x, limit",
    "namespaces/default/functions/f/instances?x=1, x",
    "uploads?limit=1, limit",
    "uploads/u1?x=1, x",
    "account?x=1, x"
  })
  void parametersOfTheRegistryAreRefusedByName(String path, String field) {
    assertField("/v1/" + path, field);
  }

  @ParameterizedTest
  @CsvSource({
    "Perdure-Delay, soon, Perdure-Delay",
    "Perdure-Delay, 5, Perdure-Delay",
    "Perdure-Delay, -5s, Perdure-Delay",
    "Perdure-Delay, 9000h, delay",
    "Perdure-Delay, 999999999999d, delay",
    "Perdure-Delay, 2999-01-01T00:00:00Z, delay",
    "Perdure-Delay, 2026-01-01, Perdure-Delay",
    "Idempotency-Key, '', key",
    "Perdure-Label-, x, labels",
    "Perdure-Label-a!b, x, labels",
  })
  void headersOfASubmitAreRefusedByName(String name, String value, String field) {
    JsonNode problem = SERVER.http().post(INVOCATIONS, "x", name, value).problem(400, "invalid");
    assertEquals(field, problem.path("field").asText(), problem.toString());
  }

  @Test
  void longKeysLabelsAndManyLabelsAreRefused() {
    SERVER
        .http()
        .post(INVOCATIONS, "x", "Idempotency-Key", "k".repeat(257))
        .problem(400, "invalid");
    SERVER
        .http()
        .post(INVOCATIONS, "x", "Perdure-Label-a", "v".repeat(257))
        .problem(400, "invalid");
    String[] labels = new String[66];
    for (int i = 0; i < 33; i++) {
      labels[2 * i] = "Perdure-Label-l" + i;
      labels[2 * i + 1] = "v";
    }
    SERVER.http().post(INVOCATIONS, "x", labels).problem(400, "invalid");
    SERVER
        .http()
        .post(INVOCATIONS, "x", "Perdure-Label-a", "1", "perdure-label-A", "2")
        .problem(400, "invalid");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"mode\":\"kill\"} | $.mode",
        "{\"graceMs\":\"5s\"} | $.graceMs",
        "{\"graceMs\":3600001} | $.graceMs",
        "{\"force\":true} | $.force",
        "now | $",
      })
  void stopsAreRefusedByField(String body, String field) {
    JsonNode problem = SERVER.http().post(invocation + ":stop", body).problem(400, "invalid");
    assertEquals(field, problem.path("field").asText(), problem.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "-a", "a.b", "ä", "a%2Fb", "%00"})
  void namesOfNamespacesAndFunctionsAreChecked(String name) {
    String encoded = name.replace(" ", "%20").replace("ä", "%C3%A4");
    SERVER.http().json("PUT", "/v1/namespaces/" + encoded, "").problem(400, "invalid");
    SERVER
        .http()
        .json(
            "PUT",
            "/v1/namespaces/default/functions/" + encoded,
            "{\"runtime\":{\"kind\":\"http\",\"url\":\"http://f\"}}")
        .problem(400, "invalid");
    SERVER.http().get("/v1/namespaces/default/functions/" + encoded).problem(404, "not-found");
  }

  @Test
  void namespaceBodyIsChecked() {
    SERVER.http().json("PUT", "/v1/namespaces/n", "{\"x\":1}").problem(400, "invalid");
    SERVER.http().json("PUT", "/v1/namespaces/n", "{\"description\":1}").problem(400, "invalid");
    SERVER
        .http()
        .json("PUT", "/v1/namespaces/n", "{\"description\":\"" + "d".repeat(1_025) + "\"}")
        .problem(400, "invalid");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1",
        "/v1/",
        "/v1/nothing",
        "/v1/namespaces/",
        "/v1/namespaces//functions",
        "/v1/namespaces/default/functions/f/",
        "/v1/namespaces/default/functions/f:explode",
        "/v1/invocations/x/y/z",
        "/v1/invocations:explode",
        "/v2/invocations",
        "/favicon.ico",
        "/"
      })
  void unknownPathsAreNotFound(String path) {
    SERVER.http().get(path).problem(404, "unknown-path");
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/namespaces/%zz, path",
    "/v1/namespaces/%C3%28, path",
    "/v1/%, path",
    "/%2, path",
    "/v1/namespaces?limit=%zz, query",
  })
  void brokenEscapesAreRefused(String path, String field) throws Exception {
    try (RawHttp raw = new RawHttp(SERVER.port)) {
      raw.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + RawHttp.AUTHORIZATION + "\r\n");
      String answer = raw.answer();
      assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
      assertTrue(answer.contains("\"field\":\"" + field + "\""), answer);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST | /v1/namespaces | GET, HEAD, OPTIONS",
        "PATCH | /v1/namespaces/default/functions/f | DELETE, GET, HEAD, OPTIONS, PUT",
        "GET | /v1/namespaces/default/functions/f:pause | OPTIONS, POST",
        "POST | /v1/namespaces/default/functions/f/code | GET, HEAD, OPTIONS, PUT",
        "PUT | /v1/namespaces/default/functions/f/versions | GET, HEAD, OPTIONS, POST",
        "POST | /v1/namespaces/default/aliases/a | DELETE, GET, HEAD, OPTIONS, PUT",
        "GET | /v1/namespaces/default/functions/f/invoke | OPTIONS, POST",
        "GET | /v1/namespaces/default/functions/f/instances:warm | OPTIONS, POST",
        "PUT | /v1/uploads/u1 | DELETE, GET, HEAD, OPTIONS, PATCH",
        "PUT | /v1/namespaces/default/functions/f/invocations | GET, HEAD, OPTIONS, POST",
        "DELETE | /v1/invocations/x | GET, HEAD, OPTIONS",
        "POST | /openapi.json | GET, HEAD, OPTIONS",
        "POST | /livez | GET, HEAD, OPTIONS",
      })
  void wrongMethodsAreToldTheRightOnes(String method, String path, String allowed) {
    HttpCalls.Answer answer = SERVER.http().json(method, path, "");
    answer.problem(405, "method-not-allowed");
    assertEquals(allowed, answer.header("allow"));
    HttpCalls.Answer options = SERVER.http(null).json("OPTIONS", path, "");
    assertEquals(allowed, options.expect(204).header("allow"));
  }

  @Test
  void bugIsAnsweredWithAReferenceAndNothingElse() {
    // The store of this test is not made for it, so the addresses break.
    SERVER.shards.breaking = true;
    try {
      JsonNode problem = SERVER.http().post(INVOCATIONS, "x").problem(500, "internal");
      assertTrue(problem.path("detail").asText().startsWith("internal error, see the log for "));
      assertFalse(problem.toString().contains("Exception"), problem.toString());
    } finally {
      SERVER.shards.breaking = false;
    }
  }

  private static void assertField(String path, String field) {
    JsonNode problem = SERVER.http().get(path).problem(400, "invalid");
    assertEquals(field, problem.path("field").asText(), problem.toString());
  }
}
