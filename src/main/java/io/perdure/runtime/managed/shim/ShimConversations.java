package io.perdure.runtime.managed.shim;

import io.perdure.invocation.RunError.Kind;
import io.perdure.runtime.managed.Conversation;
import io.perdure.runtime.managed.Conversations;
import io.perdure.runtime.managed.Regions;
import io.perdure.runtime.managed.StartFailure;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Conversations with functions in a language that has a shim. They share one socket, which is made
 * for the first of them.
 */
public final class ShimConversations implements Conversations {
  private final Vertx vertx;
  private final Clock clock;
  private final Path directory;
  private final Interpreters interpreters;
  private final Regions regions;
  private Future<Shared> shared;

  /** What all of them use. */
  private record Shared(Shims shims, ShimServer server) {}

  /**
   * For a node.
   *
   * @param directory of managed functions: holds the socket and the shims
   */
  public ShimConversations(
      Vertx vertx, Clock clock, Path directory, Interpreters interpreters, Regions regions) {
    this.vertx = vertx;
    this.clock = clock;
    this.directory = directory.toAbsolutePath();
    this.interpreters = interpreters;
    this.regions = regions;
  }

  @Override
  public Future<Conversation> open(Blueprint of) {
    Optional<String> problem = interpreters.problem(of.spec());
    if (problem.isPresent()) {
      return Future.failedFuture(new StartFailure(Kind.PLATFORM, "CannotStart", problem.get()));
    }
    return shared()
        .map(
            with -> {
              List<String> argv = new ArrayList<>();
              argv.add(interpreters.program(of.spec()).toString());
              argv.addAll(with.shims().arguments(of.spec()));
              return new ShimConversation(
                  of, List.copyOf(argv), with.server(), () -> ShimMessages.init(of, regions));
            });
  }

  @Override
  public Future<Void> close() {
    return shared == null
        ? Future.succeededFuture()
        : shared.transform(with -> with.succeeded() ? with.result().server().close() : DONE);
  }

  private static final Future<Void> DONE = Future.succeededFuture();

  /** Made once; after a failure the next instance tries again. */
  private Future<Shared> shared() {
    if (shared == null || shared.failed()) {
      shared =
          vertx
              .executeBlocking(() -> Shims.unpack(directory.resolve("shims")))
              .compose(
                  shims ->
                      ShimServer.listen(vertx, clock, directory.resolve("s"))
                          .map(server -> new Shared(shims, server)))
              .recover(
                  e ->
                      Future.failedFuture(
                          new StartFailure(
                              Kind.PLATFORM, "CannotStart", "cannot prepare instances: " + e)));
    }
    return shared;
  }
}
