package io.perdure.delivery;

import io.perdure.invocation.DeliveryOutcome;
import io.perdure.invocation.Destination.ToFunction;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.router.Router;
import io.perdure.router.SubmitRequest;
import io.vertx.core.Future;
import java.util.Map;

/** Submits to a function, once whatever is repeated, under that function's own settings. */
final class SendToFunction implements Send<ToFunction> {
  private final Router router;

  SendToFunction(Router router) {
    this.router = router;
  }

  @Override
  public Future<DeliveryOutcome> send(ToFunction to, Invocation of, int attempt, byte[] event) {
    Future<DeliveryOutcome> sent;
    try {
      sent =
          router
              .submit(request(to, of, event))
              .map(
                  done ->
                      new DeliveryOutcome.Succeeded(
                          attempt, "submitted as " + done.invocation().id()));
    } catch (FailureException e) {
      sent = Future.failedFuture(e);
    }
    return sent.otherwise(cause -> failed(attempt, cause));
  }

  private static SubmitRequest request(ToFunction to, Invocation of, byte[] event) {
    return new SubmitRequest(
        of.account(),
        to.namespace(),
        to.function(),
        to.qualifier(),
        "destination-" + of.id(),
        0,
        0,
        Map.of(),
        of.traceparent(),
        Invocation.Origin.DESTINATION,
        Invocation.Mode.ASYNC,
        null,
        of.depth() + 1,
        null,
        event);
  }

  private static DeliveryOutcome failed(int attempt, Throwable cause) {
    if (!(cause instanceof FailureException e)) {
      return new DeliveryOutcome.Failed(attempt, String.valueOf(cause), false, 0);
    }
    Failure failure = e.failure();
    if (failure instanceof Failure.KeyReused reused) {
      // An attempt before this one was not answered; only such a one has this key.
      return new DeliveryOutcome.Succeeded(attempt, "submitted before as " + reused.existing());
    }
    if (failure instanceof Failure.Throttled throttled) {
      return new DeliveryOutcome.Failed(
          attempt, failure.message(), false, throttled.retryAfterMillis());
    }
    return switch (failure.kind()) {
      case NOT_FOUND, INVALID, TOO_LARGE ->
          new DeliveryOutcome.Failed(attempt, failure.message(), true, 0);
      default -> new DeliveryOutcome.Failed(attempt, failure.message(), false, 0);
    };
  }
}
