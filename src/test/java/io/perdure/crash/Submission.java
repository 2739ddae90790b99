package io.perdure.crash;

import java.util.Random;

/**
 * One invocation as its client sees it: what it sent, and what it was answered. Written by one
 * client thread, read by the verdict when that thread has ended. Times are {@link System#nanoTime}.
 */
final class Submission {
  /** What the client does after the acknowledgement. */
  enum Plan {
    LEAVE,
    /** Waits for the end and remembers what it saw. */
    WATCH,
    /** Stops it at once. */
    STOP,
    /** Stops it when the function has been called. */
    STOP_RUNNING,
    STOP_GRACEFULLY
  }

  static final int HOUR_SECONDS = 3600;

  final int seq;
  final Plan plan;

  /** Null for none. */
  final String key;

  /** The function fails that many executions on purpose. */
  final int failures;

  /** The function answers after that time. */
  final int holdMillis;

  final int delayMillis;

  /** Set by the acknowledgement. */
  String id;

  boolean sentBefore;

  /** Status that the answer to a stop gave; null while there is none. */
  String stopAnswer;

  long stopAnsweredNanos;

  boolean stopSent;

  /** Terminal status that the client has seen; null when it saw none. */
  String seenEnded;

  long seenEndedNanos;

  private Submission(
      int seq, Plan plan, String key, int failures, int holdMillis, int delayMillis) {
    this.seq = seq;
    this.plan = plan;
    this.key = key;
    this.failures = failures;
    this.holdMillis = holdMillis;
    this.delayMillis = delayMillis;
  }

  /** Mostly plain ones, with every special case often enough for a run of 20 rounds. */
  static Submission random(int seq, Random random) {
    String key = random.nextInt(100) < 30 ? "key-" + seq : null;
    Plan end = random.nextInt(100) < 20 ? Plan.WATCH : Plan.LEAVE;
    int kind = random.nextInt(100);
    if (kind < 60) {
      return new Submission(seq, end, key, 0, 0, 0);
    } else if (kind < 70) {
      return new Submission(seq, end, key, 1 + random.nextInt(2), 0, 0);
    } else if (kind < 80) {
      return new Submission(seq, end, key, 0, 20 + random.nextInt(300), 0);
    } else if (kind < 82) { // long enough to be written down as running
      return new Submission(seq, Plan.LEAVE, key, 0, 1200 + random.nextInt(800), 0);
    } else if (kind < 88) {
      return new Submission(seq, end, key, 0, 0, 100 + random.nextInt(1500));
    } else if (kind < 94) { // never to run: with a key, so that its id is learnt in any case
      return new Submission(seq, Plan.STOP, "key-" + seq, 0, 0, HOUR_SECONDS * 1000);
    } else if (kind < 96) {
      return new Submission(seq, Plan.STOP, key, 0, 0, 0);
    } else if (kind < 99) {
      return new Submission(seq, Plan.STOP_RUNNING, key, 0, 5000, 0);
    }
    return new Submission(seq, Plan.STOP_GRACEFULLY, key, 0, 50, 0);
  }

  /** What {@link FunctionLedger} understands. */
  byte[] payload() {
    return FunctionLedger.payload(seq, failures, holdMillis);
  }

  boolean acknowledged() {
    return id != null;
  }

  boolean stops() {
    return plan == Plan.STOP || plan == Plan.STOP_RUNNING || plan == Plan.STOP_GRACEFULLY;
  }

  /** True when the answer to its stop promises that it will not run any more. */
  boolean promisedStopped() {
    return "STOPPED".equals(stopAnswer) || "STOPPING".equals(stopAnswer);
  }

  boolean mayNeverRun() {
    return delayMillis == HOUR_SECONDS * 1000;
  }

  @Override
  public String toString() {
    return "seq %d, id %s, %s, fail %d, hold %d ms, delay %d ms, stop answered %s, seen %s"
        .formatted(seq, id, plan, failures, holdMillis, delayMillis, stopAnswer, seenEnded);
  }
}
