package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.DeleteNamespace;
import io.perdure.bus.RegistryMessages.DeleteVersion;
import io.perdure.bus.RegistryMessages.ListVersions;
import io.perdure.bus.RegistryMessages.PublishVersion;
import io.perdure.bus.RegistryMessages.Version;
import io.perdure.bus.RegistryMessages.VersionsListed;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Route;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Versions of functions, and of namespaces as Function Compute 1 and 2 have them. */
class VersionsTest extends RegistryFixture {
  @Test
  void versionKeepsWhatTheFunctionWas() throws Exception {
    Function function = change(function("f"), "one");
    clock.advance(Duration.ofSeconds(1));
    assertEquals(new Version("1", "first", START + 1_000), publish("default", "f", "first"));
    change(function, "two");
    assertEquals("one", runs(function, "1", 0));
    assertEquals("two", runs(function, "LATEST", 0));
    assertEquals("1", registry.resolve(function, "1", 0).orElseThrow().version());
  }

  @Test
  void versionRunsUnderThePresentConcurrencyAndPause() throws Exception {
    function("f");
    publish("default", "f", "");
    put(Samples.put("default", "f", Samples.HTTP, 60_000, 7, 0, true, 0));
    Function now = registry.find(ACCOUNT, "default", "f").orElseThrow();
    Function version = registry.resolve(now, "1", 0).orElseThrow();
    assertEquals(7, version.concurrency());
    assertTrue(version.paused());
  }

  @Test
  void latestIsTheFunctionItselfHoweverItIsSpelled() throws Exception {
    Function function = function("f");
    for (String latest : new String[] {null, "LATEST", "$LATEST"}) {
      assertEquals(function, registry.resolve(function, latest, 0).orElseThrow());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "0", "01", "latest", "-1", "1 ", "999999999999999999999"})
  void versionThatDoesNotExistIsNotFound(String number) throws Exception {
    Function function = function("f");
    publish("default", "f", "");
    assertTrue(registry.resolve(function, number, 0).isEmpty());
    assertEquals(
        new Failure.NotFound("version", number),
        failure(Addresses.DELETE_VERSION, new DeleteVersion(ACCOUNT, "default", "f", number)));
  }

  @Test
  void numbersGrowAndAreNeverUsedAgain() throws Exception {
    function("f");
    function("g");
    assertEquals("1", publish("default", "f", "").number());
    assertEquals("2", publish("default", "f", "").number());
    assertEquals("1", publish("default", "g", "").number());
    deleteVersion("f", "2");
    deleteVersion("f", "1");
    assertEquals("3", publish("default", "f", "").number());
    deleteVersion("f", "3");
    reopen();
    assertEquals("4", publish("default", "f", "").number());
  }

  @Test
  void functionMadeAgainCountsFromOneAndHasNothingOfTheOneBefore() throws Exception {
    Function first = change(function("f"), "one");
    publish("default", "f", "");
    publish("default", "f", "");
    alias("default", "f", "prod", Route.to("1"));
    settings(first, "prod", 3);
    delete("f", 0);
    Function second = function("f");
    assertEquals(List.of(), numbers("f", false, null, 10).versions());
    assertTrue(registry.resolve(second, "1", 0).isEmpty());
    assertTrue(registry.resolve(second, "prod", 0).isEmpty());
    assertTrue(registry.resolve(first, "1", 0).isEmpty());
    assertEquals("1", publish("default", "f", "").number());
    reopen();
    assertEquals(1, numbers("f", false, null, 10).versions().size());
    assertTrue(registry.resolve(second, "prod", 0).isEmpty());
    assertEquals(second.retry(), registry.byUid(second.uid(), "prod").retry());
  }

  @Test
  void versionsAreListedByNumberInBothDirections() throws Exception {
    function("f");
    for (int i = 1; i <= 11; i++) {
      publish("default", "f", "v" + i);
    }
    VersionsListed up = numbers("f", false, "8", 2);
    assertEquals(List.of("9", "10"), up.versions().stream().map(Version::number).toList());
    assertTrue(up.more());
    VersionsListed down = numbers("f", true, "3", 2);
    assertEquals(List.of("2", "1"), down.versions().stream().map(Version::number).toList());
    assertFalse(down.more());
    assertEquals("v11", numbers("f", true, null, 1).versions().get(0).description());
  }

  @Test
  void listAfterWhatIsNoNumberIsRefused() throws Exception {
    function("f");
    Failure failure =
        failure(Addresses.LIST_VERSIONS, new ListVersions(ACCOUNT, "default", "f", false, "x", 10));
    assertEquals("after", assertInstanceOf(Failure.Invalid.class, failure).field());
  }

  @Test
  void versionThatAnAliasLeadsToIsNotDeleted() throws Exception {
    function("f");
    publish("default", "f", "");
    publish("default", "f", "");
    alias("default", "f", "prod", new Route("2", Map.of("1", 0.1)));
    String first = "alias 'prod' leads to version 1: move or delete it before";
    assertEquals(
        new Failure.Conflict(first),
        failure(Addresses.DELETE_VERSION, new DeleteVersion(ACCOUNT, "default", "f", "1")));
    assertInstanceOf(
        Failure.Conflict.class,
        failure(Addresses.DELETE_VERSION, new DeleteVersion(ACCOUNT, "default", "f", "2")));
    alias("default", "f", "prod", Route.to("2"));
    deleteVersion("f", "1");
  }

  @Test
  void deletedVersionIsToldAndTakesItsSettingsAlong() throws Exception {
    Function function = function("f");
    publish("default", "f", "");
    settings(function, "1", 5);
    skipChanges(2); // the function, its settings; a version that is published is not told of
    deleteVersion("f", "1");
    assertEquals(function.uid(), nextChange().functionUid());
    assertEquals(function.retry(), registry.byUid(function.uid(), "1").retry());
    reopen();
    assertEquals(function.retry(), registry.byUid(function.uid(), "1").retry());
    assertTrue(registry.resolve(function, "1", 0).isEmpty());
  }

  @Test
  void versionsPastTheLimitAreRefused() throws Exception {
    reopen(new RegistryConfig(10, 10, 1, 10, 10, 10), UnaryOperator.identity());
    function("f");
    publish("default", "f", "");
    assertEquals(
        new Failure.Conflict("function 'f' has 1 versions, the most it may have"),
        failure(Addresses.PUBLISH_VERSION, new PublishVersion(ACCOUNT, "default", "f", "")));
  }

  @Test
  void versionOfAMissingFunctionOrNamespaceIsRefused() {
    assertEquals(
        new Failure.NotFound("function", "f"),
        failure(Addresses.PUBLISH_VERSION, new PublishVersion(ACCOUNT, "default", "f", "")));
    assertEquals(
        new Failure.NotFound("namespace", "away"),
        failure(Addresses.PUBLISH_VERSION, new PublishVersion(ACCOUNT, "away", null, "")));
  }

  // Of namespaces.

  @Test
  void versionOfANamespaceFreezesAllItsFunctions() throws Exception {
    putNamespace("shop", "");
    Function one = change(function(Flavour.FC2, "shop", "one"), "one-1");
    Function two = change(function(Flavour.FC2, "shop", "two"), "two-1");
    assertEquals("1", publish("shop", null, "both").number());
    change(one, "one-2");
    Function late = change(function(Flavour.FC2, "shop", "late"), "late-1");
    assertEquals("2", publish("shop", null, "").number());
    change(two, "two-2");
    for (int i = 0; i < 2; i++) {
      assertEquals("one-1", runs(one, "1", 0));
      assertEquals("two-1", runs(two, "1", 0));
      assertNull(runs(late, "1", 0));
      assertEquals("one-2", runs(one, "2", 0));
      assertEquals("two-1", runs(two, "2", 0));
      assertEquals("late-1", runs(late, "2", 0));
      reopen();
    }
  }

  @Test
  void functionOfANamespaceVersionIsDescribedAsItWas() throws Exception {
    putNamespace("shop", "");
    Function function = function(Flavour.FC2, "shop", "one");
    publish("shop", null, "of the version");
    assertEquals(
        function.about().description(),
        registry.resolve(function, "1", 0).orElseThrow().about().description());
  }

  @Test
  void functionWithVersionsOfItsOwnIsNotFrozenWithItsNamespace() throws Exception {
    putNamespace("shop", "");
    Function own = function(Flavour.FC3, "shop", "own");
    publish("shop", null, "");
    assertTrue(registry.resolve(own, "1", 0).isEmpty());
  }

  @Test
  void versionOfAFunctionThatSharesThoseOfItsNamespaceIsRefused() throws Exception {
    putNamespace("shop", "");
    function(Flavour.FC2, "shop", "one");
    assertEquals(
        new Failure.Conflict("function 'one' has the versions and aliases of its namespace"),
        failure(Addresses.PUBLISH_VERSION, new PublishVersion(ACCOUNT, "shop", "one", "")));
  }

  @Test
  void flavourCannotMoveTheVersionsElsewhere() throws Exception {
    putNamespace("shop", "");
    function(Flavour.FC2, "shop", "one");
    assertInstanceOf(
        Failure.Conflict.class,
        failure(Addresses.PUT_FUNCTION, Samples.put(Flavour.FC3, "shop", "one", Samples.HTTP)));
    function(Flavour.SCF, "shop", "two");
    assertEquals(Flavour.FC3, function(Flavour.FC3, "shop", "two").flavour());
  }

  @Test
  void deletedFunctionLeavesTheVersionsOfItsNamespace() throws Exception {
    putNamespace("shop", "");
    Function gone = change(function(Flavour.FC2, "shop", "gone"), "gone-1");
    Function kept = change(function(Flavour.FC2, "shop", "kept"), "kept-1");
    publish("shop", null, "");
    ask(Addresses.DELETE_FUNCTION, new DeleteFunction(ACCOUNT, "shop", "gone", 0));
    Function again = function(Flavour.FC2, "shop", "gone");
    for (int i = 0; i < 2; i++) {
      assertTrue(registry.resolve(gone, "1", 0).isEmpty());
      assertTrue(registry.resolve(again, "1", 0).isEmpty());
      assertEquals("kept-1", runs(kept, "1", 0));
      reopen();
    }
  }

  @Test
  void deletedVersionOfANamespaceIsToldForEachFunction() throws Exception {
    putNamespace("shop", "");
    Function one = function(Flavour.FC2, "shop", "one");
    Function two = function(Flavour.FC2, "shop", "two");
    publish("shop", null, "");
    skipChanges(2);
    ask(Addresses.DELETE_VERSION, new DeleteVersion(ACCOUNT, "shop", null, "1"));
    assertEquals(one.uid(), nextChange().functionUid());
    assertEquals(two.uid(), nextChange().functionUid());
    assertTrue(registry.resolve(one, "1", 0).isEmpty());
    reopen();
    assertTrue(registry.resolve(two, "1", 0).isEmpty());
  }

  @Test
  void namespaceMadeAgainHasNoVersionsAndCountsFromOne() throws Exception {
    putNamespace("shop", "");
    function(Flavour.FC2, "shop", "one");
    publish("shop", null, "");
    alias("shop", null, "prod", Route.to("1"));
    ask(Addresses.DELETE_FUNCTION, new DeleteFunction(ACCOUNT, "shop", "one", 0));
    ask(Addresses.DELETE_NAMESPACE, new DeleteNamespace(ACCOUNT, "shop", 0));
    reopen();
    putNamespace("shop", "");
    assertEquals(
        List.of(),
        ask(Addresses.LIST_VERSIONS, new ListVersions(ACCOUNT, "shop", null, false, null, 10))
            .versions());
    assertEquals("1", publish("shop", null, "").number());
  }

  @Test
  void namespaceTooLargeForOneVersionIsRefused() throws Exception {
    putNamespace("shop", "");
    String extra = "x".repeat(Rules.EXTRA_BYTES_MAX);
    List<Future<?>> puts = new ArrayList<>();
    for (int i = 0; i < VersionDecisions.FROZEN_BYTES_MAX / Rules.EXTRA_BYTES_MAX; i++) {
      puts.add(
          bus.request(
              Addresses.PUT_FUNCTION,
              Samples.put(
                  Flavour.FC2,
                  new About("", Map.of(), extra),
                  "shop",
                  "f" + i,
                  Samples.HTTP,
                  1_000,
                  1,
                  0,
                  null,
                  0)));
    }
    for (Future<?> put : puts) {
      join(put);
    }
    Failure failure =
        failure(Addresses.PUBLISH_VERSION, new PublishVersion(ACCOUNT, "shop", null, ""));
    assertInstanceOf(Failure.Conflict.class, failure);
    assertTrue(failure.message().contains("33554432 bytes"), failure::message);
  }

  private void deleteVersion(String function, String number) throws Exception {
    ask(Addresses.DELETE_VERSION, new DeleteVersion(ACCOUNT, "default", function, number));
  }

  private VersionsListed numbers(String function, boolean descending, String after, int limit)
      throws Exception {
    return ask(
        Addresses.LIST_VERSIONS,
        new ListVersions(ACCOUNT, "default", function, descending, after, limit));
  }
}
