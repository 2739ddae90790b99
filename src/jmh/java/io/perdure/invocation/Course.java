package io.perdure.invocation;

import java.util.random.RandomGenerator;

/** The usual course of an invocation, as a shard takes it: what several benchmarks start from. */
public final class Course {
  /** When it is accepted, in milliseconds since the epoch. */
  public static final long T0 = 1_700_000_000_000L;

  private static final long EPOCH = 7;
  private static final int BUCKET = BodyRef.bucketUntil(T0 + 360_000_000L);
  private static final String INSTANCE = "event-bus:benchmark";

  /** Twice repeated, after 1 s and 2 s. */
  private static final RetryPolicy RETRY =
      new RetryPolicy(3, 1_000, 60_000, 0, RetryPolicy.NONE.retryOn());

  /** What it is a call of. */
  public final Function function =
      new Function(
          11,
          "acct-benchmark",
          "default",
          "resize",
          Function.Flavour.NATIVE,
          Invocation.LATEST,
          About.NOTHING,
          new RuntimeSpec.Http("http://localhost/"),
          60_000,
          16,
          RETRY,
          0,
          RetentionPolicy.DEFAULT,
          null,
          T0,
          T0,
          1);

  private final PlatformBudget budget = PlatformBudget.of(function);
  private final InvocationId.Minter minter =
      new InvocationId.Minter(3, RandomGenerator.of("L64X128MixRandom"));

  /** Accepted, with a payload of 1 KiB. */
  public Invocation enqueued() {
    InvocationBuilder next = new InvocationBuilder();
    next.id = minter.next(T0);
    next.functionUid = function.uid();
    next.account = function.account();
    next.namespace = function.namespace();
    next.function = function.name();
    next.acceptedAt = T0;
    next.dueAt = T0;
    next.payload = new BodyRef(1_024, BUCKET);
    next.attentionAt = Lifecycle.attentionAt(next, function);
    next.event(Event.Type.ENQUEUED, T0, "");
    return next.build();
  }

  /** Its next attempt has begun. */
  public Invocation running(Invocation waiting) {
    int attempt = waiting.attempts() + 1;
    return decided(waiting, new Signal.AttemptStarted(EPOCH, attempt, INSTANCE, null), 3);
  }

  /** Its attempt has succeeded, with a result of 200 bytes. */
  public Invocation succeeded(Invocation running) {
    return decided(
        running,
        new Signal.AttemptSucceeded(
            EPOCH, running.attempts(), 0, new BodyRef(200, BUCKET), BodyRef.NONE),
        8);
  }

  /** Its attempt has failed and is repeated. */
  public Invocation retrying(Invocation running) {
    RunError error = new RunError(RunError.Kind.FUNCTION, "ExitCode", "exit code 3");
    return decided(
        running,
        new Signal.AttemptFailed(
            EPOCH, running.attempts(), error, 0, 0, BodyRef.NONE, BodyRef.NONE),
        8);
  }

  private Invocation decided(Invocation of, Signal signal, long afterMillis) {
    return Lifecycle.decide(
            of, signal, function, DeliveryTerms.NONE, budget, of.lastAt() + afterMillis)
        .orElseThrow()
        .next();
  }
}
