package io.perdure.runtime.managed.custom;

import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.runtime.managed.Conversation;
import io.perdure.runtime.managed.Conversations;
import io.perdure.runtime.managed.Regions;
import io.perdure.runtime.managed.StartFailure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import java.util.List;
import java.util.OptionalInt;

/**
 * Programs that serve HTTP: the custom runtimes of Function Compute (command, else {@code
 * bootstrap}) and any web server (command, else {@code scf_bootstrap}). The port is ours to choose
 * unless the function insists on one.
 */
public final class HttpConversations implements Conversations {
  private static final String BOOTSTRAP = "bootstrap";
  private static final String WEB_BOOTSTRAP = "scf_bootstrap";

  private final Vertx vertx;
  private final Regions regions;
  private final Ports ports = new Ports();
  private final NetClient probes;

  private record Prepared(List<String> argv, int port) {}

  public HttpConversations(Vertx vertx, Regions regions) {
    this.vertx = vertx;
    this.regions = regions;
    this.probes = vertx.createNetClient();
  }

  @Override
  public Future<Conversation> open(Blueprint of) {
    return vertx
        .executeBlocking(() -> prepare(of), false)
        .map(ready -> conversation(of, ready.argv, ready.port));
  }

  @Override
  public Future<Void> close() {
    return probes.close();
  }

  private Conversation conversation(Blueprint of, List<String> argv, int port) {
    HttpDialect dialect =
        of.spec().language() == Language.WEB
            ? new WebDialect(of, regions)
            : new FcDialect(of, regions);
    return new HttpConversation(vertx, of, argv, port, dialect, probes, () -> ports.release(port));
  }

  private Prepared prepare(Blueprint of) {
    boolean web = of.spec().language() == Language.WEB;
    List<String> argv = ProgramFile.argv(of, web ? WEB_BOOTSTRAP : BOOTSTRAP);
    int wanted = of.spec().port();
    OptionalInt port = wanted == 0 ? ports.any() : exactly(wanted);
    if (port.isEmpty()) {
      String which = wanted == 0 ? "no port is free" : "port " + wanted + " is in use";
      throw new StartFailure(
          Kind.PLATFORM, "CannotStart", which + " for an instance of " + of.function().name());
    }
    return new Prepared(argv, port.getAsInt());
  }

  private OptionalInt exactly(int port) {
    return ports.exactly(port) ? OptionalInt.of(port) : OptionalInt.empty();
  }
}
