package io.perdure.executor;

import io.perdure.invocation.Function;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Call;
import io.perdure.runtime.FunctionRuntime;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Running;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/** A kind of runtime whose attempts end when the test says so, by force or not. */
final class HandRuntime implements FunctionRuntime {
  final BlockingQueue<Started> attempts = new LinkedBlockingQueue<>();
  private final boolean endsByForce;
  final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

  /** Versions that have no room. */
  final Set<String> full = ConcurrentHashMap.newKeySet();

  volatile boolean beginsLate;
  private volatile LongConsumer onRoom;
  private volatile Context context;
  volatile boolean closed;

  HandRuntime(boolean endsByForce) {
    this.endsByForce = endsByForce;
  }

  @Override
  public Running start(Call call) {
    Started started = new Started(call, Vertx.currentContext());
    if (!beginsLate) {
      started.began.complete();
    }
    attempts.add(started);
    return started;
  }

  @Override
  public boolean hasRoom(Function function) {
    asked.add(function.version());
    return !full.contains(function.version());
  }

  @Override
  public void onRoom(LongConsumer listener) {
    if (onRoom != null) {
      throw new IllegalStateException("called twice");
    }
    onRoom = listener;
    context = Vertx.currentContext();
  }

  /** Tells that there may be room for the function. */
  void room(long functionUid) {
    context.runOnContext(v -> onRoom.accept(functionUid));
  }

  @Override
  public boolean endsByForce() {
    return endsByForce;
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return Future.succeededFuture();
  }

  /** One attempt. */
  static final class Started implements Running {
    final Call call;
    final BlockingQueue<String> stops = new LinkedBlockingQueue<>();
    private final Context context;
    private final Promise<Void> began = Promise.promise();
    private final Promise<Outcome> outcome = Promise.promise();
    volatile boolean withdrawn;
    private volatile BiConsumer<StopStep, String> steps;

    Started(Call call, Context context) {
      this.call = call;
      this.context = context;
    }

    /** The attempt begins, when it is one that does so late. */
    void begin() {
      context.runOnContext(v -> began.tryComplete());
    }

    void end(Outcome how) {
      context.runOnContext(v -> outcome.tryComplete(how));
    }

    void step(StopStep step, String detail) {
      context.runOnContext(v -> steps.accept(step, detail));
    }

    @Override
    public String instance() {
      return "by hand";
    }

    @Override
    public Future<Void> started() {
      return began.future();
    }

    @Override
    public boolean withdraw() {
      withdrawn = !began.future().isComplete();
      return withdrawn;
    }

    @Override
    public Future<Outcome> outcome() {
      return outcome.future();
    }

    @Override
    public void stop(StopMode mode, long graceMillis, BiConsumer<StopStep, String> told) {
      steps = told;
      stops.add(mode + " " + graceMillis);
    }
  }
}
