package io.perdure.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.client.PerdureClient;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.client.Submission;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs what the README shows of the event-bus client. */
@ExtendWith(PerdureExtension.class)
class ClientExampleTest {
  // README begin
  /** Has a photo resized, in one invocation for each order, however often it is asked. */
  static Future<Buffer> thumbnail(Vertx vertx, String order, Buffer photo) {
    PerdureClient perdure = PerdureClient.create(vertx);
    Submission resize = Submission.of("resize").withKey(order).withLabel("kind", "thumbnail");
    return perdure
        .submit(resize, photo) // completes when the invocation is on disk
        .compose(accepted -> perdure.await(accepted.id()))
        .compose(ended -> perdure.result(ended.id()));
  }

  // README end

  @Test
  void thumbnailIsMadeOnceForAnOrder(PerdureNode node) {
    int[] calls = {0};
    node.function("resize")
        .serves(photo -> Future.succeededFuture(Buffer.buffer("small " + photo + ++calls[0])));
    Buffer first = thumbnail(node.vertx(), "order-7", Buffer.buffer("cat ")).await();
    Buffer second = thumbnail(node.vertx(), "order-7", Buffer.buffer("cat ")).await();
    assertEquals("small cat 1", first.toString());
    assertEquals(first, second);
  }
}
