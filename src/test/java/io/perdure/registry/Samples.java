package io.perdure.registry;

import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.invocation.About;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.List;
import java.util.Map;

/** Functions and requests for them, as the tests need them. */
final class Samples {
  static final String ACCOUNT = "1234567890123456";
  static final RuntimeSpec HTTP = new RuntimeSpec.Http("http://127.0.0.1:8080/run");

  private Samples() {}

  static Function function(long uid, String account, String namespace, String name) {
    return new Function(
        uid,
        account,
        namespace,
        name,
        Flavour.NATIVE,
        Invocation.LATEST,
        About.NOTHING,
        HTTP,
        60_000,
        16,
        RetryPolicy.NONE,
        0,
        RetentionPolicy.DEFAULT,
        null,
        1_000,
        1_000,
        1);
  }

  /** A Python function's runtime with the package that {@code digit} names, null for none. */
  static Managed python(Character digit) {
    return python("index.main_handler", digit);
  }

  /** The same with a handler of its own. */
  static Managed python(String handler, Character digit) {
    return new Managed(
        Language.PYTHON,
        "Python3.10",
        handler,
        digit == null ? null : code(digit),
        Map.of("MODE", "test"),
        Managed.MEMORY_MB_DEFAULT,
        Managed.DISK_MB_DEFAULT,
        1,
        null,
        Managed.INIT_TIMEOUT_MILLIS_DEFAULT,
        null,
        List.of(),
        0,
        Managed.IDLE_MILLIS_DEFAULT);
  }

  /** A package whose hash is {@code digit} 64 times. */
  static CodeRef code(char digit) {
    return new CodeRef(sha256(digit), 1_000, "17");
  }

  static String sha256(char digit) {
    return String.valueOf(digit).repeat(64);
  }

  /** {@code function} with another runtime. */
  static Function with(Function function, RuntimeSpec runtime) {
    return with(function, function.flavour(), function.about(), runtime);
  }

  /** {@code function} with other things told of it. */
  static Function with(Function function, About about) {
    return with(function, function.flavour(), about, function.runtime());
  }

  /** {@code function} as another dialect made it. */
  static Function with(Function function, Flavour flavour) {
    return with(function, flavour, function.about(), function.runtime());
  }

  private static Function with(
      Function function, Flavour flavour, About about, RuntimeSpec runtime) {
    return new Function(
        function.uid(),
        function.account(),
        function.namespace(),
        function.name(),
        flavour,
        function.version(),
        about,
        runtime,
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

  static PutFunction put(String namespace, String name) {
    return put(namespace, name, HTTP, null, 0);
  }

  static PutFunction put(Flavour flavour, String namespace, String name, RuntimeSpec runtime) {
    return put(flavour, null, namespace, name, runtime, 60_000, 16, 0, null, 0);
  }

  static PutFunction put(
      String namespace, String name, RuntimeSpec runtime, Boolean paused, long ifRevision) {
    return put(namespace, name, runtime, 60_000, 16, 0, paused, ifRevision);
  }

  static PutFunction put(
      String namespace,
      String name,
      RuntimeSpec runtime,
      long timeoutMillis,
      int concurrency,
      long eventAgeMillis,
      Boolean paused,
      long ifRevision) {
    return put(
        Flavour.NATIVE,
        null,
        namespace,
        name,
        runtime,
        timeoutMillis,
        concurrency,
        eventAgeMillis,
        paused,
        ifRevision);
  }

  static PutFunction put(
      Flavour flavour,
      About about,
      String namespace,
      String name,
      RuntimeSpec runtime,
      long timeoutMillis,
      int concurrency,
      long eventAgeMillis,
      Boolean paused,
      long ifRevision) {
    return new PutFunction(
        ACCOUNT,
        namespace,
        name,
        flavour,
        about,
        runtime,
        timeoutMillis,
        concurrency,
        RetryPolicy.NONE,
        eventAgeMillis,
        RetentionPolicy.DEFAULT,
        paused,
        "ann",
        ifRevision);
  }
}
