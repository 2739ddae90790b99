package io.perdure.readme;

import static io.perdure.invocation.Event.Type.RETRYING;
import static java.time.Duration.ofMinutes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.client.PerdureClient;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Event;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Is what the README shows of the extension. */
// README begin
@ExtendWith(PerdureExtension.class)
class ExtensionExampleTest {
  @Test
  void failedPaymentIsTriedAgainTenMinutesLater(PerdureNode node) {
    node.function("pay").retries(3, ofMinutes(10)).failsThenReturns(1, "paid");
    PerdureClient perdure = node.client();
    Invocation accepted = perdure.submit("pay", Buffer.buffer("order-7")).await();

    Invocation ended = perdure.watch(accepted.id(), event -> letTimePass(node, event)).await();

    assertEquals(Status.SUCCEEDED, ended.status());
    assertEquals(2, ended.attempts());
    assertEquals("paid", perdure.result(ended.id()).await().toString());
  }

  private static void letTimePass(PerdureNode node, Event event) {
    if (event.type() == RETRYING) {
      node.clock().advance(ofMinutes(10)); // at once
    }
  }
}
// README end
