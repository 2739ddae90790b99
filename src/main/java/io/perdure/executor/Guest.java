package io.perdure.executor;

import static java.lang.System.Logger.Level.ERROR;

import io.perdure.bus.GuestMessages.GuestBegan;
import io.perdure.bus.GuestMessages.GuestEnded;
import io.perdure.bus.GuestMessages.GuestId;
import io.perdure.bus.GuestMessages.GuestNews;
import io.perdure.bus.GuestMessages.GuestStopping;
import io.perdure.bus.GuestMessages.TakeIn;
import io.perdure.invocation.RunError;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Call;
import io.perdure.runtime.FunctionRuntime;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Outcomes;
import io.perdure.runtime.Running;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * An attempt that runs here for another node, and what is still to be told of it there. Belongs to
 * the executor's event loop.
 */
final class Guest {
  private static final System.Logger LOG = System.getLogger(Guest.class.getName());

  final GuestId id;

  private final String what;
  private final boolean forced;
  private final HandOvers.Room room; // null unless its caller takes what is too large to be kept
  private final Consumer<Guest> told;
  private final Consumer<Guest> over;
  private final Deque<GuestNews> news = new ArrayDeque<>();
  private Running running;
  private boolean telling;
  private boolean begun;

  /** Its end, or that it came back, has been put among the news, or nobody wants to know. */
  private boolean answered;

  private boolean isOver;

  /** It has been told to end at once. */
  private boolean cancelled;

  /** Milliseconds since the epoch: when its end is waited for no longer. */
  private long endBy = Attempt.NEVER;

  /**
   * Nothing of it has been done yet.
   *
   * @param forced whether it can be ended by force
   * @param told called when there are news
   * @param over called once, when nothing of it is left
   */
  Guest(
      TakeIn ask, boolean forced, HandOvers.Room room, Consumer<Guest> told, Consumer<Guest> over) {
    this.id = ask.guest();
    this.what = ask.attempt() + " of " + ask.invocation().id() + " of node " + id.origin();
    this.forced = forced;
    this.room = room;
    this.told = told;
    this.over = over;
  }

  /** For the log. */
  String describe() {
    return what;
  }

  void start(FunctionRuntime runtime, Call call) {
    try {
      running = runtime.start(call);
    } catch (RuntimeException e) {
      LOG.log(ERROR, "attempt " + what + " was not started, it is retried", e);
      ended(Outcomes.platform("CannotStart", e.toString()));
      return;
    }
    if (running.started().isComplete()) {
      begun = true; // told by the answer
    } else {
      running.started().onComplete(started -> began());
    }
    running
        .outcome()
        .onComplete(
            outcome ->
                ended(
                    outcome.succeeded()
                        ? outcome.result()
                        : Outcomes.platform("NoOutcome", outcome.cause().toString())));
  }

  private void began() {
    if (!begun && !answered) {
      begun = true;
      tell(new GuestBegan(id, instance()));
    }
  }

  boolean begun() {
    return begun;
  }

  /** Where it runs; null before it has begun. */
  String instance() {
    return begun ? running.instance() : null;
  }

  /** Whether nothing of it is left. */
  boolean isOver() {
    return isOver;
  }

  // ---- the end

  private void ended(Outcome outcome) {
    settle(outcome);
    giveUp();
  }

  private void settle(Outcome outcome) {
    if (!answered) {
      answered = true;
      tell(end(outcome));
    }
  }

  private GuestEnded end(Outcome outcome) {
    String where = running == null ? null : running.instance();
    if (outcome instanceof Outcome.Succeeded good) {
      return new GuestEnded(id, where, null, 0, good.memoryBytes(), good.result(), good.log());
    }
    if (outcome instanceof Outcome.Failed bad) {
      return new GuestEnded(
          id,
          where,
          bad.error(),
          bad.retryAfterMillis(),
          bad.memoryBytes(),
          bad.result(),
          bad.log());
    }
    Outcome.PlatformFailed ours = (Outcome.PlatformFailed) outcome;
    return new GuestEnded(
        id, where, ours.error(), ours.retryAfterMillis(), 0, Outcome.NOTHING, Outcome.NOTHING);
  }

  /** Its outcome is {@code error}, whatever it is still to answer. */
  void answer(RunError error) {
    settle(new Outcome.PlatformFailed(error, 0));
  }

  void stop(StopMode mode, long graceMillis) {
    if (!isOver && running != null) {
      cancelled |= mode == StopMode.CANCEL && graceMillis <= 0;
      running.stop(
          mode,
          graceMillis,
          (step, detail) -> {
            if (!answered) {
              tell(new GuestStopping(id, step == Running.StopStep.ACKNOWLEDGED, detail));
            }
          });
    }
  }

  /** Whether it will never begin: then nothing of it is left. */
  boolean withdraw() {
    if (isOver || begun || running == null || !running.withdraw()) {
      return false;
    }
    answered = true;
    giveUp();
    return true;
  }

  /** Ends it by force; where there is none it is over at once. */
  void end(long waitUntil) {
    answered = true;
    if (running != null && !cancelled) {
      cancelled = true;
      running.stop(StopMode.CANCEL, 0, (step, detail) -> {});
    }
    endBy = waitUntil;
    if (!forced) {
      giveUp();
    }
  }

  /** When its end is waited for no longer, milliseconds since the epoch. */
  long endBy() {
    return endBy;
  }

  /** Its slot is free, whatever may still be going on. */
  void giveUp() {
    if (!isOver) {
      isOver = true;
      over.accept(this);
    }
  }

  /** Its result is not held any more. */
  void release() {
    news.clear();
    if (room != null) {
      room.release();
    }
  }

  // ---- news

  void tell(GuestNews one) {
    news.add(one);
    told.accept(this);
  }

  /** What is to be told now; null for nothing, or while something is being told. */
  GuestNews nextNews() {
    if (telling || news.isEmpty()) {
      return null;
    }
    telling = true;
    return news.peek();
  }

  /** What was to be told has been, or has to be again. */
  void delivered(boolean heard) {
    telling = false;
    if (heard && !news.isEmpty()) {
      news.remove();
    }
  }

  /** Whether its origin knows of its end. */
  boolean isToldOf() {
    return answered && news.isEmpty();
  }
}
