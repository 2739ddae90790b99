package io.perdure.testkit;

import io.perdure.client.PerdureClient;
import io.perdure.invocation.Event;
import io.perdure.invocation.InvocationId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.atomic.AtomicInteger;

/** Waits for what has happened to an invocation so many times. */
public final class EventCount {
  private EventCount() {}

  /**
   * Completes once the invocation has so many events of that type; fails when it ends before.
   *
   * @param times 1 or more
   */
  public static Future<Void> reached(
      PerdureClient client, InvocationId id, Event.Type type, int times) {
    Promise<Void> seen = Promise.promise();
    AtomicInteger count = new AtomicInteger();
    client
        .watch(
            id,
            event -> {
              if (event.type() == type && count.incrementAndGet() == times) {
                seen.tryComplete();
              }
            })
        .onComplete(end -> seen.tryFail("it ended without " + times + " " + type));
    return seen.future();
  }
}
