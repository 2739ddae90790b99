package io.perdure.runtime.managed.pool;

import io.perdure.invocation.Function;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.runtime.Call;
import io.perdure.runtime.managed.CodeDirectories;
import io.perdure.runtime.managed.Conversation;
import io.perdure.runtime.managed.Conversations;
import io.perdure.runtime.managed.Processes;
import io.perdure.runtime.managed.StartFailure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Instances without processes: each step of theirs is taken when the test says so, or at once. One
 * event loop.
 */
final class HandInstances implements CodeDirectories, Processes, Conversations {
  /** All that were started, in order. */
  final List<HandInstance> all = new ArrayList<>();

  /** What the next starts fail with, or null. */
  StartFailure broken;

  /** New ones take calls at once. */
  boolean readyAtOnce = true;

  /** SIGTERM ends them at once. */
  boolean mortal = true;

  /** They understand that a call is to be given up. */
  boolean canCancel;

  /** They can end one call without the others. */
  boolean canDrop;

  int codesHeld;
  int placesHeld;
  int conversationsHeld;
  int closed;

  Parts parts() {
    Map<Language, Conversations> each = new EnumMap<>(Language.class);
    for (Language language : Language.values()) {
      each.put(language, this);
    }
    return new Parts(
        this,
        this,
        each,
        of -> Map.of("FROM", "surroundings"),
        (function, spec) -> new Limits(spec.memoryMb(), spec.diskMb(), 64, 1024, 0, 0));
  }

  HandInstance last() {
    return all.get(all.size() - 1);
  }

  List<HandInstance> alive() {
    return all.stream().filter(one -> one.started && !one.exit.future().isComplete()).toList();
  }

  @Override
  public Future<CodeDirectory> acquire(Function function) {
    if (broken != null) {
      return Future.failedFuture(broken);
    }
    codesHeld++;
    return Future.succeededFuture(
        new CodeDirectory() {
          @Override
          public Path path() {
            return Path.of("/code");
          }

          @Override
          public int group() {
            return -1;
          }

          @Override
          public void release() {
            codesHeld--;
          }
        });
  }

  @Override
  public Future<Place> place(String instance, CodeDirectory code) {
    placesHeld++;
    HandInstance made = new HandInstance(instance);
    all.add(made);
    return Future.succeededFuture(made);
  }

  @Override
  public Future<Conversation> open(Blueprint of) {
    conversationsHeld++;
    HandInstance instance = last();
    instance.blueprint = of;
    return Future.succeededFuture(instance);
  }

  @Override
  public Future<InstanceProcess> start(
      Place place, Path directory, List<String> argv, Map<String, String> env, Limits limits) {
    HandInstance instance = (HandInstance) place;
    instance.env = env;
    instance.started = true;
    if (readyAtOnce) {
      instance.ready.complete();
    }
    return Future.succeededFuture(instance);
  }

  @Override
  public Future<Void> close() {
    closed++;
    return Future.succeededFuture();
  }

  /** One of them. */
  final class HandInstance implements Conversation, InstanceProcess, Place {
    final String id;
    final Promise<Void> ready = Promise.promise();
    final Promise<Exit> exit = Promise.promise();
    final Map<Call, Promise<Answer>> calls = new LinkedHashMap<>();
    final List<Signal> signals = new ArrayList<>();
    final List<Call> cancelled = new ArrayList<>();
    final List<Consumer<Buffer>> logs = new ArrayList<>();
    Promise<Void> hook; // null for none that takes its time
    Promise<Void> drained; // null for at once
    int hooksRun;
    Blueprint blueprint;
    Map<String, String> env;
    boolean started;
    long memory;
    long memoryMax;
    private Consumer<Buffer> output;

    HandInstance(String id) {
      this.id = id;
    }

    // what the test does

    Call call() {
      return calls.keySet().iterator().next();
    }

    void answer(String result) {
      answer(call(), new Answer.Returned(Buffer.buffer(result)));
    }

    void answer(Call call, Answer answer) {
      calls.remove(call).complete(answer);
    }

    void writes(String text) {
      output.accept(Buffer.buffer(text));
    }

    void exits(int code) {
      exit.tryComplete(new Exit(code, null, null));
    }

    // what the runtime does

    @Override
    public List<String> argv() {
      return List.of("program");
    }

    @Override
    public Map<String, String> environment() {
      return Map.of("PROTOCOL", "by hand");
    }

    @Override
    public Path directory() {
      return Path.of("/code");
    }

    @Override
    public Future<Void> ready() {
      return ready.future();
    }

    @Override
    public Future<Answer> call(Call call, long deadline, Consumer<Buffer> log) {
      if (calls.size() >= blueprint.spec().instanceConcurrency()) {
        throw new AssertionError("more calls at once than the function allows");
      }
      Promise<Answer> answer = Promise.promise();
      calls.put(call, answer);
      logs.add(log);
      return answer.future();
    }

    @Override
    public boolean cancel(Call call) {
      cancelled.add(call);
      return canCancel;
    }

    @Override
    public boolean drop(Call call) {
      if (canDrop) {
        RunError dropped = new RunError(RunError.Kind.FUNCTION, "Cancelled", "dropped");
        answer(call, new Answer.Raised(dropped, Buffer.buffer(), false));
      }
      return canDrop;
    }

    @Override
    public Future<Void> preStop() {
      hooksRun++;
      return hook == null ? Future.succeededFuture() : hook.future();
    }

    @Override
    public void lost() {
      List<Promise<Answer>> left = List.copyOf(calls.values());
      calls.clear();
      left.forEach(answer -> answer.complete(new Answer.Lost()));
    }

    @Override
    public Future<Void> close() {
      conversationsHeld--;
      return Future.succeededFuture();
    }

    @Override
    public Path work() {
      return Path.of("/instances/" + id);
    }

    @Override
    public Future<Void> remove() {
      placesHeld--;
      return Future.succeededFuture();
    }

    @Override
    public long pid() {
      return 4711;
    }

    @Override
    public String describe() {
      return "group 4711";
    }

    @Override
    public void output(Consumer<Buffer> to) {
      if (output != null) {
        throw new AssertionError("set twice");
      }
      output = to;
    }

    @Override
    public Future<Void> drained() {
      return drained == null ? Future.succeededFuture() : drained.future();
    }

    @Override
    public void signal(Signal signal) {
      signals.add(signal);
      if (signal == Signal.KILL) {
        exits(137);
      } else if (mortal) {
        exits(143);
      }
    }

    @Override
    public long memoryBytes() {
      return memory;
    }

    @Override
    public long memoryBytesMax() {
      return memoryMax;
    }

    @Override
    public Future<Exit> exited() {
      return exit.future();
    }
  }
}
