package io.perdure.store;

import io.perdure.invocation.Delivery;
import io.perdure.invocation.Destination;
import io.perdure.invocation.Destination.Target;
import io.perdure.invocation.Destination.ToAddress;
import io.perdure.invocation.Destination.ToFunction;
import io.perdure.invocation.Destination.ToWebhook;

/**
 * The stored form of a {@link Delivery} within a record: a byte of presence bits, the state, the
 * number of attempts, the times as differences from a base, the error, the destination. A text that
 * says the same as the destination's own is not written twice.
 */
final class DeliveryCodec {
  private static final int NEXT_AT = 1;
  private static final int ERROR = 1 << 1;
  private static final int TRIED_AT = 1 << 2;
  private static final int ENDED_AT = 1 << 3;

  private static final int FUNCTION = 1;
  private static final int WEBHOOK = 2;
  private static final int ADDRESS = 3;

  private DeliveryCodec() {}

  /** Appends {@code of}; its times are written as differences from {@code base}. */
  static void write(Delivery of, long base, BytesOut out) {
    int has =
        (of.nextAt() != 0 ? NEXT_AT : 0)
            | (of.error() != null ? ERROR : 0)
            | (of.triedAt() != 0 ? TRIED_AT : 0)
            | (of.endedAt() != 0 ? ENDED_AT : 0);
    out.one(has);
    out.one(of.state().code());
    out.unsigned(of.attempts());
    time(has & NEXT_AT, of.nextAt() - base, out);
    if ((has & ERROR) != 0) {
      out.text(of.error());
    }
    time(has & TRIED_AT, of.triedAt() - base, out);
    time(has & ENDED_AT, of.endedAt() - base, out);
    destination(of.destination(), out);
  }

  /** Reads what {@link #write} wrote; damage ends in an {@link IllegalArgumentException}. */
  static Delivery read(BytesIn in, long base) {
    int has = in.one();
    if (has > (NEXT_AT | ERROR | TRIED_AT | ENDED_AT)) {
      throw new IllegalArgumentException("a delivery has fields this program does not know");
    }
    Delivery.State state = Delivery.State.of(in.one());
    int attempts = in.unsigned();
    long nextAt = (has & NEXT_AT) != 0 ? base + in.zigzag() : 0;
    String error = (has & ERROR) != 0 ? in.text() : null;
    long triedAt = (has & TRIED_AT) != 0 ? base + in.zigzag() : 0;
    long endedAt = (has & ENDED_AT) != 0 ? base + in.zigzag() : 0;
    return new Delivery(destination(in), state, attempts, nextAt, error, triedAt, endedAt);
  }

  private static void time(int has, long difference, BytesOut out) {
    if (has != 0) {
      out.zigzag(difference);
    }
  }

  private static void destination(Destination of, BytesOut out) {
    out.text(of.text());
    if (of.target() instanceof ToFunction to) {
      out.one(FUNCTION);
      out.text(to.namespace());
      out.text(to.function());
      out.text(to.qualifier() == null ? "" : to.qualifier());
    } else if (of.target() instanceof ToWebhook to) {
      out.one(WEBHOOK);
      out.text(to.url().equals(of.text()) ? "" : to.url());
    } else if (of.target() instanceof ToAddress to) {
      out.one(ADDRESS);
      out.text(to.address());
    } else {
      throw new IllegalArgumentException("no form for " + of.target());
    }
  }

  private static Destination destination(BytesIn in) {
    String text = in.text();
    int kind = in.one();
    Target target =
        switch (kind) {
          case FUNCTION -> function(in);
          case WEBHOOK -> webhook(in.text(), text);
          case ADDRESS -> new ToAddress(in.text());
          default -> throw new IllegalArgumentException("no destination is of kind " + kind);
        };
    return new Destination(text, target);
  }

  private static ToFunction function(BytesIn in) {
    String namespace = in.text();
    String function = in.text();
    String qualifier = in.text();
    return new ToFunction(namespace, function, qualifier.isEmpty() ? null : qualifier);
  }

  private static ToWebhook webhook(String url, String text) {
    return new ToWebhook(url.isEmpty() ? text : url);
  }
}
