package io.perdure.router;

import io.perdure.bus.ExecutorMessages.Gate;
import io.perdure.invocation.Event;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;
import io.perdure.time.Rfc3339;

/** Puts the state of an invocation into a code and a sentence. Pure. */
final class Whys {
  private Whys() {}

  /** True when only the executor's gate can tell why {@code invocation} still waits. */
  static boolean needsGate(Invocation invocation, Function function, long now) {
    return invocation.status().waiting()
        && function != null
        && !function.paused()
        && invocation.dueAt() <= now;
  }

  /**
   * Why {@code i} is in its state.
   *
   * @param function as it is now, null when it has been deleted
   * @param gate how busy the function is, null when nobody was asked or nobody answered
   */
  static Why of(Invocation i, Function function, Gate gate, long now) {
    return switch (i.status()) {
      case ENQUEUED, RETRYING -> waiting(i, function, gate, now);
      case RUNNING -> running(i);
      case STOPPING -> new Why("stopping", stopping(i));
      case STOPPED -> new Why("stopped", reasonOr(i, "stopped"));
      case SUCCEEDED -> new Why("succeeded", "succeeded in attempt " + i.attempts() + took(i));
      case FAILED -> failed(i);
      case EXPIRED -> new Why("expired", reasonOr(i, "waited longer than its event age"));
      case INVALID -> new Why(gone(i), reasonOr(i, "its function was deleted"));
    };
  }

  private static String gone(Invocation i) {
    boolean qualifier = i.error() != null && i.error().type().equals("QualifierNotFound");
    return qualifier ? "qualifier-not-found" : "function-deleted";
  }

  private static Why waiting(Invocation i, Function function, Gate gate, long now) {
    boolean later = i.dueAt() > now;
    if (function == null) {
      return new Why("function-deleted", "its function was deleted; it will become INVALID");
    }
    if (function.paused()) {
      Function.Pause pause = function.pause();
      String due = later ? "; due at " + Rfc3339.format(i.dueAt()) : "";
      return new Why(
          "paused", "paused by " + pause.by() + " at " + Rfc3339.format(pause.at()) + due);
    }
    if (later) {
      return i.error() == null
          ? new Why("delayed", "delayed until " + Rfc3339.format(i.dueAt()))
          : again(i, function);
    }
    if (gate == null) {
      return new Why("queued", "waiting for its turn");
    }
    if (gate.concurrency() == 0) {
      return new Why("concurrency", "nothing is started: its function's concurrency is 0");
    }
    if (gate.running() >= gate.concurrency()) {
      return new Why(
          "concurrency", "waiting for concurrency " + gate.running() + "/" + gate.concurrency());
    }
    if (gate.nodeRunning() >= gate.nodeConcurrency()) {
      return new Why(
          "node-concurrency",
          "waiting for the node's concurrency "
              + gate.nodeRunning()
              + "/"
              + gate.nodeConcurrency());
    }
    if (gate.awaitsInstance()) {
      return new Why("instance", "waiting for an instance of its function");
    }
    return new Why("starting", "due, about to start");
  }

  private static Why again(Invocation i, Function function) {
    String at = " at " + Rfc3339.format(i.dueAt()) + ", after " + i.error().describe();
    if (i.error().kind() == RunError.Kind.PLATFORM) {
      return new Why("platform-retry", "trying again" + at);
    }
    // The policy may have been changed to fewer attempts since this one was scheduled.
    int retries = Math.max(function.retry().maxAttempts() - 1, i.failures());
    return new Why("retry", "retry " + i.failures() + " of " + retries + at);
  }

  private static Why running(Invocation i) {
    Event began = last(i, Event.Type.RUNNING);
    String since = Rfc3339.format(began == null ? i.startedAt() : began.at());
    String attempt = "attempt " + i.attempts() + " running since " + since;
    Event stop = i.stop() == null ? null : last(i, Event.Type.STOP_REQUESTED);
    return stop == null
        ? new Why("running", attempt)
        : new Why("running-until-stopped", attempt + "; stop requested: " + stop.detail());
  }

  private static String stopping(Invocation i) {
    Event asked = last(i, Event.Type.STOP_REQUESTED);
    String by =
        asked == null ? "stop requested" : asked.detail() + " at " + Rfc3339.format(asked.at());
    String step = last(i, Event.Type.STOP_DELIVERED) == null ? "" : ", delivered";
    return by + step + "; waiting for attempt " + i.attempts() + " to end";
  }

  private static Why failed(Invocation i) {
    String error = i.error() == null ? "failed" : "failed with " + i.error().describe();
    return new Why("failed", i.reason() == null ? error : error + " (" + i.reason() + ")");
  }

  private static String took(Invocation i) {
    Event began = last(i, Event.Type.RUNNING);
    return began == null ? "" : " after " + (i.endedAt() - began.at()) + " ms";
  }

  private static String reasonOr(Invocation i, String otherwise) {
    return i.reason() == null ? otherwise : i.reason();
  }

  private static Event last(Invocation i, Event.Type type) {
    for (int at = i.events().size() - 1; at >= 0; at--) {
      if (i.events().get(at).type() == type) {
        return i.events().get(at);
      }
    }
    return null;
  }
}
