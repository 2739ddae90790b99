package io.perdure.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ClientMessages.ClientAwait;
import io.perdure.bus.ClientMessages.ClientGet;
import io.perdure.bus.ClientMessages.ClientGetBody;
import io.perdure.bus.ClientMessages.ClientList;
import io.perdure.bus.ClientMessages.ClientStop;
import io.perdure.bus.ClientMessages.ClientSubmit;
import io.perdure.bus.ClientMessages.Listed;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.time.VirtualClock;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClientVerticleTest {
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = Bus.install(vertx);
  private final KnownFunctions functions = new KnownFunctions();
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));

  @BeforeEach
  void serve() {
    functions.add(1, "first", "f");
    functions.add(2, "second", "f");
    ServedShards shards = new ServedShards(vertx, 2, functions, clock);
    assertEquals(0, shards.waiting());
    Router router = new Router(bus, functions, 2, clock, RouterConfig.DEFAULT);
    Answers.of(vertx.deployVerticle(new ClientVerticle(bus, router, "first")));
  }

  @AfterEach
  void close() {
    Answers.of(vertx.close());
  }

  @Test
  void clientThatNamesNoAccountUsesTheFirst() {
    Invocation made = submit(null);
    assertEquals("first", made.account());
    assertEquals(Invocation.Origin.BUS, made.origin());
    assertEquals(Invocation.Mode.ASYNC, made.mode());
    assertEquals(
        made, Answers.of(bus.request(Addresses.CLIENT_GET, get(null, made.id()))).invocation());
  }

  @Test
  void clientOfAnotherAccountDoesNotSeeIt() {
    InvocationId id = submit("second").id();
    assertInstanceOf(
        Failure.NotFound.class,
        Answers.failure(bus.request(Addresses.CLIENT_GET, get("first", id))));
  }

  @Test
  void everythingElseGoesThroughTheRouterToo() {
    InvocationId id = submit(null).id();
    assertEquals(
        id,
        Answers.of(bus.request(Addresses.CLIENT_AWAIT, new ClientAwait(null, id, 0, false, 1_000)))
            .invocation()
            .id());
    assertArrayEquals(
        new byte[] {5},
        Answers.of(
                bus.request(Addresses.CLIENT_GET_BODY, new ClientGetBody(null, id, Part.PAYLOAD)))
            .bytes());
    assertEquals(
        Status.STOPPED,
        Answers.of(
                bus.request(
                    Addresses.CLIENT_STOP, new ClientStop(null, id, StopMode.CANCEL, 5_000)))
            .invocation()
            .status());
    Listed listed =
        Answers.of(bus.request(Addresses.CLIENT_LIST, list(List.of("STOPPED", "FAILED"))));
    assertEquals(id, listed.invocations().get(0).id());
  }

  @Test
  void unknownStatusIsNamed() {
    Failure failure =
        Answers.failure(bus.request(Addresses.CLIENT_LIST, list(List.of("SLEEPING"))));
    assertEquals("statuses", assertInstanceOf(Failure.Invalid.class, failure).field());
  }

  private Invocation submit(String account) {
    ClientSubmit asked =
        new ClientSubmit(account, "default", "f", null, null, 0, null, null, new byte[] {5});
    return Answers.of(bus.request(Addresses.CLIENT_SUBMIT, asked)).invocation();
  }

  private static ClientGet get(String account, InvocationId id) {
    return new ClientGet(account, id);
  }

  private static ClientList list(List<String> statuses) {
    return new ClientList(null, "default", "f", statuses, null, 0, Long.MAX_VALUE, true, 10, null);
  }
}
