package io.perdure.runtime.managed.pool;

import io.perdure.invocation.RuntimeSpec.Managed.Hook;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Running.StopStep;
import io.perdure.runtime.managed.Processes.Signal;
import io.perdure.runtime.managed.pool.InstanceMeters.Retirement;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * How calls of one instance are stopped. A call that is alone in it is told by SIGTERM to the whole
 * group, behind the function's pre-stop hook; one of several only by the protocol. What does not
 * end within its grace is killed with its instance, unless the protocol can drop it alone.
 * Executor's event loop.
 */
final class Stops {
  private final Clock clock;
  private final Hook preStop; // null for none
  private final Instance instance;

  /** The call for whose sake the instance is killed: it ends by that, the others run again. */
  private ManagedCall culprit;

  Stops(Clock clock, Hook preStop, Instance instance) {
    this.clock = clock;
    this.preStop = preStop;
    this.instance = instance;
  }

  /** Null while there is none. */
  ManagedCall culprit() {
    return culprit;
  }

  /** Stops {@code call}, which runs. */
  void stop(ManagedCall call, StopMode mode, long graceMillis) {
    boolean alone = instance.running() == 1;
    if (mode == StopMode.GRACEFUL) {
      if (alone) {
        instance.doom(Retirement.STOPPED);
        call.signalled(true);
        deliver(call, Signal.TERM);
      } else {
        call.signalled(cancel(call)); // a signal would be for the others as well
      }
      return;
    }
    call.force = true;
    instance.doom(Retirement.STOPPED);
    if (graceMillis <= 0) {
      kill(call);
      return;
    }
    clock.at(clock.millis() + graceMillis, () -> kill(call));
    cancel(call);
    if (alone) {
      hook(call, graceMillis)
          .onComplete(
              v -> {
                if (instance.runs(call) && culprit == null) {
                  deliver(call, Signal.TERM);
                }
              });
    }
  }

  /**
   * Runs the pre-stop hook, if there is one, no longer than {@code mostMillis} and its own limit.
   *
   * @param call whose stop it belongs to, null for none
   */
  Future<Void> hook(ManagedCall call, long mostMillis) {
    if (preStop == null) {
      return Future.succeededFuture();
    }
    if (call != null) {
      call.told(StopStep.DELIVERED, "pre-stop hook");
    }
    Promise<Void> over = Promise.promise();
    long most = Math.min(mostMillis, preStop.timeoutMillis());
    Clock.Timer timer = clock.at(clock.millis() + most, over::tryComplete);
    instance.conversation().preStop().onComplete(v -> over.tryComplete());
    return over.future().onComplete(v -> timer.cancel());
  }

  private boolean cancel(ManagedCall call) {
    boolean asked = instance.conversation().cancel(call.call);
    if (asked) {
      call.told(StopStep.DELIVERED, "the function was asked to give up");
    }
    return asked;
  }

  private void deliver(ManagedCall call, Signal signal) {
    call.told(StopStep.DELIVERED, "SIG" + signal + " to " + instance.describe());
    instance.signal(signal);
  }

  private void kill(ManagedCall call) {
    if (!instance.runs(call) || culprit != null) {
      return;
    }
    if (instance.running() > 1 && instance.conversation().drop(call.call)) {
      call.told(StopStep.DELIVERED, "the call was dropped; others go on in its instance");
      return;
    }
    culprit = call;
    deliver(call, Signal.KILL);
  }
}
