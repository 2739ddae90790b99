package io.perdure.api.v1;

import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RuntimeSpec;

/** A function's settings as JSON, in the direction of the node. */
final class FunctionBody {
  private static final int CONCURRENCY_MAX = 100_000;

  private FunctionBody() {}

  /**
   * Which function a body is for.
   *
   * @param present the function of that name, or null
   * @param by who asks
   * @param ifRevision as of {@link PutFunction}
   */
  record Target(
      String account,
      String namespace,
      String name,
      Function present,
      String by,
      long ifRevision) {}

  /**
   * What a body says.
   *
   * @param put the command, without the code of a managed function
   * @param code where its code is, or null to leave it as it is
   */
  record Parsed(PutFunction put, CodeSource code) {}

  /** What {@code fields} say of {@code target}. */
  static Parsed parse(Fields fields, Target target) {
    Function.Flavour flavour = flavour(fields, target.present());
    RuntimeSpec runtime = RuntimeBody.parse(fields, flavour, target.namespace(), target.name());
    CodeSource code = CodeSource.parse(fields.object("code"), runtime);
    long timeout =
        fields.integer(
            "timeoutMs", Function.TIMEOUT_MILLIS_DEFAULT, 1, Function.TIMEOUT_MILLIS_MAX);
    int concurrency =
        (int) fields.integer("concurrency", Function.CONCURRENCY_DEFAULT, 0, CONCURRENCY_MAX);
    RetryPolicy retry = retry(fields.object("retry"));
    long eventAge = fields.integer("eventAgeMs", 0, 0, RetentionPolicy.MILLIS_MAX);
    RetentionPolicy retention = retention(fields.object("retention"));
    Boolean paused = fields.bool("paused");
    About about = about(fields, target.present() == null ? null : target.present().about());
    same(fields, "namespace", target.namespace());
    same(fields, "name", target.name());
    // What GET shows may be sent back as it is.
    fields.ignore("version", "revision", "createdAt", "modifiedAt", "pausedBy", "pausedAt").done();
    return new Parsed(
        new PutFunction(
            target.account(),
            target.namespace(),
            target.name(),
            flavour,
            about,
            runtime,
            timeout,
            concurrency,
            retry == null ? RetryPolicy.NONE : retry,
            eventAge,
            retention == null ? RetentionPolicy.DEFAULT : retention,
            paused,
            target.by(),
            target.ifRevision()),
        code);
  }

  /** {@code put} for another runtime. */
  static PutFunction running(PutFunction put, RuntimeSpec runtime) {
    return new PutFunction(
        put.account(),
        put.namespace(),
        put.name(),
        put.flavour(),
        put.about(),
        runtime,
        put.timeoutMillis(),
        put.concurrency(),
        put.retry(),
        put.eventAgeMillis(),
        put.retention(),
        put.paused(),
        put.by(),
        put.ifRevision());
  }

  /** Once made it stays: a function that names none keeps its own. */
  private static Function.Flavour flavour(Fields fields, Function present) {
    String name = fields.text("flavour");
    if (name == null) {
      return present == null ? Function.Flavour.NATIVE : present.flavour();
    }
    for (Function.Flavour flavour : Function.Flavour.values()) {
      if (FunctionJson.name(flavour).equals(name)) {
        return flavour;
      }
    }
    throw fields.invalid("flavour", "expected native, scf, fc2 or fc3");
  }

  /** Description and tags as given; what a dialect keeps there stays. */
  static About about(Fields fields, About present) {
    String description = fields.text("description");
    return new About(
        description == null ? "" : description,
        fields.textsByName("tags"),
        present == null ? "" : present.extra());
  }

  /** Null when it is absent. */
  static RetryPolicy retry(Fields retry) {
    if (retry == null) {
      return null;
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

  /** Null when it is absent. */
  static RetentionPolicy retention(Fields retention) {
    if (retention == null) {
      return null;
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

  static void same(Fields fields, String name, String expected) {
    String given = fields.text(name);
    if (given != null && !given.equals(expected)) {
      throw fields.invalid(name, "expected '" + expected + "' as in the path, or nothing");
    }
  }
}
