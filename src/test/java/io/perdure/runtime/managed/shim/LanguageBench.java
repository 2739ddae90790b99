package io.perdure.runtime.managed.shim;

import static io.perdure.runtime.Attempts.await;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.Attempts;
import io.perdure.runtime.Call;
import io.perdure.runtime.managed.Conversation;
import io.perdure.runtime.managed.Conversation.Answer;
import io.perdure.runtime.managed.Conversation.Answer.Raised;
import io.perdure.runtime.managed.Conversation.Answer.Returned;
import io.perdure.runtime.managed.Conversations.Blueprint;
import io.perdure.runtime.managed.Regions;
import io.perdure.runtime.managed.Surroundings;
import io.perdure.time.SystemClock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Starts real processes of a language's shim, one per {@link Instance}, without limits on what they
 * may use. {@link #close} ends those that are left.
 */
public final class LanguageBench {
  static final int RESULT_BYTES_MAX = 100_000;

  private static final Interpreters INTERPRETERS =
      Interpreters.find(InterpretersConfig.DEFAULT, path(), false);

  private final Context context;
  private final Path directory;
  private final Language language;
  private final ShimConversations conversations;
  private final List<Instance> instances = new ArrayList<>();

  LanguageBench(Vertx vertx, Path directory, Language language) {
    this.context = vertx.getOrCreateContext();
    this.directory = directory;
    this.language = language;
    this.conversations =
        on(
            () ->
                new ShimConversations(
                    vertx, new SystemClock(vertx), directory, INTERPRETERS, Regions.DEFAULT));
    String problem = INTERPRETERS.problem(new Spec().managed("x")).orElse(null);
    assumeTrue(problem == null, problem);
  }

  private static String path() {
    return System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
  }

  Spec spec() {
    return new Spec();
  }

  void close() throws Exception {
    for (Instance instance : instances) {
      instance.process.destroyForcibly();
      on(instance.conversation::close);
    }
    await(on(conversations::close));
  }

  /** What {@code action} returns on the event loop that all instances share. */
  <T> T on(Supplier<T> action) {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.runOnContext(
        v -> {
          try {
            result.complete(action.get());
          } catch (RuntimeException | AssertionError e) {
            result.completeExceptionally(e);
          }
        });
    return result.join();
  }

  /** What is started. */
  final class Spec {
    private final Map<String, String> files = new HashMap<>();
    private final Map<String, String> env = new HashMap<>();
    private Flavour flavour = Flavour.NATIVE;
    private String handler = "index.handler";
    private String initializer;
    private Managed.Hook preStop;
    private int concurrency = 1;

    Spec file(String name, String... lines) {
      files.put(name, String.join("\n", lines) + "\n");
      return this;
    }

    Spec flavour(Flavour of) {
      flavour = of;
      return this;
    }

    Spec handler(String named) {
      handler = named;
      return this;
    }

    Spec env(String name, String value) {
      env.put(name, value);
      return this;
    }

    Spec initializer(String named) {
      initializer = named;
      return this;
    }

    Spec preStop(String named) {
      preStop = new Managed.Hook(named, 1_000);
      return this;
    }

    Spec concurrency(int most) {
      concurrency = most;
      return this;
    }

    private Managed managed(String name) {
      return new Managed(
          language,
          name,
          handler,
          null,
          env,
          256,
          512,
          concurrency,
          initializer,
          10_000,
          preStop,
          List.of(),
          0,
          60_000);
    }

    /** Starts a process; nothing is waited for. */
    Instance start() throws Exception {
      int number = instances.size();
      Path code = Files.createDirectories(directory.resolve("code-" + number));
      Path work = Files.createDirectories(directory.resolve("work-" + number));
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path target = code.resolve(file.getKey());
        Files.createDirectories(target.getParent());
        Files.writeString(target, file.getValue());
      }
      Managed managed = managed(language.kind());
      Function plain = Attempts.function(1, "fn", managed);
      Function function = flavoured(plain, flavour);
      Blueprint blueprint =
          new Blueprint("i-" + number, function, managed, code, work, RESULT_BYTES_MAX);
      Conversation conversation = await(on(() -> conversations.open(blueprint)));
      Instance instance = new Instance(conversation, function, launch(conversation, blueprint));
      instances.add(instance);
      return instance;
    }

    /** Starts a process and waits until it takes calls. */
    Instance ready() throws Exception {
      Instance instance = start();
      instance.awaitReady();
      return instance;
    }

    private Process launch(Conversation conversation, Blueprint blueprint) throws IOException {
      Path output = blueprint.work().resolve("output");
      ProcessBuilder builder =
          new ProcessBuilder(conversation.argv())
              .directory(conversation.directory().toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().clear();
      builder.environment().putAll(new Surroundings(Regions.DEFAULT, path()).of(blueprint));
      builder.environment().putAll(conversation.environment());
      return builder.start();
    }
  }

  /** The same function as another dialect made it. */
  public static Function flavoured(Function function, Flavour flavour) {
    return new Function(
        function.uid(),
        function.account(),
        function.namespace(),
        function.name(),
        flavour,
        function.version(),
        function.about(),
        function.runtime(),
        function.timeoutMillis(),
        function.concurrency(),
        function.retry(),
        function.eventAgeMillis(),
        function.retention(),
        function.pause(),
        function.createdAt(),
        function.modifiedAt(),
        function.revision());
  }

  /** A process with its conversation. */
  final class Instance {
    final Conversation conversation;
    final Function function;
    final Process process;

    /** What calls logged by way of the conversation. */
    final BlockingQueue<String> log = new LinkedBlockingQueue<>();

    Instance(Conversation conversation, Function function, Process process) {
      this.conversation = conversation;
      this.function = function;
      this.process = process;
    }

    void awaitReady() throws Exception {
      // a process that ends instead must not be waited for
      Future.fromCompletionStage(process.onExit(), context).onSuccess(v -> conversation.lost());
      await(conversation.ready());
    }

    Call call(String payload) {
      return Attempts.call(
          function, payload.getBytes(StandardCharsets.UTF_8), RESULT_BYTES_MAX, 1000);
    }

    /** Begins a call. */
    Future<Answer> send(Call call) {
      return on(() -> conversation.call(call, 61_000, bytes -> log.add(bytes.toString())));
    }

    Future<Answer> send(String payload) {
      return send(call(payload));
    }

    /** What a call returns, as text. */
    String returns(String payload) throws Exception {
      return bytes(payload).toString(StandardCharsets.UTF_8);
    }

    Buffer bytes(String payload) throws Exception {
      return assertInstanceOf(Returned.class, await(send(payload))).result();
    }

    /** How a call fails. */
    Raised raises(String payload) throws Exception {
      return assertInstanceOf(Raised.class, await(send(payload)));
    }

    /** What the process printed so far; complete once a call has been answered. */
    String output() throws IOException {
      return Files.readString(
          directory.resolve("work-" + instances.indexOf(this)).resolve("output"));
    }

    int exitCode() throws Exception {
      assertInstanceOf(Process.class, process.onExit().get(20, TimeUnit.SECONDS));
      return process.exitValue();
    }
  }

  /** A file for a function to write to. */
  Path file(String name) {
    return directory.resolve(name);
  }

  /** Waits until a function has made {@code file}. */
  static void awaitFile(Path file) throws Exception {
    try (WatchService watch = file.getFileSystem().newWatchService()) {
      file.getParent().register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      while (!Files.exists(file)) {
        WatchKey key = watch.poll(Attempts.PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertNotNull(key, file + " was not made");
        key.pollEvents();
        key.reset();
      }
    }
  }

  /** The same call of another invocation. */
  static Call of(Call call, Invocation invocation) {
    return new Call(
        invocation,
        call.function(),
        call.epoch(),
        call.attempt(),
        call.payload(),
        call.deadline(),
        call.room(),
        call.logBytesMax());
  }

  /** The object kept as the result of a failed call. */
  static JsonObject json(Raised raised) {
    return new JsonObject(raised.result());
  }
}
