package io.perdure.runtime.managed.pool;

import static java.lang.System.Logger.Level.ERROR;

import io.perdure.invocation.RunError.Kind;
import io.perdure.runtime.Tail;
import io.perdure.runtime.managed.CodeDirectories.CodeDirectory;
import io.perdure.runtime.managed.Conversation;
import io.perdure.runtime.managed.Conversations;
import io.perdure.runtime.managed.Conversations.Blueprint;
import io.perdure.runtime.managed.Processes.Exit;
import io.perdure.runtime.managed.Processes.InstanceProcess;
import io.perdure.runtime.managed.Processes.Place;
import io.perdure.runtime.managed.Processes.Signal;
import io.perdure.runtime.managed.StartFailure;
import io.perdure.runtime.managed.pool.LogText.ColdStart;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One start, step by step, and all that was made for the instance, to be given back when it is
 * over. Executor's event loop.
 */
final class Start {
  /** Longest time to unpack the code and make a place, 2 min. */
  static final long PREPARE_MILLIS = 120_000;

  /** Of what is written before the first call, the end is kept. */
  private static final int OUTPUT_BYTES_MAX = 64 << 10;

  private static final System.Logger LOG = System.getLogger(Start.class.getName());

  private final Fleet fleet;
  private final Pool pool;
  private final String id;
  private final Promise<ColdStart> done = Promise.promise();
  private final Tail output = new Tail(OUTPUT_BYTES_MAX);
  private final Consumer<Buffer> later;
  private final long beganAt;
  private long codeAt;
  private long processAt;
  private Clock.Timer timer;
  private StartFailure failure; // why it is being ended, else null
  private boolean underWay; // a step that cannot be broken off

  private CodeDirectory code;
  private Place place;
  private Conversation conversation;
  private InstanceProcess process;

  /**
   * Of an instance.
   *
   * @param later gets what is written once it takes calls
   */
  Start(Fleet fleet, Pool pool, String id, Consumer<Buffer> later) {
    this.fleet = fleet;
    this.pool = pool;
    this.id = id;
    this.later = later;
    this.beganAt = fleet.now();
  }

  /**
   * Goes through all the steps.
   *
   * @return completes when the instance takes calls; fails with {@link StartFailure} when it never
   *     will and its process, if there was one, is gone
   */
  Future<ColdStart> run() {
    timer = fleet.clock().at(beganAt + PREPARE_MILLIS, this::notPrepared);
    acquire();
    return done.future();
  }

  /** Ends it, wherever it is. */
  void abort(StartFailure why) {
    if (failure != null || done.future().isComplete()) {
      return;
    }
    failure = why;
    if (process != null) {
      process.signal(Signal.KILL); // its exit is the end
      return;
    }
    timer.cancel();
    if (!underWay) {
      release();
    }
    done.fail(why);
  }

  // ---- steps

  private void acquire() {
    if (pool.spec().code() == null) {
      abort(new StartFailure(Kind.FUNCTION, "CodeUnusable", "no code has been uploaded"));
      return;
    }
    next(
        fleet.parts().codes().acquire(pool.function()),
        got -> {
          code = got;
          codeAt = fleet.now();
          goOn(this::place);
        });
  }

  private void place() {
    next(
        fleet.parts().processes().place(id, code),
        got -> {
          place = got;
          goOn(this::open);
        });
  }

  private void open() {
    Conversations conversations = fleet.parts().conversations().get(pool.spec().language());
    if (conversations == null) {
      String what = "this node runs no functions of kind " + pool.spec().kind();
      abort(new StartFailure(Kind.PLATFORM, "CannotStart", what));
      return;
    }
    Blueprint blueprint =
        new Blueprint(
            id, pool.function(), pool.spec(), code.path(), place.work(), fleet.resultBytesMax());
    next(
        conversations.open(blueprint),
        got -> {
          conversation = got;
          goOn(() -> spawn(blueprint));
        });
  }

  private void spawn(Blueprint blueprint) {
    Map<String, String> env = new HashMap<>(fleet.parts().environment().of(blueprint));
    env.putAll(conversation.environment());
    next(
        fleet
            .parts()
            .processes()
            .start(
                place,
                conversation.directory(),
                conversation.argv(),
                env,
                fleet.parts().limits().of(pool.function(), pool.spec())),
        got -> {
          process = got;
          processAt = fleet.now();
          process.output(this::output);
          process.exited().onSuccess(this::exited);
          if (failure == null) {
            converse();
          } else {
            process.signal(Signal.KILL);
          }
        });
  }

  private void converse() {
    timer.cancel();
    timer = fleet.clock().at(processAt + pool.spec().initTimeoutMillis(), this::notReady);
    next(
        conversation.ready(),
        ready -> {
          if (failure != null || done.future().isComplete()) {
            return; // it is being ended
          }
          timer.cancel();
          long now = fleet.now();
          done.complete(new ColdStart(codeAt - beganAt, processAt - codeAt, now - processAt));
        });
  }

  /** What comes after {@code step}; its failure is that of the start. */
  private <T> void next(Future<T> step, Consumer<T> then) {
    underWay = true;
    step.onComplete(
        got -> {
          underWay = false;
          if (got.succeeded()) {
            then.accept(got.result());
          } else if (failure != null) {
            goOn(() -> {});
          } else if (got.cause() instanceof StartFailure why) {
            abort(why);
          } else {
            LOG.log(ERROR, "instance " + id + " could not be started", got.cause());
            abort(new StartFailure(Kind.PLATFORM, "CannotStart", got.cause().toString()));
          }
        });
  }

  /** Unless it was ended while a step was under way: then all that was made goes again. */
  private void goOn(Runnable next) {
    if (failure == null) {
      next.run();
    } else if (process == null) {
      release();
    }
  }

  // ---- what may come between

  private void notPrepared() {
    String late = "code and place were not ready within " + PREPARE_MILLIS + " ms";
    abort(new StartFailure(Kind.PLATFORM, "CannotStart", late));
  }

  private void notReady() {
    abort(new StartFailure(conversation.late(pool.spec().initTimeoutMillis())));
  }

  private void output(Buffer bytes) {
    if (done.future().isComplete()) {
      later.accept(bytes);
    } else {
      wrote(bytes);
    }
  }

  private void exited(Exit exit) {
    if (!done.future().succeeded()) { // else it is the instance's affair
      process.drained().onComplete(drained -> over(exit));
    }
  }

  private void over(Exit exit) {
    if (done.future().succeeded()) {
      return;
    }
    if (failure == null) {
      failure = new StartFailure(Exits.beforeReady(exit, output.bytes(), pool.spec().language()));
    }
    timer.cancel();
    release();
    done.tryFail(failure);
  }

  // ---- what the instance is made of

  /** It wrote {@code bytes} before its first call. */
  void wrote(Buffer bytes) {
    output.add(bytes.getBytes(), bytes.length());
  }

  /** What was written before the first call. */
  byte[] output() {
    return output.bytes();
  }

  Conversation conversation() {
    return conversation;
  }

  /** Null while there is none. */
  InstanceProcess process() {
    return process;
  }

  /** Gives back what was made; once, when the process is gone. */
  void release() {
    if (conversation != null) {
      conversation.lost();
      quietly(conversation.close());
    }
    Future<Void> removed = place == null ? Future.succeededFuture() : place.remove();
    quietly(removed);
    CodeDirectory used = code;
    if (used != null) {
      fleet.cleansUp(removed.onComplete(v -> used.release()));
    }
  }

  private void quietly(Future<Void> end) {
    end.onFailure(e -> LOG.log(ERROR, "instance " + id + " left something behind", e));
  }
}
