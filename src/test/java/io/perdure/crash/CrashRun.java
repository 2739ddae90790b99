package io.perdure.crash;

import static java.util.stream.Collectors.groupingBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.bench.NativeApi;
import io.perdure.bench.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** One run: rounds of load and kill, then everything ends, then the verdict. */
final class CrashRun {
  private static final Duration READY_AT_MOST = Duration.ofMinutes(2);
  private static final Duration PROGRESS_AT_MOST = Duration.ofMinutes(1);
  private static final int END_WAIT_SECONDS = 30;
  private static final int END_WAITS = 3;

  /**
   * What a run found out.
   *
   * @param counts by name, for people
   * @param violations promises that were broken, each with what is known of it
   */
  record Outcome(Map<String, Long> counts, List<String> violations) {
    String text() {
      StringBuilder text = new StringBuilder();
      counts.forEach((name, value) -> text.append("%-50s %8d%n".formatted(name, value)));
      violations.stream()
          .collect(groupingBy(each -> each.substring(0, Math.max(0, each.indexOf(':')))))
          .values()
          .forEach(alike -> alike.stream().limit(5).forEach(e -> text.append(e).append('\n')));
      return text.toString();
    }
  }

  private final CrashOptions options;
  private final Random random;
  private final Stage stage = new Stage();
  private final List<Kill> kills = new ArrayList<>();
  private final NodeProcess.Launch launch;
  private NodeProcess node;
  private long startMillis = 1000;

  CrashRun(CrashOptions options) {
    this.options = options;
    this.random = new Random(options.seed());
    this.launch =
        new NodeProcess.Launch(
            options.command(),
            options.directory().resolve("data"),
            Map.of("delivery.first-pause", "50ms", "delivery.longest-pause", "1s"));
  }

  Outcome run() throws Exception {
    long began = System.nanoTime();
    Files.createDirectories(options.directory());
    ExecutorService threads = Executors.newFixedThreadPool(options.clients());
    try (FunctionLedger ledger = new FunctionLedger("127.0.0.1")) {
      NativeApi api = start();
      putFunction(api, ledger);
      stage.enter(api);
      List<Future<List<Submission>>> clients = new ArrayList<>();
      AtomicInteger nextSeq = new AtomicInteger();
      for (int i = 0; i < options.clients(); i++) {
        long seed = options.seed() * 1000 + i;
        clients.add(threads.submit(new Client(stage, ledger, nextSeq, seed)));
      }
      for (int round = 0; round < options.rounds(); round++) {
        round();
      }
      List<Submission> submissions = drain(clients);
      awaitEnds();
      Verdict verdict =
          new Verdict(
              stage.await(),
              submissions,
              ledger.executions(),
              ledger::deliveries,
              List.copyOf(kills));
      verdict.reach();
      return outcome(verdict, ledger, submissions.size(), began);
    } finally {
      threads.shutdownNow();
      if (node != null) {
        node.kill();
      }
    }
  }

  /** Load until a random number of acknowledgements, SIGKILL, start on what is left. */
  private void round() throws IOException, InterruptedException {
    boolean soon = random.nextInt(100) < 15;
    int acknowledgements = 1 + random.nextInt(soon ? 3 : 400);
    long target = stage.acknowledgements() + acknowledgements;
    if (!stage.awaitAcknowledgements(target, PROGRESS_AT_MOST)) {
      stage.complain("only " + stage.acknowledgements() + " acknowledgements of " + target);
    }
    stage.leave();
    kill(false);
    while (random.nextInt(100) < 25) {
      node = NodeProcess.start(launch);
      long moment = (long) (random.nextDouble() * 1.2 * startMillis);
      if (node.endsWithin(Duration.ofMillis(moment))) {
        throw new IOException("the node ended by itself during its start\n" + node.logEnd());
      }
      kill(true);
    }
    stage.enter(start());
  }

  private void kill(boolean duringStart) throws InterruptedException {
    long sent = System.nanoTime();
    node.kill();
    kills.add(new Kill(sent, System.nanoTime(), duringStart));
  }

  private NativeApi start() throws IOException, InterruptedException {
    node = NodeProcess.start(launch);
    NativeApi api = node.awaitReady(READY_AT_MOST);
    startMillis = node.readyAfter().toMillis();
    return api;
  }

  private static void putFunction(NativeApi api, FunctionLedger ledger)
      throws IOException, InterruptedException {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("runtime", Map.of("kind", "http", "url", ledger.url()));
    definition.put("concurrency", 64);
    definition.put("timeoutMs", 60_000);
    definition.put("retry", Map.of("maxAttempts", 5, "backoffMs", 20, "maxBackoffMs", 200));
    api.putFunction(Client.FUNCTION, definition);
    String deliveries = ledger.deliveriesUrl();
    api.putAsyncSettings(Client.FUNCTION, Map.of("onSuccess", deliveries, "onFailure", deliveries));
  }

  private List<Submission> drain(List<Future<List<Submission>>> clients)
      throws InterruptedException {
    stage.drain();
    List<Submission> all = new ArrayList<>();
    for (Future<List<Submission>> client : clients) {
      try {
        all.addAll(client.get());
      } catch (ExecutionException e) {
        throw new IllegalStateException("a client failed", e.getCause());
      }
    }
    return all;
  }

  /** Also those end here that were accepted without their client ever learning of it. */
  private void awaitEnds() throws IOException, InterruptedException {
    NativeApi api = stage.await();
    for (int waits = 0; waits < END_WAITS; waits++) {
      String one = anyOpen(api);
      if (one == null) {
        return;
      }
      while (one != null && Client.TERMINAL.contains(ended(api, one))) {
        one = anyOpen(api);
      }
    }
    stage.complain("not everything has ended: " + anyOpen(api));
  }

  private static String ended(NativeApi api, String id) throws IOException, InterruptedException {
    return api.invocation(id, END_WAIT_SECONDS).json().path("status").asText();
  }

  private static String anyOpen(NativeApi api) throws IOException, InterruptedException {
    String path = "/v1/namespaces/default/functions/" + Client.FUNCTION + "/invocations";
    for (String status : List.of("RUNNING", "STOPPING", "RETRYING", "ENQUEUED")) {
      JsonNode page = api.get(path + "?limit=1&status=" + status).json().path("invocations");
      if (!page.isEmpty()) {
        return page.get(0).path("id").asText();
      }
    }
    return null;
  }

  private Outcome outcome(Verdict verdict, FunctionLedger ledger, int submitted, long began) {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("rounds", (long) options.rounds());
    counts.put("kills", (long) kills.size());
    counts.put("kills during start-up", kills.stream().filter(Kill::duringStart).count());
    counts.put("submitted", (long) submitted);
    counts.putAll(verdict.counts());
    counts.put("seconds", (System.nanoTime() - began) / 1_000_000_000);
    List<String> violations = new ArrayList<>(verdict.violations());
    ledger.malformed().forEach(each -> violations.add("a malformed call: " + each));
    violations.addAll(stage.complaints());
    return new Outcome(counts, violations);
  }

  /** {@code scripts/crash}: rounds, seed, directory, then the command that starts a node. */
  public static void main(String[] args) throws Exception {
    List<String> command = Arrays.asList(args).subList(3, args.length);
    long seed = args[1].isEmpty() ? System.nanoTime() : Long.parseLong(args[1]);
    System.out.println("seed " + seed);
    CrashOptions options =
        new CrashOptions(
            Integer.parseInt(args[0]), seed, CrashOptions.CLIENTS, command, Path.of(args[2]));
    Outcome outcome = new CrashRun(options).run();
    System.out.print(outcome.text());
    System.exit(outcome.violations().isEmpty() ? 0 : 1);
  }
}
