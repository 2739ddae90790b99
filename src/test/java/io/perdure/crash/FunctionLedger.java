package io.perdure.crash;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The function, outside the node: an HTTP endpoint that writes down each call before it answers.
 * Thread-safe; calls are served on one event loop.
 */
public final class FunctionLedger implements AutoCloseable {
  private static final String DELIVERIES = "/delivered";
  private static final Pattern PAYLOAD = Pattern.compile("seq=(\\d+) fail=(\\d+) hold=(\\d+) x*");

  /**
   * One call.
   *
   * @param from address of the caller
   * @param arrivedNanos {@link System#nanoTime} when it was written down
   * @param failed answered 500 on purpose
   */
  public record Execution(
      int seq, String id, int attempt, String from, long arrivedNanos, boolean failed) {}

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final String host;
  private final Map<String, List<Execution>> executions = new HashMap<>();
  private final Map<Execution, Long> answered = new HashMap<>();
  private final Map<String, List<String>> deliveries = new HashMap<>();
  private final List<String> malformed = new ArrayList<>();

  /** A function that is called at that address, on any free port. */
  public FunctionLedger(String host) throws TimeoutException {
    this.host = host;
    Future<HttpServer> listening =
        vertx.createHttpServer().requestHandler(this::serve).listen(0, host);
    server = listening.await(10, TimeUnit.SECONDS);
  }

  /** Where the function is called. */
  public String url() {
    return "http://" + host + ":" + server.actualPort() + "/ledger";
  }

  /** Where outcomes are to be delivered to. */
  public String deliveriesUrl() {
    return "http://" + host + ":" + server.actualPort() + DELIVERIES;
  }

  /**
   * A payload that the function understands.
   *
   * @param failures executions to fail on purpose
   * @param holdMillis how long an execution takes
   */
  public static byte[] payload(int seq, int failures, int holdMillis) {
    String text = "seq=%d fail=%d hold=%d ".formatted(seq, failures, holdMillis);
    return (text + "x".repeat(200 + seq % 800)).getBytes(US_ASCII);
  }

  private void serve(HttpServerRequest request) {
    boolean outcome = request.path().equals(DELIVERIES);
    request
        .body()
        .onSuccess(
            body -> {
              if (outcome) {
                deliver(request, body);
              } else {
                execute(request, body);
              }
            })
        .onFailure(gone -> request.connection().close());
  }

  private void execute(HttpServerRequest request, Buffer body) {
    Matcher payload = PAYLOAD.matcher(body.toString());
    String id = request.getHeader("Perdure-Invocation-Id");
    String attempt = request.getHeader("Perdure-Attempt");
    if (!payload.matches() || id == null || attempt == null) {
      complain(request.path() + " with headers " + request.headers());
      request.response().setStatusCode(400).end();
      return;
    }
    int seq = Integer.parseInt(payload.group(1));
    int failures = Integer.parseInt(payload.group(2));
    String from = request.remoteAddress().hostAddress();
    Execution execution = write(seq, id, Integer.parseInt(attempt), from, failures);
    int holdMillis = Integer.parseInt(payload.group(3));
    if (holdMillis == 0) {
      answer(request, execution);
    } else {
      vertx.setTimer(holdMillis, timer -> answer(request, execution));
    }
  }

  /** Every fourth is refused once, so that it is delivered again. */
  private void deliver(HttpServerRequest request, Buffer body) {
    JsonObject event = body.toJsonObject();
    String id = event.getString("id");
    int times = delivered(id, event.getString("status"));
    boolean refused = times == 1 && id.hashCode() % 4 == 0;
    request.response().setStatusCode(refused ? 503 : 204).end();
  }

  private synchronized int delivered(String id, String status) {
    List<String> sofar = deliveries.computeIfAbsent(id, absent -> new ArrayList<>());
    sofar.add(status);
    return sofar.size();
  }

  /** Statuses that were delivered, by id. */
  public synchronized Map<String, List<String>> deliveries() {
    Map<String, List<String>> copy = new HashMap<>();
    deliveries.forEach((id, all) -> copy.put(id, List.copyOf(all)));
    return copy;
  }

  private void answer(HttpServerRequest request, Execution execution) {
    ended(execution);
    request.response().setStatusCode(execution.failed() ? 500 : 200).end(result(execution.seq()));
  }

  /** What the function answers. */
  static String result(int seq) {
    return "done " + seq;
  }

  private synchronized void ended(Execution execution) {
    answered.put(execution, System.nanoTime());
  }

  private synchronized Execution write(int seq, String id, int attempt, String from, int failures) {
    List<Execution> sofar = executions.computeIfAbsent(id, absent -> new ArrayList<>());
    boolean fails = sofar.size() < failures;
    Execution execution = new Execution(seq, id, attempt, from, System.nanoTime(), fails);
    sofar.add(execution);
    notifyAll();
    return execution;
  }

  private synchronized void complain(String what) {
    malformed.add(what);
  }

  /** Waits until {@code id} has been called once; false when it was not in that time. */
  synchronized boolean awaitExecution(String id, Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!executions.containsKey(id)) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Calls by id, each list in the order of arrival. */
  public synchronized Map<String, List<Execution>> executions() {
    Map<String, List<Execution>> copy = new HashMap<>();
    executions.forEach((id, all) -> copy.put(id, List.copyOf(all)));
    return copy;
  }

  /** When each call was answered, which is not said of a call that never was. */
  public synchronized Map<Execution, Long> answered() {
    return Map.copyOf(answered);
  }

  /** Calls that were none of ours: a payload that changed on its way, a missing header. */
  public synchronized List<String> malformed() {
    return List.copyOf(malformed);
  }

  @Override
  public void close() {
    try {
      vertx.close().await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the function's server does not stop", e);
    }
  }
}
