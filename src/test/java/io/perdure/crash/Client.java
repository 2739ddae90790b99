package io.perdure.crash;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.bench.NativeApi;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A careful caller: submits, stops and waits, remembers every answer, and after a crash asks again
 * for whatever it was not answered. Runs until the stage drains and nothing of its own is open.
 */
final class Client implements Callable<List<Submission>> {
  static final String FUNCTION = "ledger";
  static final Set<String> TERMINAL =
      Set.of("STOPPED", "SUCCEEDED", "FAILED", "EXPIRED", "INVALID");

  private static final Duration UNTIL_CALLED = Duration.ofSeconds(2);
  private static final int WATCH_SECONDS = 10;
  private static final int RESEND_PERCENT = 5;

  private final Stage stage;
  private final FunctionLedger ledger;
  private final AtomicInteger nextSeq;
  private final Random random;
  private final List<Submission> all = new ArrayList<>();
  private final List<Submission> keyed = new ArrayList<>();
  private final ArrayDeque<Submission> open = new ArrayDeque<>();

  Client(Stage stage, FunctionLedger ledger, AtomicInteger nextSeq, long seed) {
    this.stage = stage;
    this.ledger = ledger;
    this.nextSeq = nextSeq;
    this.random = new Random(seed);
  }

  /** All that it submitted, in the state it knows. */
  @Override
  public List<Submission> call() throws InterruptedException {
    while (true) {
      NativeApi api = stage.await();
      boolean draining = stage.isDraining();
      if (open.isEmpty() && draining) {
        return all;
      }
      Submission submission = open.isEmpty() ? create() : open.remove();
      try {
        advance(api, submission);
        if (!draining && !keyed.isEmpty() && random.nextInt(100) < RESEND_PERCENT) {
          sendAgain(api, keyed.get(random.nextInt(keyed.size())));
        }
      } catch (IOException e) {
        if (stage.isOn(api)) {
          stage.complain("the node is up, but: " + e + " for " + submission);
        }
        if (submission.acknowledged() ? isUnsettled(submission) : submission.key != null) {
          open.add(submission);
        }
      }
    }
  }

  private Submission create() {
    Submission created = Submission.random(nextSeq.getAndIncrement(), random);
    all.add(created);
    return created;
  }

  private static boolean isUnsettled(Submission submission) {
    return submission.stops() && submission.stopAnswer == null;
  }

  private void advance(NativeApi api, Submission submission)
      throws IOException, InterruptedException {
    if (!submission.acknowledged() && !submit(api, submission)) {
      return;
    }
    switch (submission.plan) {
      case LEAVE -> {}
      case WATCH -> watch(api, submission);
      case STOP -> stop(api, submission, "{\"mode\":\"cancel\",\"graceMs\":0}");
      case STOP_RUNNING -> {
        ledger.awaitExecution(submission.id, UNTIL_CALLED);
        stop(api, submission, "{\"mode\":\"cancel\",\"graceMs\":100}");
      }
      case STOP_GRACEFULLY -> {
        ledger.awaitExecution(submission.id, UNTIL_CALLED);
        stop(api, submission, "{\"mode\":\"graceful\"}");
      }
    }
  }

  /** False when it was not acknowledged. */
  private boolean submit(NativeApi api, Submission submission)
      throws IOException, InterruptedException {
    boolean again = submission.sentBefore;
    submission.sentBefore = true;
    NativeApi.Answer answer = api.submit(FUNCTION, headers(submission), submission.payload());
    if (answer.status() != 202 && !(again && answer.status() == 200)) {
      stage.complain("submit answered " + answer.status() + " " + answer.text());
      return false;
    }
    submission.id = answer.json().path("id").asText();
    if (submission.key != null) {
      keyed.add(submission);
    }
    stage.acknowledged();
    return true;
  }

  private static Map<String, String> headers(Submission submission) {
    Map<String, String> headers = new HashMap<>();
    if (submission.key != null) {
      headers.put("Idempotency-Key", submission.key);
    }
    if (submission.delayMillis > 0) {
      headers.put("Perdure-Delay", submission.delayMillis + "ms");
    }
    return headers;
  }

  /** What was acknowledged under a key stays what it is, in any life of the node. */
  private void sendAgain(NativeApi api, Submission known) throws IOException, InterruptedException {
    NativeApi.Answer answer = api.submit(FUNCTION, headers(known), known.payload());
    String id = answer.json().path("id").asText();
    if (answer.status() != 200 || !id.equals(known.id)) {
      stage.complain("the same key again answered " + answer.status() + " " + id + " for " + known);
    }
  }

  private void stop(NativeApi api, Submission submission, String body)
      throws IOException, InterruptedException {
    boolean again = submission.stopSent;
    submission.stopSent = true;
    NativeApi.Answer answer = api.stop(submission.id, body);
    String status = answer.json().path("status").asText();
    if (answer.succeeded()) {
      submission.stopAnswer = status;
      submission.stopAnsweredNanos = System.nanoTime();
    } else if (answer.status() == 409) { // it had ended already, perhaps by the same stop
      submission.stopAnswer = again ? "asked twice" : "too late";
    } else {
      stage.complain("stop answered " + answer.status() + " " + answer.text());
      submission.stopAnswer = "refused";
    }
  }

  private static void watch(NativeApi api, Submission submission)
      throws IOException, InterruptedException {
    JsonNode invocation = api.invocation(submission.id, WATCH_SECONDS).json();
    String status = invocation.path("status").asText();
    if (TERMINAL.contains(status)) {
      submission.seenEnded = status;
      submission.seenEndedNanos = System.nanoTime();
    }
  }
}
