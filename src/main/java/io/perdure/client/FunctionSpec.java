package io.perdure.client;

import io.perdure.invocation.About;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Function;
import io.perdure.invocation.ManagedBuilder;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a function is to be. Immutable; begin with one of the static methods, each other method
 * gives a changed copy. Settings of instances (memory, environment, initializer ...) are for
 * functions that run uploaded code.
 *
 * <pre>{@code
 * FunctionSpec.python3("index.handler").withMemoryMb(512).withTimeout(Duration.ofSeconds(30))
 * }</pre>
 *
 * @param flavour whose conventions its handler follows
 * @param about description and tags
 * @param runtime how it is run
 * @param timeout longest run of one attempt
 * @param concurrency most attempts at once; with 0 nothing is started
 * @param retry when a failed attempt is repeated
 * @param eventAge longest wait from acceptance to the first start, zero for no limit
 * @param retention how long ended invocations are kept
 */
public record FunctionSpec(
    Function.Flavour flavour,
    About about,
    RuntimeSpec runtime,
    Duration timeout,
    int concurrency,
    RetryPolicy retry,
    Duration eventAge,
    RetentionPolicy retention) {

  /** A function run by {@code runtime}, everything else at its default. */
  public static FunctionSpec of(RuntimeSpec runtime) {
    return new FunctionSpec(
        Function.Flavour.NATIVE,
        About.NOTHING,
        runtime,
        Duration.ofMillis(Function.TIMEOUT_MILLIS_DEFAULT),
        Function.CONCURRENCY_DEFAULT,
        RetryPolicy.NONE,
        Duration.ZERO,
        RetentionPolicy.DEFAULT);
  }

  /** Python code, {@code handler} as {@code file.function}. */
  public static FunctionSpec python3(String handler) {
    return managed(Language.PYTHON, handler);
  }

  /** JavaScript, {@code handler} as {@code file.export}. */
  public static FunctionSpec nodejs(String handler) {
    return managed(Language.NODEJS, handler);
  }

  /** Java classes, {@code handler} as {@code package.Class::method}. */
  public static FunctionSpec java(String handler) {
    return managed(Language.JAVA, handler);
  }

  /** A program that serves HTTP; no arguments for the executable {@code bootstrap}. */
  public static FunctionSpec custom(String... command) {
    return program(Language.CUSTOM_HTTP, command);
  }

  /** A program that fetches its invocations; no arguments for the executable {@code bootstrap}. */
  public static FunctionSpec customRuntimeApi(String... command) {
    return program(Language.CUSTOM_API, command);
  }

  /** Any HTTP server. */
  public static FunctionSpec web(String... command) {
    return program(Language.WEB, command);
  }

  /** A service elsewhere, which is posted the payload. */
  public static FunctionSpec http(String url) {
    return of(new RuntimeSpec.Http(url));
  }

  /** A process for each attempt. */
  public static FunctionSpec command(String... argv) {
    return of(new RuntimeSpec.Command(List.of(argv), Map.of()));
  }

  /** A verticle that consumes {@code address}. */
  public static FunctionSpec eventBus(String address) {
    return of(new RuntimeSpec.EventBus(address));
  }

  private static FunctionSpec managed(Language language, String handler) {
    ManagedBuilder next = new ManagedBuilder(language, language.kind());
    next.handler = handler;
    return of(next.build());
  }

  private static FunctionSpec program(Language language, String... command) {
    ManagedBuilder next = new ManagedBuilder(language, language.kind());
    next.command = List.of(command);
    return of(next.build());
  }

  /** With another vendor's conventions. */
  public FunctionSpec withFlavour(Function.Flavour value) {
    return new FunctionSpec(
        value, about, runtime, timeout, concurrency, retry, eventAge, retention);
  }

  /** With a description. */
  public FunctionSpec withDescription(String value) {
    About told = new About(value, about.tags(), about.extra());
    return new FunctionSpec(
        flavour, told, runtime, timeout, concurrency, retry, eventAge, retention);
  }

  /** With one more tag. */
  public FunctionSpec withTag(String key, String value) {
    Map<String, String> tags = new HashMap<>(about.tags());
    tags.put(key, value);
    About told = new About(about.description(), tags, about.extra());
    return new FunctionSpec(
        flavour, told, runtime, timeout, concurrency, retry, eventAge, retention);
  }

  /** With a time limit for each attempt, 1 ms to 24 h. */
  public FunctionSpec withTimeout(Duration value) {
    return new FunctionSpec(
        flavour, about, runtime, value, concurrency, retry, eventAge, retention);
  }

  /** With at most so many attempts at once. */
  public FunctionSpec withConcurrency(int value) {
    return new FunctionSpec(flavour, about, runtime, timeout, value, retry, eventAge, retention);
  }

  /** With so many attempts in all, and that pause before the second one, which doubles to 1 h. */
  public FunctionSpec withRetries(int maxAttempts, Duration backoff) {
    long pause = backoff.toMillis();
    RetryPolicy policy = RetryPolicy.of(maxAttempts, pause, Math.max(pause, 3_600_000L));
    return new FunctionSpec(
        flavour, about, runtime, timeout, concurrency, policy, eventAge, retention);
  }

  /** With a longest wait from acceptance to the first start. */
  public FunctionSpec withEventAge(Duration value) {
    return new FunctionSpec(flavour, about, runtime, timeout, concurrency, retry, value, retention);
  }

  /** With so much time for ended invocations, whatever their outcome. */
  public FunctionSpec withRetention(Duration value) {
    RetentionPolicy policy = new RetentionPolicy(value.toMillis(), value.toMillis());
    return new FunctionSpec(flavour, about, runtime, timeout, concurrency, retry, eventAge, policy);
  }

  /** With that stored package. */
  public FunctionSpec withCode(CodeRef code) {
    return withManaged(next -> next.code = code);
  }

  /** With one more variable in the environment of its instances. */
  public FunctionSpec withEnv(String name, String value) {
    return withManaged(
        next -> {
          Map<String, String> env = new HashMap<>(next.env);
          env.put(name, value);
          next.env = env;
        });
  }

  /** With at most so much memory for an instance. */
  public FunctionSpec withMemoryMb(int value) {
    return withManaged(next -> next.memoryMb = value);
  }

  /** With so many invocations at once in one instance. */
  public FunctionSpec withInstanceConcurrency(int value) {
    return withManaged(next -> next.instanceConcurrency = value);
  }

  /** With a handler that is run once in each new instance. */
  public FunctionSpec withInitializer(String handler) {
    return withManaged(next -> next.initializer = handler);
  }

  /** With whatever {@code change} makes of the settings of its instances. */
  public FunctionSpec withManaged(Consumer<ManagedBuilder> change) {
    if (!(runtime instanceof Managed managed)) {
      throw new IllegalStateException("a function of kind " + runtime.kind() + " has no instances");
    }
    ManagedBuilder next = new ManagedBuilder(managed);
    change.accept(next);
    return new FunctionSpec(
        flavour, about, next.build(), timeout, concurrency, retry, eventAge, retention);
  }
}
