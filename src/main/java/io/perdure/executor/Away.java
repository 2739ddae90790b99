package io.perdure.executor;

import io.perdure.bus.GuestMessages.GuestEnded;
import io.perdure.invocation.RunError;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Call;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Running;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.BiConsumer;

/** An attempt of this node that another one runs. Belongs to the executor's event loop. */
final class Away implements Running {
  /** Who talks to the host. */
  interface Host {
    void stop(Away away, StopMode mode, long graceMillis);

    void giveBack(Away away);
  }

  final Attempt attempt;
  final String node;
  final long number;

  /** When it was handed out, on a clock that never goes back. */
  final long sinceNanos;

  private final Host host;
  private final Promise<Void> started = Promise.promise();
  private final Promise<Outcome> outcome = Promise.promise();

  /** Until the host has answered: it may come back. */
  private byte[] payload;

  private boolean answered;
  private String instance;
  private BiConsumer<StopStep, String> steps = (step, detail) -> {};

  /** Asked for before the host has answered, or null. */
  private StopMode stop;

  private long stopGrace;
  private boolean wantedBack;

  Away(Attempt attempt, Call call, long number, long sinceNanos, Host host) {
    this.attempt = attempt;
    this.node = attempt.host;
    this.number = number;
    this.sinceNanos = sinceNanos;
    this.host = host;
    this.payload = call.payload();
    this.instance = "node " + node;
  }

  // ---- what the host says

  /** Whether the host has it, as far as it is known: then its silence means something. */
  boolean isThere() {
    return answered;
  }

  byte[] payload() {
    return payload;
  }

  /** The host has taken it in, or may have: what was asked for meanwhile is told now. */
  void taken() {
    answered = true;
    payload = null;
    if (stop != null) {
      host.stop(this, stop, stopGrace);
    } else if (wantedBack) {
      host.giveBack(this);
    }
  }

  void begun(String where) {
    instance = where;
    started.tryComplete();
  }

  void stopping(boolean acknowledged, String detail) {
    steps.accept(acknowledged ? StopStep.ACKNOWLEDGED : StopStep.DELIVERED, detail);
  }

  void ended(GuestEnded told) {
    if (told.instance() != null) {
      instance = told.instance();
    }
    RunError error = told.error();
    if (error == null) {
      ended(new Outcome.Succeeded(told.result(), told.log(), told.memoryBytes()));
    } else if (error.kind() == RunError.Kind.PLATFORM) {
      ended(new Outcome.PlatformFailed(error, told.retryAfterMillis()));
    } else {
      ended(
          new Outcome.Failed(
              error, told.retryAfterMillis(), told.result(), told.log(), told.memoryBytes()));
    }
  }

  /** It has ended so, or is taken to have. */
  void ended(Outcome how) {
    answered = true;
    payload = null;
    outcome.tryComplete(how);
  }

  // ---- what the executor asks

  @Override
  public String instance() {
    return instance;
  }

  @Override
  public Future<Void> started() {
    return started.future();
  }

  /** Not known at once: the host is asked, and it comes back unless it may have begun. */
  @Override
  public boolean withdraw() {
    wantedBack = true;
    if (answered) {
      host.giveBack(this);
    }
    return false;
  }

  @Override
  public Future<Outcome> outcome() {
    return outcome.future();
  }

  @Override
  public void stop(StopMode mode, long graceMillis, BiConsumer<StopStep, String> told) {
    steps = told;
    if (answered) {
      host.stop(this, mode, graceMillis);
    } else if (stop != StopMode.CANCEL || mode == StopMode.CANCEL) {
      stopGrace = stop == mode ? Math.min(stopGrace, graceMillis) : graceMillis;
      stop = mode;
    }
  }
}
