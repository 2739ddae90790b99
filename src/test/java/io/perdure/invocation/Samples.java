package io.perdure.invocation;

import java.util.List;
import java.util.Map;
import java.util.Random;

/** Values that the tests of this package start from. */
final class Samples {
  /** When the samples were accepted. */
  static final long T0 = 1_700_000_000_000L;

  /** The fencing epoch of the samples' attempts. */
  static final long EPOCH = 7;

  static final BodyRef RESULT = new BodyRef(20, 472_400);
  static final BodyRef LOG = new BodyRef(30, 472_400);
  static final RunError ERROR = new RunError(RunError.Kind.FUNCTION, "ExitCode", "exit code 3");
  static final RunError PLATFORM_ERROR = new RunError(RunError.Kind.PLATFORM, "Refused", "no");

  /** Three attempts, with pauses of exactly 1 s and 2 s. */
  static final RetryPolicy RETRY = new RetryPolicy(3, 1_000, 60_000, 0, RetryPolicy.NONE.retryOn());

  private Samples() {}

  /** A function with {@link #RETRY}, no event age, and a retention of 1 h or, failed, 2 h. */
  static Function function() {
    return function(RETRY, 0);
  }

  static Function function(RetryPolicy retry, long eventAgeMillis) {
    return function(retry, eventAgeMillis, new RetentionPolicy(3_600_000, 7_200_000));
  }

  static Function function(RetryPolicy retry, long eventAgeMillis, RetentionPolicy retention) {
    return new Function(
        11,
        "account",
        "default",
        "resize",
        Function.Flavour.NATIVE,
        Invocation.LATEST,
        About.NOTHING,
        new RuntimeSpec.Http("http://localhost/"),
        60_000,
        16,
        retry,
        eventAgeMillis,
        retention,
        null,
        T0,
        T0,
        1);
  }

  /** A new one, accepted at {@link #T0}. */
  static Invocation enqueued() {
    return enqueued(new Random(42));
  }

  static Invocation enqueued(Random random) {
    var builder = new InvocationBuilder();
    builder.id = new InvocationId.Minter(3, random).next(T0);
    builder.functionUid = 11;
    builder.account = "account";
    builder.namespace = "default";
    builder.function = "resize";
    builder.labels = Map.of("team", "media");
    builder.acceptedAt = T0;
    builder.attentionAt = Long.MAX_VALUE;
    builder.event(Event.Type.ENQUEUED, T0, "");
    return builder.build();
  }

  /** {@code of}, as if its caller waited for it. */
  static Invocation sync(Invocation of) {
    var builder = of.edit();
    builder.mode = Invocation.Mode.SYNC;
    return builder.build();
  }

  /** One in {@code status}, as it would be after one attempt where one is needed to get there. */
  static Invocation in(Status status) {
    var builder = enqueued().edit();
    builder.status = status;
    switch (status) {
      case ENQUEUED, EXPIRED, INVALID -> {}
      case RUNNING, STOPPING, STOPPED, SUCCEEDED, FAILED -> begun(builder);
      case RETRYING -> {
        begun(builder);
        builder.failures = 1;
        builder.error = ERROR;
        builder.dueAt = T0 + 2_000;
        builder.event(Event.Type.RETRYING, T0 + 1_000, "");
      }
    }
    if (status == Status.STOPPING) {
      builder.stop = StopMode.CANCEL;
      builder.event(Event.Type.STOPPING, T0 + 20, "");
    }
    if (status.terminal()) {
      builder.endedAt = T0 + 500;
      builder.event(Event.Type.valueOf(status.name()), T0 + 500, "");
    }
    return builder.build();
  }

  private static void begun(InvocationBuilder builder) {
    builder.attempts = 1;
    builder.epoch = EPOCH;
    builder.startedAt = T0 + 10;
    builder.instance = "pid 1";
    builder.event(Event.Type.RUNNING, T0 + 10, "");
  }

  /** A signal of {@code kind} that is not fenced off. */
  static Signal signal(Signal.Kind kind, Invocation to) {
    int attempt = to.status().waiting() ? to.attempts() + 1 : to.attempts();
    return signal(kind, EPOCH, attempt);
  }

  static Signal signal(Signal.Kind kind, long epoch, int attempt) {
    return switch (kind) {
      case ATTEMPT_STARTED -> new Signal.AttemptStarted(epoch, attempt, "pid 2", "3");
      case ATTEMPT_SUCCEEDED -> new Signal.AttemptSucceeded(epoch, attempt, 4096, RESULT, LOG);
      case ATTEMPT_FAILED -> new Signal.AttemptFailed(epoch, attempt, ERROR, 0, 4096, RESULT, LOG);
      case PLATFORM_FAILED -> new Signal.PlatformFailed(epoch, attempt, PLATFORM_ERROR, 0);
      case NODE_LOST -> new Signal.NodeLost("node-1 is gone");
      case CANCEL_REQUESTED -> new Signal.StopRequested(StopMode.CANCEL, 5_000, "ann");
      case GRACEFUL_STOP_REQUESTED -> new Signal.StopRequested(StopMode.GRACEFUL, 5_000, "ann");
      case STOP_PROGRESSED ->
          new Signal.StopProgressed(epoch, attempt, Event.Type.STOP_DELIVERED, "SIGTERM");
      case EVENT_AGE_EXCEEDED -> new Signal.EventAgeExceeded();
      case FUNCTION_DELETED -> new Signal.FunctionDeleted("function resize was deleted");
    };
  }

  /** The events that {@code after} has and {@code before} has not. */
  static List<Event> added(Invocation before, Invocation after) {
    return after.events().stream().filter(e -> e.seq() > before.lastSeq()).toList();
  }

  /** Types of the events that {@code after} has and {@code before} has not. */
  static List<Event.Type> addedTypes(Invocation before, Invocation after) {
    return added(before, after).stream().map(Event::type).toList();
  }

  /**
   * Running its attempt number {@code attempts}, after {@code failures} that were the function's.
   */
  static Invocation running(int attempts, int failures) {
    var builder = in(Status.RUNNING).edit();
    builder.attempts = attempts;
    builder.failures = failures;
    return builder.build();
  }

  /** Applies {@code signal}, which must be accepted. */
  static Decision decide(Invocation invocation, Signal signal, Function function, long now) {
    return Lifecycle.decide(invocation, signal, function, PlatformBudget.DEFAULT, now)
        .orElseThrow(() -> new AssertionError(signal + " refused in " + invocation.status()));
  }
}
