package io.perdure.api.scf.action;

import io.perdure.api.Waits;
import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Times;
import io.perdure.bus.Bus;
import io.perdure.router.Router;
import io.perdure.time.Clock;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * Running functions, asynchronous events, and what is known of runs (spec tencent-scf, 5.1, 5.2).
 */
public final class InvocationActions {
  private InvocationActions() {}

  /**
   * What is set.
   *
   * @param eventBytesMax largest payload of an asynchronous invocation
   * @param invokeWait longest wait of a caller for a result
   * @param waitsMax most callers who wait at once
   * @param times of all answers and parameters
   */
  public record Settings(int eventBytesMax, Duration invokeWait, int waitsMax, Times times) {}

  /** All of them. */
  public static Stream<Action> all(Bus bus, Router router, Clock clock, Settings settings) {
    Runs runs = new Runs(router, clock);
    Waits waits = new Waits(router, "scf.waits-max", settings.waitsMax());
    return Stream.of(
            new InvokeActions(bus, router, runs, waits, settings).all(),
            new AsyncEventActions(router, runs, waits, settings.times(), clock).all(),
            new RequestActions(router, runs, settings.times(), clock).all(),
            new LogActions(router, runs, settings.times(), clock).all())
        .flatMap(actions -> actions);
  }
}
