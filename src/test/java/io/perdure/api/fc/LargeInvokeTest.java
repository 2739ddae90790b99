package io.perdure.api.fc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.testkit.NodeApi;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Synchronous calls with as much as the cloud allows, over HTTP. */
@Timeout(120)
class LargeInvokeTest {
  private static final String INVOKE = "/2021-04-06/services/default/functions/echo/invocations";
  private static final Map<String, String> BYTES =
      Map.of("Content-Type", "application/octet-stream");

  private static FcTester fc;

  @BeforeAll
  static void start() {
    fc = FcTester.start(Map.of());
    fc.node().function("echo").serves(Future::succeededFuture);
  }

  @AfterAll
  static void stop() {
    fc.close();
  }

  @Test
  void thirtyTwoMegabytesGoThereAndComeBack() {
    byte[] payload = new byte[32 << 20];
    new Random(1).nextBytes(payload);
    HttpResponse<byte[]> answer = fc.send("POST", INVOKE, payload, BYTES);
    assertEquals(200, answer.statusCode());
    assertArrayEquals(payload, answer.body());
    assertNull(answer.headers().firstValue("X-Fc-Error-Type").orElse(null));
    String id = answer.headers().firstValue("X-Fc-Request-Id").orElseThrow();
    NodeApi.of(fc.node()).get(NodeApi.invocation(id) + "/result").problem(410, "not-kept");
  }

  @Test
  void moreIsRefusedAndTheLimitNamed() {
    String message =
        FcTester.refused(
            400, "EntityTooLarge", fc.send("POST", INVOKE, new byte[(32 << 20) + 1], BYTES));
    assertTrue(message.contains("33554432"), message);
  }

  @Test
  void resultOfMoreFailsTheFunction() {
    fc.node()
        .function("vast")
        .serves(payload -> Future.succeededFuture(Buffer.buffer(new byte[(32 << 20) + 1])));
    HttpResponse<byte[]> answer =
        fc.send("POST", INVOKE.replace("echo", "vast"), new byte[0], BYTES);
    assertEquals(200, answer.statusCode());
    assertEquals(
        "UnhandledInvocationError", answer.headers().firstValue("X-Fc-Error-Type").orElse(null));
    String told = new String(answer.body(), UTF_8);
    assertTrue(told.contains("the result is larger than 33554432 bytes"), told);
  }
}
