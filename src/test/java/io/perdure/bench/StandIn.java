package io.perdure.bench;

import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A server of the bench in a process of its own, pinned as told; its first line is its port. */
final class StandIn implements AutoCloseable {
  private final Process process;
  private final int port;

  private StandIn(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * @param java the words before the class path, such as {@code taskset -c 0-2 java}
   */
  static StandIn start(List<String> java, Class<?> main, String... args) throws IOException {
    List<String> words = new ArrayList<>(java);
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    words.addAll(List.of(args));
    return start(words);
  }

  /** Any server: program and arguments. */
  static StandIn start(List<String> words) throws IOException {
    Process process = new ProcessBuilder(words).redirectError(Redirect.INHERIT).start();
    BufferedReader out = process.inputReader(StandardCharsets.US_ASCII);
    String line = out.readLine();
    if (line == null) {
      throw new IOException(String.join(" ", words) + " did not start");
    }
    return new StandIn(process, Integer.parseInt(line));
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** In the child: deploys its verticle, or ends the process with the reason. */
  static void deploy(Vertx vertx, Supplier<? extends Deployable> verticle, DeploymentOptions how) {
    vertx
        .deployVerticle(verticle, how)
        .onFailure(
            e -> {
              System.err.println("cannot start: " + e);
              System.exit(1);
            });
  }

  /** In the child: tells its parent where it listens. */
  static void announce(HttpServer server) {
    System.out.println(server.actualPort());
  }
}
