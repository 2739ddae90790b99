package io.perdure.crash;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.bench.NativeApi;
import io.perdure.crash.FunctionLedger.Execution;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Compares what the clients were answered, what the function wrote down and what the node says now
 * that everything has ended. Counts by name are for people; a violation is a broken promise.
 */
final class Verdict {
  private static final int DELIVERY_WAITS = 20;
  private static final int PAGE = 100;
  private static final int BODIES_READ = 200;
  private static final List<String> STATUSES =
      List.of(
          "ENQUEUED",
          "RUNNING",
          "RETRYING",
          "STOPPING",
          "STOPPED",
          "SUCCEEDED",
          "FAILED",
          "EXPIRED",
          "INVALID");

  private final NativeApi api;
  private final List<Submission> submissions;
  private final Map<String, List<Execution>> executions;
  private final Supplier<Map<String, List<String>>> deliveries;
  private final List<Kill> kills;
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private final List<String> violations = new ArrayList<>();

  Verdict(
      NativeApi api,
      List<Submission> submissions,
      Map<String, List<Execution>> executions,
      Supplier<Map<String, List<String>>> deliveries,
      List<Kill> kills) {
    this.api = api;
    this.submissions = submissions;
    this.executions = executions;
    this.deliveries = deliveries;
    this.kills = kills;
  }

  Map<String, Long> counts() {
    return counts;
  }

  List<String> violations() {
    return violations;
  }

  void reach() throws IOException, InterruptedException {
    Map<String, JsonNode> listed = listAll();
    compareCounts(listed);
    Map<String, JsonNode> records = new HashMap<>();
    for (String id : listed.keySet()) {
      JsonNode invocation = settled(id);
      if (invocation != null) {
        records.put(id, invocation);
        checkHistory(id, invocation);
      }
    }
    for (Submission submission : submissions) {
      if (submission.acknowledged()) {
        checkAcknowledged(submission, records.get(submission.id));
      }
    }
    executions.forEach(this::checkRepetition);
    checkDeliveries(records);
    checkKeys();
    checkBodies();
  }

  // What the node says.

  /** Every record by id, over all pages; a page may neither repeat nor skip one. */
  private Map<String, JsonNode> listAll() throws IOException, InterruptedException {
    Map<String, JsonNode> all = new LinkedHashMap<>();
    String cursor = "";
    while (cursor != null) {
      JsonNode page = page(cursor);
      for (JsonNode item : page.path("invocations")) {
        if (all.put(item.path("id").asText(), item) != null) {
          violation("listed twice", item.path("id").asText());
        }
      }
      cursor = page.path("cursor").asText(null);
    }
    count("records", all.size());
    return all;
  }

  private JsonNode page(String cursor) throws IOException, InterruptedException {
    String more = cursor.isEmpty() ? "" : "&cursor=" + cursor;
    String path = "/v1/namespaces/default/functions/" + Client.FUNCTION + "/invocations?limit=";
    NativeApi.Answer answer = api.get(path + PAGE + more);
    if (!answer.succeeded()) {
      throw new IOException("list answered " + answer.status() + " " + answer.text());
    }
    return answer.json();
  }

  private void compareCounts(Map<String, JsonNode> listed)
      throws IOException, InterruptedException {
    Map<String, Long> byStatus = new TreeMap<>();
    listed.values().forEach(item -> byStatus.merge(item.path("status").asText(), 1L, Long::sum));
    for (String status : STATUSES) {
      long counted = api.count(Client.FUNCTION, status);
      long found = byStatus.getOrDefault(status, 0L);
      if (counted != found) {
        violation("count and list differ", status + ": " + counted + " and " + found);
      }
      if (found > 0) {
        count("records " + status, found);
      }
    }
  }

  /** As it is once its outcome is delivered. */
  private JsonNode settled(String id) throws IOException, InterruptedException {
    JsonNode now = read(id);
    for (int waits = 0; waits < DELIVERY_WAITS && now != null && owes(now); waits++) {
      int last = now.path("events").path(now.path("events").size() - 1).path("seq").asInt();
      now = api.get("/v1/invocations/" + id + "?wait=20s&afterSeq=" + last).json();
    }
    return now;
  }

  private static boolean owes(JsonNode invocation) {
    return invocation.at("/delivery/state").asText().equals("PENDING");
  }

  /** Every outcome arrived, once or more often, and always the same one. */
  private void checkDeliveries(Map<String, JsonNode> records) {
    Map<String, List<String>> arrived = deliveries.get();
    records.forEach(
        (id, invocation) -> {
          String state = invocation.at("/delivery/state").asText();
          if (!state.equals("SUCCEEDED")) {
            violation("not delivered", id + ": " + invocation.path("delivery"));
          }
          String status = invocation.path("status").asText();
          List<String> told = arrived.getOrDefault(id, List.of());
          if (told.isEmpty() || !told.stream().allMatch(status::equals)) {
            violation("another outcome delivered", id + " is " + status + ", told: " + told);
          }
        });
    count("outcomes delivered", arrived.size());
    count("deliveries", arrived.values().stream().mapToLong(List::size).sum());
  }

  private JsonNode read(String id) throws IOException, InterruptedException {
    NativeApi.Answer answer = api.invocation(id, 0);
    if (answer.status() != 200) {
      violation("listed, not readable", id + " answered " + answer.status());
      return null;
    }
    return answer.json();
  }

  /** One end, and events in order. */
  private void checkHistory(String id, JsonNode invocation) {
    int ends = 0;
    int last = 0;
    for (JsonNode event : invocation.path("events")) {
      ends += Client.TERMINAL.contains(event.path("type").asText()) ? 1 : 0;
      if (event.path("seq").asInt() <= last) {
        violation("events out of order", id + " " + invocation.path("events"));
      }
      last = event.path("seq").asInt();
    }
    if (ends != 1) {
      violation("finished other than once", id + " " + invocation.path("events"));
    }
  }

  // What the clients were told.

  private void checkAcknowledged(Submission submission, JsonNode invocation) {
    count("acknowledged", 1);
    if (invocation == null) {
      violation("acknowledged and lost", submission);
      return;
    }
    String status = invocation.path("status").asText();
    if (!Client.TERMINAL.contains(status)) {
      violation("not ended", submission + " is " + status);
    }
    if (submission.seenEnded != null && !submission.seenEnded.equals(status)) {
      violation("changed after its end", submission + " is " + status);
    }
    checkOutcome(submission, status, invocation);
    checkStop(submission, status);
    checkAfterTheEnd(submission);
  }

  private void checkOutcome(Submission submission, String status, JsonNode invocation) {
    List<Execution> ran = executions.getOrDefault(submission.id, List.of());
    boolean answered = ran.stream().anyMatch(execution -> !execution.failed());
    if (status.equals("SUCCEEDED") && !answered) {
      violation("succeeded and never ran", submission);
    }
    boolean wantedStop = submission.stopSent;
    if (!status.equals("SUCCEEDED") && !(wantedStop && status.equals("STOPPED"))) {
      // a graceful stop keeps a planned failure from being retried; nothing else may fail
      if (!(wantedStop && submission.plan == Submission.Plan.STOP_GRACEFULLY)) {
        violation("ended in another way", submission + " is " + invocation);
      }
    }
  }

  private void checkStop(Submission submission, String status) {
    List<Execution> ran = executions.getOrDefault(submission.id, List.of());
    if (submission.mayNeverRun() && !ran.isEmpty()) {
      violation("ran before it was due", submission + " " + ran);
    }
    if (!submission.promisedStopped()) {
      return;
    }
    count("stops answered", 1);
    if (!status.equals("STOPPED")) {
      violation("stopped by the answer, not by the state", submission + " is " + status);
    }
    for (Kill kill : kills) {
      boolean promisedBefore = submission.stopAnsweredNanos < kill.sentNanos();
      if (promisedBefore && ran.stream().anyMatch(e -> e.arrivedNanos() > kill.goneNanos())) {
        violation("ran after its stop was answered and a kill", submission + " " + ran);
        return;
      }
    }
    if (ran.stream().anyMatch(e -> e.arrivedNanos() > submission.stopAnsweredNanos)) {
      count("called while its stop was answered", 1); // a call that was on its way
    }
  }

  private void checkAfterTheEnd(Submission submission) {
    if (submission.seenEnded != null) {
      List<Execution> ran = executions.getOrDefault(submission.id, List.of());
      if (ran.stream().anyMatch(e -> e.arrivedNanos() > submission.seenEndedNanos)) {
        violation("ran after its end was seen", submission + " " + ran);
      }
    }
  }

  // What the function wrote down.

  /** A second call needs a reason: the first failed on purpose, or a kill fell upon it. */
  private void checkRepetition(String id, List<Execution> ran) {
    count("calls", ran.size());
    boolean again = false;
    for (int i = 1; i < ran.size(); i++) {
      Execution before = ran.get(i - 1);
      Execution after = ran.get(i);
      boolean retried = before.failed();
      boolean killed =
          kills.stream()
              .anyMatch(
                  kill ->
                      before.arrivedNanos() < kill.goneNanos()
                          && kill.sentNanos() < after.arrivedNanos());
      again |= killed && !retried;
      if (!retried && !killed) {
        violation("ran again without a kill", id + " " + ran);
      }
    }
    if (again) {
      count("ran again after a kill", 1);
    }
  }

  /** A key names one invocation, whichever life of the node it was sent to. */
  private void checkKeys() {
    Map<Integer, String> idBySeq = new HashMap<>();
    Map<Integer, Submission> keyed = new HashMap<>();
    submissions.stream().filter(s -> s.key != null).forEach(s -> keyed.put(s.seq, s));
    for (List<Execution> ran : executions.values()) {
      Execution first = ran.get(0);
      String other = idBySeq.putIfAbsent(first.seq(), first.id());
      if (other != null && keyed.containsKey(first.seq())) {
        violation("two ids under one key", keyed.get(first.seq()) + ": " + other);
      }
    }
  }

  private void checkBodies() throws IOException, InterruptedException {
    int step = Math.max(1, submissions.size() / BODIES_READ);
    for (int i = 0; i < submissions.size(); i += step) {
      Submission submission = submissions.get(i);
      if (!submission.acknowledged()) {
        continue;
      }
      String path = "/v1/invocations/" + submission.id;
      byte[] payload = api.get(path + "/payload").body().getBytes();
      if (!Arrays.equals(payload, submission.payload())) {
        violation("another payload", submission);
      }
      if (api.invocation(submission.id, 0).json().path("status").asText().equals("SUCCEEDED")) {
        String result = api.get(path + "/result").text();
        if (!result.equals(FunctionLedger.result(submission.seq))) {
          violation("another result", submission + ": " + result);
        }
      }
    }
  }

  private void count(String what, long more) {
    counts.merge(what, more, Long::sum);
  }

  private void violation(String what, Object of) {
    counts.merge("VIOLATED: " + what, 1L, Long::sum);
    violations.add(what + ": " + of);
  }
}
