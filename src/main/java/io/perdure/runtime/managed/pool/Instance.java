package io.perdure.runtime.managed.pool;

import static java.lang.System.Logger.Level.INFO;

import io.perdure.invocation.RunError;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Running.StopStep;
import io.perdure.runtime.managed.Conversation;
import io.perdure.runtime.managed.Conversation.Answer;
import io.perdure.runtime.managed.Processes.Exit;
import io.perdure.runtime.managed.Processes.InstanceProcess;
import io.perdure.runtime.managed.Processes.Signal;
import io.perdure.runtime.managed.StartFailure;
import io.perdure.runtime.managed.pool.InstanceMeters.Retirement;
import io.perdure.runtime.managed.pool.LogText.ColdStart;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A process that takes calls, from the first step of its start until it is gone. It tells its pool
 * when it takes calls, when it has room again, and when it is gone. Executor's event loop.
 */
final class Instance {
  /** How long one that is ended in peace may take behind SIGTERM, 2 s. */
  static final long END_MILLIS = 2_000;

  /** How long one that does not speak any more has to exit by itself, 1 s. */
  static final long LOST_MILLIS = 1_000;

  private static final System.Logger LOG = System.getLogger(Instance.class.getName());

  /** How far it is. */
  enum State {
    STARTING,
    IDLE,
    BUSY,
    /** Told to end: takes no more calls. */
    ENDING,
    GONE;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Fleet fleet;
  private final Pool pool;
  private final String id;
  private final Start start;
  private final Stops stops;
  private final long startedAt;
  private final List<ManagedCall> running = new ArrayList<>();
  private final Promise<Void> gone = Promise.promise();
  private State state = State.STARTING;
  private ColdStart cold; // until the first call has been told
  private long served;
  private long idleSince;

  /** Why it takes no more calls, though some may run; null while it does. */
  private Retirement doomed;

  /** A signal was sent to it: its exit is not its own doing. */
  private boolean signalled;

  Instance(Fleet fleet, Pool pool, String id) {
    this.fleet = fleet;
    this.pool = pool;
    this.id = id;
    this.startedAt = fleet.now();
    this.start = new Start(fleet, pool, id, this::wrote);
    this.stops = new Stops(fleet.clock(), pool.spec().preStop(), this);
    fleet.meters().moved(pool.kind(), null, state);
  }

  void start() {
    start
        .run()
        .onComplete(
            started -> {
              if (started.succeeded()) {
                ready(started.result());
              } else {
                neverReady((StartFailure) started.cause());
              }
            });
  }

  private void ready(ColdStart how) {
    cold = how;
    fleet.meters().started(pool.kind(), how.total());
    process().exited().onSuccess(this::exited);
    to(State.IDLE);
    idleSince = fleet.now();
    pool.ready(this);
  }

  private void neverReady(StartFailure failure) {
    boolean wanted = doomed == null;
    if (wanted) {
      retired(Retirement.NOT_STARTED);
      fleet.meters().failedToStart(pool.kind());
      String what = failure.error().type() + ": " + failure.error().message();
      LOG.log(INFO, "instance {0} of {1} did not start, {2}", id, pool.describe(), what);
    }
    to(State.GONE);
    pool.neverReady(this, wanted ? failure : null);
    gone.tryComplete();
  }

  // ---- what is asked of it

  String id() {
    return id;
  }

  /** Of the function. */
  String version() {
    return pool.function().version();
  }

  State state() {
    return state;
  }

  int running() {
    return running.size();
  }

  long served() {
    return served;
  }

  long startedAt() {
    return startedAt;
  }

  /** Milliseconds since the epoch, 0 while it is not idle. */
  long idleSince() {
    return state == State.IDLE ? idleSince : 0;
  }

  long pid() {
    return process() == null ? 0 : process().pid();
  }

  long memoryBytes() {
    return process() == null ? 0 : process().memoryBytes();
  }

  long memoryBytesMax() {
    return process() == null ? 0 : process().memoryBytesMax();
  }

  int memoryMb() {
    return pool.memoryMb();
  }

  /** What it wrote before its first call. */
  byte[] startOutput() {
    return start.output();
  }

  boolean hasRoom() {
    boolean takes = state == State.IDLE || state == State.BUSY;
    return takes && doomed == null && running.size() < pool.spec().instanceConcurrency();
  }

  /** Completes, never fails, when nothing is left of it. */
  Future<Void> gone() {
    return gone.future();
  }

  private InstanceProcess process() {
    return start.process();
  }

  Conversation conversation() {
    return start.conversation();
  }

  // ---- calls

  /** Takes {@code call}; only when it {@link #hasRoom}. */
  void take(ManagedCall call) {
    running.add(call);
    to(State.BUSY);
    ColdStart first = cold;
    cold = null;
    call.begin(this, first, first == null ? Outcome.NOTHING : start.output(), fleet.now());
    conversation()
        .call(call.call, call.deadline(), call.log::add)
        .onComplete(answer -> answered(call, answer.succeeded() ? answer.result() : null));
  }

  private void wrote(Buffer bytes) {
    if (running.size() == 1) {
      running.get(0).log.add(bytes);
    } else if (cold != null) {
      start.wrote(bytes); // the first call tells what came before it
    }
  }

  /** {@code answer} is null when the conversation broke its word. */
  private void answered(ManagedCall call, Answer answer) {
    if (state == State.GONE || !running.contains(call)) {
      return;
    }
    if (answer == null || answer instanceof Answer.Lost) {
      lostTouch();
      return;
    }
    call.answer = answer;
    process().drained().onComplete(v -> finished(call, answer));
  }

  /** It does not speak any more. If it is about to exit, its exit says more than a kill would. */
  private void lostTouch() {
    if (doomed == null) {
      doom(Retirement.LOST);
      fleet.clock().at(fleet.now() + LOST_MILLIS, () -> signal(Signal.KILL));
    }
  }

  private void finished(ManagedCall call, Answer answer) {
    if (state == State.GONE || !running.contains(call)) {
      return;
    }
    if (call.stopAsked()) {
      call.told(StopStep.ACKNOWLEDGED, "answered");
    }
    if (call == stops.culprit()) {
      return; // it is being killed, and is over when nothing is left of it
    }
    served++;
    if (call.force && running.size() == 1) {
      // Threads and children it may have left are not to go on behind a stop.
      running.remove(call);
      kill();
      gone.future().onComplete(v -> tell(call));
      return;
    }
    if (answer instanceof Answer.Raised raised && raised.fatal()) {
      doom(Retirement.FATAL);
      running.remove(call);
      if (!running.isEmpty()) {
        kill(); // the others run again elsewhere
      }
    }
    running.remove(call);
    freed();
    tell(call);
  }

  private void tell(ManagedCall call) {
    Answer answer = call.answer;
    if (answer instanceof Answer.Raised raised) {
      call.failed(raised.error(), raised.result(), fleet.now());
    } else if (answer instanceof Answer.Returned returned) {
      call.succeeded(returned.result(), fleet.now());
    }
  }

  private void freed() {
    if (running.isEmpty() && state == State.BUSY) {
      to(State.IDLE);
      idleSince = fleet.now();
    }
    if (doomed == null) {
      pool.freed(this);
    } else if (running.isEmpty()) {
      end(doomed);
    }
  }

  // ---- stops

  /** Passes a stop of {@code call} on. */
  void stop(ManagedCall call, StopMode mode, long graceMillis) {
    if (runs(call)) {
      stops.stop(call, mode, graceMillis);
    }
  }

  /** True while {@code call} runs in it. */
  boolean runs(ManagedCall call) {
    return state != State.GONE && running.contains(call);
  }

  /** For the record: what a signal reaches. */
  String describe() {
    return process().describe();
  }

  // ---- the end

  /** No more calls; it is ended when those that run have ended. */
  void doom(Retirement why) {
    if (doomed == null) {
      doomed = why;
      pool.closed(this);
      if (running.isEmpty() && (state == State.IDLE || state == State.STARTING)) {
        end(why);
      }
    }
  }

  /** Ends it in peace, if nothing runs in it: hook, SIGTERM, and SIGKILL 2 s later. */
  private void end(Retirement why) {
    if (state == State.GONE || state == State.ENDING) {
      return;
    }
    retired(why);
    if (state == State.STARTING) {
      to(State.ENDING);
      start.abort(
          new StartFailure(RunError.Kind.PLATFORM, "InstanceStopped", "it is not needed any more"));
      return;
    }
    to(State.ENDING);
    stops
        .hook(null, Long.MAX_VALUE)
        .onComplete(
            v -> {
              signal(Signal.TERM);
              Clock.Timer timer =
                  fleet.clock().at(fleet.now() + END_MILLIS, () -> signal(Signal.KILL));
              gone.future().onComplete(gone -> timer.cancel());
            });
  }

  /** Ends it by force, whatever runs in it. */
  void kill() {
    if (state == State.STARTING) {
      doom(Retirement.SHUTDOWN);
      return;
    }
    if (doomed == null) {
      doom(Retirement.SHUTDOWN);
    }
    if (state == State.IDLE || state == State.BUSY) {
      retired(doomed);
      to(State.ENDING);
    }
    signal(Signal.KILL);
  }

  private void retired(Retirement why) {
    doomed = doomed == null ? why : doomed;
    fleet.meters().retired(why);
    pool.leaving(this);
  }

  void signal(Signal signal) {
    if (state != State.GONE && process() != null) {
      signalled = true;
      process().signal(signal);
    }
  }

  private void exited(Exit exit) {
    if (state == State.GONE) {
      return;
    }
    process()
        .drained()
        .onComplete(
            v -> {
              if (state != State.GONE) {
                over(exit);
              }
            });
  }

  private void over(Exit exit) {
    boolean byItself = !signalled || doomed == Retirement.LOST;
    if (state != State.ENDING) {
      retired(doomed == null ? Retirement.LOST : doomed);
    }
    if (byItself) {
      LOG.log(INFO, "instance {0} of {1}: {2}", id, pool.describe(), Exits.describe(exit));
    }
    to(State.GONE);
    List<ManagedCall> left = List.copyOf(running);
    running.clear();
    start.release();
    pool.gone(this);
    gone.tryComplete();
    left.forEach(call -> over(call, exit, byItself));
  }

  private void over(ManagedCall call, Exit exit, boolean byItself) {
    ManagedCall culprit = stops.culprit();
    if (call.stopAsked()) {
      call.told(StopStep.ACKNOWLEDGED, Exits.describe(exit));
    }
    if (byItself && call.answer != null) {
      tell(call); // it had answered before
    } else if (byItself || call == culprit || (culprit == null && call.stopAsked())) {
      call.failed(Exits.duringACall(exit, pool.spec().language()), Buffer.buffer(), fleet.now());
    } else {
      call.platformFailed(
          "InstanceStopped",
          doomed == Retirement.SHUTDOWN
              ? "the node is shutting down"
              : "its instance was ended for another call's sake");
    }
  }

  private void to(State next) {
    if (state == next) {
      return;
    }
    fleet.meters().moved(pool.kind(), state, next);
    state = next;
  }
}
