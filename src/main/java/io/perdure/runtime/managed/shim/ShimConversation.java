package io.perdure.runtime.managed.shim;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;

import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.runtime.Call;
import io.perdure.runtime.PayloadStream;
import io.perdure.runtime.ResultRoom;
import io.perdure.runtime.managed.Conversation;
import io.perdure.runtime.managed.Conversations.Blueprint;
import io.perdure.runtime.managed.StartFailure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Speaks with the shim of one instance. What does not follow the protocol ends the conversation:
 * calls under way have failed, and no other can be made. Executor's event loop.
 */
final class ShimConversation implements Conversation {
  private static final System.Logger LOG = System.getLogger(ShimConversation.class.getName());

  /** Room for errors and logs where results may be small. */
  private static final int BODY_BYTES_MIN = 512 * 1024;

  /** No setting allows a larger result. */
  private static final int RESULT_BYTES_MAX = 64 << 20;

  /** Logs taken from an instance without a pause, and the pause: about 100 MB a second. */
  static final int LOG_BURST_BYTES = 1 << 20;

  static final long LOG_PAUSE_MILLIS = 10;

  /** What a frame costs however little it carries. */
  private static final int LOG_FRAME_BYTES = 256;

  private final Blueprint blueprint;
  private final List<String> argv;
  private final ShimServer server;
  private final Supplier<Buffer> init;
  private final String token;
  private final Promise<Void> ready = Promise.promise();
  private final Map<Integer, Pending> pending = new HashMap<>();

  /**
   * Frames, and pieces of large ones, that the connection had no room for; made only when it has.
   * No more frames wait than calls may run at once.
   */
  private final Deque<Supplier<Buffer>> waiting = new ArrayDeque<>();

  private NetSocket socket;
  private Frames.Decoder decoder;
  private Promise<Void> preStop;
  private int lastNumber;
  private int loggedBytes;
  private boolean over;

  /** A call under way. */
  private record Pending(Call call, Consumer<Buffer> log, Promise<Answer> answer) {}

  ShimConversation(
      Blueprint blueprint, List<String> argv, ShimServer server, Supplier<Buffer> init) {
    this.blueprint = blueprint;
    this.argv = argv;
    this.server = server;
    this.init = init;
    this.token = server.expect(this);
  }

  @Override
  public List<String> argv() {
    return argv;
  }

  @Override
  public Map<String, String> environment() {
    return Map.of("PERDURE_SOCKET", server.path().toString(), "PERDURE_TOKEN", token);
  }

  @Override
  public Path directory() {
    return blueprint.code();
  }

  @Override
  public Future<Void> ready() {
    return ready.future();
  }

  @Override
  public RunError late(long timeoutMillis) {
    String what = socket == null ? "the interpreter did not start" : "the code was not loaded";
    return new RunError(Kind.TIMEOUT, "InitTimeout", what + " within " + timeoutMillis + " ms");
  }

  @Override
  public Future<Answer> call(Call call, long deadline, Consumer<Buffer> log) {
    if (over || socket == null) {
      return Future.succeededFuture(new Answer.Lost());
    }
    Promise<Answer> answer = Promise.promise();
    int number = nextNumber();
    pending.put(number, new Pending(call, log, answer));
    sendCall(number, call, deadline);
    return answer.future();
  }

  /** A large payload goes in pieces, so that it is not copied at once. */
  private void sendCall(int number, Call call, long deadline) {
    byte[] payload = call.payload();
    int pieces = PayloadStream.pieces(payload);
    if (pieces <= 1) {
      send(() -> Frames.call(number, ShimMessages.call(call, deadline), payload));
      return;
    }
    waiting.add(() -> Frames.callBegin(number, ShimMessages.call(call, deadline), payload.length));
    for (int i = 0; i < pieces; i++) {
      int piece = i;
      waiting.add(() -> PayloadStream.piece(payload, piece));
    }
    flush();
  }

  @Override
  public boolean cancel(Call call) {
    if (!Shims.listensDuringCalls(blueprint.spec())) {
      return false;
    }
    for (Map.Entry<Integer, Pending> entry : pending.entrySet()) {
      if (entry.getValue().call().invocation().id().equals(call.invocation().id())) {
        int number = entry.getKey();
        send(() -> Frames.frame(Frames.CANCEL, number));
        return true;
      }
    }
    return false;
  }

  @Override
  public Future<Void> preStop() {
    boolean deaf = !pending.isEmpty() && !Shims.listensDuringCalls(blueprint.spec());
    if (over || deaf || blueprint.spec().preStop() == null || !ready.future().succeeded()) {
      return Future.succeededFuture();
    }
    if (preStop == null) {
      preStop = Promise.promise();
      send(() -> Frames.frame(Frames.PRE_STOP, 0));
    }
    return preStop.future();
  }

  @Override
  public void lost() {
    end(new Answer.Lost());
    ready.tryFail(
        new StartFailure(Kind.CRASH, "InitExit", "the process ended before it was ready"));
  }

  @Override
  public Future<Void> close() {
    server.forget(token);
    if (!over && socket != null) {
      send(() -> Frames.frame(Frames.EXIT, 0));
    }
    lost();
    return Future.succeededFuture();
  }

  /** The instance has called and shown its token. */
  void connected(NetSocket from, Frames.Decoder frames) {
    socket = from;
    decoder = frames;
    frames.bodyBytesMax(Math.max(BODY_BYTES_MIN, blueprint.resultBytesMax()), RESULT_BYTES_MAX);
    socket.closeHandler(v -> end(new Answer.Lost()));
    socket.exceptionHandler(
        e -> LOG.log(DEBUG, "connection of instance " + blueprint.instance() + " broke", e));
    socket.drainHandler(v -> flush());
    send(() -> Frames.frame(Frames.INIT, 0, init.get()));
  }

  void frame(int type, int number, Buffer body) {
    if (over) {
      return;
    }
    switch (type) {
      case Frames.READY -> {
        if (!ready.tryComplete()) {
          garbage("that it is ready, again");
        }
      }
      case Frames.INIT_FAILED -> initFailed(body);
      case Frames.RESULT -> answer(number, result(number, body), "a result");
      case Frames.ERROR -> failed(number, body);
      case Frames.LOG -> log(number, body);
      case Frames.PRE_STOPPED -> {
        if (preStop == null || !preStop.tryComplete()) {
          garbage("the end of a hook that does not run");
        }
      }
      default -> garbage("a frame of unknown type " + type);
    }
  }

  private Answer result(int number, Buffer body) {
    Pending call = pending.get(number);
    return call == null || call.call().room().admits(body.length())
        ? new Answer.Returned(body)
        : ShimMessages.tooLarge(call.call().room());
  }

  /** Only a result may be large, and only if there is room for it. */
  Frames.Larger larger(int type, int number, int bodyBytes) {
    Pending call = type == Frames.RESULT ? pending.get(number) : null;
    if (over || call == null || bodyBytes > call.call().room().bytesMax()) {
      return Frames.Larger.REFUSE;
    }
    if (call.call().room().admits(bodyBytes)) {
      return Frames.Larger.TAKE;
    }
    answer(number, ShimMessages.tooLarge(call.call().room()), "a result");
    return Frames.Larger.DROP;
  }

  /** The instance sent {@code what}, which it must not. */
  void garbage(String what) {
    if (over) {
      return;
    }
    LOG.log(INFO, "instance {0} sent {1}; it is given up", blueprint.instance(), what);
    String message = "the instance sent " + what;
    end(ShimMessages.nonsense(message, blueprint.resultBytesMax()));
    ready.tryFail(new StartFailure(Kind.BAD_RESPONSE, "BadResponse", message));
  }

  private void initFailed(Buffer body) {
    StartFailure failure = ShimMessages.initFailed(body, blueprint.resultBytesMax()).orElse(null);
    if (failure == null) {
      garbage("a report of its start that cannot be read");
    } else if (ready.tryFail(failure)) {
      end(new Answer.Lost()); // so that it exits
    } else {
      garbage("that it could not start, after its start");
    }
  }

  private void failed(int number, Buffer body) {
    Pending call = pending.get(number);
    ResultRoom room = call == null ? ResultRoom.of(blueprint.resultBytesMax()) : call.call().room();
    Answer answer = ShimMessages.error(body, room, blueprint.resultBytesMax()).orElse(null);
    if (answer == null) {
      garbage("an error that cannot be read");
    } else {
      answer(number, answer, "an error");
    }
  }

  private void answer(int number, Answer answer, String what) {
    Pending call = pending.remove(number);
    if (call == null) {
      garbage(what + " of a call that does not run");
    } else {
      call.answer().complete(answer);
    }
  }

  /**
   * What a thread of the function's logs after its call has ended belongs to no call: dropped. A
   * flood is slowed down, for the event loop is everybody's.
   */
  private void log(int number, Buffer body) {
    loggedBytes += LOG_FRAME_BYTES + body.length();
    if (loggedBytes > LOG_BURST_BYTES) {
      loggedBytes = Integer.MIN_VALUE; // until the pause is over
      socket.pause();
      server.clock().at(server.clock().millis() + LOG_PAUSE_MILLIS, this::readOn);
    }
    Pending call = pending.get(number);
    if (call != null) {
      call.log().accept(body);
    }
  }

  private void readOn() {
    loggedBytes = 0;
    if (!over) {
      socket.resume();
    }
  }

  /** Ends everything pending. */
  private void end(Answer answer) {
    if (over) {
      return;
    }
    over = true;
    server.forget(token);
    waiting.clear();
    if (socket != null) {
      decoder.stop();
      socket
          .close()
          .onFailure(
              e -> LOG.log(DEBUG, "could not close the connection of " + blueprint.instance(), e));
    }
    List<Pending> calls = new ArrayList<>(pending.values());
    pending.clear();
    calls.forEach(call -> call.answer().complete(answer));
    if (preStop != null) {
      preStop.tryComplete();
    }
  }

  private int nextNumber() {
    do {
      lastNumber = lastNumber == Integer.MAX_VALUE ? 1 : lastNumber + 1;
    } while (pending.containsKey(lastNumber));
    return lastNumber;
  }

  /** One write a frame, when there is room for it. */
  private void send(Supplier<Buffer> frame) {
    waiting.add(frame);
    flush();
  }

  private void flush() {
    while (!waiting.isEmpty() && !socket.writeQueueFull()) {
      socket
          .write(waiting.poll().get())
          .onFailure(e -> LOG.log(DEBUG, "could not write to " + blueprint.instance(), e));
    }
  }
}
