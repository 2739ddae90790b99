package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.api.v1.HttpCalls.Answer;
import io.perdure.router.Answers;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are too long, too slow, too many, or not wanted. */
class BodyLimitsTest {
  private static final int MAX = ApiServer.PAYLOAD_MAX;

  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  @RegisterExtension
  static final ApiServer IMPATIENT =
      new ApiServer(ApiServer.bodies(Duration.ofMillis(200), 1 << 30), NativeConfig.DEFAULT, false);

  @RegisterExtension
  static final ApiServer SMALL =
      new ApiServer(ApiServer.bodies(Duration.ofSeconds(30), 100_000), NativeConfig.DEFAULT, false);

  @Test
  void payloadOfExactlyTheLimitIsTakenWholeInOnePieceOrMany() {
    byte[] payload = new byte[MAX];
    new Random(1).nextBytes(payload);
    String path = SERVER.function("exact");
    for (Answer answer :
        new Answer[] {
          SERVER.http().post(path, payload),
          SERVER
              .http()
              .send(
                  "POST",
                  path,
                  BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(payload)))
        }) {
      byte[] stored = SERVER.http().get(answer.expect(202).header("location") + "/payload").body();
      assertArrayEquals(payload, stored);
    }
  }

  @Test
  void declaredLengthAboveTheLimitIsRefusedBeforeABytes() throws Exception {
    String path = SERVER.function("declared");
    try (RawHttp raw = new RawHttp(SERVER.port)) {
      raw.send(head(path, "Content-Length: " + (MAX + 1)));
      String answer = raw.answer();
      assertTrue(answer.startsWith("HTTP/1.1 413"), answer);
      assertTrue(answer.contains("\"field\":\"payload\""), answer);
    }
  }

  @Test
  void bodyOfUnknownLengthIsRefusedOnceItIsTooLong() throws Exception {
    String path = SERVER.function("chunked");
    try (RawHttp raw = new RawHttp(SERVER.port)) {
      raw.send(head(path, "Transfer-Encoding: chunked"));
      byte[] chunk = new byte[MAX + 1];
      raw.send(Integer.toHexString(chunk.length) + "\r\n").send(chunk).send("\r\n");
      assertTrue(raw.answer().startsWith("HTTP/1.1 413"));
      // The rest is dropped, so the connection can go on.
      raw.send("0\r\n\r\n");
      raw.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
      assertTrue(raw.answer().startsWith("HTTP/1.1 200"));
    }
  }

  @Test
  void bodyIsAskedForOnlyWhenItIsWanted() throws Exception {
    String path = SERVER.function("expecting");
    try (RawHttp raw = new RawHttp(SERVER.port)) {
      raw.send(head(path, "Content-Length: 3\r\nExpect: 100-continue"));
      assertEquals("HTTP/1.1 100 Continue\r\n\r\n", raw.head());
      raw.send("abc");
      assertTrue(raw.answer().startsWith("HTTP/1.1 202"));
      raw.send(head(path, "Content-Length: " + (MAX + 1) + "\r\nExpect: 100-continue"));
      assertTrue(raw.answer().startsWith("HTTP/1.1 413"));
    }
    try (RawHttp raw = new RawHttp(SERVER.port)) {
      raw.send(head(path, "Content-Length: 3\r\nExpect: miracles"));
      assertTrue(raw.answer().startsWith("HTTP/1.1 417"));
    }
  }

  @Test
  void bodyThatComesWithoutWaitingToBeAskedForIsTaken() throws Exception {
    String path = SERVER.function("impatient");
    try (RawHttp raw = new RawHttp(SERVER.port)) {
      raw.send(head(path, "Content-Length: 3\r\nExpect: 100-continue") + "abc");
      assertEquals("HTTP/1.1 100 Continue\r\n\r\n", raw.head());
      String answer = raw.answer();
      assertTrue(answer.startsWith("HTTP/1.1 202"), answer);
    }
  }

  @Test
  void pathWithABareByteIsRefused() throws Exception {
    try (RawHttp raw = new RawHttp(SERVER.port)) {
      raw.send("GET /v1/a%2fb\u00cc HTTP/1.1\r\nHost: x\r\n" + RawHttp.AUTHORIZATION + "\r\n");
      String answer = raw.answer();
      assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
      assertTrue(answer.contains("\"field\":\"path\""), answer);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Host: a:b:c\r\n"})
  void hostThatIsMissingOrMalformedIsNamed(String host) throws Exception {
    try (RawHttp raw = new RawHttp(SERVER.port)) {
      raw.send("GET /livez HTTP/1.1\r\n" + host + "\r\n");
      String answer = raw.answer();
      assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
      assertTrue(answer.contains("\"field\":\"Host\""), answer);
    }
  }

  @Test
  void secondKeyOfARequestIsRefused() throws Exception {
    String path = SERVER.function("two-keys");
    try (RawHttp raw = new RawHttp(SERVER.port)) {
      raw.send(head(path, "Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 0"));
      String answer = raw.answer();
      assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
      assertTrue(answer.contains("\"field\":\"Idempotency-Key\""), answer);
    }
  }

  @Test
  void bodyOfARefusedCallerIsNotAskedFor() throws Exception {
    try (RawHttp raw = new RawHttp(SERVER.port)) {
      raw.send("POST /v1/namespaces/default/functions/f/invocations HTTP/1.1\r\nHost: x\r\n");
      raw.send("Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
      assertTrue(raw.answer().startsWith("HTTP/1.1 401"));
    }
  }

  @Test
  void bodyThatNeverComesIsGivenUp() throws Exception {
    String path = IMPATIENT.function("silent");
    try (RawHttp raw = new RawHttp(IMPATIENT.port)) {
      raw.send(head(path, "Content-Length: 10")).send("abc");
      String answer = raw.answer();
      assertTrue(answer.startsWith("HTTP/1.1 408"), answer);
      assertTrue(answer.contains("urn:perdure:problem:request-timeout"), answer);
    }
  }

  @Test
  void codeThatStopsComingIsGivenUpAndForgotten() throws Exception {
    String function = "/v1/namespaces/default/functions/stalled";
    String python = "{\"runtime\":{\"kind\":\"python3\",\"handler\":\"a.b\"}}";
    IMPATIENT.http().json("PUT", function, python).expect(201);
    try (RawHttp raw = new RawHttp(IMPATIENT.port)) {
      raw.send(
          "PUT "
              + function
              + "/code HTTP/1.1\r\nHost: x\r\n"
              + RawHttp.AUTHORIZATION
              + "Content-Length: 9\r\nExpect: 100-continue\r\n\r\n");
      assertTrue(raw.head().startsWith("HTTP/1.1 100"));
      raw.send("PK");
      String answer = raw.answer();
      assertTrue(answer.startsWith("HTTP/1.1 408"), answer);
    }
    assertTrue(IMPATIENT.packages.uploads.isEmpty(), IMPATIENT.packages.uploads::toString);
    Answers.until("nothing is held", () -> IMPATIENT.bodies.heldBytes() == 0);
  }

  @Test
  void callerWhoGoesAwayLeavesNothingBehind() throws Exception {
    String path = SERVER.function("away");
    for (int i = 0; i < 10; i++) {
      try (RawHttp raw = new RawHttp(SERVER.port)) {
        raw.send(head(path, "Content-Length: 500000")).send(new byte[1_000]);
      }
    }
    SERVER.http().post(path, "x").expect(202);
    Answers.until("all bytes are given back", () -> SERVER.bodies.heldBytes() == 0);
  }

  @Test
  void moreBytesAtOnceThanTheNodeMayHoldAreRefused() throws Exception {
    String path = SMALL.function("crowd");
    try (RawHttp first = new RawHttp(SMALL.port)) {
      first.send(head(path, "Content-Length: 60000")).send(new byte[50_000]);
      Answers.until("the body is held", () -> SMALL.bodies.heldBytes() == 60_000);
      SMALL.http().post(path, new byte[60_000]).problem(503, "unavailable");
      SMALL.http().post(path, new byte[10_000]).expect(202);
      first.send(new byte[10_000]);
      assertTrue(first.answer().startsWith("HTTP/1.1 202"));
    }
    SMALL.http().post(path, new byte[60_000]).expect(202);
  }

  @Test
  void requestsOnOneConnectionAreAnsweredInOrder() throws Exception {
    String path = SERVER.function("pipelined");
    try (RawHttp raw = new RawHttp(SERVER.port)) {
      raw.send(
          head(path, "Content-Length: 1\r\nX-Request-Id: one")
              + "a"
              + head(path, "Content-Length: 1\r\nX-Request-Id: two")
              + "b"
              + "GET /v1/invocations/none HTTP/1.1\r\nHost: x\r\nX-Request-Id: three\r\n\r\n");
      for (String id : new String[] {"one", "two", "three"}) {
        String answer = raw.answer();
        assertTrue(answer.contains("X-Request-Id: " + id), answer);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'GET /v1/%s HTTP/1.1', '', 414, uri-too-long",
    "'GET /v1/x HTTP/1.1', 'X-Big: %s', 431, headers-too-large",
    "'GET /v1/x HTTP/1.1', 'no colon', 400, malformed-request",
    "'NOT HTTP', '', 400, malformed-request",
    "'GET /v1/x HTTP/2.0', '', 400, malformed-request",
    "'GET /v1/x http/1.1', '', 400, malformed-request",
    "'GET /v1/x HT1TP/1.1', '', 400, malformed-request"
  })
  void whatIsNoReadableHeadGetsAProblemAndTheEndOfItsConnection(
      String line, String header, String status, String kind) throws Exception {
    String head = line + "\r\nHost: x\r\n" + (header.isEmpty() ? "" : header + "\r\n") + "\r\n";
    try (RawHttp raw = new RawHttp(SERVER.port)) {
      raw.send(head.replace("%s", "a".repeat(50_000)));
      String answer = raw.answer();
      assertTrue(answer.matches("(?s)HTTP/1\\.[01] " + status + " .*"), answer);
      assertTrue(answer.contains("content-type: application/problem+json"), answer);
      assertTrue(answer.contains("urn:perdure:problem:" + kind), answer);
      assertTrue(raw.closed());
    }
    SERVER.http(null).get("/livez").expect(200);
  }

  private static String head(String path, String headers) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: x\r\n"
        + RawHttp.AUTHORIZATION
        + headers
        + "\r\n\r\n";
  }
}
