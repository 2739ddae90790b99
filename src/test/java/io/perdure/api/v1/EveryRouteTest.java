package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.api.v1.HttpCalls.Answer;
import io.perdure.testkit.Seeds;
import io.vertx.core.http.HttpMethod;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever a caller sends to whatever route: an answer that blames the caller, never a bug. */
@Timeout(120)
class EveryRouteTest {
  private static final String FUNCTION = "/v1/namespaces/default/functions/real";
  private static final List<String> SEGMENTS =
      List.of(
          "real",
          "default",
          "LATEST",
          "%24LATEST",
          "1",
          "0",
          "prod",
          "%00",
          "%20",
          "a%2Fb",
          "..",
          "%F0%9F%98%80",
          "%E2%80%A8",
          "-",
          "u1",
          "x".repeat(300),
          "99999999999999999999");
  private static final List<String> BODIES =
      List.of(
          "",
          "{",
          "[]",
          "null",
          "7",
          "\"text\"",
          "{}",
          "{\"a\":1}",
          "[".repeat(3_000),
          "{\"description\":{}}",
          "{\"version\":\"1\",\"weights\":{\"1\":1e999}}",
          "{\"version\":\"\\ud800\",\"weights\":{\"\":-1}}",
          "{\"count\":1,\"qualifier\":\"\\u0000\"}",
          "{\"retry\":{\"maxAttempts\":1e3},\"eventAgeMs\":null}",
          "{\"runtime\":{\"kind\":\"python3\",\"handler\":\"a.b\"},\"code\":{\"zip\":\"UEs=\"}}",
          "{\"runtime\":{\"kind\":\"java\",\"handler\":\"\"},\"code\":{\"zip\":7}}",
          "{\"runtime\":{\"kind\":\"web\",\"command\":[\"\"]},\"flavour\":\"FC9\"}",
          "{\"bytes\":9223372036854775807}",
          "{\"cron\":\"* * * * *\",\"zone\":\"\\u0000\",\"message\":\"\\ud800\"}",
          "{\"description\":\"" + "d".repeat(200_000) + "\"}",
          "PK\u0003\u0004 no zip");
  private static final String[][] HEADERS = {
    {"If-Match", "\"1\""},
    {"If-Match", ","},
    {"If-None-Match", "*"},
    {"If-None-Match", "W/\""},
    {"Upload-Offset", "0"},
    {"Upload-Offset", "-1"},
    {"Perdure-Log", "tail"},
    {"Idempotency-Key", "k"},
    {"Prefer", "wait=x, wait=, ="},
    {"Last-Event-ID", "x"},
    {"traceparent", "zz"},
  };

  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  @BeforeAll
  static void prepare() {
    SERVER
        .http()
        .json(
            "PUT",
            FUNCTION,
            "{\"runtime\":{\"kind\":\"python3\",\"handler\":\"index.handler\"},"
                + "\"code\":{\"zip\":\"UEsFBg==\"}}")
        .expect(201);
    SERVER.http().post(FUNCTION + "/versions", "").expect(201);
    SERVER.http().json("PUT", FUNCTION + "/aliases/prod", "{\"version\":\"1\"}").expect(201);
  }

  /** Every route with every body, the parameters of its path being real ones. */
  @Test
  void bodiesOfAnyKindAreAnswered() {
    for (RouteTable.Route route : SERVER.dialect.routes()) {
      if (route.method().equals(HttpMethod.GET) || route.operation().equals("deleteFunction")) {
        continue;
      }
      for (String body : BODIES) {
        String path =
            route
                .template()
                .replace("{namespace}", "default")
                .replace("{function}", "real")
                .replace("{version}", "1")
                .replace("{alias}", "prod")
                .replace("{schedule}", "nightly")
                .replace("{qualifier}", "prod")
                .replace("{upload}", "u1")
                .replace("{node}", "n1")
                .replace("{id}", "019b76da-a800-7000-8000-000000000000");
        check(route, path, body, "Perdure-Timeout", "1ms");
      }
    }
  }

  @Test
  void pathsQueriesAndHeadersOfAnyKindAreAnswered() {
    Seeds.each(
        400,
        random -> {
          List<RouteTable.Route> routes = SERVER.dialect.routes();
          RouteTable.Route route = routes.get(random.nextInt(routes.size()));
          StringBuilder path = new StringBuilder();
          for (String segment : route.template().substring(1).split("/", -1)) {
            path.append('/').append(filled(segment, random));
          }
          if (random.nextInt(3) == 0) {
            path.append(
                pick(List.of("?qualifier=%00", "?limit=0", "?cursor=AQ", "?x=%C3", "?="), random));
          }
          String[] header = HEADERS[random.nextInt(HEADERS.length)];
          String body = route.method().equals(HttpMethod.GET) ? "" : pick(BODIES, random);
          check(route, path.toString(), body, header[0], header[1], "Perdure-Timeout", "1ms");
        });
    SERVER.http().get("/v1/account").expect(200);
  }

  private static String filled(String segment, Random random) {
    if (!segment.startsWith("{")) {
      return segment;
    }
    String value = pick(SEGMENTS, random);
    return segment.contains("}:") ? value + segment.substring(segment.indexOf("}:") + 1) : value;
  }

  private static <T> T pick(List<T> values, Random random) {
    return values.get(random.nextInt(values.size()));
  }

  private static void check(RouteTable.Route route, String path, String body, String... headers) {
    Answer answer = SERVER.http().json(route.method().name(), path, body, headers);
    String what = route.method() + " " + path + " " + Arrays.toString(headers) + " " + body;
    assertTrue(answer.status() < 500 || answer.status() == 503, () -> what + answer.text());
    if (answer.status() >= 400 && !route.method().equals(HttpMethod.HEAD)) {
      assertEquals("application/problem+json", answer.header("content-type"), what);
    }
  }
}
