package io.perdure.runtime.command;

import static java.lang.System.Logger.Level.WARNING;

import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.BoundedBody;
import io.perdure.runtime.Call;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Outcomes;
import io.perdure.runtime.ResultRoom;
import io.perdure.runtime.Running;
import io.perdure.runtime.Tail;
import io.perdure.runtime.process.NamedPipes.NamedPipe;
import io.perdure.runtime.process.ProcessGroups.Signal;
import io.perdure.runtime.process.ProcessLoop;
import io.perdure.time.Clock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BiConsumer;

/**
 * One process. Three threads take part, each with fields of its own: the event loop that was asked
 * (stop, answers), the pool ({@link #launch}, clean-up), and the process loop, to which the process
 * belongs from its start to its exit.
 */
final class ProcessAttempt implements Running {
  private static final System.Logger LOG = System.getLogger(ProcessAttempt.class.getName());

  /** At one look, so that one process does not keep the others waiting; and after the exit. */
  private static final int READS_MAX = 8;

  private static final int LAST_READS_MAX = 64;

  /** Between two looks at its pipes after long silence. */
  private static final long PAUSE_MAX_MILLIS = 20;

  private final CommandRuntime runtime;
  private final ResultRoom room;
  private final Context context;
  private final Promise<Void> started = Promise.promise();
  private final Promise<Outcome> outcome = Promise.promise();
  private volatile String instance = "process";
  private volatile boolean cancelled; // wanted before it was launched: not to be launched

  // Pool.
  private Call call; // null once launched: its payload may be large

  // Event loop.
  private Clock.Timer killTimer;
  private long killAt = Long.MAX_VALUE;

  // Process loop.
  private final ProcessLoop.Reader reader = buffer -> read(buffer, READS_MAX);
  private BoundedBody stdout; // null once it is too large: nobody wants it
  private final Tail stderr;
  private Launch.Started launched; // null until the process runs
  private boolean exited;
  private Signal early; // asked for before there was a process
  private BiConsumer<StopStep, String> steps; // null until a stop is asked for

  ProcessAttempt(CommandRuntime runtime, Call call, Context context) {
    this.runtime = runtime;
    this.call = call;
    this.room = call.room();
    this.stdout = new BoundedBody(room);
    this.context = context;
    this.stderr = new Tail(call.logBytesMax());
  }

  @Override
  public String instance() {
    return instance;
  }

  @Override
  public Future<Void> started() {
    return started.future();
  }

  @Override
  public Future<Outcome> outcome() {
    return outcome.future();
  }

  /** Starts the process. On the pool. */
  void launch() {
    if (cancelled) {
      over(Outcomes.stopped("the process was not started"), null);
      return;
    }
    String id = call.invocation().id().toString();
    Launch launch = new Launch(runtime, call, (RuntimeSpec.Command) call.function().runtime());
    call = null;
    try {
      Launch.Started process = launch.start();
      runtime.loop().execute(() -> attach(process));
    } catch (Launch.Refused e) {
      over(e.outcome(), launch.directory());
    } catch (RuntimeException e) {
      LOG.log(WARNING, "process of " + id + " not started, it is retried", e);
      over(Outcomes.platform("CannotStart", String.valueOf(e.getMessage())), launch.directory());
    }
  }

  @Override
  public void stop(StopMode mode, long graceMillis, BiConsumer<StopStep, String> told) {
    if (outcome.future().isComplete()) {
      return;
    }
    BiConsumer<StopStep, String> onContext =
        (step, detail) -> context.runOnContext(v -> told.accept(step, detail));
    boolean cancel = mode == StopMode.CANCEL;
    Signal signal = cancel && graceMillis <= 0 ? Signal.KILL : Signal.TERM;
    runtime
        .loop()
        .execute(
            () -> {
              steps = onContext;
              cancelled |= cancel;
              signal(signal);
            });
    if (cancel && graceMillis > 0) {
      killAfter(graceMillis);
    }
  }

  /** For the end of the runtime. Any thread. */
  Future<Outcome> kill() {
    cancelled = true;
    runtime.loop().execute(() -> signal(Signal.KILL));
    return outcome.future();
  }

  void refuse(String why) {
    started.complete();
    outcome.complete(Outcomes.platform("CannotStart", why));
  }

  private void killAfter(long graceMillis) {
    Clock clock = runtime.clock();
    long at = clock.millis() + graceMillis;
    if (at < killAt) {
      if (killTimer != null) {
        killTimer.cancel();
      }
      killAt = at;
      killTimer = clock.at(at, () -> runtime.loop().execute(() -> signal(Signal.KILL)));
    }
  }

  private void attach(Launch.Started process) {
    launched = process;
    runtime.groups().started(process.process());
    runtime.loop().add(reader, PAUSE_MAX_MILLIS);
    instance = "pid " + process.process().pid();
    context.runOnContext(v -> started.tryComplete());
    if (early != null) {
      signal(early);
    }
    tellExit(process.process());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what follows only hands over, it cannot fail
  private void tellExit(Process process) {
    process.onExit().whenComplete((exit, failure) -> runtime.loop().execute(this::exited));
  }

  private void signal(Signal signal) {
    if (exited) {
      return;
    }
    if (launched == null) {
      early = early == Signal.KILL ? early : signal;
      return;
    }
    runtime.groups().signal(launched.process(), signal);
    if (steps != null) {
      String group = runtime.groups().describe(launched.process());
      steps.accept(StopStep.DELIVERED, "SIG" + signal + " to " + group);
    }
  }

  /** Takes what the pipes hold; true when there was something. */
  private boolean read(byte[] buffer, int readsMax) {
    boolean any = false;
    try {
      NamedPipe out = launched.stdout();
      int count = out.read(buffer);
      for (int i = 0; count > 0; count = ++i < readsMax ? out.read(buffer) : 0) {
        any = true;
        keep(buffer, count);
      }
      NamedPipe err = launched.stderr();
      count = err.read(buffer);
      for (int i = 0; count > 0; count = ++i < readsMax ? err.read(buffer) : 0) {
        any = true;
        stderr.add(buffer, count);
      }
    } catch (IOException e) {
      LOG.log(WARNING, "cannot read the output of " + instance + ", it is killed", e);
      runtime.groups().signal(launched.process(), Signal.KILL);
    }
    return any;
  }

  private void keep(byte[] buffer, int count) {
    if (stdout != null && !stdout.add(Buffer.buffer(count).appendBytes(buffer, 0, count))) {
      stdout = null;
      runtime.groups().signal(launched.process(), Signal.KILL);
    }
  }

  private void exited() {
    exited = true;
    runtime.groups().ended(launched.process());
    read(runtime.loop().buffer(), LAST_READS_MAX);
    runtime.loop().remove(reader);
    Exit exit = new Exit(launched.process().exitValue(), runtime.groups().complaint());
    byte[] log = stderr.bytes();
    BoundedBody result = stdout;
    if (steps != null) {
      steps.accept(StopStep.ACKNOWLEDGED, exit.describe());
    }
    Launch.Started process = launched;
    runtime
        .pool()
        .execute(
            () -> {
              process.close();
              Outcome ended =
                  result == null
                      ? Outcomes.resultTooLarge(room, log)
                      : exit.outcome(result.bytes(), log);
              over(ended, process.directory());
            });
  }

  /** Removes what was on disk, then answers. On the pool. */
  private void over(Outcome ended, Path directory) {
    runtime.ended(this, directory);
    context.runOnContext(
        v -> {
          if (killTimer != null) {
            killTimer.cancel();
          }
          started.tryComplete();
          outcome.tryComplete(ended);
        });
  }
}
