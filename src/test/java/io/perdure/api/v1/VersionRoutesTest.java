package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.v1.HttpCalls.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Versions, aliases, and settings by qualifier. */
class VersionRoutesTest {
  private static final String FUNCTIONS = "/v1/namespaces/default/functions/";

  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  @Test
  void versionKeepsTheFunctionAsItWas() {
    String function = function("frozen", 1_000);
    Answer first = publish(function, "{\"description\":\"first\"}");
    assertEquals(function + "/versions/1", first.header("location"));
    assertEquals("1", first.json().path("version").asText());
    function("frozen", 2_000);
    JsonNode shown = SERVER.http().get(function + "/versions/1").expect(200).json();
    assertEquals("first", shown.path("description").asText());
    assertEquals(1_000, shown.at("/function/timeoutMs").asInt());
    assertEquals("1", shown.at("/function/version").asText());
    assertEquals(2_000, SERVER.http().get(function).json().path("timeoutMs").asInt());
  }

  @Test
  void versionsAreListedInBothOrdersPageByPage() {
    String function = function("listed", 1);
    for (int i = 1; i <= 3; i++) {
      function("listed", i);
      publish(function, "");
    }
    assertEquals(List.of("3", "2", "1"), all(function + "/versions?limit=2", "versions"));
    assertEquals(List.of("1", "2", "3"), all(function + "/versions?order=asc&limit=2", "versions"));
  }

  @Test
  void versionIsDeletedOnceNoAliasLeadsToIt() {
    String function = function("pinned", 1);
    publish(function, "");
    alias(function, "prod", "{\"version\":\"1\"}").expect(201);
    SERVER.http().json("DELETE", function + "/versions/1", "").problem(409, "conflict");
    SERVER.http().json("DELETE", function + "/aliases/prod", "").expect(204);
    SERVER.http().json("DELETE", function + "/versions/1", "").expect(204);
    SERVER.http().get(function + "/versions/1").problem(404, "not-found");
    SERVER.http().json("DELETE", function + "/versions/1", "").problem(404, "not-found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "01", "x", "LATEST", "-1", "99999999999999999999"})
  void whatIsNoVersionIsNotFound(String number) {
    String function = function("plain", 1);
    SERVER.http().get(function + "/versions/" + number).problem(404, "not-found");
  }

  @Test
  void aliasIsMovedShownAndSentBack() {
    String function = function("moved", 1);
    publish(function, "");
    function("moved", 2);
    publish(function, "");
    Answer made =
        alias(
                function,
                "prod",
                "{\"version\":\"1\",\"weights\":{\"2\":0.25},\"description\":\"d\","
                    + "\"tags\":{\"a\":\"b\"}}")
            .expect(201);
    assertEquals(function + "/aliases/prod", made.header("location"));
    assertEquals(0.25, made.json().at("/weights/2").asDouble());
    assertEquals(made.text(), alias(function, "prod", made.text()).expect(200).text());
    Answer moved = alias(function, "prod", "{\"version\":\"2\"}").expect(200);
    assertEquals(0, moved.json().path("weights").size());
    Answer shown = SERVER.http().get(function + "/aliases/prod").expect(200);
    assertEquals(moved.text(), shown.text());
    SERVER
        .http()
        .get(function + "/aliases/prod", "If-None-Match", shown.header("etag"))
        .expect(304);
  }

  @Test
  void matchesOfAnAliasAreShownAndSentBack() {
    String function = function("matching", 1);
    publish(function, "");
    Answer made =
        alias(
                function,
                "prod",
                "{\"version\":\"LATEST\",\"matches\":[{\"version\":\"1\",\"key\":\"User\","
                    + "\"method\":\"range\",\"expression\":\"[1,9]\"},{\"version\":\"1\","
                    + "\"key\":\"User\",\"method\":\"exact\",\"expression\":\"ann\"}]}")
            .expect(201);
    assertEquals("[1,9]", made.json().at("/matches/0/expression").asText());
    assertEquals("exact", made.json().at("/matches/1/method").asText());
    assertEquals(made.text(), alias(function, "prod", made.text()).expect(200).text());
    Answer moved = alias(function, "prod", "{\"version\":\"1\"}").expect(200);
    assertEquals(0, moved.json().path("matches").size());
  }

  @Test
  void revisionsGuardAliases() {
    String function = function("guarded", 1);
    publish(function, "");
    String body = "{\"version\":\"1\"}";
    alias(function, "a", body, "If-Match", "*").problem(412, "precondition-failed");
    Answer made = alias(function, "a", body, "If-None-Match", "*").expect(201);
    alias(function, "a", body, "If-None-Match", "*").problem(412, "precondition-failed");
    alias(function, "a", "{\"version\":\"LATEST\"}", "If-Match", made.header("etag")).expect(200);
    alias(function, "a", body, "If-Match", made.header("etag")).problem(412, "precondition-failed");
    String path = function + "/aliases/a";
    SERVER
        .http()
        .json("DELETE", path, "", "If-Match", made.header("etag"))
        .problem(412, "precondition-failed");
    String now = SERVER.http().get(path).header("etag");
    SERVER.http().json("DELETE", path, "", "If-Match", now).expect(204);
  }

  @Test
  void aliasesAreListedByNameAndByVersion() {
    String function = function("named", 1);
    publish(function, "");
    for (String name : List.of("blue", "green", "prod")) {
      alias(function, name, "{\"version\":\"" + (name.equals("prod") ? "LATEST" : "1") + "\"}");
    }
    assertEquals(List.of("blue", "green", "prod"), all(function + "/aliases?limit=2", "aliases"));
    assertEquals(List.of("green"), all(function + "/aliases?prefix=g", "aliases"));
    assertEquals(List.of("blue", "green"), all(function + "/aliases?version=1", "aliases"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | $.version",
        "{\"version\":1} | $.version",
        "{\"version\":\"1\",\"weights\":[]} | $.weights",
        "{\"version\":\"1\",\"weights\":{\"2\":\"half\"}} | $.weights.2",
        "{\"version\":\"1\",\"weights\":{\"2\":-1}} | $.weights.2",
        "{\"version\":\"1\",\"weights\":{\"2\":0.7,\"3\":0.6}} | $.weights",
        "{\"version\":\"1\",\"matches\":{}} | $.matches",
        "{\"version\":\"1\",\"matches\":[1]} | $.matches[0]",
        "{\"version\":\"1\",\"matches\":[{}]} | $.matches[0].version",
        "{\"version\":\"1\",\"matches\":[{\"version\":\"1\",\"key\":\"a\",\"method\":\"glob\"}]}"
            + " | $.matches[0].method",
        "{\"version\":\"1\",\"matches\":[{\"version\":\"1\",\"key\":\"a\",\"method\":\"range\","
            + "\"expression\":\"2\"}]} | $.matches[0].expression",
        "{\"version\":\"1\",\"description\":5} | $.description",
        "{\"version\":\"1\",\"tags\":{\"a\":1}} | $.tags.a",
        "{\"version\":\"1\",\"name\":\"b\"} | $.name",
        "{\"version\":\"1\",\"ratio\":1} | $.ratio",
        "1 | $",
      })
  void aliasesAreRefusedByField(String body, String field) {
    String function = function("strict", 1);
    JsonNode problem = alias(function, "a", body).problem(400, "invalid");
    assertEquals(field, problem.path("field").asText(), problem::toString);
  }

  @Test
  void aliasToNowhereIsRefused() {
    String function = function("nowhere", 1);
    alias(function, "a", "{\"version\":\"7\"}").problem(404, "not-found");
    alias(function, "7", "{\"version\":\"LATEST\"}").problem(400, "invalid");
    SERVER.http().get(function + "/aliases/a").problem(404, "not-found");
    SERVER.http().json("DELETE", function + "/aliases/a", "").problem(404, "not-found");
  }

  @Test
  void namespaceHasVersionsAndAliasesOfItsOwn() {
    String namespace = "/v1/namespaces/service";
    SERVER.http().json("PUT", namespace, "").expect(201);
    SERVER
        .http()
        .json(
            "PUT",
            namespace + "/functions/f",
            "{\"flavour\":\"fc2\",\"runtime\":{\"kind\":\"http\",\"url\":\"http://f/\"}}")
        .expect(201);
    Answer published = publish(namespace, "{\"description\":\"all\"}");
    assertEquals(namespace + "/versions/1", published.header("location"));
    assertEquals(published.json(), SERVER.http().get(namespace + "/versions/1").expect(200).json());
    alias(namespace, "prod", "{\"version\":\"1\"}").expect(201);
    assertEquals(List.of("prod"), all(namespace + "/aliases?limit=5", "aliases"));
    SERVER.http().post(namespace + "/functions/f/invocations?qualifier=prod", "x").expect(202);
    SERVER.http().json("DELETE", namespace + "/aliases/prod", "").expect(204);
    SERVER.http().json("DELETE", namespace + "/versions/1", "").expect(204);
  }

  @Test
  void submitNamesItsQualifier() {
    String function = function("qualified", 1);
    publish(function, "");
    Answer accepted = SERVER.http().post(function + "/invocations?qualifier=1", "x").expect(202);
    JsonNode shown = SERVER.http().get(accepted.header("location")).json();
    assertEquals("1", shown.path("qualifier").asText());
    assertTrue(shown.path("version").isNull(), shown::toString);
    JsonNode problem =
        SERVER.http().post(function + "/invocations?qualifier=9", "x").problem(404, "not-found");
    assertTrue(problem.path("detail").asText().contains("qualifier '9'"), problem::toString);
  }

  @Test
  void invocationsAreListedByQualifier() {
    String function = function("filtered", 1);
    publish(function, "");
    String invocations = function + "/invocations";
    SERVER.http().post(invocations + "?qualifier=1", "x").expect(202);
    SERVER.http().post(invocations, "x").expect(202);
    SERVER.http().post(invocations + "?qualifier=%24LATEST", "x").expect(202);
    JsonNode one = SERVER.http().get(invocations + "?qualifier=1").expect(200).json();
    assertEquals(1, one.path("invocations").size());
    assertEquals("1", one.at("/invocations/0/qualifier").asText());
    JsonNode latest = SERVER.http().get(invocations + ":count?qualifier=LATEST").json();
    assertEquals(2, latest.path("count").asInt());
    String cursor = SERVER.http().get(invocations + "?limit=1").json().path("cursor").asText();
    SERVER
        .http()
        .get(invocations + "?limit=1&qualifier=1&cursor=" + cursor)
        .problem(400, "invalid");
  }

  @Test
  void linesOfABatchNameTheirQualifiers() {
    String function = function("lines", 1);
    publish(function, "");
    String[] lines =
        SERVER
            .http()
            .post(
                function + "/invocations:batch",
                "{\"qualifier\":\"1\"}\n{\"qualifier\":\"9\"}\n{\"qualifier\":7}\n")
            .expect(200)
            .text()
            .split("\n", -1);
    assertTrue(lines[0].contains("\"status\":202"), lines[0]);
    assertTrue(lines[1].contains("\"status\":404"), lines[1]);
    assertTrue(lines[2].contains("\"field\":\"$.qualifier\""), lines[2]);
  }

  @Test
  void asyncSettingsHangOnAQualifier() {
    String function = function("async", 1);
    publish(function, "");
    String path = function + "/async-settings/1";
    SERVER.http().get(path).problem(404, "not-found");
    Answer made =
        SERVER
            .http()
            .json(
                "PUT",
                path,
                "{\"retry\":{\"maxAttempts\":4},\"eventAgeMs\":60000,"
                    + "\"retention\":{\"failedMs\":5}}")
            .expect(201);
    assertEquals(4, made.json().at("/retry/maxAttempts").asInt());
    assertEquals(5, made.json().at("/retention/failedMs").asInt());
    assertEquals(made.text(), SERVER.http().get(path).expect(200).text());
    JsonNode changed = SERVER.http().json("PUT", path, "{\"eventAgeMs\":0}").expect(200).json();
    assertTrue(changed.path("retry").isNull(), changed::toString);
    assertEquals(0, changed.path("eventAgeMs").asInt());
    JsonNode page = SERVER.http().get(function + "/async-settings").expect(200).json();
    assertEquals(1, page.path("asyncSettings").size());
    SERVER.http().json("DELETE", path, "").expect(204);
    SERVER.http().json("DELETE", path, "").problem(404, "not-found");
  }

  @Test
  void destinationsAreShownAsTheyWereGiven() {
    String function = function("delivers", 1);
    String path = function + "/async-settings/LATEST";
    String body =
        "{\"tracked\":true,\"onSuccess\":\"event-bus:orders.done\","
            + "\"onFailure\":\"https://hooks.example/in?x=1\"}";
    JsonNode made = SERVER.http().json("PUT", path, body).expect(201).json();
    assertTrue(made.path("tracked").asBoolean(), made::toString);
    assertEquals("event-bus:orders.done", made.path("onSuccess").asText());
    assertEquals("https://hooks.example/in?x=1", made.path("onFailure").asText());
    JsonNode again = SERVER.http().json("PUT", path, made.toString()).expect(200).json();
    assertEquals(made.path("onSuccess"), again.path("onSuccess"));
    JsonNode none = SERVER.http().json("PUT", path, "{}").expect(200).json();
    assertTrue(none.path("onSuccess").isNull() && none.path("tracked").isNull(), none::toString);
  }

  @Test
  void latestHasTwoNamesInAsyncSettings() {
    String function = function("latest", 1);
    SERVER
        .http()
        .json("PUT", function + "/async-settings/%24LATEST", "{\"eventAgeMs\":7}")
        .expect(201);
    JsonNode shown = SERVER.http().get(function + "/async-settings/LATEST").expect(200).json();
    assertEquals(7, shown.path("eventAgeMs").asInt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"retry\":{\"maxAttempts\":0}} | $.retry.maxAttempts",
        "{\"eventAgeMs\":-1} | $.eventAgeMs",
        "{\"retention\":5} | $.retention",
        "{\"timeoutMs\":5} | $.timeoutMs",
        "{\"tracked\":5} | $.tracked",
        "{\"onSuccess\":\"acs:mns:::q\"} | $.onSuccess",
        "{\"onFailure\":\"function:a b/f\"} | $.onFailure",
        "{\"onFailure\":\"function:-a/f\"} | $.onFailure",
        "text | $",
      })
  void asyncSettingsAreRefusedByField(String body, String field) {
    String function = function("settled", 1);
    JsonNode problem =
        SERVER
            .http()
            .json("PUT", function + "/async-settings/LATEST", body)
            .problem(400, "invalid");
    assertEquals(field, problem.path("field").asText(), problem::toString);
  }

  @Test
  void namespacesHaveTagsAndRevisions() {
    String path = "/v1/namespaces/tagged";
    Answer made =
        SERVER
            .http()
            .json("PUT", path, "{\"tags\":{\"a\":\"b\"}}", "If-None-Match", "*")
            .expect(201);
    assertEquals("b", made.json().at("/tags/a").asText());
    SERVER.http().get(path, "If-None-Match", made.header("etag")).expect(304);
    Answer changed =
        SERVER.http().json("PUT", path, "{}", "If-Match", made.header("etag")).expect(200);
    assertEquals(0, changed.json().path("tags").size());
    SERVER
        .http()
        .json("PUT", path, "{\"description\":\"d\"}", "If-Match", made.header("etag"))
        .problem(412, "precondition-failed");
    SERVER
        .http()
        .json("DELETE", path, "", "If-Match", made.header("etag"))
        .problem(412, "precondition-failed");
    SERVER.http().json("DELETE", path, "", "If-Match", changed.header("etag")).expect(204);
  }

  private static String function(String name, int timeoutMs) {
    String body =
        "{\"runtime\":{\"kind\":\"http\",\"url\":\"http://f/\"},\"timeoutMs\":" + timeoutMs + "}";
    assertTrue(SERVER.http().json("PUT", FUNCTIONS + name, body).status() < 300);
    return FUNCTIONS + name;
  }

  private static Answer publish(String scope, String body) {
    return SERVER.http().post(scope + "/versions", body).expect(201);
  }

  private static Answer alias(String scope, String name, String body, String... headers) {
    return SERVER.http().json("PUT", scope + "/aliases/" + name, body, headers);
  }

  /** Names or numbers of all pages. */
  private static List<String> all(String path, String member) {
    List<String> found = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonNode page = SERVER.http().get(path + cursor).expect(200).json();
      page.path(member)
          .forEach(one -> found.add(one.path(one.has("name") ? "name" : "version").asText()));
      cursor = page.path("cursor").isNull() ? null : "&cursor=" + page.path("cursor").asText();
    }
    return found;
  }
}
