package io.perdure.api.v1;

import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.invocation.Function;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RuntimeSpec;
import java.util.List;

/** A function's settings as JSON, in the direction of the node. */
final class FunctionBody {
  private static final int CONCURRENCY_MAX = 100_000;

  private FunctionBody() {}

  /** The command that {@code body} describes for the function named by the path. */
  static PutFunction parse(
      byte[] body, String account, String namespace, String name, String by, long ifRevision) {
    Fields fields = Fields.parse(body);
    RuntimeSpec runtime = runtime(fields.object("runtime"), fields, namespace, name);
    long timeout =
        fields.integer(
            "timeoutMs", Function.TIMEOUT_MILLIS_DEFAULT, 1, Function.TIMEOUT_MILLIS_MAX);
    int concurrency =
        (int) fields.integer("concurrency", Function.CONCURRENCY_DEFAULT, 1, CONCURRENCY_MAX);
    RetryPolicy retry = retry(fields.object("retry"));
    long eventAge = fields.integer("eventAgeMs", 0, 0, RetentionPolicy.MILLIS_MAX);
    RetentionPolicy retention = retention(fields.object("retention"));
    Boolean paused = fields.bool("paused");
    same(fields, "namespace", namespace);
    same(fields, "name", name);
    // What GET shows may be sent back as it is.
    fields.ignore("revision", "createdAt", "modifiedAt", "pausedBy", "pausedAt").done();
    return new PutFunction(
        account,
        namespace,
        name,
        Function.Flavour.NATIVE,
        null,
        runtime,
        timeout,
        concurrency,
        retry,
        eventAge,
        retention,
        paused,
        by,
        ifRevision);
  }

  private static RuntimeSpec runtime(Fields runtime, Fields parent, String namespace, String name) {
    if (runtime == null) {
      throw parent.missing("runtime", "an object");
    }
    String kind = runtime.requiredText("kind");
    RuntimeSpec spec =
        switch (kind) {
          case "http" -> new RuntimeSpec.Http(runtime.requiredText("url"));
          case "command" -> command(runtime);
          case "event-bus" -> eventBus(runtime.text("address"), namespace, name);
          default -> throw runtime.invalid("kind", "expected one of http, command, event-bus");
        };
    runtime.done();
    return spec;
  }

  private static RuntimeSpec command(Fields runtime) {
    List<String> argv = runtime.texts("command");
    if (argv == null || argv.isEmpty()) {
      throw runtime.invalid("command", "expected a program and its arguments");
    }
    return new RuntimeSpec.Command(argv, runtime.textsByName("env"));
  }

  private static RuntimeSpec eventBus(String address, String namespace, String name) {
    return new RuntimeSpec.EventBus(
        address == null ? "perdure.fn." + namespace + "." + name : address);
  }

  private static RetryPolicy retry(Fields retry) {
    if (retry == null) {
      return RetryPolicy.NONE;
    }
    RetryPolicy none = RetryPolicy.NONE;
    int attempts =
        (int) retry.integer("maxAttempts", none.maxAttempts(), 1, RetryPolicy.ATTEMPTS_MAX);
    long backoff =
        retry.integer("backoffMs", none.backoffMillis(), 0, RetryPolicy.BACKOFF_MILLIS_MAX);
    long most =
        retry.integer(
            "maxBackoffMs",
            Math.max(backoff, none.maxBackoffMillis()),
            backoff,
            RetryPolicy.BACKOFF_MILLIS_MAX);
    retry.done();
    return RetryPolicy.of(attempts, backoff, most);
  }

  private static RetentionPolicy retention(Fields retention) {
    if (retention == null) {
      return RetentionPolicy.DEFAULT;
    }
    RetentionPolicy byDefault = RetentionPolicy.DEFAULT;
    RetentionPolicy policy =
        new RetentionPolicy(
            retention.integer(
                "succeededMs", byDefault.succeededMillis(), 0, RetentionPolicy.MILLIS_MAX),
            retention.integer("failedMs", byDefault.failedMillis(), 0, RetentionPolicy.MILLIS_MAX));
    retention.done();
    return policy;
  }

  private static void same(Fields fields, String name, String expected) {
    String given = fields.text(name);
    if (given != null && !given.equals(expected)) {
      throw fields.invalid(name, "expected '" + expected + "' as in the path, or nothing");
    }
  }
}
