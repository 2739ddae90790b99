package io.perdure.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.DeleteNamespace;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.RegistryMessages.FunctionPut;
import io.perdure.bus.RegistryMessages.FunctionsListed;
import io.perdure.bus.RegistryMessages.ListFunctions;
import io.perdure.bus.RegistryMessages.ListNamespaces;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.bus.RegistryMessages.NamespacePut;
import io.perdure.bus.RegistryMessages.PublishVersion;
import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.bus.RegistryMessages.PutNamespace;
import io.perdure.bus.ShardMessages.Checkpoint;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Function.Pause;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.journal.Journal;
import io.perdure.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryVerticleTest extends RegistryFixture {
  private static final RuntimeSpec OTHER = new RuntimeSpec.EventBus("perdure.fn.default.other");

  // Functions.

  @Test
  void newFunctionIsAnsweredVisibleAndTold() throws Exception {
    FunctionPut put = put(Samples.put("default", "resize"));
    assertTrue(put.created());
    Function function = put.function();
    assertEquals(1, function.revision());
    assertEquals(START, function.createdAt());
    assertEquals(function, registry.find(ACCOUNT, "default", "resize").orElseThrow());
    assertEquals(new FunctionChanged(function.uid(), false), nextChange());
  }

  @Test
  void replacedFunctionKeepsItsUidAndCountsTheRevision() throws Exception {
    Function first = put(Samples.put("default", "resize")).function();
    clock.advance(Duration.ofSeconds(1));
    FunctionPut second = put(Samples.put("default", "resize", OTHER, null, 0));
    assertFalse(second.created());
    assertEquals(first.uid(), second.function().uid());
    assertEquals(2, second.function().revision());
    assertEquals(START, second.function().createdAt());
    assertEquals(START + 1_000, second.function().modifiedAt());
    assertEquals(OTHER, registry.byUid(first.uid()).runtime());
  }

  @Test
  void samePutTwiceChangesNothing() throws Exception {
    Function first = put(Samples.put("default", "resize")).function();
    clock.advance(Duration.ofSeconds(1));
    FunctionPut second = put(Samples.put("default", "resize"));
    assertEquals(new FunctionPut(first, false), second);
    assertEquals(new FunctionChanged(first.uid(), false), nextChange());
    put(Samples.put("default", "next"));
    assertNotEquals(first.uid(), nextChange().functionUid(), "the second put was told");
  }

  @Test
  void putWithThePresentRevisionReplaces() throws Exception {
    put(Samples.put("default", "resize"));
    assertEquals(2, put(Samples.put("default", "resize", OTHER, null, 1)).function().revision());
  }

  @Test
  void putWithAnotherRevisionIsRefused() throws Exception {
    put(Samples.put("default", "resize"));
    Failure failure =
        failure(Addresses.PUT_FUNCTION, Samples.put("default", "resize", OTHER, null, 7));
    assertEquals(new Failure.Precondition("function 'resize' has revision 1, not 7"), failure);
  }

  @Test
  void putThatMustCreateIsRefusedWhenTheFunctionExists() throws Exception {
    put(Samples.put("default", "resize", OTHER, null, -1));
    Failure failure =
        failure(Addresses.PUT_FUNCTION, Samples.put("default", "resize", OTHER, null, -1));
    assertEquals(new Failure.Precondition("function 'resize' exists already"), failure);
  }

  @Test
  void putThatMustReplaceIsRefusedWhenTheFunctionDoesNotExist() throws Exception {
    Failure failure =
        failure(Addresses.PUT_FUNCTION, Samples.put("default", "resize", OTHER, null, 3));
    assertInstanceOf(Failure.Precondition.class, failure);
  }

  @Test
  void functionOfAMissingNamespaceIsRefused() {
    assertEquals(
        new Failure.NotFound("namespace", "images"),
        failure(Addresses.PUT_FUNCTION, Samples.put("images", "resize")));
  }

  @Test
  void settingThatIsNotAllowedIsRefusedByName() {
    Failure failure =
        failure(
            Addresses.PUT_FUNCTION,
            Samples.put("default", "resize", new RuntimeSpec.Http("no url"), null, 0));
    assertEquals("runtime.url", assertInstanceOf(Failure.Invalid.class, failure).field());
  }

  @Test
  void functionsPastTheLimitOfTheAccountAreRefused() throws Exception {
    reopen(new RegistryConfig(2, 10, 10, 10, 10, 10), UnaryOperator.identity());
    put(Samples.put("default", "one"));
    put(Samples.put("default", "two"));
    Failure failure = failure(Addresses.PUT_FUNCTION, Samples.put("default", "three"));
    assertEquals(
        new Failure.Conflict("the account has 2 functions, the most it may have"), failure);
    put(Samples.put("default", "two", OTHER, null, 0));
  }

  @Test
  void pauseNotesWhoAndWhenAndCountsTheRevision() throws Exception {
    put(Samples.put("default", "resize"));
    clock.advance(Duration.ofSeconds(1));
    Function paused = pause("resize", true, "bob");
    assertEquals(new Pause("bob", START + 1_000), paused.pause());
    assertEquals(2, paused.revision());
    assertNull(pause("resize", false, "bob").pause());
  }

  @Test
  void pauseOfAPausedFunctionLeavesWhoPausedItFirst() throws Exception {
    put(Samples.put("default", "resize", OTHER, true, 0));
    clock.advance(Duration.ofSeconds(1));
    assertEquals(new Pause("ann", START), pause("resize", true, "bob").pause());
    Function replaced = put(Samples.put("default", "resize", Samples.HTTP, true, 0)).function();
    assertEquals(new Pause("ann", START), replaced.pause());
    assertEquals(2, replaced.revision());
  }

  @Test
  void putThatDoesNotSayLeavesTheQueueAsItIs() throws Exception {
    put(Samples.put("default", "resize", OTHER, true, 0));
    assertTrue(put(Samples.put("default", "resize", Samples.HTTP, null, 0)).function().paused());
    assertFalse(put(Samples.put("default", "resize", Samples.HTTP, false, 0)).function().paused());
  }

  @Test
  void deletedFunctionIsGoneAndTold() throws Exception {
    long uid = put(Samples.put("default", "resize")).function().uid();
    nextChange();
    delete("resize", 1);
    assertNull(registry.byUid(uid));
    assertEquals(new FunctionChanged(uid, true), nextChange());
    assertEquals(
        new Failure.NotFound("function", "resize"),
        failure(Addresses.DELETE_FUNCTION, new DeleteFunction(ACCOUNT, "default", "resize", 0)));
  }

  @Test
  void deleteOfAnotherRevisionIsRefused() throws Exception {
    put(Samples.put("default", "resize"));
    assertEquals(
        Failure.Kind.PRECONDITION,
        failure(Addresses.DELETE_FUNCTION, new DeleteFunction(ACCOUNT, "default", "resize", 2))
            .kind());
    assertTrue(registry.find(ACCOUNT, "default", "resize").isPresent());
  }

  @Test
  void functionMadeAgainHasAnotherUid() throws Exception {
    long first = put(Samples.put("default", "resize")).function().uid();
    delete("resize", 0);
    assertTrue(put(Samples.put("default", "resize")).function().uid() > first);
  }

  @Test
  void functionsAreListedInPages() throws Exception {
    for (String name : List.of("c", "a", "b")) {
      put(Samples.put("default", name));
    }
    FunctionsListed page =
        ask(Addresses.LIST_FUNCTIONS, new ListFunctions(ACCOUNT, "default", null, "a", 1));
    assertEquals(List.of("b"), page.functions().stream().map(Function::name).toList());
    assertTrue(page.more());
  }

  @Test
  void listOfAMissingNamespaceIsRefused() {
    assertEquals(
        new Failure.NotFound("namespace", "images"),
        failure(Addresses.LIST_FUNCTIONS, new ListFunctions(ACCOUNT, "images", null, null, 10)));
  }

  @Test
  void listWithoutALimitIsRefused() {
    Failure failure =
        failure(Addresses.LIST_FUNCTIONS, new ListFunctions(ACCOUNT, "default", null, null, 0));
    assertEquals("limit", assertInstanceOf(Failure.Invalid.class, failure).field());
  }

  // Namespaces.

  @Test
  void namespaceIsCreatedOnceAndThenChanged() throws Exception {
    NamespacePut created = putNamespace("images", "one");
    assertEquals(
        new NamespacePut(new Namespace(ACCOUNT, "images", About.of("one"), START, START, 1), true),
        created);
    clock.advance(Duration.ofSeconds(1));
    assertEquals(
        new NamespacePut(
            new Namespace(ACCOUNT, "images", About.of("two"), START, START + 1_000, 2), false),
        putNamespace("images", "two"));
    assertTrue(registry.hasNamespace(ACCOUNT, "images"));
    assertFalse(registry.hasNamespace("other", "images"));
  }

  @Test
  void putAndDeleteOfANamespaceRestOnTheRevisionTheyName() throws Exception {
    assertEquals(
        new Failure.Precondition("namespace 'images' does not exist, so it has no revision 1"),
        failure(Addresses.PUT_NAMESPACE, new PutNamespace(ACCOUNT, "images", About.NOTHING, 1)));
    ask(Addresses.PUT_NAMESPACE, new PutNamespace(ACCOUNT, "images", About.NOTHING, -1));
    assertEquals(
        new Failure.Precondition("namespace 'images' exists already"),
        failure(Addresses.PUT_NAMESPACE, new PutNamespace(ACCOUNT, "images", About.NOTHING, -1)));
    ask(Addresses.PUT_NAMESPACE, new PutNamespace(ACCOUNT, "images", About.of("new"), 1));
    assertEquals(
        new Failure.Precondition("namespace 'images' has revision 2, not 1"),
        failure(Addresses.DELETE_NAMESPACE, new DeleteNamespace(ACCOUNT, "images", 1)));
    ask(Addresses.DELETE_NAMESPACE, new DeleteNamespace(ACCOUNT, "images", 2));
  }

  @Test
  void functionKeepsWhatIsToldOfItUnlessItIsToldAnew() throws Exception {
    About about = new About("d", Map.of("team", "a"), "{}");
    PutFunction told =
        Samples.put(Flavour.NATIVE, about, "default", "f", Samples.HTTP, 60_000, 16, 0, null, 0);
    assertEquals(about, put(told).function().about());
    assertEquals(about, put(Samples.put("default", "f", OTHER, null, 0)).function().about());
  }

  @Test
  void defaultNamespaceCanBeDescribedButNotDeleted() throws Exception {
    assertFalse(putNamespace("default", "mine").created());
    assertEquals(
        "mine", registry.namespace(ACCOUNT, "default").orElseThrow().about().description());
    assertInstanceOf(
        Failure.Conflict.class,
        failure(Addresses.DELETE_NAMESPACE, new DeleteNamespace(ACCOUNT, "default", 0)));
  }

  @Test
  void namespaceOfFunctionsWithoutAServiceCanNeitherBePutNorDeleted() throws Exception {
    String there = Function.FC3_NAMESPACE;
    put(Samples.put(Flavour.FC3, there, "f", Samples.HTTP));
    assertInstanceOf(
        Failure.Invalid.class,
        failure(Addresses.PUT_NAMESPACE, new PutNamespace(ACCOUNT, there, About.NOTHING, 0)));
    ask(Addresses.DELETE_FUNCTION, new DeleteFunction(ACCOUNT, there, "f", 0));
    assertInstanceOf(
        Failure.Conflict.class,
        failure(Addresses.DELETE_NAMESPACE, new DeleteNamespace(ACCOUNT, there, 0)));
  }

  @Test
  void functionsWithoutAServiceAreThereAfterARestart() throws Exception {
    put(Samples.put(Flavour.FC3, Function.FC3_NAMESPACE, "f", Samples.HTTP));
    reopen();
    assertTrue(registry.find(ACCOUNT, Function.FC3_NAMESPACE, "f").isPresent());
  }

  @Test
  void namespaceIsDeletedOnlyWhenEmpty() throws Exception {
    putNamespace("images", "");
    put(Samples.put("images", "resize"));
    assertInstanceOf(
        Failure.Conflict.class,
        failure(Addresses.DELETE_NAMESPACE, new DeleteNamespace(ACCOUNT, "images", 0)));
    ask(Addresses.DELETE_FUNCTION, new DeleteFunction(ACCOUNT, "images", "resize", 0));
    ask(Addresses.DELETE_NAMESPACE, new DeleteNamespace(ACCOUNT, "images", 0));
    assertFalse(registry.hasNamespace(ACCOUNT, "images"));
    assertEquals(
        new Failure.NotFound("namespace", "images"),
        failure(Addresses.DELETE_NAMESPACE, new DeleteNamespace(ACCOUNT, "images", 0)));
  }

  @Test
  void namespacesPastTheLimitOfTheAccountAreRefused() throws Exception {
    reopen(new RegistryConfig(10, 1, 10, 10, 10, 10), UnaryOperator.identity());
    putNamespace("one", "");
    assertInstanceOf(
        Failure.Conflict.class,
        failure(Addresses.PUT_NAMESPACE, new PutNamespace(ACCOUNT, "two", About.of(""), 0)));
  }

  @Test
  void namespacesAreListed() throws Exception {
    putNamespace("images", "");
    assertEquals(
        List.of("default", "images"),
        ask(Addresses.LIST_NAMESPACES, new ListNamespaces(ACCOUNT, null, null, 10))
            .namespaces()
            .stream()
            .map(Namespace::name)
            .toList());
  }

  // What is kept.

  @Test
  void everythingIsThereAfterARestart() throws Exception {
    putNamespace("images", "all of them");
    Function kept = put(Samples.put("images", "resize", OTHER, true, 0)).function();
    put(Samples.put("default", "gone"));
    delete("gone", 0);
    clock.advance(Duration.ofDays(1));
    reopen();
    assertEquals(kept, registry.find(ACCOUNT, "images", "resize").orElseThrow());
    assertEquals(kept, registry.byUid(kept.uid()));
    assertTrue(registry.find(ACCOUNT, "default", "gone").isEmpty());
    assertEquals(
        new Namespace(ACCOUNT, "images", About.of("all of them"), START, START, 1),
        registry.namespace(ACCOUNT, "images").orElseThrow());
    assertEquals(START, registry.namespace(ACCOUNT, "default").orElseThrow().createdAt());
  }

  @Test
  void uidOfADeletedFunctionIsNotUsedAgainAfterARestart() throws Exception {
    put(Samples.put("default", "first"));
    long last = put(Samples.put("default", "last")).function().uid();
    delete("last", 0);
    reopen();
    assertEquals(last + 1, put(Samples.put("default", "next")).function().uid());
  }

  @Test
  void copyHoldsWhatWasAnswered(@TempDir Path elsewhere) throws Exception {
    Function function = put(Samples.put("default", "resize")).function();
    Path copy = elsewhere.resolve("copy");
    ask(Addresses.REGISTRY_CHECKPOINT, new Checkpoint(copy.toString()));
    put(Samples.put("default", "later"));
    shut();
    dir = copy;
    open();
    assertEquals(function, registry.find(ACCOUNT, "default", "resize").orElseThrow());
    assertTrue(registry.find(ACCOUNT, "default", "later").isEmpty());
  }

  @Test
  void copyIntoADirectoryThatExistsIsRefused() {
    assertEquals(
        new Failure.Conflict(dir + " exists already"),
        failure(Addresses.REGISTRY_CHECKPOINT, new Checkpoint(dir.toString())));
  }

  @Test
  void storeOfANewerVersionIsRefusedAtTheStart() throws Exception {
    join(
        journal.commit(
            new Batch()
                .put(
                    Family.REGISTRY,
                    RecordKeys.function(Samples.function(1, ACCOUNT, "default", "resize")),
                    "{\"v\":2}".getBytes(UTF_8))));
    ExecutionException refused = assertThrows(ExecutionException.class, this::reopen);
    assertInstanceOf(StoreException.class, refused.getCause());
  }

  // Order and failure.

  @Test
  void changesAskedForTogetherAreDecidedOneAfterAnother() throws Exception {
    List<Future<FunctionPut>> puts = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      puts.add(
          bus.request(
              Addresses.PUT_FUNCTION,
              Samples.put("default", "resize", new RuntimeSpec.EventBus("a" + i), null, 0)));
    }
    long uid = join(puts.get(0)).function().uid();
    for (int i = 0; i < 20; i++) {
      Function function = join(puts.get(i)).function();
      assertEquals(uid, function.uid());
      assertEquals(i + 1, function.revision());
    }
  }

  @Test
  void nothingIsAnsweredOrVisibleBeforeItsCommit() throws Exception {
    HeldJournal held = new HeldJournal();
    reopen(LIMITS, held::over);
    Future<FunctionPut> put = bus.request(Addresses.PUT_FUNCTION, Samples.put("default", "f"));
    Promise<Void> commit = held.next();
    assertTrue(registry.find(ACCOUNT, "default", "f").isEmpty());
    assertFalse(put.isComplete());
    commit.complete();
    assertEquals(join(put).function(), registry.find(ACCOUNT, "default", "f").orElseThrow());
  }

  @Test
  void changesPastTheBoundAreThrottled() throws Exception {
    HeldJournal held = new HeldJournal();
    reopen(new RegistryConfig(10, 10, 10, 10, 10, 1), held::over);
    Future<FunctionPut> first = bus.request(Addresses.PUT_FUNCTION, Samples.put("default", "a"));
    Promise<Void> commit = held.next();
    Future<FunctionPut> second = bus.request(Addresses.PUT_FUNCTION, Samples.put("default", "b"));
    assertInstanceOf(
        Failure.Throttled.class, failure(Addresses.PUT_FUNCTION, Samples.put("default", "c")));
    commit.complete();
    join(first);
    held.next().complete();
    join(second);
  }

  @Test
  void nearlyFullDiskTakesNothingNewButDeletions() throws Exception {
    put(Samples.put("default", "kept"));
    put(Samples.put("default", "gone"));
    diskFull = new Failure.Unavailable("the disk is nearly full", 5_000);
    assertEquals(diskFull, failure(Addresses.PUT_FUNCTION, Samples.put("default", "more")));
    assertEquals(
        diskFull,
        failure(Addresses.PUBLISH_VERSION, new PublishVersion(ACCOUNT, "default", "kept", "")));
    delete("gone", 0);
    pause("kept", true, "ann");
    diskFull = null;
    put(Samples.put("default", "more"));
  }

  @Test
  void failedCommitHoldsAllChangesButNotTheReading() throws Exception {
    put(Samples.put("default", "kept"));
    HeldJournal held = new HeldJournal();
    reopen(LIMITS, held::over);
    assertNull(verticle.problem());
    Future<FunctionPut> first = bus.request(Addresses.PUT_FUNCTION, Samples.put("default", "a"));
    Promise<Void> commit = held.next();
    Future<FunctionPut> second = bus.request(Addresses.PUT_FUNCTION, Samples.put("default", "b"));
    commit.fail(new StoreException("no space left", null));
    String problem = "the registry's store has failed: no space left";
    assertEquals(new Failure.Unavailable(problem, 1_000), failureOf(first));
    assertEquals(new Failure.Unavailable(problem, 1_000), failureOf(second));
    assertEquals(problem, verticle.problem());
    assertTrue(registry.find(ACCOUNT, "default", "a").isEmpty());
    assertEquals(
        1,
        ask(Addresses.LIST_FUNCTIONS, new ListFunctions(ACCOUNT, "default", null, null, 10))
            .functions()
            .size());
  }

  @Test
  void storeIsOpenedAgainAndTheChangeThatIsNotOnDiskIsForgotten() throws Exception {
    FailingJournal failing = new FailingJournal(false);
    reopen(LIMITS, failing::over);
    Function kept = put(Samples.put("default", "kept")).function();
    failing.fails = true;
    assertInstanceOf(
        Failure.Unavailable.class, failure(Addresses.PUT_FUNCTION, Samples.put("default", "a")));
    clock.advance(Duration.ofSeconds(1));
    Function next = put(Samples.put("default", "b")).function();
    assertNull(verticle.problem());
    assertEquals(kept.uid() + 1, next.uid());
    assertTrue(registry.find(ACCOUNT, "default", "a").isEmpty());
    skipChanges(1);
    assertEquals(next.uid(), nextChange().functionUid());
  }

  @Test
  void changeThatFailedButIsOnDiskIsSeenAndToldOnceTheStoreIsOpenAgain() throws Exception {
    FailingJournal failing = new FailingJournal(true);
    reopen(LIMITS, failing::over);
    Function changed = put(Samples.put("default", "a")).function();
    failing.fails = true;
    assertInstanceOf(
        Failure.Unavailable.class,
        failure(Addresses.PUT_FUNCTION, Samples.put("default", "a", OTHER, null, 0)));
    assertEquals(Samples.HTTP, registry.byUid(changed.uid()).runtime());
    skipChanges(1);
    clock.advance(Duration.ofSeconds(1));
    assertEquals(changed.uid(), nextChange().functionUid());
    assertEquals(OTHER, registry.byUid(changed.uid()).runtime());
    assertEquals(2, registry.byUid(changed.uid()).revision());
    publish("default", "a", "");
  }

  @Test
  void storeThatCannotBeOpenedIsTriedAgain() throws Exception {
    FailingJournal failing = new FailingJournal(false);
    reopen(LIMITS, failing::over);
    failing.fails = true;
    unopenable.set(1);
    failure(Addresses.PUT_FUNCTION, Samples.put("default", "a"));
    clock.advance(Duration.ofSeconds(1));
    assertEquals(
        new Failure.Unavailable(
            "the registry's store cannot be opened: the disk does not answer", 1_000),
        failure(Addresses.PUT_FUNCTION, Samples.put("default", "a")));
    clock.advance(Duration.ofSeconds(1));
    put(Samples.put("default", "a"));
  }

  /** Fails the next commit once it is told to. */
  private static final class FailingJournal {
    private final boolean writes;
    volatile boolean fails;

    /** Whether what fails is on disk all the same. */
    FailingJournal(boolean writes) {
      this.writes = writes;
    }

    Journal over(Journal real) {
      return new Journal() {
        @Override
        public Future<Void> commit(Batch batch) {
          if (!fails) {
            return real.commit(batch);
          }
          fails = false;
          return (writes ? real.commit(batch) : Future.<Void>succeededFuture())
              .compose(done -> Future.failedFuture(new StoreException("sync failed", null)));
        }

        @Override
        public Future<Void> close() {
          return real.close();
        }
      };
    }
  }

  /** Commits nothing: the test says how each commit ends. */
  private static final class HeldJournal implements Journal {
    private final BlockingQueue<Promise<Void>> commits = new LinkedBlockingQueue<>();
    private Journal under;

    Journal over(Journal real) {
      under = real;
      return this;
    }

    Promise<Void> next() throws InterruptedException {
      return commits.poll(10, TimeUnit.SECONDS);
    }

    @Override
    public Future<Void> commit(Batch batch) {
      Promise<Void> end = Promise.promise();
      commits.add(end);
      return end.future();
    }

    @Override
    public Future<Void> close() {
      return under.close();
    }
  }
}
