package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.RegistryMessages.AsyncBefore;
import io.perdure.bus.RegistryMessages.AsyncListed;
import io.perdure.bus.RegistryMessages.AsyncPut;
import io.perdure.bus.RegistryMessages.AsyncSet;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.ListAsync;
import io.perdure.bus.RegistryMessages.PutAsync;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.Destination;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.Route;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Settings of asynchronous invocations by function and qualifier. */
class AsyncSettingsTest extends RegistryFixture {
  private static final AsyncSettings ALL =
      new AsyncSettings(
          RetryPolicy.of(3, 1_000, 2_000), 4_000L, new RetentionPolicy(5, 6), "{\"a\":1}");

  @Test
  void settingsLieOverTheFunctionsOwnForTheirQualifierAlone() throws Exception {
    Function function = function("f");
    publish("default", "f", "");
    assertTrue(put(function, "1", ALL).created());
    Function laid = registry.byUid(function.uid(), "1");
    assertEquals(ALL.retry(), laid.retry());
    assertEquals(4_000, laid.eventAgeMillis());
    assertEquals(ALL.retention(), laid.retention());
    assertSame(registry.byUid(function.uid()), registry.byUid(function.uid(), "LATEST"));
  }

  @Test
  void settingThatIsNotGivenLeavesTheFunctionsOwn() throws Exception {
    Function function = function("f");
    put(function, "LATEST", new AsyncSettings(null, 77L, null, null));
    Function laid = registry.byUid(function.uid(), "$LATEST");
    assertEquals(77, laid.eventAgeMillis());
    assertEquals(function.retry(), laid.retry());
    assertEquals(function.retention(), laid.retention());
  }

  @Test
  void settingsAreReplacedRemovedAndTold() throws Exception {
    Function function = function("f");
    assertEquals(function.uid(), nextChange().functionUid());
    put(function, "$LATEST", ALL);
    assertEquals(function.uid(), nextChange().functionUid());
    clock.advance(Duration.ofSeconds(1));
    AsyncSettings other = new AsyncSettings(null, 1L, null, "");
    assertEquals(
        new AsyncPut(new AsyncSet("f", "LATEST", other, START, START + 1_000), false),
        put(function, "LATEST", other));
    assertEquals(function.uid(), nextChange().functionUid());
    assertNull(put(function, "LATEST", null).set());
    assertEquals(function.uid(), nextChange().functionUid());
    assertEquals(function, registry.byUid(function.uid(), "LATEST"));
    assertEquals(
        new Failure.NotFound("asynchronous settings", "LATEST"),
        failure(Addresses.PUT_ASYNC, new PutAsync(ACCOUNT, "default", "f", "LATEST", null)));
  }

  @Test
  void settingsThatOthersHaveChangedAreLeftAlone() throws Exception {
    Function function = function("f");
    AsyncSettings other = new AsyncSettings(null, 1L, null, "");
    AsyncBefore none = new AsyncBefore(null);
    assertNotNull(ask(Addresses.PUT_ASYNC, onlyIf(none, ALL)).set());
    Failure refused = failure(Addresses.PUT_ASYNC, onlyIf(none, other));
    assertEquals(Failure.Kind.PRECONDITION, refused.kind());
    assertEquals(
        other, ask(Addresses.PUT_ASYNC, onlyIf(new AsyncBefore(ALL), other)).set().settings());
    assertEquals(
        Failure.Kind.PRECONDITION,
        failure(Addresses.PUT_ASYNC, onlyIf(new AsyncBefore(ALL), null)).kind());
    assertEquals(1, registry.byUid(function.uid(), "LATEST").eventAgeMillis());
  }

  private static PutAsync onlyIf(AsyncBefore before, AsyncSettings settings) {
    return new PutAsync(ACCOUNT, "default", "f", "LATEST", settings, before);
  }

  @Test
  void settingsAreThereAfterARestart() throws Exception {
    Function function = function("f");
    AsyncSet all = put(function, "LATEST", ALL).set();
    publish("default", "f", "");
    AsyncSet none = put(function, "1", new AsyncSettings(null, null, null, null)).set();
    reopen();
    assertEquals(List.of(none, all), list("default", null, null, 10).found());
    assertEquals(ALL.retention(), registry.byUid(function.uid(), "LATEST").retention());
  }

  @Test
  void settingsOfAMissingQualifierAreRefused() throws Exception {
    function("f");
    for (String qualifier : List.of("1", "prod", "$DEFAULT")) {
      assertEquals(
          new Failure.NotFound("qualifier", qualifier),
          failure(Addresses.PUT_ASYNC, new PutAsync(ACCOUNT, "default", "f", qualifier, ALL)));
    }
    put(function(Flavour.SCF, "default", "scf"), "$DEFAULT", ALL);
  }

  @Test
  void settingsMayHangOnTheVersionsAndAliasesOfTheNamespace() throws Exception {
    putNamespace("shop", "");
    Function one = function(Flavour.FC2, "shop", "one");
    publish("shop", null, "");
    alias("shop", null, "prod", Route.to("1"));
    put(one, "prod", ALL);
    put(one, "1", ALL);
    assertEquals(4_000, registry.byUid(one.uid(), "prod").eventAgeMillis());
  }

  @Test
  void settingsOutOfTheirRangeAreRefused() throws Exception {
    function("f");
    Failure failure =
        failure(
            Addresses.PUT_ASYNC,
            new PutAsync(ACCOUNT, "default", "f", null, new AsyncSettings(null, -1L, null, null)));
    assertEquals("eventAgeMs", assertInstanceOf(Failure.Invalid.class, failure).field());
    String large = "x".repeat(65_537);
    assertEquals(
        new Failure.TooLarge("extra", 65_536),
        failure(
            Addresses.PUT_ASYNC,
            new PutAsync(
                ACCOUNT, "default", "f", null, new AsyncSettings(null, null, null, large))));
  }

  @Test
  void destinationsAreCheckedAndToldWithTheSettings() throws Exception {
    Function function = function("f");
    Destination audit = new Destination("acs:1", new Destination.ToFunction("default", "a", null));
    AsyncSettings settings = new AsyncSettings(null, null, null, true, audit, null, "");
    put(function, "LATEST", settings);
    assertEquals(Optional.of(settings), registry.settings(function.uid(), "$LATEST"));
    assertEquals(Optional.empty(), registry.settings(function.uid(), "1"));
    Destination none = new Destination("x", new Destination.ToWebhook("ftp://h/"));
    Failure failure =
        failure(
            Addresses.PUT_ASYNC,
            new PutAsync(
                ACCOUNT,
                "default",
                "f",
                null,
                new AsyncSettings(null, null, null, null, null, none, "")));
    assertEquals("onFailure", assertInstanceOf(Failure.Invalid.class, failure).field());
  }

  @Test
  void destinationsOfADeletedFunctionAreStillTold() throws Exception {
    Function function = function("f");
    Destination away = new Destination("event-bus:a", new Destination.ToAddress("a"));
    AsyncSettings settings = new AsyncSettings(null, null, null, null, null, away, "");
    put(function, "LATEST", settings);
    delete("f", 0);
    assertEquals(Optional.of(settings), registry.settings(function.uid(), "LATEST"));
    assertNull(registry.byUid(function.uid(), "LATEST"));
  }

  @Test
  void settingsAreListedInPages() throws Exception {
    putNamespace("shop", "");
    for (String name : List.of("b", "a", "a-b")) {
      put(function(Flavour.SCF, "shop", name), "LATEST", ALL);
    }
    Function a = registry.find(ACCOUNT, "shop", "a").orElseThrow();
    put(a, "$DEFAULT", ALL);
    put(function("elsewhere"), "LATEST", ALL);
    assertEquals(
        List.of("a/$DEFAULT", "a/LATEST", "a-b/LATEST", "b/LATEST"),
        at(list("shop", null, null, 10)));
    AsyncListed page = list("shop", null, "a/$DEFAULT", 2);
    assertEquals(List.of("a/LATEST", "a-b/LATEST"), at(page));
    assertTrue(page.more());
    assertEquals(List.of("b/LATEST"), at(list("shop", null, "a-b/LATEST", 2)));
    assertEquals(List.of("a/LATEST"), at(list("shop", "a", "a/$DEFAULT", 10)));
  }

  @Test
  void settingsOfADeletedFunctionAreGone() throws Exception {
    Function function = function("f");
    put(function, "LATEST", ALL);
    ask(Addresses.DELETE_FUNCTION, new DeleteFunction(ACCOUNT, "default", "f", 0));
    assertNull(registry.byUid(function.uid(), "LATEST"));
    Function again = function("f");
    for (int i = 0; i < 2; i++) {
      assertEquals(again, registry.byUid(again.uid(), "LATEST"));
      assertEquals(List.of(), list("default", null, null, 10).found());
      reopen();
    }
  }

  private AsyncPut put(Function function, String qualifier, AsyncSettings settings)
      throws Exception {
    return ask(
        Addresses.PUT_ASYNC,
        new PutAsync(ACCOUNT, function.namespace(), function.name(), qualifier, settings));
  }

  private AsyncListed list(String namespace, String function, String after, int limit)
      throws Exception {
    return ask(Addresses.LIST_ASYNC, new ListAsync(ACCOUNT, namespace, function, after, limit));
  }

  private static List<String> at(AsyncListed listed) {
    return listed.found().stream().map(set -> set.function() + "/" + set.qualifier()).toList();
  }
}
