package io.perdure.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class EchoVerticleTest {
  @Test
  void answerIsTheStartOfALongPayload(Vertx vertx, VertxTestContext context) {
    call(vertx, "x".repeat(1024), "x".repeat(200), context);
  }

  @Test
  void shortPayloadComesBackWhole(Vertx vertx, VertxTestContext context) {
    call(vertx, "hello", "hello", context);
  }

  private static void call(Vertx vertx, String payload, String answer, VertxTestContext context) {
    vertx
        .deployVerticle(new EchoVerticle())
        .compose(deployed -> vertx.eventBus().request(EchoVerticle.ADDRESS, Buffer.buffer(payload)))
        .onComplete(
            context.succeeding(
                reply -> {
                  context.verify(() -> assertEquals(Buffer.buffer(answer), reply.body()));
                  context.completeNow();
                }));
  }
}
