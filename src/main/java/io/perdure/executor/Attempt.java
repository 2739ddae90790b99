package io.perdure.executor;

import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.runtime.Running;

/** One attempt, from {@code Run} to its answer. Belongs to the executor's event loop. */
final class Attempt {
  static final long NEVER = Long.MAX_VALUE;

  /** How far it is. */
  enum Phase {
    QUEUED,
    /** Has a slot, waits for its payload. */
    FETCHING,
    RUNNING,
    /** Answered, or nobody wants an answer; may still hold its slot until it is really over. */
    ANSWERED
  }

  final Invocation invocation;
  final long epoch;
  final int number;
  final FunctionQueue queue;

  /**
   * Null when it has to be fetched, and once it has been handed to the runtime: it may be large.
   */
  byte[] payload;

  Phase phase = Phase.QUEUED;

  /** The shard knows that it runs. */
  boolean began;

  /** Its caller takes a result that is too large to be kept. */
  final boolean direct;

  /** For such a result; null where there can be none. Only from its start on. */
  HandOvers.Room room;

  /** As it was at the start. */
  Function function;

  /** Node that runs it in place of this one; null for this one. Only from its start on. */
  String host;

  /** Null before {@link Phase#RUNNING}. */
  Running running;

  /** Whether a CANCEL ends it by force. */
  boolean forced;

  /** Position among those that hold a slot, -1 for none. */
  int slot = -1;

  /** On the meters' clock. */
  long startedNanos;

  /** Milliseconds since the epoch: when its time limit is passed. */
  long deadline = NEVER;

  /** Milliseconds since the epoch: when its end is waited for no longer. */
  long giveUpAt = NEVER;

  /** What is answered whatever the outcome, or null. */
  RunError verdict;

  /** Somebody asked for its stop: the steps are events. */
  boolean stopAsked;

  Attempt(Run run, FunctionQueue queue) {
    this.invocation = run.invocation();
    this.epoch = run.epoch();
    this.number = run.attempt();
    this.payload = run.payload();
    this.direct = run.direct();
    this.queue = queue;
  }

  /** Of the function, as a record has it: null for the latest. Only once it has been started. */
  String version() {
    return function.version().equals(Invocation.LATEST) ? null : function.version();
  }

  InvocationId id() {
    return invocation.id();
  }

  /** Kind of its runtime. Only once it has been started. */
  String kind() {
    return function.runtime().kind();
  }

  /** For the log. */
  String describe() {
    return number + " of " + id();
  }

  boolean is(long ofEpoch, int ofNumber) {
    return epoch == ofEpoch && number == ofNumber;
  }

  /** When it has to be looked at next. */
  long wakeAt() {
    return Math.min(deadline, giveUpAt);
  }
}
