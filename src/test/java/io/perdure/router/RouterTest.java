package io.perdure.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Bus;
import io.perdure.bus.Criteria;
import io.perdure.bus.ShardMessages.Order;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {
  private static final int SHARDS = 4;
  private static final long NOW = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  private static final long DAY = 86_400_000L;

  private final Vertx vertx = Vertx.vertx();
  private final Vertx elsewhere = Vertx.vertx();
  private final KnownFunctions functions = new KnownFunctions();
  private final VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(NOW));
  private final Router router =
      new Router(Bus.install(vertx), functions, SHARDS, clock, new RouterConfig(1_000_000));
  private ServedShards shards;

  static SubmitRequest request(String function) {
    return request(function, null, Map.of(), 0, 0, "payload".getBytes(US_ASCII));
  }

  private static final java.nio.charset.Charset US_ASCII =
      java.nio.charset.StandardCharsets.US_ASCII;

  private static SubmitRequest request(
      String function,
      String key,
      Map<String, String> labels,
      long delayMillis,
      long dueAt,
      byte[] payload) {
    return new SubmitRequest(
        "acc",
        "default",
        function,
        null,
        key,
        delayMillis,
        dueAt,
        labels,
        null,
        Invocation.Origin.NATIVE,
        Invocation.Mode.ASYNC,
        "req-1",
        payload);
  }

  /** One that its caller waits for. */
  private static SubmitRequest sync(long delayMillis, long dueAt) {
    return new SubmitRequest(
        "acc",
        "default",
        "f",
        null,
        null,
        delayMillis,
        dueAt,
        Map.of(),
        null,
        Invocation.Origin.SCF,
        Invocation.Mode.SYNC,
        "req-1",
        new byte[0]);
  }

  private static SubmitRequest qualified(String qualifier) {
    return new SubmitRequest(
        "acc",
        "default",
        "f",
        qualifier,
        null,
        0,
        0,
        Map.of(),
        null,
        Invocation.Origin.NATIVE,
        Invocation.Mode.ASYNC,
        "req-1",
        new byte[0]);
  }

  private static SubmitRequest keyed(String key, String payload) {
    return request("f", key, Map.of(), 0, 0, payload.getBytes(US_ASCII));
  }

  @BeforeEach
  void serve() {
    functions.add(1, "acc", "f");
    functions.add(2, "other", "g");
    shards = new ServedShards(vertx, SHARDS, functions, clock);
  }

  @AfterEach
  void close() {
    Answers.of(vertx.close());
    Answers.of(elsewhere.close());
  }

  @Test
  void searchOfAFunctionThatDoesNotExistIsNotFound() {
    InvocationQuery none = new InvocationQuery("acc", "default", "none", Criteria.ANY);
    InvocationSearch search = new InvocationSearch(none, Order.ACCEPTED, true, 0, 20);
    assertEquals(new Failure.NotFound("function", "none"), Answers.failure(router.search(search)));
  }

  @Test
  void submitsWithoutKeyGoRoundOverAllShards() {
    Set<Integer> used =
        IntStream.range(0, SHARDS)
            .mapToObj(i -> Answers.of(router.submit(request("f"))).invocation().id().shard())
            .collect(Collectors.toSet());
    assertEquals(Set.of(0, 1, 2, 3), used);
  }

  @Test
  void submitCarriesEverythingToTheShard() {
    SubmitRequest asked = request("f", null, Map.of("team", "a"), 5_000, 0, new byte[] {1, 2});
    Invocation made = Answers.of(router.submit(asked)).invocation();
    assertEquals("acc", made.account());
    assertEquals(Map.of("team", "a"), made.labels());
    assertEquals(NOW + 5_000, made.dueAt());
    assertEquals("req-1", made.requestId());
    assertEquals(Invocation.LATEST, made.qualifier());
    assertArrayEquals(new byte[] {1, 2}, shards.bodies.get("PAYLOAD" + made.id()));
  }

  @Test
  void latestHasOneSpellingInTheRecord() {
    for (String asked : Arrays.asList(null, "LATEST", "$LATEST")) {
      assertEquals(
          Invocation.LATEST, Answers.of(router.submit(qualified(asked))).invocation().qualifier());
    }
  }

  @Test
  void qualifierStaysAsItWasAsked() {
    functions.addQualifier("prod");
    Invocation made = Answers.of(router.submit(qualified("prod"))).invocation();
    assertEquals("prod", made.qualifier());
  }

  @ParameterizedTest
  @ValueSource(strings = {"prod", "1", "$DEFAULT", "latest"})
  void unknownQualifierIsRefused(String qualifier) {
    assertEquals(
        new Failure.NotFound("qualifier", qualifier),
        Answers.failure(router.submit(qualified(qualifier))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "ü", "a\n"})
  void qualifierThatCannotBeOneIsRefused(String qualifier) {
    Failure failure = Answers.failure(router.submit(qualified(qualifier)));
    assertEquals("qualifier", assertInstanceOf(Failure.Invalid.class, failure).field());
  }

  @Test
  void repeatedKeyWithTheSamePayloadGivesTheFirstInvocation() {
    Submitted first = Answers.of(router.submit(keyed("k", "one")));
    Submitted second = Answers.of(router.submit(keyed("k", "one")));
    assertTrue(first.created());
    assertFalse(second.created());
    assertEquals(first.invocation().id(), second.invocation().id());
  }

  @Test
  void repeatedKeyWithAnotherPayloadIsRefusedNamingBothFingerprints() {
    Invocation first = Answers.of(router.submit(keyed("k", "one"))).invocation();
    Failure failure = Answers.failure(router.submit(keyed("k", "two")));
    Failure.KeyReused reused = assertInstanceOf(Failure.KeyReused.class, failure);
    assertEquals(first.id(), reused.existing());
    assertTrue(reused.message().contains(first.fingerprint().toString()), reused.message());
    assertTrue(
        reused
            .message()
            .contains(io.perdure.invocation.Fingerprint.of("two".getBytes(US_ASCII)).toString()));
  }

  @Test
  void largeKeyedPayloadIsHashedAndAccepted() {
    byte[] large = new byte[900_000];
    SubmitRequest asked = request("f", "big", Map.of(), 0, 0, large);
    assertTrue(Answers.of(router.submit(asked)).created());
    assertFalse(Answers.of(router.submit(asked)).created());
  }

  @Test
  void unknownFunctionAndNamespaceAreToldApart() {
    assertEquals(
        new Failure.NotFound("function", "none"), Answers.failure(router.submit(request("none"))));
    SubmitRequest elsewhere =
        new SubmitRequest(
            "acc",
            "away",
            "f",
            null,
            null,
            0,
            0,
            Map.of(),
            null,
            Invocation.Origin.BUS,
            Invocation.Mode.ASYNC,
            null,
            new byte[0]);
    assertEquals(
        new Failure.NotFound("namespace", "away"), Answers.failure(router.submit(elsewhere)));
  }

  @Test
  void functionOfAnotherAccountDoesNotExist() {
    assertEquals(
        new Failure.NotFound("function", "g"), Answers.failure(router.submit(request("g"))));
  }

  @Test
  void payloadAboveTheLimitIsRefused() {
    assertEquals(
        new Failure.TooLarge("payload", 1_000_000),
        Answers.failure(router.submit(request("f", null, Map.of(), 0, 0, new byte[1_000_001]))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " a", "a ", "tab\there", "umlaut-\u00fc", "nul-\u0000"})
  void badKeysAreRefused(String key) {
    assertEquals("key", invalidField(keyed(key, "x")));
  }

  @Test
  void keyMayHave256CharactersAndNoMore() {
    assertTrue(Answers.of(router.submit(keyed("k".repeat(256), "x"))).created());
    assertEquals("key", invalidField(keyed("k".repeat(257), "x")));
  }

  @Test
  void badLabelsAreRefused() {
    assertEquals("labels", invalidLabel("", "v"));
    assertEquals("labels", invalidLabel("a b", "v"));
    assertEquals("labels", invalidLabel("n".repeat(64), "v"));
    assertEquals("labels.a", invalidLabel("a", "v".repeat(257)));
    assertEquals("labels.a", invalidLabel("a", "line\nbreak"));
    assertEquals("labels.a", invalidLabel("a", "half \ud800 pair"));
    Map<String, String> many = new HashMap<>();
    IntStream.range(0, 33).forEach(i -> many.put("l" + i, "v"));
    assertEquals("labels", invalidField(request("f", null, many, 0, 0, new byte[0])));
  }

  @Test
  void delaysBeyondAYearAreRefused() {
    assertEquals("delay", invalidField(request("f", null, Map.of(), -1, 0, new byte[0])));
    assertEquals("delay", invalidField(request("f", null, Map.of(), 366 * DAY, 0, new byte[0])));
    assertEquals(
        "delay", invalidField(request("f", null, Map.of(), 0, NOW + 366 * DAY, new byte[0])));
    SubmitRequest past = request("f", null, Map.of(), 0, NOW - 5, new byte[0]);
    assertEquals(NOW, Answers.of(router.submit(past)).invocation().dueAt());
  }

  @Test
  void batchGivesAnOutcomePerLineInOrderAndOneCommitPerShard() {
    List<SubmitRequest> lines =
        List.of(
            request("f"),
            request("none"),
            keyed("k", "one"),
            request("f"),
            keyed("k", "two"),
            keyed("k", "one"));
    List<SubmitOutcome> outcomes = Answers.of(router.submitAll(lines));
    assertTrue(outcomes.get(0).submitted().created());
    assertEquals(new Failure.NotFound("function", "none"), outcomes.get(1).failure());
    assertTrue(outcomes.get(2).submitted().created());
    assertTrue(outcomes.get(3).submitted().created());
    assertInstanceOf(Failure.KeyReused.class, outcomes.get(4).failure());
    assertFalse(outcomes.get(5).submitted().created());
    assertEquals(
        outcomes.get(0).submitted().invocation().id().shard(),
        outcomes.get(3).submitted().invocation().id().shard());
    int keyShard = Placement.shardOf(1, "k", SHARDS);
    int unkeyedShard = outcomes.get(0).submitted().invocation().id().shard();
    assertEquals(keyShard == unkeyedShard ? 1 : 2, shards.batches);
  }

  @Test
  void whileSubmitsAreRefusedReadingGoesOn() {
    InvocationId id = Answers.of(router.submit(request("f"))).invocation().id();
    Failure.Unavailable draining = new Failure.Unavailable("the node is draining", 1_000);
    router.refuseSubmits(draining);
    assertEquals(draining, Answers.failure(router.submit(request("f"))));
    assertEquals(draining, Answers.failure(router.submitAll(List.of(request("f")))));
    assertEquals(draining, Answers.failure(router.redrive("acc", id, null)));
    assertEquals(id, Answers.of(router.get("acc", id)).id());
    router.acceptAll();
    assertTrue(Answers.of(router.submit(request("f"))).created());
  }

  @Test
  void stopThatWasAskedForAgainSinceItsAnswerWasLostHasSucceeded() {
    InvocationId id = Answers.of(router.submit(request("f"))).invocation().id();
    shards.repeatingStops = true;
    assertEquals(
        Status.STOPPED, Answers.of(router.stop("acc", id, StopMode.CANCEL, 0, "me")).status());
    assertInstanceOf(
        Failure.Conflict.class, Answers.failure(router.stop("acc", id, StopMode.CANCEL, 0, "me")));
  }

  @Test
  void idOfAnotherAccountOrOfNoShardIsNotFound() {
    InvocationId id = Answers.of(router.submit(request("f"))).invocation().id();
    InvocationId elsewhere = new InvocationId(id.high() | 0xFFF, id.low());
    for (Future<?> asked :
        List.<Future<?>>of(
            router.get("other", id),
            router.get("acc", elsewhere),
            router.await("other", id, 0, true, 1_000),
            router.body("other", id, Part.PAYLOAD),
            router.body("acc", elsewhere, Part.PAYLOAD),
            router.stop("other", id, StopMode.CANCEL, 0, "me"),
            router.redrive("other", id, null))) {
      assertInstanceOf(Failure.NotFound.class, Answers.failure(asked));
    }
    assertEquals(Status.ENQUEUED, shards.records.get(id).status());
  }

  @Test
  void keyFindsItsInvocation() {
    InvocationId id = Answers.of(router.submit(keyed("k", "x"))).invocation().id();
    Function f = router.function("acc", "default", "f");
    assertEquals(id, Answers.of(router.getByKeyOrId("acc", f, "k")).id());
    assertInstanceOf(Failure.NotFound.class, Answers.failure(router.getByKeyOrId("acc", f, "no")));
  }

  @Test
  void idFindsItsInvocationWhereAKeyIsAskedFor() {
    InvocationId id = Answers.of(router.submit(request("f"))).invocation().id();
    Function f = router.function("acc", "default", "f");
    assertEquals(id, Answers.of(router.getByKeyOrId("acc", f, id.toString())).id());
  }

  @Test
  void keyThatLooksLikeAnIdComesBeforeThatId() {
    InvocationId other = Answers.of(router.submit(request("f"))).invocation().id();
    Invocation named = Answers.of(router.submit(keyed(other.toString(), "x"))).invocation();
    Function f = router.function("acc", "default", "f");
    assertEquals(named.id(), Answers.of(router.getByKeyOrId("acc", f, other.toString())).id());
  }

  @Test
  void whatIsAtHandIsToldWithoutItsShardAndToItsAccountOnly() {
    Invocation ended = Answers.of(router.submit(request("f"))).invocation();
    byte[] bytes = {1};
    Router alone = // nobody serves shards on its bus
        new Router(
            Bus.install(elsewhere),
            functions,
            SHARDS,
            () -> new int[0],
            clock,
            new RouterConfig(1_000_000),
            new OneAtHand(ended, bytes, true));
    Function f = alone.function("acc", "default", "f");
    assertSame(ended, Answers.of(alone.get("acc", ended.id())));
    assertSame(ended, Answers.of(alone.getByKeyOrId("acc", f, ended.id().toString())));
    assertSame(ended, Answers.of(alone.getByKeyOrId("acc", f, "its key")));
    assertSame(bytes, Answers.of(alone.body("acc", ended.id(), Part.PAYLOAD)).bytes());
    assertInstanceOf(Failure.NotFound.class, Answers.failure(alone.get("other", ended.id())));
    assertInstanceOf(
        Failure.NotFound.class, Answers.failure(alone.body("other", ended.id(), Part.PAYLOAD)));
  }

  @Test
  void bodyThatOnlyTheDiskHasIsFetchedWithoutItsShardAndForItsAccountOnly() {
    Invocation ended = Answers.of(router.submit(request("f"))).invocation();
    byte[] bytes = {1};
    AtHand atHand = new OneAtHand(ended, bytes, false);
    Router alone =
        new Router(
            Bus.install(elsewhere),
            functions,
            SHARDS,
            () -> new int[0],
            clock,
            new RouterConfig(1_000_000),
            atHand);
    assertSame(bytes, Answers.of(alone.body("acc", ended.id(), Part.PAYLOAD)).bytes());
    assertInstanceOf(
        Failure.NotFound.class, Answers.failure(alone.body("other", ended.id(), Part.PAYLOAD)));
  }

  @Test
  void whatHasNoKeyGoesRoundOverTheShardsThisNodeOwnsAndToAllWhenItOwnsNone() {
    int[][] owned = {{1, 3}};
    Router here =
        new Router(
            Bus.install(vertx),
            functions,
            SHARDS,
            () -> owned[0],
            clock,
            new RouterConfig(1_000_000),
            AtHand.NOTHING);
    assertEquals(Set.of(1, 3), shardsOf(here, 8));
    owned[0] = new int[0];
    assertEquals(Set.of(0, 1, 2, 3), shardsOf(here, 8));
  }

  private static Set<Integer> shardsOf(Router router, int submits) {
    Set<Integer> used = new TreeSet<>();
    for (int i = 0; i < submits; i++) {
      used.add(Answers.of(router.submit(request("f"))).invocation().id().shard());
    }
    return used;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record OneAtHand(Invocation one, byte[] bytes, boolean inMemory) implements AtHand {
    @Override
    public Invocation ended(InvocationId id) {
      return id.equals(one.id()) ? one : null;
    }

    @Override
    public Invocation ended(int shard, long functionUid, String key) {
      return key.equals("its key") ? one : null;
    }

    @Override
    public byte[] body(Invocation ended, Part part) {
      return inMemory ? bytes : null;
    }

    @Override
    public Future<byte[]> fetch(Invocation ended, Part part) {
      return Future.succeededFuture(bytes);
    }

    @Override
    public boolean isUnused(int shard, long functionUid, String key) {
      return !key.equals("its key");
    }
  }

  @Test
  void awaitAnswersWhenItHasEnded() {
    InvocationId id = Answers.of(router.submit(request("f"))).invocation().id();
    Future<Invocation> ended = router.await("acc", id, 0, true, 30_000);
    Answers.until("the shard waits", () -> shards.waiting() > 0);
    shards.finish(id, Status.SUCCEEDED, new byte[0]);
    assertEquals(Status.SUCCEEDED, Answers.of(ended).status());
  }

  @Test
  void awaitOfWhatHasHappenedAnswersAtOnce() {
    InvocationId id = Answers.of(router.submit(request("f"))).invocation().id();
    assertEquals(1, Answers.of(router.await("acc", id, 0, false, 60_000)).lastSeq());
    shards.finish(id, Status.FAILED, new byte[0]);
    assertEquals(Status.FAILED, Answers.of(router.await("acc", id, 99, false, 60_000)).status());
    assertEquals(0, shards.waiting());
  }

  @Test
  void redriveMakesANewInvocationWithTheSamePayload() {
    SubmitRequest asked = request("f", "k", Map.of("a", "b"), 0, 0, new byte[] {7});
    InvocationId id = Answers.of(router.submit(asked)).invocation().id();
    assertInstanceOf(Failure.Conflict.class, Answers.failure(router.redrive("acc", id, "r2")));
    shards.finish(id, Status.FAILED, new byte[0]);
    Invocation again = Answers.of(router.redrive("acc", id, "r2")).invocation();
    assertNotEquals(id, again.id());
    assertEquals(id, again.redriveOf());
    assertEquals(Invocation.Origin.REDRIVE, again.origin());
    assertEquals(Map.of("a", "b"), again.labels());
    assertEquals("r2", again.requestId());
    assertArrayEquals(new byte[] {7}, shards.bodies.get("PAYLOAD" + again.id()));
  }

  @Test
  void whatIsWaitedForIsSubmittedSo() {
    Invocation made = Answers.of(router.submit(sync(0, 0))).invocation();
    assertEquals(Invocation.Mode.SYNC, made.mode());
  }

  @Test
  void whatIsWaitedForCannotBeDelayed() {
    assertEquals("delay", invalidField(sync(1, 0)));
    assertEquals("delay", invalidField(sync(0, 1)));
  }

  @Test
  void redriveOfWhatWasWaitedForIsAsynchronous() {
    InvocationId id = Answers.of(router.submit(sync(0, 0))).invocation().id();
    shards.finish(id, Status.FAILED, new byte[0]);
    Invocation again = Answers.of(router.redrive("acc", id, "r2")).invocation();
    assertEquals(Invocation.Mode.ASYNC, again.mode());
  }

  @Test
  void redriveByAnAliasThatIsGoneIsRefused() {
    functions.addQualifier("prod");
    InvocationId id = Answers.of(router.submit(qualified("prod"))).invocation().id();
    shards.finish(id, Status.FAILED, new byte[0]);
    functions.removeQualifier("prod");
    assertEquals(
        new Failure.NotFound("qualifier", "prod"),
        Answers.failure(router.redrive("acc", id, null)));
  }

  @Test
  void redriveWithoutPayloadOrFunctionSaysWhatIsMissing() {
    InvocationId id = Answers.of(router.submit(request("f"))).invocation().id();
    shards.finish(id, Status.FAILED, new byte[0]);
    shards.removed.add("PAYLOAD" + id);
    assertInstanceOf(Failure.Removed.class, Answers.failure(router.redrive("acc", id, null)));
    shards.removed.clear();
    functions.remove(1);
    assertEquals(
        new Failure.NotFound("function", "f"), Answers.failure(router.redrive("acc", id, null)));
  }

  @Test
  void countAddsUpOverShards() {
    IntStream.range(0, 10).forEach(i -> Answers.of(router.submit(request("f"))));
    InvocationId id = shards.records.firstKey();
    shards.finish(id, Status.SUCCEEDED, new byte[0]);
    InvocationQuery all = new InvocationQuery("acc", "default", "f", Criteria.ANY);
    assertEquals(Map.of(Status.ENQUEUED, 9L, Status.SUCCEEDED, 1L), Answers.of(router.count(all)));
  }

  @Test
  void cursorOfAnotherListIsRefused() {
    IntStream.range(0, 10).forEach(i -> Answers.of(router.submit(request("f"))));
    InvocationQuery all = new InvocationQuery("acc", null, null, Criteria.ANY);
    InvocationQuery labelled =
        new InvocationQuery("acc", null, null, Criteria.ANY.withLabels(Map.of("a", "b")));
    String cursor = Answers.of(router.list(all, true, 3, null)).cursor();
    for (Future<ListPage> asked :
        List.of(
            router.list(all, false, 3, cursor),
            router.list(labelled, true, 3, cursor),
            router.list(all, true, 3, cursor + "A"),
            router.list(all, true, 3, "no cursor!"),
            router.list(all, true, 3, ""))) {
      assertEquals(
          "cursor", assertInstanceOf(Failure.Invalid.class, Answers.failure(asked)).field());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1_001})
  void limitOutsideOfItsRangeIsRefused(int limit) {
    InvocationQuery all = new InvocationQuery("acc", null, null, Criteria.ANY);
    assertEquals(
        "limit",
        assertInstanceOf(
                Failure.Invalid.class, Answers.failure(router.list(all, true, limit, null)))
            .field());
  }

  private String invalidLabel(String name, String value) {
    return invalidField(request("f", null, Map.of(name, value), 0, 0, new byte[0]));
  }

  private String invalidField(SubmitRequest asked) {
    return assertInstanceOf(Failure.Invalid.class, Answers.failure(router.submit(asked))).field();
  }
}
