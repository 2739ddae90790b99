package io.perdure.shard;

import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.all;
import static io.perdure.shard.ShardHarness.failure;
import static io.perdure.shard.ShardHarness.join;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.bus.Addresses;
import io.perdure.bus.ShardMessages.Await;
import io.perdure.bus.ShardMessages.Count;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.Get;
import io.perdure.bus.ShardMessages.GetAll;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.GetByKey;
import io.perdure.bus.ShardMessages.Order;
import io.perdure.bus.ShardMessages.Page;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.bus.ShardMessages.Search;
import io.perdure.invocation.Failure;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.StopMode;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No answer rests on what may be old: an owner that has been followed does not know it at once. */
class ConfirmTest {
  @TempDir private Path directory;
  private ShardHarness shard;
  private InvocationId ended;

  @BeforeEach
  void open() throws Exception {
    shard = ShardHarness.movable(directory, T0);
    ended = join(shard.submit("k", "{}")).invocation().id();
    shard.end(shard.executor.next(ended));
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  private Map<String, Supplier<Future<?>>> questions() {
    InvocationId nobody = new InvocationId(ended.high(), ended.low() + 1);
    Page page = new Page(all(FN), false, null, null, 10);
    return Map.ofEntries(
        question("get", () -> shard.bus.request(Addresses.GET.at(0), new Get(ended))),
        question("get nothing", () -> shard.bus.request(Addresses.GET.at(0), new Get(nobody))),
        question(
            "get all",
            () -> shard.bus.request(Addresses.GET_ALL.at(0), new GetAll(List.of(ended)))),
        question(
            "get by key",
            () -> shard.bus.request(Addresses.GET_BY_KEY.at(0), new GetByKey(FN, "k"))),
        question(
            "get nothing by key",
            () -> shard.bus.request(Addresses.GET_BY_KEY.at(0), new GetByKey(FN, "l"))),
        question(
            "body",
            () -> shard.bus.request(Addresses.GET_BODY.at(0), new GetBody(ended, Part.PAYLOAD))),
        question(
            "await",
            () -> shard.bus.request(Addresses.AWAIT.at(0), new Await(ended, 0, true, T0 + 1))),
        question("page", () -> shard.bus.request(Addresses.PAGE.at(0), page)),
        question("count", () -> shard.bus.request(Addresses.COUNT.at(0), new Count(all(FN)))),
        question(
            "search",
            () ->
                shard.bus.request(
                    Addresses.SEARCH.at(0), new Search(all(FN), Order.ACCEPTED, false, 10))),
        question("submit again", () -> shard.submit("k", "{}")),
        question("stop what has ended", () -> shard.stop(ended, StopMode.CANCEL)),
        question("stop nothing", () -> shard.stop(nobody, StopMode.CANCEL)));
  }

  private static Map.Entry<String, Supplier<Future<?>>> question(
      String name, Supplier<Future<?>> ask) {
    return Map.entry(name, ask);
  }

  @Test
  void whatIsNotConfirmedIsLeftToTheOwner() throws Exception {
    shard.disk().confirms(false);
    List<String> told = new ArrayList<>();
    questions()
        .forEach(
            (name, ask) -> {
              Future<?> answer = ask.get();
              try {
                failure(Failure.Fenced.class, answer);
              } catch (AssertionError | ClassCastException e) {
                told.add(name);
              }
            });
    assertEquals(List.of(), told, "answered although it may be old");
    assertEquals("serving", shard.phase(0));
  }

  @Test
  void whatIsConfirmedIsToldOnce() throws Exception {
    int before = shard.disk().askedToConfirm();
    for (Supplier<Future<?>> ask : questions().values()) {
      join(ask.get().otherwiseEmpty());
    }
    assertEquals(before + questions().size(), shard.disk().askedToConfirm());
  }

  @Test
  void outcomesOfCommitsNeedNoConfirmation() throws Exception {
    shard.disk().confirms(false);
    int before = shard.disk().askedToConfirm();
    InvocationId id = shard.accepted().id();
    join(shard.stop(id, StopMode.CANCEL));
    shard.reap();
    assertEquals(before, shard.disk().askedToConfirm());
  }

  @Test
  void answersThatCommitTogetherShareAConfirmation() throws Exception {
    shard.disk().hold();
    Future<?> first = shard.submit("l", "{}");
    shard.disk().awaitWaiting();
    List<Future<?>> again = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      again.add(shard.submit("l", "{}"));
    }
    shard.barrier();
    int before = shard.disk().askedToConfirm();
    shard.disk().release();
    join(first);
    for (Future<?> answer : again) {
      join(answer);
    }
    assertEquals(before + 1, shard.disk().askedToConfirm());
  }

  @Test
  void whoHasWaitedForAChangeIsToldWhatIsConfirmedThen() throws Exception {
    InvocationId id = shard.accepted().id();
    Future<Found> change =
        shard.bus.request(Addresses.AWAIT.at(0), new Await(id, 1, true, T0 + 60_000));
    shard.barrier();
    shard.disk().confirms(false);
    join(shard.stop(id, StopMode.CANCEL));
    failure(Failure.Fenced.class, change);
  }
}
