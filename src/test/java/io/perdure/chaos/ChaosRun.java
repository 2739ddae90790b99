package io.perdure.chaos;

import io.perdure.chaos.Ledger.Execution;
import io.perdure.crash.FunctionLedger;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One run: nodes, clients, faults; then all ends, is looked at, and judged. */
final class ChaosRun {
  private static final Duration READY_AT_MOST = Duration.ofMinutes(2);
  private static final int TERM_SECONDS = 30;
  private static final long WARM_UP_MILLIS = 2_000;

  /** Followers learn what is decided with the next heartbeat. */
  private static final long APPLIED_MILLIS = 3_000;

  private final Options options;
  private final Machine machine;
  private final Findings findings = new Findings();
  private final List<Incident> incidents = new ArrayList<>();
  private List<Member> members = List.of();
  private List<Op> judged = List.of();

  private ChaosRun(Options options) throws IOException, InterruptedException {
    this.options = options;
    this.machine = Machine.prepare(options);
  }

  private boolean run() throws Exception {
    machine.skipped().forEach((fault, why) -> say("skipped: " + fault.word() + ": " + why));
    members = machine.members();
    Thread cleaner = new Thread(() -> members.forEach(Member::destroy), "clean-up");
    Runtime.getRuntime().addShutdownHook(cleaner);
    List<Endpoint> endpoints = members.stream().map(Member::endpoint).toList();
    try (FunctionLedger functions = new FunctionLedger(machine.here());
        History history = new History(options.directory().resolve("history.jsonl"));
        Callers callers = new Callers(endpoints, history)) {
      start(functions);
      callers.start(options.clients(), options.seed());
      Wait.pause(WARM_UP_MILLIS);
      Faulter faulter = new Faulter(members, machine, callers, findings);
      faults(faulter, history);
      callers.end();
      long began = System.nanoTime();
      faulter.awaitServing(members);
      Map<String, Final> finals = new Survey(endpoints, findings).take();
      say("everything has ended and was read after %.1f s".formatted(secondsSince(began)));
      judge(functions, history, finals);
    } catch (Exception e) {
      findings.violation("the run could not go on", e);
      e.printStackTrace();
    } finally {
      members.forEach(Member::destroy);
    }
    System.out.print(new Figures(judged, incidents).text());
    System.out.print(findings.text());
    if (!findings.clean()) {
      members.forEach(
          member -> say("\nthe end of " + member.place().log() + ":\n" + member.longLogEnd()));
      say("\nseed " + options.seed() + "; to do the same again: " + options.again());
    }
    return findings.clean();
  }

  private void start(FunctionLedger functions) throws Exception {
    long began = System.nanoTime();
    for (Member member : members) {
      member.start();
    }
    for (Member member : members) {
      boolean ready =
          Wait.until(READY_AT_MOST, () -> member.endpoint().isReady() || !member.isAlive());
      if (!ready || !member.isAlive()) {
        throw new IOException(member.name() + " does not start");
      }
    }
    say("%d nodes are ready after %.1f s".formatted(members.size(), secondsSince(began)));
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("runtime", Map.of("kind", "http", "url", functions.url()));
    definition.put("concurrency", 64);
    definition.put("timeoutMs", 60_000);
    definition.put("retry", Map.of("maxAttempts", 5, "backoffMs", 20, "maxBackoffMs", 200));
    put(Endpoint.FUNCTION, definition);
    String url = functions.deliveriesUrl();
    put(Endpoint.FUNCTION + "/async-settings/LATEST", Map.of("onSuccess", url, "onFailure", url));
  }

  private void put(String path, Object body) throws IOException, InterruptedException {
    Endpoint.Answer answer = members.get(0).endpoint().json("PUT", path, body);
    if (!answer.succeeded()) {
      throw new IOException("PUT " + path + " answered " + answer.code() + " " + answer.text());
    }
  }

  private void faults(Faulter faulter, History history) throws Exception {
    Schedule schedule = new Schedule(options.seed(), machine.faults(), options.nodes());
    long began = System.nanoTime();
    for (int round = 0; round < options.rounds() && schedule.hasNext(); round++) {
      if (TimeUnit.NANOSECONDS.toMinutes(System.nanoTime() - began) >= options.minutes()) {
        return;
      }
      Schedule.Step step = schedule.next();
      say(step.toString());
      Wait.pause(step.lullMillis());
      Incident incident = faulter.apply(step);
      incidents.add(incident);
      history.write("incident", incident);
    }
  }

  private void judge(FunctionLedger functions, History history, Map<String, Final> finals)
      throws IOException, InterruptedException {
    Ledger ledger = ledger(functions);
    history.write("ledger", ledger);
    judged = history.ops();
    functions.malformed().forEach(each -> findings.violation("a malformed call", each));
    Wait.pause(APPLIED_MILLIS);
    List<Member> ended = new ArrayList<>();
    for (Member member : members) {
      int code = member.terminate(TERM_SECONDS);
      if (code == 0) {
        ended.add(member);
      } else { // its stores are those of a crash, and comparable once the log has been replayed
        findings.violation("SIGTERM did not end it well", member.name() + ": " + code);
      }
    }
    Replicas.check(ended, findings);
    new Checker(judged, ledger, finals, incidents).check().into(findings);
  }

  private Ledger ledger(FunctionLedger functions) {
    Map<FunctionLedger.Execution, Long> answered = functions.answered();
    Map<String, String> names = new HashMap<>();
    for (Member member : members) {
      names.put(member.place().host(), member.name());
    }
    boolean told = names.size() == members.size(); // on loopback all come from one address
    Map<String, List<Execution>> executions = new HashMap<>();
    functions
        .executions()
        .forEach(
            (id, all) ->
                executions.put(
                    id,
                    all.stream()
                        .map(
                            each ->
                                new Execution(
                                    id,
                                    each.seq(),
                                    each.attempt(),
                                    told ? names.get(each.from()) : null,
                                    each.arrivedNanos(),
                                    answered.getOrDefault(each, Long.MAX_VALUE),
                                    each.failed()))
                        .toList()));
    return new Ledger(executions, functions.deliveries());
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private static void say(String line) {
    System.out.println(line);
  }

  /** {@code scripts/chaos}: options, {@code --}, then the command that starts a node. */
  public static void main(String[] args) throws Exception {
    Options options;
    try {
      options = Options.parse(Arrays.asList(args));
    } catch (IllegalArgumentException e) {
      System.err.println("chaos: " + e.getMessage() + "; see --help");
      System.exit(2);
      return;
    }
    say("seed " + options.seed());
    System.exit(new ChaosRun(options).run() ? 0 : 1);
  }
}
