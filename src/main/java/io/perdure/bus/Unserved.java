package io.perdure.bus;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.net.ConnectException;

/** No answer has come: unavailable for who asked; the bus itself may ask elsewhere. */
final class Unserved extends FailureException {
  private static final long serialVersionUID = 1L;

  /** What is known of it. */
  enum Why {
    /** Nobody serves the address: nothing was done. */
    NOBODY,
    /** The node could not be connected to: nothing was done. */
    UNREACHED,
    /** It may have been done, and may still be. */
    UNKNOWN
  }

  private final Why why;

  private Unserved(Failure failure, Why why) {
    super(failure);
    this.why = why;
  }

  Why why() {
    return why;
  }

  /** What was sent to {@code to} has not gone out, because of {@code cause}. */
  static Unserved notSent(Address<?, ?> to, Throwable cause) {
    Why why =
        isNobody(cause)
            ? Why.NOBODY
            : cause instanceof ConnectException ? Why.UNREACHED : Why.UNKNOWN;
    return new Unserved(Bus.notServed(to, cause), why);
  }

  /** It has gone out, but who has it does not serve any more. */
  static Unserved notServedAnyMore(Address<?, ?> to, Throwable cause) {
    return new Unserved(Bus.notServed(to, cause), Why.UNKNOWN);
  }

  static Unserved notInTime(Address<?, ?> to) {
    return new Unserved(Bus.notInTime(to), Why.UNKNOWN);
  }

  static boolean isNobody(Throwable cause) {
    return cause instanceof ReplyException e && e.failureType() == ReplyFailure.NO_HANDLERS;
  }
}
