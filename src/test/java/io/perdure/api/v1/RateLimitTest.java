package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.api.HttpConfig;
import io.perdure.api.v1.HttpCalls.Answer;
import io.perdure.bus.Addresses;
import io.perdure.bus.Done;
import io.perdure.bus.LimitMessages.Acquire;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.router.Answers;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RateLimitTest {
  @RegisterExtension
  static final ApiServer SERVER = new ApiServer(HttpConfig.ANY_PORT, NativeConfig.DEFAULT, true);

  private static final List<Acquire> ASKED = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void serveLimiter() {
    Answers.of(
        SERVER.bus.serve(
            Addresses.ACQUIRE,
            asked -> {
              ASKED.add(asked);
              return asked.action().equals("countInvocations")
                  ? Future.failedFuture(
                      new FailureException(
                          new Failure.Throttled("native.countInvocations", "too often", 2_500)))
                  : Future.succeededFuture(Done.DONE);
            }));
  }

  @Test
  void eachOperationTakesATokenUnderItsName() {
    String path = SERVER.function("limited");
    ASKED.clear();
    byte[] payload = new byte[300_000];
    Answer answer = SERVER.http().post(path, payload).expect(202);
    assertEquals(
        payload.length, SERVER.http().get(answer.header("location") + "/payload").body().length);
    assertEquals(
        List.of(
            new Acquire(ApiServer.ACCOUNT, "native", "submitInvocation", 1),
            new Acquire(ApiServer.ACCOUNT, "native", "getPayload", 1)),
        ASKED);
  }

  @Test
  void throttledCallIsToldWhenToComeAgain() {
    Answer answer = SERVER.http().get("/v1/invocations:count");
    assertEquals(2_500, answer.problem(429, "throttled").path("retryAfterMs").asInt());
    assertEquals("3", answer.header("retry-after"));
  }
}
