package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.v1.HttpCalls.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleRoutesTest {
  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  private static String strict;

  @BeforeAll
  static void prepare() {
    strict = schedules("strict");
  }

  /** Path of the schedules of a new function. */
  private static String schedules(String function) {
    String path = SERVER.function(function);
    return path.substring(0, path.lastIndexOf('/')) + "/schedules";
  }

  private static Answer put(String path, String json, String... headers) {
    return SERVER.http().json("PUT", path, json, headers);
  }

  @Test
  void scheduleIsMadeShownSentBackAndDeleted() {
    String path = schedules("made") + "/nightly";
    Answer made =
        put(
            path,
            "{\"cron\":\"0 2 * * MON\",\"zone\":\"Europe/Berlin\",\"message\":\"go\","
                + "\"enabled\":false,\"description\":\"d\",\"tags\":{\"a\":\"b\"}}");
    assertEquals(path, made.expect(201).header("location"));
    JsonNode shown = SERVER.http().get(path).expect(200).json();
    assertEquals(made.json(), shown);
    assertEquals("0 2 * * MON", shown.path("cron").asText());
    assertEquals("Europe/Berlin", shown.path("zone").asText());
    assertEquals(false, shown.path("enabled").asBoolean(true));
    assertEquals(shown, put(path, shown.toString()).expect(200).json());
    SERVER.http().json("DELETE", path, "").expect(204);
    SERVER.http().get(path).problem(404, "not-found");
    SERVER.http().json("DELETE", path, "").problem(404, "not-found");
  }

  @Test
  void whatIsAbsentHasItsDefault() {
    String path = schedules("plain") + "/s";
    put(path, "{\"cron\":\"* * * * *\",\"message\":\"m\",\"enabled\":false}").expect(201);
    JsonNode shown = put(path, "{\"cron\":\"* * * * *\"}").expect(200).json();
    assertEquals("UTC", shown.path("zone").asText());
    assertEquals("LATEST", shown.path("qualifier").asText());
    assertEquals("", shown.path("message").asText("?"));
    assertTrue(shown.path("enabled").asBoolean());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | $.cron",
        "{\"cron\":\"x\"} | $.cron",
        "{\"cron\":7} | $.cron",
        "{\"cron\":\"* * * * *\",\"zone\":\"Mars\"} | $.zone",
        "{\"cron\":\"* * * * *\",\"enabled\":\"yes\"} | $.enabled",
        "{\"cron\":\"* * * * *\",\"name\":\"t\"} | $.name",
        "{\"cron\":\"* * * * *\",\"colour\":\"red\"} | $.colour"
      })
  void bodyThatIsNotAllowedIsRefusedNamingTheField(String json, String field) {
    JsonNode problem = put(strict + "/s", json).problem(400, "invalid");
    assertEquals(field, problem.path("field").asText());
  }

  @Test
  void nameThatIsNoneIsRefused() {
    JsonNode problem =
        put(schedules("named") + "/a.b", "{\"cron\":\"* * * * *\"}").problem(400, "invalid");
    assertEquals("schedule", problem.path("field").asText());
  }

  @Test
  void changeThatRestsOnAnotherRevisionIsRefused() {
    String path = schedules("tagged") + "/s";
    String tag = put(path, "{\"cron\":\"* * * * *\"}").header("etag");
    put(path, "{\"cron\":\"1 * * * *\"}", "If-Match", tag).expect(200);
    put(path, "{\"cron\":\"2 * * * *\"}", "If-Match", tag).problem(412, "precondition-failed");
    put(path, "{\"cron\":\"2 * * * *\"}", "If-None-Match", "*").problem(412, "precondition-failed");
    SERVER.http().json("DELETE", path, "", "If-Match", tag).problem(412, "precondition-failed");
  }

  @Test
  void scheduleOfAMissingFunctionOrVersionIsNotFound() {
    put("/v1/namespaces/default/functions/none/schedules/s", "{\"cron\":\"* * * * *\"}")
        .problem(404, "not-found");
    put(schedules("unversioned") + "/s", "{\"cron\":\"* * * * *\",\"qualifier\":\"7\"}")
        .problem(404, "not-found");
  }

  @Test
  void schedulesAreListedPageByPage() {
    String path = schedules("listed");
    for (String name : List.of("b", "a", "c")) {
      put(path + "/" + name, "{\"cron\":\"* * * * *\"}").expect(201);
    }
    List<String> names = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = SERVER.http().get(path + "?limit=2" + cursor).expect(200).json();
      page.path("schedules").forEach(schedule -> names.add(schedule.path("name").asText()));
      cursor = page.path("cursor").isNull() ? null : "&cursor=" + page.path("cursor").asText();
    } while (cursor != null);
    assertEquals(List.of("a", "b", "c"), names);
  }
}
