package io.perdure.registry;

import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RuntimeSpec;

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

  static PutFunction put(String namespace, String name) {
    return put(namespace, name, HTTP, null, 0);
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
    return new PutFunction(
        ACCOUNT,
        namespace,
        name,
        Flavour.NATIVE,
        null,
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
