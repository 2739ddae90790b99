package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.v1.HttpCalls.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FunctionRoutesTest {
  private static final String FUNCTIONS = "/v1/namespaces/default/functions/";
  private static final String HTTP = "{\"runtime\":{\"kind\":\"http\",\"url\":\"http://f/\"}}";

  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  @Test
  void newFunctionIsCreatedWithDefaults() {
    Answer answer = put("fresh", HTTP).expect(201);
    assertEquals(FUNCTIONS + "fresh", answer.header("location"));
    assertEquals("\"1\"", answer.header("etag"));
    JsonNode json = answer.json();
    assertEquals("http://f/", json.at("/runtime/url").asText());
    assertEquals(60_000, json.path("timeoutMs").asInt());
    assertEquals(16, json.path("concurrency").asInt());
    assertEquals(1, json.at("/retry/maxAttempts").asInt());
    assertEquals(0, json.path("eventAgeMs").asInt());
    assertEquals(259_200_000, json.at("/retention/succeededMs").asInt());
    assertFalse(json.path("paused").asBoolean());
    assertEquals(json, SERVER.http().get(FUNCTIONS + "fresh").expect(200).json());
  }

  @Test
  void everySettingIsKept() {
    JsonNode json =
        put(
                "full",
                """
                {"runtime":{"kind":"command","command":["sh","-c","cat"],"env":{"A":"b"}},
                 "timeoutMs":86400000,"concurrency":3,
                 "retry":{"maxAttempts":4,"backoffMs":100,"maxBackoffMs":5000},
                 "eventAgeMs":9,"retention":{"succeededMs":1,"failedMs":2},"paused":true}
                """)
            .expect(201)
            .json();
    assertEquals("[\"sh\",\"-c\",\"cat\"]", json.at("/runtime/command").toString());
    assertEquals("b", json.at("/runtime/env/A").asText());
    assertEquals(86_400_000, json.path("timeoutMs").asInt());
    assertEquals(3, json.path("concurrency").asInt());
    assertEquals(5_000, json.at("/retry/maxBackoffMs").asInt());
    assertEquals(9, json.path("eventAgeMs").asInt());
    assertEquals(2, json.at("/retention/failedMs").asInt());
    assertTrue(json.path("paused").asBoolean());
    assertEquals("dev", json.path("pausedBy").asText());
  }

  @Test
  void eventBusFunctionServesAnAddressMadeOfItsNames() {
    JsonNode json = put("bus", "{\"runtime\":{\"kind\":\"event-bus\"}}").expect(201).json();
    assertEquals("perdure.fn.default.bus", json.at("/runtime/address").asText());
  }

  @Test
  void whatWasShownCanBeSentBack() {
    put("echo", HTTP).expect(201);
    SERVER.http().post(FUNCTIONS + "echo:pause", "").expect(200);
    String shown = SERVER.http().get(FUNCTIONS + "echo").expect(200).text();
    assertEquals(shown, put("echo", shown).expect(200).text());
    put("another", shown).problem(400, "invalid");
  }

  @Test
  void revisionsGuardAgainstLostChanges() {
    put("guarded", HTTP, "If-Match", "*").problem(412, "precondition-failed");
    put("guarded", HTTP, "If-None-Match", "*").expect(201);
    put("guarded", HTTP, "If-None-Match", "*").problem(412, "precondition-failed");
    String changed = HTTP.replace("http://f/", "http://g/");
    assertEquals("\"2\"", put("guarded", changed, "If-Match", "\"1\"").expect(200).header("etag"));
    put("guarded", HTTP, "If-Match", "\"1\"").problem(412, "precondition-failed");
    put("guarded", HTTP, "If-Match", "\"7\", \"2\"").expect(200);
    put("guarded", HTTP, "If-None-Match", "\"3\"").problem(400, "invalid");
    SERVER.http().get(FUNCTIONS + "guarded", "If-None-Match", "\"3\"").expect(304);
    SERVER
        .http()
        .json("DELETE", FUNCTIONS + "guarded", "", "If-Match", "\"1\"")
        .problem(412, "precondition-failed");
    SERVER.http().json("DELETE", FUNCTIONS + "guarded", "", "If-Match", "\"3\"").expect(204);
  }

  @Test
  void pauseAndResumeSayWho() {
    put("halted", HTTP).expect(201);
    JsonNode paused = SERVER.http().post(FUNCTIONS + "halted:pause", "").expect(200).json();
    assertEquals("dev", paused.path("pausedBy").asText());
    assertTrue(paused.path("pausedAt").asText().endsWith("Z"));
    JsonNode resumed = SERVER.http().post(FUNCTIONS + "halted:resume", "").expect(200).json();
    assertFalse(resumed.path("paused").asBoolean());
    assertTrue(resumed.path("pausedBy").isMissingNode());
  }

  @Test
  void deletedFunctionIsGone() {
    put("deleted", HTTP).expect(201);
    SERVER.http().json("DELETE", FUNCTIONS + "deleted", "").expect(204);
    SERVER.http().get(FUNCTIONS + "deleted").problem(404, "not-found");
    SERVER.http().json("DELETE", FUNCTIONS + "deleted", "").problem(404, "not-found");
  }

  @Test
  void functionsAreListedPageByPage() {
    SERVER.http().json("PUT", "/v1/namespaces/paged", "").expect(201);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      names.add("f" + i);
      SERVER.http().json("PUT", "/v1/namespaces/paged/functions/f" + i, HTTP).expect(201);
    }
    List<String> listed = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonNode page =
          SERVER
              .http()
              .get("/v1/namespaces/paged/functions?limit=2&prefix=f" + cursor)
              .expect(200)
              .json();
      page.path("functions").forEach(one -> listed.add(one.path("name").asText()));
      cursor = page.path("cursor").isNull() ? null : "&cursor=" + page.path("cursor").asText();
    }
    assertEquals(names, listed);
  }

  @Test
  void namespacesAreCreatedShownListedAndDeleted() {
    String path = "/v1/namespaces/life";
    SERVER.http().get(path).problem(404, "not-found");
    Answer created = SERVER.http().json("PUT", path, "{\"description\":\"first\"}").expect(201);
    assertEquals(path, created.header("location"));
    SERVER.http().json("PUT", path, "{\"description\":\"second\"}").expect(200);
    JsonNode shown = SERVER.http().get(path).expect(200).json();
    assertEquals("second", shown.path("description").asText());
    SERVER.http().json("PUT", path, shown.toString()).expect(200);
    assertTrue(
        SERVER.http().get("/v1/namespaces?prefix=li").json().toString().contains("\"life\""));
    SERVER.http().json("PUT", path + "/functions/f", HTTP).expect(201);
    SERVER.http().json("DELETE", path, "").problem(409, "conflict");
    SERVER.http().json("DELETE", path + "/functions/f", "").expect(204);
    SERVER.http().json("DELETE", path, "").expect(204);
    SERVER.http().get(path).problem(404, "not-found");
  }

  @Test
  void defaultNamespaceIsAlwaysThere() {
    SERVER.http().get("/v1/namespaces/default").expect(200);
    SERVER.http(ApiServer.OTHER_TOKEN).get("/v1/namespaces/default").expect(200);
    SERVER.http().json("DELETE", "/v1/namespaces/default", "").problem(409, "conflict");
  }

  private static Answer put(String name, String body, String... headers) {
    return SERVER.http().json("PUT", FUNCTIONS + name, body, headers);
  }
}
