package io.perdure.api.fc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to a request before an operation sees it. */
class FrontDoorTest {
  private static final String SERVICES = "/2021-04-06/services";
  private static FcTester fc;

  @BeforeAll
  static void start() {
    fc = FcTester.start(Map.of("rate-limit.rates", "fc.ListFunctions=1"));
  }

  @AfterAll
  static void close() {
    fc.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/2016-08-15", "/2021-04-06/", "/2021-04-06/nothing", "/2023-03-30/services"})
  void refusesAnUnknownPath(String path) {
    String message = fc.refused(400, "PathNotSupported", "GET", path, null);
    assertEquals("the operation GET " + path + " is not supported", message);
  }

  @Test
  void refusesAMethodThatThePathHasNot() {
    fc.refused(400, "PathNotSupported", "PATCH", SERVICES, "{}");
  }

  @Test
  void refusesACallThatNobodySigned() {
    HttpResponse<byte[]> answer =
        fc.sendAsIs(HttpRequest.newBuilder(fc.node().baseUri().resolve(SERVICES)));
    FcTester.checked(answer);
    assertEquals(
        "required HTTP header Authorization was not specified",
        FcTester.refused(400, "MissingRequiredHeader", answer));
  }

  @Test
  void givesEveryRequestAnIdOfItsOwn() {
    assertNotEquals(requestId(Map.of()), requestId(Map.of()));
  }

  @Test
  void takesTheCallersIdOfTheRequest() {
    assertEquals("My-request_1", requestId(Map.of("x-fc-request-id", "My-request_1")));
  }

  private static String requestId(Map<String, String> headers) {
    HttpResponse<byte[]> answer = fc.call("GET", SERVICES, null, headers);
    FcTester.checked(answer);
    return answer.headers().firstValue("X-Fc-Request-Id").orElseThrow();
  }

  @Test
  void refusesAnIdOfTheRequestThatIsNone() {
    HttpResponse<byte[]> answer = fc.call("GET", SERVICES, null, Map.of("X-Fc-Request-Id", "a b"));
    assertEquals(
        "x-fc-request-id: expected 1 to 128 letters, digits, underscores and hyphens",
        FcTester.refused(400, "InvalidArgument", answer));
  }

  @Test
  void refusesABodyThatIsTooLarge() {
    HttpResponse<byte[]> answer = fc.send("POST", SERVICES, new byte[1_048_577], Map.of());
    assertEquals(
        "body is larger than 1048576 bytes", FcTester.refused(400, "EntityTooLarge", answer));
  }

  @Test
  void refusesAQueryThatCannotBeRead() {
    String message = fc.refused(400, "InvalidArgument", "GET", SERVICES + "?prefix=%FF", null);
    assertEquals("prefix: expected UTF-8 behind its percent-encoding", message);
  }

  @Test
  void refusesHeadersThatAreTooLongInItsOwnForm() {
    HttpResponse<byte[]> answer =
        fc.sendAsIs(fc.signed("GET", SERVICES, null, Map.of("X-Long", "x".repeat(100_000))));
    FcTester.checked(answer);
    FcTester.refused(400, "InvalidArgument", answer);
  }

  @Test
  void countsCallsOfAnOperationAgainstItsRate() {
    String path = "/2023-03-30/functions";
    int refused = 0;
    for (int i = 0; i < 10; i++) {
      HttpResponse<byte[]> answer = fc.call("GET", path, null, Map.of());
      if (answer.statusCode() == 429) {
        assertTrue(answer.headers().firstValue("Retry-After").isPresent());
        FcTester.refused(429, "ResourceExhausted", answer);
        refused++;
      }
    }
    assertTrue(refused > 0);
  }
}
