package io.perdure.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.DeliveryMessages.Deliver;
import io.perdure.bus.DeliveryMessages.DeliveryTold;
import io.perdure.bus.ShardMessages.Get;
import io.perdure.invocation.DeliveryOutcome;
import io.perdure.invocation.DeliveryPolicy;
import io.perdure.invocation.Destination.Target;
import io.perdure.invocation.Destination.ToAddress;
import io.perdure.invocation.Destination.ToFunction;
import io.perdure.invocation.Destination.ToWebhook;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.router.KnownFunctions;
import io.perdure.router.Router;
import io.perdure.router.RouterConfig;
import io.perdure.router.ServedShards;
import io.perdure.testkit.Webhook;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Attempts, against real servers and addresses. */
class DeliveryVerticleTest {
  private static final Duration TIMEOUT = Duration.ofMillis(400);

  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = Bus.install(vertx);
  private final VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(Outcomes.T0));
  private final KnownFunctions functions = new KnownFunctions();
  private final ServedShards shards = new ServedShards(vertx, 2, functions, clock);
  private final BlockingQueue<DeliveryTold> told = new LinkedBlockingQueue<>();
  private DeliveryVerticle verticle;

  @BeforeEach
  void deploy() throws Exception {
    functions.add(1, "acc", "work");
    functions.add(2, "acc", "next");
    for (int shard = 0; shard < 2; shard++) {
      await(bus.listen(Addresses.DELIVERY.at(shard), told::add));
    }
    verticle =
        new DeliveryVerticle(
            new DeliveryConfig(new DeliveryPolicy(1, 1, 1, 16, 2, 4), TIMEOUT, 4_096),
            "cn-hangzhou",
            functions,
            new Router(bus, functions, 2, clock, RouterConfig.DEFAULT),
            bus,
            clock,
            new SimpleMeterRegistry());
    await(vertx.deployVerticle(verticle));
    verticle.begin();
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private DeliveryOutcome deliver(Target to) throws Exception {
    return deliver(Outcomes.succeeded(to).build());
  }

  private DeliveryOutcome deliver(Invocation of) throws Exception {
    bus.send(Addresses.DELIVER, new Deliver(of, 7, 3));
    DeliveryTold next = told.poll(10, TimeUnit.SECONDS);
    assertNotNull(next, "nothing was told");
    assertEquals(of.id(), next.id());
    assertEquals(7, next.epoch());
    assertEquals(3, next.outcome().attempt());
    return next.outcome();
  }

  private DeliveryOutcome.Failed fails(Target to) throws Exception {
    return assertInstanceOf(DeliveryOutcome.Failed.class, deliver(to));
  }

  private void succeeds(Target to) throws Exception {
    assertInstanceOf(DeliveryOutcome.Succeeded.class, deliver(to));
  }

  // ---- webhooks

  @Test
  void answersOf2xxAcknowledge() throws Exception {
    for (int status : new int[] {200, 202, 204}) {
      try (Webhook hook = Webhook.answering(status)) {
        succeeds(new ToWebhook(hook.url()));
        assertEquals("3", hook.next().header("perdure-delivery-attempt"));
      }
    }
  }

  @Test
  void refusalsLastAndTroublesDoNot() throws Exception {
    try (Webhook hook = Webhook.answering(500)) {
      ToWebhook to = new ToWebhook(hook.url());
      for (int status : new int[] {500, 503, 408, 425, 429}) {
        hook.answer(response -> response.setStatusCode(status).end());
        assertFalse(fails(to).lasting(), status + " lasts");
      }
      for (int status : new int[] {400, 401, 403, 404, 410, 422}) {
        hook.answer(response -> response.setStatusCode(status).end());
        DeliveryOutcome.Failed failed = fails(to);
        assertTrue(failed.lasting(), status + " does not last");
        assertEquals("HTTP " + status, failed.error());
      }
    }
  }

  @Test
  void redirectIsNotFollowed() throws Exception {
    try (Webhook elsewhere = Webhook.answering(200);
        Webhook hook =
            new Webhook(
                response ->
                    response.setStatusCode(302).putHeader("Location", elsewhere.url()).end())) {
      DeliveryOutcome.Failed failed = fails(new ToWebhook(hook.url()));
      assertTrue(failed.lasting());
      assertTrue(failed.error().contains("redirects are not followed"), failed::error);
      assertEquals(0, elsewhere.waiting());
    }
  }

  @Test
  void retryAfterIsHeard() throws Exception {
    try (Webhook hook =
        new Webhook(
            response -> response.setStatusCode(429).putHeader("Retry-After", "120").end())) {
      assertEquals(120_000, fails(new ToWebhook(hook.url())).retryAfterMillis());
    }
  }

  @Test
  void nobodyThereIsTriedAgain() throws Exception {
    Webhook gone = Webhook.answering(200);
    gone.close();
    DeliveryOutcome.Failed failed = fails(new ToWebhook(gone.url()));
    assertFalse(failed.lasting());
    assertTrue(failed.error().startsWith("no answer: "), failed::error);
  }

  @Test
  void noAnswerInTimeIsTriedAgain() throws Exception {
    try (Webhook hook = new Webhook(response -> {})) {
      DeliveryOutcome.Failed failed = fails(new ToWebhook(hook.url()));
      assertFalse(failed.lasting());
    }
  }

  @Test
  void wedgedDestinationHoldsUpNoOther() throws Exception {
    try (Webhook wedged = new Webhook(response -> {});
        Webhook hook = Webhook.answering(200)) {
      for (int i = 0; i < 20; i++) {
        bus.send(
            Addresses.DELIVER,
            Outcomes.first(Outcomes.succeeded(new ToWebhook(wedged.url())).build()));
      }
      wedged.next(); // it has begun to be wedged
      Invocation of = Outcomes.succeeded(new ToWebhook(hook.url())).build();
      bus.send(Addresses.DELIVER, Outcomes.first(of));
      assertEquals(of.id().toString(), hook.next().header("Perdure-Invocation-Id"));
      assertTrue(wedged.waiting() < 2, "more than its limit at once");
    }
  }

  @Test
  void longAnswerIsNotReadToItsEnd() throws Exception {
    try (Webhook hook =
        new Webhook(
            response -> {
              response.setChunked(true);
              for (int i = 0; i < 64; i++) {
                response.write("x".repeat(16_384));
              }
            })) {
      for (int i = 0; i < 5; i++) {
        succeeds(new ToWebhook(hook.url()));
      }
    }
  }

  // ---- addresses

  @Test
  void replyAcknowledges() throws Exception {
    BlockingQueue<String> got = new LinkedBlockingQueue<>();
    vertx
        .eventBus()
        .<Buffer>consumer(
            "orders",
            message -> {
              got.add(message.headers().get("id") + message.body().toString());
              message.reply(null);
            });
    InvocationBuilder of = Outcomes.withBodies(new ToAddress("orders"));
    shards.records.put(of.id, of.build());
    shards.bodies.put("PAYLOAD" + of.id, "in".getBytes(UTF_8));
    shards.bodies.put("RESULT" + of.id, "done".getBytes(UTF_8));
    assertInstanceOf(DeliveryOutcome.Succeeded.class, deliver(of.build()));
    String event = got.poll(10, TimeUnit.SECONDS);
    assertTrue(event.startsWith(of.id.toString()), event);
    assertTrue(event.contains("\"content\":\"in\"") && event.contains("\"done\""), event);
  }

  @Test
  void addressThatNobodyServesIsTriedAgain() throws Exception {
    DeliveryOutcome.Failed failed = fails(new ToAddress("nobody"));
    assertEquals("no verticle serves nobody", failed.error());
    assertFalse(failed.lasting());
  }

  @Test
  void refusalOfTheReceiverIsTriedAgain() throws Exception {
    vertx.eventBus().consumer("busy", message -> message.fail(9, "not now"));
    DeliveryOutcome.Failed failed = fails(new ToAddress("busy"));
    assertEquals("refused (9): not now", failed.error());
    assertFalse(failed.lasting());
  }

  // ---- functions

  @Test
  void repeatedSubmitRunsNothingTwice() throws Exception {
    InvocationBuilder of = Outcomes.succeeded(new ToFunction("default", "next", null));
    of.depth = 4;
    assertInstanceOf(DeliveryOutcome.Succeeded.class, deliver(of.build()));
    assertInstanceOf(DeliveryOutcome.Succeeded.class, deliver(of.build()));
    assertEquals(1, shards.records.size());
    Invocation made = shards.records.firstEntry().getValue();
    assertEquals("destination-" + of.id, made.key());
    assertEquals(5, made.depth());
    assertEquals(Invocation.Origin.DESTINATION, made.origin());
    assertEquals(2, made.functionUid());
  }

  @Test
  void functionThatIsNotThereIsAFailureThatLasts() throws Exception {
    assertTrue(fails(new ToFunction("default", "nobody", null)).lasting());
    assertTrue(fails(new ToFunction("nowhere", "next", null)).lasting());
    assertTrue(fails(new ToFunction("default", "next", "v9")).lasting());
  }

  @Test
  void functionThatHasNoRoomIsTriedAgainWhenItSays() throws Exception {
    shards.refusing = new Failure.Throttled("backlog", "full", 1_234);
    DeliveryOutcome.Failed failed = fails(new ToFunction("default", "next", null));
    assertFalse(failed.lasting());
    assertEquals(1_234, failed.retryAfterMillis());
  }

  @Test
  void whatIsHandedOverBeforeTheNodeServesWaits() throws Exception {
    await(vertx.undeploy(verticle.deploymentID()));
    DeliveryVerticle early =
        new DeliveryVerticle(
            new DeliveryConfig(DeliveryPolicy.DEFAULT, TIMEOUT, 4_096),
            "cn-hangzhou",
            functions,
            new Router(bus, functions, 2, clock, RouterConfig.DEFAULT),
            bus,
            clock,
            new SimpleMeterRegistry());
    await(vertx.deployVerticle(early));
    bus.send(Addresses.DELIVER, Outcomes.toAddress("nobody"));
    await(bus.request(Addresses.GET.at(0), new Get(known())));
    assertNull(told.poll());
    early.begin();
    assertNotNull(told.poll(10, TimeUnit.SECONDS));
  }

  private InvocationId known() {
    Invocation known = Outcomes.succeeded(new ToAddress("a")).build();
    shards.records.put(known.id(), known);
    return known.id();
  }

  @Test
  void payloadThatIsGoneIsAFailureThatLasts() throws Exception {
    InvocationBuilder of = Outcomes.withBodies(new ToAddress("nobody"));
    shards.records.put(of.id, of.build());
    shards.removed.add("PAYLOAD" + of.id);
    DeliveryOutcome.Failed failed =
        assertInstanceOf(DeliveryOutcome.Failed.class, deliver(of.build()));
    assertTrue(failed.lasting(), failed::error);
  }
}
