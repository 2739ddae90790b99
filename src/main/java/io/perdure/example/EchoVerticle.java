package io.perdure.example;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;

/** Answers with the first {@value #RESULT_BYTES} bytes of the payload. Thread: event loop. */
public final class EchoVerticle extends VerticleBase {
  /** Serves function {@code echo} of namespace {@code default}. */
  public static final String ADDRESS = "perdure.fn.default.echo";

  /** Longest answer, in bytes; a shorter payload comes back whole. */
  static final int RESULT_BYTES = 200;

  @Override
  public Future<?> start() {
    return vertx.eventBus().consumer(ADDRESS, EchoVerticle::answer).completion();
  }

  private static void answer(Message<Buffer> call) {
    Buffer payload = call.body();
    call.reply(payload.length() <= RESULT_BYTES ? payload : payload.getBuffer(0, RESULT_BYTES));
  }
}
