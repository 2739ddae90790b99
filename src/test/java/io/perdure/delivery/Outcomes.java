package io.perdure.delivery;

import io.perdure.bus.DeliveryMessages.Deliver;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Delivery;
import io.perdure.invocation.Destination;
import io.perdure.invocation.Destination.Target;
import io.perdure.invocation.Destination.ToAddress;
import io.perdure.invocation.Event;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import java.util.Random;

/** Invocations that have ended and owe a delivery. */
final class Outcomes {
  static final long T0 = 1_790_000_000_000L;

  private static final InvocationId.Minter MINTER = new InvocationId.Minter(0, new Random(7));

  private Outcomes() {}

  /** One that succeeded, of function {@code work}. */
  static InvocationBuilder succeeded(Target to) {
    InvocationBuilder next = new InvocationBuilder();
    next.id = MINTER.next(T0);
    next.functionUid = 1;
    next.account = "acc";
    next.namespace = "default";
    next.function = "work";
    next.acceptedAt = T0;
    next.startedAt = T0 + 1;
    next.endedAt = T0 + 2;
    next.attempts = 1;
    next.status = Status.SUCCEEDED;
    next.attentionAt = T0 + 3_600_000;
    next.delivery = Delivery.owed(new Destination("as given", to), next.endedAt);
    next.event(Event.Type.ENQUEUED, T0, "").event(Event.Type.SUCCEEDED, next.endedAt, "");
    return next;
  }

  /** With bodies, so that they are asked for. */
  static InvocationBuilder withBodies(Target to) {
    InvocationBuilder next = succeeded(to);
    next.payload = new BodyRef(2, 1);
    next.result = new BodyRef(4, 1);
    return next;
  }

  static Deliver toAddress(String address) {
    return first(succeeded(new ToAddress(address)).build());
  }

  static Deliver first(Invocation of) {
    return new Deliver(of, 1, 1);
  }

  static String address(Deliver deliver) {
    return ((ToAddress) deliver.invocation().delivery().destination().target()).address();
  }
}
