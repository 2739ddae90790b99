package io.perdure.runtime.managed.custom;

import io.perdure.invocation.RunError;
import io.perdure.runtime.managed.Conversation;
import io.perdure.runtime.managed.Conversations;
import io.perdure.runtime.managed.StartFailure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * Programs that fetch their invocations: SCF's custom runtime. An executable {@code bootstrap} in
 * the root of the code, or the function's command, asks the HTTP API of {@link
 * RuntimeApiConversation}. Each instance has a server with a port of its own: the protocol's paths
 * name neither instance nor invocation.
 */
public final class RuntimeApiConversations implements Conversations {
  private static final String BOOTSTRAP = "bootstrap";

  private final Vertx vertx;

  public RuntimeApiConversations(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public Future<Conversation> open(Blueprint of) {
    return vertx
        .executeBlocking(() -> ProgramFile.argv(of, BOOTSTRAP), false)
        .compose(argv -> listen(of, argv));
  }

  /** Every conversation has its own server and closes it. */
  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  private Future<Conversation> listen(Blueprint of, List<String> argv) {
    return new RuntimeApiConversation(vertx, of, argv)
        .listen()
        .recover(
            cause ->
                Future.failedFuture(
                    new StartFailure(
                        RunError.Kind.PLATFORM,
                        "CannotStart",
                        "no port for the runtime API: " + cause.getMessage())));
  }
}
