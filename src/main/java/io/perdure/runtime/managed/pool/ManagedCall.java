package io.perdure.runtime.managed.pool;

import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RunError;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Call;
import io.perdure.runtime.CallHeaders;
import io.perdure.runtime.LargeCopies;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Outcomes;
import io.perdure.runtime.Running;
import io.perdure.runtime.managed.Conversation.Answer;
import io.perdure.runtime.managed.StartFailure;
import io.perdure.runtime.managed.pool.LogText.ColdStart;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** An attempt: waits for an instance, then runs in it. Executor's event loop. */
final class ManagedCall implements Running {
  final Call call;
  final CallLog log;

  /** It is to be ended by force in a while: nothing it left may go on behind it. */
  boolean force;

  /** What became of it, from when the instance has said so; else null. */
  Answer answer;

  private Pool pool;
  private final Promise<Void> started = Promise.promise();
  private final Promise<Outcome> outcome = Promise.promise();

  /** Null while it waits. */
  private Instance instance;

  private String where = "no instance yet";
  private long beganAt;
  private long deadline;
  private long memoryAtBegin;
  private long memoryMaxAtBegin;
  private BiConsumer<StopStep, String> steps;

  ManagedCall(Call call, Pool pool) {
    this.call = call;
    this.pool = pool;
    this.log = new CallLog(call.logBytesMax());
  }

  // ---- what the executor asks

  @Override
  public String instance() {
    return where;
  }

  @Override
  public Future<Void> started() {
    return started.future();
  }

  @Override
  public Future<Outcome> outcome() {
    return outcome.future();
  }

  @Override
  public boolean withdraw() {
    return instance == null && !outcome.future().isComplete() && pool.withdraw(this);
  }

  @Override
  public void stop(StopMode mode, long graceMillis, BiConsumer<StopStep, String> told) {
    if (outcome.future().isComplete()) {
      return;
    }
    steps = told;
    if (instance != null) {
      instance.stop(this, mode, graceMillis);
    } else if (pool.withdraw(this)) {
      end(Outcomes.stopped("no instance had taken the call"));
    }
  }

  /** Another pool's instances are to run it. Only while it waits. */
  void moveTo(Pool other) {
    pool = other;
  }

  // ---- what its instance tells

  /**
   * {@code by} takes the call.
   *
   * @param cold how it was started, for its first call; else null
   * @param output what it wrote before this call, for its first call; else empty
   */
  void begin(Instance by, ColdStart cold, byte[] output, long now) {
    instance = by;
    where = by.id();
    beganAt = now;
    deadline = now + call.function().timeoutMillis();
    memoryAtBegin = by.memoryBytes();
    memoryMaxAtBegin = by.memoryBytesMax();
    log.line(LogText.before(flavour(), requestId(), cold, by.memoryMb(), memoryAtBegin));
    log.add(output);
    started.complete();
  }

  /** Milliseconds since the epoch. */
  long deadline() {
    return deadline;
  }

  void told(StopStep step, String detail) {
    if (steps != null) {
      steps.accept(step, detail);
    }
  }

  /** It was told to end if it can; whether that reached its process. */
  void signalled(boolean received) {
    log.line(LogText.signal(flavour(), received));
  }

  boolean stopAsked() {
    return steps != null;
  }

  void succeeded(Buffer result, long now) {
    if (!call.room().admits(result.length())) {
      RunError tooLarge = Outcomes.resultTooLarge(call.room(), Outcome.NOTHING).error();
      failed(tooLarge, Buffer.buffer(), now);
    } else {
      long memory = memoryBytes();
      endLog(null, memory, now);
      end(result, bytes -> new Outcome.Succeeded(bytes, log.bytes(), memory));
    }
  }

  /** {@code error} is not the platform's. */
  void failed(RunError error, Buffer result, long now) {
    long memory = memoryBytes();
    endLog(error, memory, now);
    end(result, bytes -> new Outcome.Failed(error, 0, bytes, log.bytes(), memory));
  }

  private void end(Buffer result, Function<byte[], Outcome> how) {
    LargeCopies.of(result.length(), result::getBytes)
        .onSuccess(bytes -> end(how.apply(bytes)))
        .onFailure(cause -> platformFailed("ResultLost", String.valueOf(cause)));
  }

  /** The instance that was started for it never took a call. */
  void notStarted(Instance by, StartFailure failure, byte[] output, long now) {
    where = by.id();
    beganAt = now;
    if (failure.error().kind() == RunError.Kind.PLATFORM) {
      end(new Outcome.PlatformFailed(failure.error(), 0));
      return;
    }
    log.line(LogText.before(flavour(), requestId(), null, by.memoryMb(), 0));
    log.add(output);
    endLog(failure.error(), by.memoryBytesMax(), now);
    byte[] result = failure.result() == null ? Outcome.NOTHING : failure.result().getBytes();
    end(new Outcome.Failed(failure.error(), 0, result, log.bytes(), by.memoryBytesMax()));
  }

  /** Not its doing: it is to run again. */
  void platformFailed(String type, String message) {
    end(Outcomes.platform(type, message));
  }

  /** The executor learns the outcome first: what has failed before it began did not begin. */
  private void end(Outcome how) {
    outcome.tryComplete(how);
    started.tryComplete();
  }

  private void endLog(RunError error, long memory, long now) {
    // What it answers after its time limit counts as much as no answer; the executor says the same.
    RunError shown =
        error != null && deadline > 0 && now >= deadline
            ? new RunError(
                RunError.Kind.TIMEOUT,
                "Timeout",
                "ran longer than " + call.function().timeoutMillis() + " ms")
            : error;
    log.line(
        LogText.after(
            flavour(),
            requestId(),
            new LogText.Ended(shown, now - beganAt, pool.memoryMb(), memory)));
  }

  /** Most memory its instance used while it ran, as far as it was looked at. */
  private long memoryBytes() {
    if (instance == null) {
      return 0;
    }
    long max = instance.memoryBytesMax();
    return max > memoryMaxAtBegin ? max : Math.max(memoryAtBegin, instance.memoryBytes());
  }

  private Flavour flavour() {
    return call.function().flavour();
  }

  /** What the function knows the call by. */
  private String requestId() {
    return CallHeaders.requestId(call);
  }
}
