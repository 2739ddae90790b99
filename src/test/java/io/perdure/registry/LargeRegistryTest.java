package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.RegistryMessages.Alias;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.FunctionsListed;
import io.perdure.bus.RegistryMessages.ListFunctions;
import io.perdure.bus.RegistryMessages.ListVersions;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.bus.RegistryMessages.Version;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Route;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * As many functions as an account may have, half of them with two versions of their own and an
 * alias, half with those of their namespace. They are written into the store as the registry would
 * have written them.
 */
class LargeRegistryTest extends RegistryFixture {
  private static final int COUNT = 10_000;
  private static final int PORTION = 500;
  private static final Route HALF = new Route("1", Map.of("2", 0.5));

  @BeforeEach
  void fill() throws Exception {
    Name shop = Name.ofNamespace(ACCOUNT, "shop");
    Batch batch = new Batch();
    put(
        batch,
        RecordKeys.namespace(ACCOUNT, "shop"),
        Records.encode(new Namespace(ACCOUNT, "shop", About.NOTHING, START, START, 1)));
    for (String number : List.of("1", "2")) {
      put(
          batch,
          RecordKeys.version(shop, number),
          ScopeRecords.encode(shop, new Version(number, "", START)));
    }
    addCounterAndAlias(batch, shop);
    for (int i = 0; i < COUNT; i++) {
      add(batch, function(i));
      if (i % PORTION == PORTION - 1) {
        join(journal.commit(batch));
        batch = new Batch();
      }
    }
    join(journal.commit(new Batch().put(Family.META, RecordKeys.LAST_UID, Keys.number(COUNT))));
    reopen();
  }

  private static void add(Batch batch, Function function) {
    put(batch, RecordKeys.function(function), Records.encode(running(function, "now")));
    for (String number : List.of("1", "2")) {
      Function frozen = running(function, "v" + number).frozen(number, "", START);
      byte[] key =
          Scopes.ofItsNamespace(function)
              ? RecordKeys.frozen(function, number)
              : RecordKeys.version(Registry.nameOf(function), number);
      put(batch, key, Records.encode(frozen));
    }
    if (!Scopes.ofItsNamespace(function)) {
      addCounterAndAlias(batch, Registry.nameOf(function));
    }
  }

  private static void addCounterAndAlias(Batch batch, Name scope) {
    put(batch, RecordKeys.counter(scope), ScopeRecords.counter(scope, 2));
    put(
        batch,
        RecordKeys.alias(scope, "prod"),
        ScopeRecords.encode(scope, new Alias("prod", HALF, About.NOTHING, START, START, 1)));
  }

  private static void put(Batch batch, byte[] key, byte[] value) {
    batch.put(Family.REGISTRY, key, value);
  }

  private static Function function(int i) {
    boolean shared = i % 2 == 0;
    Function function =
        Samples.function(i + 1, ACCOUNT, shared ? "shop" : "default", "f%05d".formatted(i));
    return Samples.with(function, shared ? Flavour.FC2 : Flavour.NATIVE);
  }

  private static Function running(Function function, String what) {
    return Samples.with(function, new RuntimeSpec.EventBus(function.name() + "-" + what));
  }

  @Test
  void everyFunctionIsFoundAndRunsWhatItsQualifierLeadsTo() {
    assertEquals(COUNT, registry.size());
    assertEquals(COUNT, registry.functionCount(ACCOUNT));
    for (int i = 0; i < COUNT; i++) {
      Function function =
          registry
              .find(ACCOUNT, i % 2 == 0 ? "shop" : "default", "f%05d".formatted(i))
              .orElseThrow();
      assertEquals(function, registry.byUid(i + 1));
      assertEquals(function.name() + "-now", runs(function, "LATEST", i));
      assertEquals(function.name() + "-v2", runs(function, "2", i));
      assertEquals(function.name() + "-v" + HALF.choose(i), runs(function, "prod", i));
    }
  }

  @Test
  void pagesOverTheBusJoinToAllOfANamespace() throws Exception {
    List<String> seen = new ArrayList<>();
    FunctionsListed page;
    do {
      String after = seen.isEmpty() ? null : seen.get(seen.size() - 1);
      page = ask(Addresses.LIST_FUNCTIONS, new ListFunctions(ACCOUNT, "shop", null, after, 1_000));
      page.functions().forEach(function -> seen.add(function.name()));
    } while (page.more());
    assertEquals(COUNT / 2, seen.size());
    assertEquals(seen.stream().sorted().distinct().toList(), seen);
  }

  @Test
  void namespaceOfFiveThousandFunctionsIsPublishedAndLed() throws Exception {
    assertEquals("3", publish("shop", null, "all").number());
    alias("shop", null, "prod", Route.to("3"));
    reopen();
    for (int i = 0; i < COUNT; i += 2) {
      Function function = registry.byUid(i + 1);
      assertEquals(function.name() + "-now", runs(function, "prod", i));
    }
  }

  @Test
  void functionsPastTheLimitAreRefusedAndDeletedOnesMakeRoom() throws Exception {
    assertEquals(
        new Failure.Conflict("the account has 10000 functions, the most it may have"),
        failure(Addresses.PUT_FUNCTION, Samples.put("default", "more")));
    ask(Addresses.DELETE_FUNCTION, new DeleteFunction(ACCOUNT, "default", "f00001", 0));
    put(Samples.put("default", "more"));
    reopen();
    assertEquals(COUNT, registry.size());
    assertTrue(
        ask(Addresses.LIST_VERSIONS, new ListVersions(ACCOUNT, "default", "more", false, null, 10))
            .versions()
            .isEmpty());
  }
}
