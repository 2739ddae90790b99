package io.perdure.runtime.eventbus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Asks a handler in this JVM if there is one, else one anywhere in the cluster: the event bus would
 * go round over all of them, and what goes to another JVM is written, sent and read. Belongs to the
 * executor's event loop.
 */
final class Nearest {
  /** For so long it is taken for granted that an address nobody served here is not served here. */
  private static final long ELSEWHERE_NANOS = 1_000_000_000L;

  /** Addresses remembered; the oldest is forgotten first, and asked for here once more. */
  private static final int REMEMBERED_MAX = 4_096;

  private final EventBus events;
  private final boolean clustered;

  /** When nobody served an address here, {@link System#nanoTime}. */
  private final Map<String, Long> elsewhere = new LinkedHashMap<>();

  Nearest(Vertx vertx) {
    this.events = vertx.eventBus();
    this.clustered = vertx.isClustered();
  }

  /** As {@link EventBus#request}; {@code options} are changed. */
  Future<Message<Object>> request(String address, Buffer payload, DeliveryOptions options) {
    if (!clustered || isElsewhere(address)) {
      return events.request(address, payload, options);
    }
    return events
        .<Object>request(address, payload, options.setLocalOnly(true))
        .recover(
            cause -> {
              if (!isUnserved(cause)) {
                return Future.failedFuture(cause);
              }
              remember(address);
              return events.request(address, payload, options.setLocalOnly(false));
            });
  }

  private boolean isElsewhere(String address) {
    Long since = elsewhere.get(address);
    return since != null && System.nanoTime() - since < ELSEWHERE_NANOS;
  }

  private void remember(String address) {
    elsewhere.remove(address); // to the end of the order
    elsewhere.put(address, System.nanoTime());
    if (elsewhere.size() > REMEMBERED_MAX) {
      elsewhere.remove(elsewhere.keySet().iterator().next());
    }
  }

  private static boolean isUnserved(Throwable cause) {
    return cause instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS;
  }
}
