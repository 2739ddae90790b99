package io.perdure.api.fc.operation;

import io.perdure.api.Kept;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.Props;
import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.ManagedBuilder;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import java.time.Duration;
import java.util.Map;

/** What CreateFunction is to make, with the cloud's defaults; without its code. */
final class NewFunctions {
  /** Where a program of the user's own listens unless it says so (spec alibaba-fc, 10.3). */
  static final int PORT_DEFAULT = 9_000;

  private static final long TIMEOUT_MILLIS_DEFAULT = 3_000;
  private static final int MEMORY_MB_DEFAULT = 128;

  /** Of a function without a service: the least that the cloud's own tools give one. */
  private static final int MEMORY_MB_DEFAULT_V3 = 512;

  private static final long EVENT_AGE_MILLIS = 86_400_000;

  /** Three retries of whatever the function itself failed with (7.2). */
  private static final RetryPolicy RETRY = AsyncConfigOperations.policy(3);

  private NewFunctions() {}

  /**
   * The function that {@code body} describes; it has no uid, and no code.
   *
   * @param retention of its ended invocations
   */
  static Function of(FcCall call, Props body, Duration retention) {
    long kept = retention.toMillis();
    Function base =
        new Function(
            0,
            call.account().id(),
            call.target().namespace(),
            Names.function(body),
            call.generation().flavour(),
            Invocation.LATEST,
            new About("", call.generation().hasServices() ? Map.of() : Tags.of(body), ""),
            runtime(call, body).build(),
            TIMEOUT_MILLIS_DEFAULT,
            Scaling.concurrency(Kept.parse(""), 1),
            RETRY,
            EVENT_AGE_MILLIS,
            new RetentionPolicy(kept, kept),
            null,
            0,
            0,
            0);
    return FunctionSettings.over(base, body, call.generation());
  }

  private static ManagedBuilder runtime(FcCall call, Props body) {
    String name = body.requireText("runtime");
    ManagedBuilder runtime =
        new ManagedBuilder(
            FunctionSettings.language(body, name, call.generation().flavour()), name);
    runtime.memoryMb = call.generation().hasServices() ? MEMORY_MB_DEFAULT : MEMORY_MB_DEFAULT_V3;
    runtime.port = runtime.language.hasHandler() ? 0 : PORT_DEFAULT;
    return runtime;
  }
}
