package io.perdure.invocation;

import java.util.ArrayList;
import java.util.List;

/**
 * One attempt of an invocation, as its events tell of it. Times are milliseconds since the epoch.
 * Of a very long history the middle is not kept, and neither are the attempts there.
 *
 * @param number from 1
 * @param startedAt when it began; 0 when it never did, or that is not known any more
 * @param endedAt 0 while it runs
 * @param errorType as {@link RunError#type()}, empty without an error
 * @param errorMessage as {@link RunError#message()}; of the latest error whole, of others as far as
 *     the event has it
 */
public record AttemptView(
    int number,
    long startedAt,
    long endedAt,
    Outcome outcome,
    String errorType,
    String errorMessage) {

  /** How it ended. */
  public enum Outcome {
    RUNNING,
    SUCCEEDED,
    /** The function failed. */
    FAILED,
    /** The platform failed: it may never have begun. */
    PLATFORM_FAILED,
    /** Cancelled while it ran. */
    STOPPED
  }

  /** The attempts of {@code invocation}, in order; empty when none was made. */
  public static List<AttemptView> of(Invocation invocation) {
    List<AttemptView> attempts = new ArrayList<>();
    Event began = null;
    for (Event event : invocation.events()) {
      if (event.type() == Event.Type.RUNNING) {
        began = event;
        continue;
      }
      boolean itsOwn = began != null && began.attempt() == event.attempt();
      Outcome outcome = outcome(event, invocation.error());
      if (outcome == null || (outcome == Outcome.STOPPED && !itsOwn)) {
        continue; // of what waits, or of no attempt at all
      }
      attempts.add(ended(event, itsOwn ? began.at() : 0, outcome, invocation.error()));
      began = null;
    }
    if (began != null && !invocation.status().terminal()) {
      attempts.add(new AttemptView(began.attempt(), began.at(), 0, Outcome.RUNNING, "", ""));
    }
    return attempts;
  }

  /** How long the latest attempt of {@code invocation} ran; 0 when there is none. */
  public static long lastDurationMillis(Invocation invocation) {
    List<AttemptView> attempts = of(invocation);
    return attempts.isEmpty() ? 0 : attempts.get(attempts.size() - 1).durationMillis();
  }

  /**
   * How long it ran, in whole milliseconds, rounded up as both clouds bill them: nothing runs for
   * none. 0 when it never began, or has not ended.
   */
  public long durationMillis() {
    return startedAt == 0 || endedAt == 0 ? 0 : Math.max(1, endedAt - startedAt);
  }

  /** What {@code event} says of the end of an attempt, or null. */
  private static Outcome outcome(Event event, RunError latest) {
    return switch (event.type()) {
      case SUCCEEDED -> Outcome.SUCCEEDED;
      case RETRYING -> Outcome.FAILED;
      case PLATFORM_RETRY -> Outcome.PLATFORM_FAILED;
      case FAILED -> // the last one: the error is its own
          latest != null && latest.kind() == RunError.Kind.PLATFORM
              ? Outcome.PLATFORM_FAILED
              : Outcome.FAILED;
      case STOPPED -> Outcome.STOPPED;
      case ENQUEUED,
          RUNNING,
          STOPPING,
          EXPIRED,
          INVALID,
          STOP_REQUESTED,
          STOP_DELIVERED,
          STOP_ACKNOWLEDGED,
          STOP_GONE,
          RESULT_DISCARDED,
          REDRIVEN,
          DELIVERED,
          DELIVERY_RETRY,
          DELIVERY_FAILED ->
          null;
    };
  }

  private static AttemptView ended(Event event, long startedAt, Outcome outcome, RunError latest) {
    // What was lost with its node before it was known to run has no number yet.
    int number = Math.max(1, event.attempt());
    if (outcome == Outcome.SUCCEEDED || outcome == Outcome.STOPPED) {
      return new AttemptView(number, startedAt, event.at(), outcome, "", "");
    }
    if (latest != null && Cut.to(Event.DETAIL_MAX, latest.describe()).equals(event.detail())) {
      return new AttemptView(
          number, startedAt, event.at(), outcome, latest.type(), latest.message());
    }
    int end = event.detail().indexOf(RunError.DESCRIBED);
    String type = end < 0 ? event.detail() : event.detail().substring(0, end);
    String message = end < 0 ? "" : event.detail().substring(end + RunError.DESCRIBED.length());
    return new AttemptView(number, startedAt, event.at(), outcome, type, message);
  }
}
