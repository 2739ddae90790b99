package io.perdure.runtime.managed.custom;

import static java.lang.System.Logger.Level.DEBUG;

import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.runtime.Call;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Outcomes;
import io.perdure.runtime.ResultRoom;
import io.perdure.runtime.managed.Conversation;
import io.perdure.runtime.managed.Conversations.Blueprint;
import io.perdure.runtime.managed.ErrorObject;
import io.perdure.runtime.managed.StartFailure;
import io.perdure.runtime.managed.custom.HttpCall.Ended;
import io.perdure.runtime.managed.custom.HttpDialect.HttpReply;
import io.perdure.runtime.managed.custom.HttpDialect.Target;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http1ClientConfig;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConfig;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * With a program that serves HTTP on a port of 127.0.0.1. It is ready when a connection can be made
 * and its initializer, if it has one, has answered; calls go over kept connections of its own, at
 * most one per call. HTTP/1.1 alone: ending a request then is closing its connection.
 */
final class HttpConversation implements Conversation {
  private static final System.Logger LOG = System.getLogger(HttpConversation.class.getName());

  private static final String LOOPBACK = "127.0.0.1";
  private static final long FIRST_PROBE_MILLIS = 5;
  private static final long PROBE_MILLIS_MAX = 100;

  /** An answer's head; beyond it, it is none. */
  private static final int HEADER_BYTES_MAX = 64 * 1024;

  /** Below the 5 s after which common servers close an idle connection of theirs. */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(4);

  /**
   * A connection ends when its process does, and is noticed first: only after this time a broken
   * one is taken for what the living program did. Likewise how long the last words of a process
   * that is gone are waited for.
   */
  private static final long LAST_WORDS_MILLIS = 500;

  /** A call under way. */
  private static final class Open {
    private final HttpCall http;
    private final ResultRoom room;
    private final Promise<Answer> answer = Promise.promise();
    private boolean broken; // and not known yet whether the process is gone

    private Open(HttpCall http, ResultRoom room) {
      this.http = http;
      this.room = room;
    }
  }

  private final Vertx vertx;
  private final Blueprint of;
  private final List<String> argv;
  private final int port;
  private final HttpDialect dialect;
  private final NetClient probes;
  private final HttpClientAgent client;
  private final Runnable freePort;
  private final Promise<Void> ready = Promise.promise();
  private final IdentityHashMap<Call, Open> calls = new IdentityHashMap<>();
  private boolean listening;
  private boolean gone;
  private Future<Void> closed; // null until it is asked for

  HttpConversation(
      Vertx vertx,
      Blueprint of,
      List<String> argv,
      int port,
      HttpDialect dialect,
      NetClient probes,
      Runnable freePort) {
    this.vertx = vertx;
    this.of = of;
    this.argv = argv;
    this.port = port;
    this.dialect = dialect;
    this.probes = probes;
    this.freePort = freePort;
    HttpClientConfig config =
        new HttpClientConfig()
            .setVersions(HttpVersion.HTTP_1_1)
            .setHttp1Config(
                new Http1ClientConfig()
                    .setMaxHeaderSize(HEADER_BYTES_MAX)
                    .setKeepAlive(true)
                    .setKeepAliveTimeout(KEEP_ALIVE));
    this.client =
        vertx
            .httpClientBuilder()
            .with(config)
            .with(new PoolOptions().setHttp1MaxSize(of.spec().instanceConcurrency()))
            // The call tells the same; without a handler what a program sends fills our log.
            .withConnectHandler(
                connection ->
                    connection.exceptionHandler(
                        cause -> LOG.log(DEBUG, "an instance broke a connection", cause)))
            .build();
  }

  @Override
  public List<String> argv() {
    return argv;
  }

  @Override
  public Map<String, String> environment() {
    return dialect.environment(port);
  }

  @Override
  public Path directory() {
    return of.code();
  }

  @Override
  public Future<Void> ready() {
    probe(FIRST_PROBE_MILLIS);
    return ready.future();
  }

  @Override
  public RunError late(long timeoutMillis) {
    if (listening) {
      String text = "the initializer did not answer within " + timeoutMillis + " ms";
      return new RunError(Kind.TIMEOUT, "InitTimeout", text);
    }
    String asked =
        of.spec().port() == 0
            ? ", where its environment told it to (" + String.join(", ", names()) + ")"
            : "";
    return new RunError(
        Kind.TIMEOUT,
        "PortNotBound",
        "nothing listens on port " + port + asked + " after " + timeoutMillis + " ms");
  }

  @Override
  public Future<Answer> call(Call call, long deadline, Consumer<Buffer> log) {
    Open open = new Open(new HttpCall(call.room()), call.room());
    calls.put(call, open);
    send(open.http, dialect.invoke(call), call.payload()).onSuccess(ended -> ended(open, ended));
    return open.answer.future().onComplete(done -> calls.remove(call));
  }

  /** Plain HTTP has no message for it. */
  @Override
  public boolean cancel(Call call) {
    return false;
  }

  /** Closes the call's connection; a server that looks for it may give up what it does. */
  @Override
  public boolean drop(Call call) {
    Open open = calls.get(call);
    if (open != null) {
      open.http.reset();
    }
    return true;
  }

  @Override
  public Future<Void> preStop() {
    Optional<Target> hook = dialect.preStop();
    if (hook.isEmpty() || gone) {
      return Future.succeededFuture();
    }
    HttpCall http = new HttpCall(ResultRoom.of(of.resultBytesMax()));
    long timer = vertx.setTimer(of.spec().preStop().timeoutMillis(), late -> http.reset());
    return send(http, hook.get(), Outcome.NOTHING)
        .onComplete(done -> vertx.cancelTimer(timer))
        .mapEmpty();
  }

  /** What it answered with its last breath still counts: it is read before the connection ends. */
  @Override
  public void lost() {
    gone = true;
    ready.tryFail(new StartFailure(Kind.CRASH, "InitExit", "the process is gone"));
    List<Open> open = List.copyOf(calls.values());
    open.stream().filter(call -> call.broken).forEach(HttpConversation::lose);
    if (!calls.isEmpty()) {
      vertx.setTimer(LAST_WORDS_MILLIS, late -> open.forEach(HttpConversation::lose));
    }
  }

  private static void lose(Open call) {
    call.answer.tryComplete(new Answer.Lost());
  }

  @Override
  public Future<Void> close() {
    if (closed == null) {
      lost();
      List<Future<Answer>> open = calls.values().stream().map(o -> o.answer.future()).toList();
      closed =
          Future.join(open).transform(done -> client.close()).onComplete(done -> freePort.run());
    }
    return closed;
  }

  private List<String> names() {
    return dialect.environment(port).keySet().stream().sorted().toList();
  }

  private void probe(long pauseMillis) {
    if (ready.future().isComplete()) {
      return;
    }
    probes
        .connect(port, LOOPBACK)
        .onSuccess(this::listens)
        .onFailure(
            refused ->
                vertx.setTimer(
                    pauseMillis, next -> probe(Math.min(2 * pauseMillis, PROBE_MILLIS_MAX))));
  }

  /** The probe ends before anything else is sent: a server may serve one connection at a time. */
  private void listens(NetSocket probe) {
    listening = true;
    probe
        .close()
        .onFailure(cause -> LOG.log(DEBUG, "a probe was closed already", cause))
        .onComplete(done -> initialize());
  }

  private void initialize() {
    Optional<Target> hook = dialect.initialize();
    if (hook.isEmpty()) {
      ready.tryComplete();
      return;
    }
    send(new HttpCall(ResultRoom.of(of.resultBytesMax())), hook.get(), Outcome.NOTHING)
        .onSuccess(
            ended -> {
              if (ended instanceof Ended.Replied replied) {
                dialect
                    .failure(replied.reply())
                    .ifPresentOrElse(
                        error -> initFailed(error.message()), () -> ready.tryComplete());
              } else {
                // Its process may be gone, and then that is the reason.
                vertx.setTimer(LAST_WORDS_MILLIS, late -> initFailed(why(ended)));
              }
            });
  }

  private void initFailed(String why) {
    ready.tryFail(new StartFailure(Kind.FUNCTION, "InitError", why));
  }

  private Future<Ended> send(HttpCall http, Target target, byte[] body) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(target.method())
            .setHost(LOOPBACK)
            .setPort(port)
            .setURI(target.path())
            .setFollowRedirects(false)
            .setHeaders(target.headers());
    return http.send(client.request(options), body);
  }

  private void ended(Open open, Ended ended) {
    if (ended instanceof Ended.Replied replied) {
      HttpReply reply = replied.reply();
      reply
          .body()
          .read(whole -> answer(reply, open.room))
          .onComplete(open.answer::tryComplete, cause -> lose(open));
    } else if (ended instanceof Ended.Reset) {
      open.answer.tryComplete(
          raised(Kind.FUNCTION, "Cancelled", "its connection was closed", false));
    } else if (gone) {
      lose(open);
    } else {
      open.broken = true;
      boolean garbled = ended instanceof Ended.Garbled;
      Answer alive =
          garbled
              ? raised(Kind.BAD_RESPONSE, "BadResponse", why(ended), true)
              : raised(Kind.CRASH, "ConnectionLost", why(ended), true);
      vertx.setTimer(LAST_WORDS_MILLIS, late -> open.answer.tryComplete(alive));
    }
  }

  private Answer answer(HttpReply reply, ResultRoom room) {
    Optional<RunError> failure = dialect.failure(reply);
    boolean tooLarge = reply.body().tooLarge();
    if (failure.isPresent()) {
      // A failure remains one though its body is too large; half a body is no result.
      Buffer result = tooLarge ? Buffer.buffer() : reply.body().buffer();
      return new Answer.Raised(failure.get(), result, false);
    }
    if (tooLarge) {
      RunError error = Outcomes.resultTooLarge(room, Outcome.NOTHING).error();
      return new Answer.Raised(error, ErrorObject.of(error).json(), false);
    }
    return new Answer.Returned(reply.body().buffer());
  }

  private static Answer raised(Kind kind, String type, String message, boolean fatal) {
    RunError error = new RunError(kind, type, message);
    return new Answer.Raised(error, ErrorObject.of(error).json(), fatal);
  }

  private static String why(Ended ended) {
    if (ended instanceof Ended.NotSent notSent) {
      return "it does not take connections any more: " + notSent.why();
    }
    if (ended instanceof Ended.Broken broken) {
      return broken.why();
    }
    return ended instanceof Ended.Garbled garbled ? garbled.why() : "the request was ended";
  }
}
