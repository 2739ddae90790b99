package io.perdure.node;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import io.perdure.api.auth.AccountsFile;
import io.perdure.config.Problems;
import io.perdure.example.Tour;
import io.perdure.ops.Logs;
import io.perdure.store.StoreException;
import io.perdure.time.SystemClock;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** A node as a process: what is printed, which file tells the port, what SIGTERM does. */
public final class NodeProcess {
  /** A drain ends within 20 s: this much is left for commits and closing after the grace. */
  private static final long CLOSING_MILLIS = 4_000;

  /** A node of a cluster hands over what it owns, and may wait for others, as well. */
  private static final long LEAVING_MILLIS = 8_000;

  /** Whether Netty tells the flight recorder of its buffers; read when it makes the first one. */
  private static final String NETTY_EVENTS = "io.netty.jfr.enabled";

  private NodeProcess() {}

  /**
   * Starts a node and returns once it serves; it goes on in threads of its own.
   *
   * @param tour run the examples then, on this thread
   * @return 0; 2 after saying what is wrong with the accounts file, which is part of the
   *     configuration; 1 after saying why it could not start or what went wrong on the tour
   */
  public static int start(NodeConfig config, boolean tour, PrintStream out) {
    Logs.install(config.log(), out);
    spareFlightRecorder();
    System.Logger log = System.getLogger(NodeProcess.class.getName());
    Site site;
    AccountsFile.Opened accounts;
    try {
      site = Site.take(config);
    } catch (StoreException e) {
      return failed("perdure: " + e.getMessage());
    }
    Problems problems = new Problems();
    var opened = AccountsFile.open(config.accountsFile(), site.path(), problems);
    if (opened.isEmpty()) {
      site.close();
      System.err.println(problems);
      return 2;
    }
    accounts = opened.get();
    if (accounts.created()) {
      out.println("perdure made an account with a key and a token, see " + accounts.file());
    }
    config.cluster().hints().forEach(hint -> log.log(INFO, hint));
    AtomicInteger exitCode = new AtomicInteger();
    Node node;
    try {
      Site.Ready ready = site.ready(options(config));
      node =
          await(
              Node.start(
                  ready.vertx(),
                  config,
                  accounts.accounts(),
                  ready.ground(),
                  new SystemClock(ready.vertx())),
              config);
      String url = "http://" + urlHost(config) + ":" + node.port();
      writePort(site.path(), node.port());
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(() -> drain(node, config, exitCode.get(), log), "perdure-drain"));
      out.println("perdure listening on " + url);
      log.log(INFO, "serving on {0}, data in {1}", url, site.path().toAbsolutePath());
      if (tour) {
        Tour.run(URI.create(url), Tour.token(accounts.file()), site.path(), out);
      }
      return 0;
    } catch (ExecutionException | TimeoutException | IOException | InterruptedException e) {
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      boolean expected = // such as a port in use
          cause.getCause() instanceof IOException || cause instanceof StoreException;
      log.log(expected ? DEBUG : ERROR, "could not start", cause);
      Logs.flush();
      exitCode.set(1); // the hook drains what has started, and its code is the one that counts
      return failed("perdure: could not start: " + cause.getMessage());
    }
  }

  /**
   * Netty would load the flight recorder with the first connection, whether anybody records or not:
   * a sixth of all CPU until a node has answered {@code /readyz}, and 7 MB. Who wants these events
   * sets the property.
   */
  private static void spareFlightRecorder() {
    if (System.getProperty(NETTY_EVENTS) == null) {
      System.setProperty(NETTY_EVENTS, "false");
    }
  }

  private static int failed(String why) {
    System.err.println(why);
    return 1;
  }

  /** The default of two event loops a core would only be more threads that wait. */
  private static VertxOptions options(NodeConfig config) {
    return new VertxOptions().setEventLoopPoolSize(config.eventLoops());
  }

  private static String urlHost(NodeConfig config) {
    String host = config.api().host();
    return host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
  }

  /** For scripts that started the node with port 0: whole or not there. */
  private static void writePort(Path directory, int port) throws IOException {
    Path part = directory.resolve("http.port.tmp");
    Files.writeString(part, Integer.toString(port));
    Files.move(part, directory.resolve("http.port"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Ends the process, with {@code exitCode} unless something goes wrong here. */
  private static void drain(Node node, NodeConfig config, int exitCode, System.Logger log) {
    int code = exitCode;
    try {
      long grace = config.drainGrace().toMillis();
      node.stop(grace)
          .toCompletionStage()
          .toCompletableFuture()
          .get(
              grace + (config.cluster().enabled() ? LEAVING_MILLIS : CLOSING_MILLIS),
              TimeUnit.MILLISECONDS);
      log.log(INFO, "everything is committed and closed");
    } catch (ExecutionException | TimeoutException | CompletionException e) {
      log.log(ERROR, "the shutdown did not end cleanly; nothing acknowledged is lost by that", e);
      code = 1;
    } catch (InterruptedException e) {
      code = 1;
    }
    Logs.flush();
    // Not exit: this runs in a shutdown hook, and a signal's own code would be 143.
    Runtime.getRuntime().halt(code);
  }

  /** A node alone is given up after a while; one of a cluster may have to wait for the others. */
  private static <T> T await(Future<T> future, NodeConfig config)
      throws ExecutionException, TimeoutException, InterruptedException {
    CompletableFuture<T> started = future.toCompletionStage().toCompletableFuture();
    return config.cluster().enabled() ? started.get() : started.get(10, TimeUnit.MINUTES);
  }
}
