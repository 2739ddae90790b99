package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.RegistryMessages.Alias;
import io.perdure.bus.RegistryMessages.AliasPut;
import io.perdure.bus.RegistryMessages.AliasesListed;
import io.perdure.bus.RegistryMessages.DeleteAlias;
import io.perdure.bus.RegistryMessages.DeleteVersion;
import io.perdure.bus.RegistryMessages.ListAliases;
import io.perdure.bus.RegistryMessages.PutAlias;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Route;
import io.perdure.invocation.RouteMatch;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

/** Aliases of a function with the versions 1 and 2, and of namespaces. */
class AliasesTest extends RegistryFixture {
  private Function f;

  @BeforeEach
  void publishTwice() throws Exception {
    f = change(function("f"), "one");
    publish("default", "f", "");
    change(f, "two");
    publish("default", "f", "");
    change(f, "now");
  }

  @Test
  void aliasLeadsToItsVersionUntilItIsMoved() throws Exception {
    assertEquals(
        new AliasPut(new Alias("prod", Route.to("1"), About.NOTHING, START, START, 1), true),
        ask(Addresses.PUT_ALIAS, aliasPut("default", "f", "prod", Route.to("1"), 0)));
    assertEquals("one", runs(f, "prod", 0));
    clock.advance(Duration.ofSeconds(1));
    assertEquals(
        new AliasPut(
            new Alias("prod", Route.to("2"), About.NOTHING, START, START + 1_000, 2), false),
        ask(Addresses.PUT_ALIAS, aliasPut("default", "f", "prod", Route.to("2"), 1)));
    assertEquals("two", runs(f, "prod", 0));
    reopen();
    assertEquals("two", runs(f, "prod", 0));
  }

  @Test
  void aliasMayLeadToTheLatest() throws Exception {
    assertEquals(Route.to("LATEST"), alias("default", "f", "head", Route.to("$LATEST")).route());
    assertEquals("now", runs(f, "head", 0));
  }

  @Test
  void weightsDivideTheInvocationsAndTheSamePointStays() throws Exception {
    alias("default", "f", "prod", new Route("1", Map.of("2", 0.25)));
    long ofTwo = LongStream.range(0, 10_000).filter(i -> runs(f, "prod", i).equals("two")).count();
    assertTrue(ofTwo > 2_300 && ofTwo < 2_700, () -> "to version 2 went " + ofTwo);
    for (long point = 0; point < 100; point++) {
      assertEquals(runs(f, "prod", point), runs(f, "prod", point));
    }
  }

  @Test
  void matchSendsItsRoutingKeyToAVersionOfItsOwn() throws Exception {
    alias("default", "f", "prod", new Route("1", Map.of(), List.of(match("2", "User", "ann"))));
    for (int i = 0; i < 2; i++) {
      assertEquals(Optional.of("2"), registry.match(f, "prod", Map.of("User", "ann")));
      assertEquals(Optional.empty(), registry.match(f, "prod", Map.of("User", "bob")));
      assertEquals(Optional.empty(), registry.match(f, "1", Map.of("User", "ann")));
      reopen();
    }
  }

  @Test
  void versionThatAMatchLeadsToCannotBeDeleted() throws Exception {
    Route route = new Route("1", Map.of(), List.of(match("2", "User", "ann")));
    alias("default", "f", "prod", route);
    assertInstanceOf(
        Failure.Conflict.class,
        failure(Addresses.DELETE_VERSION, new DeleteVersion(ACCOUNT, "default", "f", "2")));
    assertEquals(List.of("prod"), names(aliases("f", "2", null, null, 10)));
  }

  @Test
  void matchToAMissingVersionIsRefused() {
    Route route = new Route("1", Map.of(), List.of(match("3", "User", "ann")));
    assertEquals(
        new Failure.NotFound("version", "3"),
        failure(Addresses.PUT_ALIAS, aliasPut("default", "f", "prod", route, 0)));
  }

  @Test
  void matchThatCannotBeUnderstoodIsRefused() {
    RouteMatch range = new RouteMatch("2", "User", RouteMatch.Method.RANGE, "[1,2)");
    refused("matches[0].expression", List.of(range));
    refused("matches[0].key", List.of(match("2", "", "ann")));
    refused("matches[1].expression", List.of(match("2", "User", "ann"), match("2", "User", "")));
    refused("matches", Collections.nCopies(11, match("2", "User", "ann")));
  }

  private void refused(String field, List<RouteMatch> matches) {
    Route route = new Route("1", Map.of(), matches);
    Failure failure = failure(Addresses.PUT_ALIAS, aliasPut("default", "f", "prod", route, 0));
    assertEquals(field, assertInstanceOf(Failure.Invalid.class, failure).field());
  }

  private static RouteMatch match(String version, String key, String value) {
    return new RouteMatch(version, key, RouteMatch.Method.EXACT, value);
  }

  @Test
  void samePutTwiceChangesAndTellsNothing() throws Exception {
    Alias first = alias("default", "f", "prod", Route.to("1"));
    clock.advance(Duration.ofSeconds(1));
    skipChanges(5);
    assertEquals(first, alias("default", "f", "prod", Route.to("1")));
    Function next = function("next");
    assertEquals(next.uid(), nextChange().functionUid(), "the second put was told");
  }

  @Test
  void movedAndDeletedAliasIsTold() throws Exception {
    skipChanges(4); // of the function itself
    alias("default", "f", "prod", Route.to("1"));
    assertEquals(f.uid(), nextChange().functionUid());
    alias("default", "f", "prod", Route.to("2"));
    assertEquals(f.uid(), nextChange().functionUid());
    deleteAlias("prod", 0);
    assertEquals(f.uid(), nextChange().functionUid());
  }

  @Test
  void aliasKeepsWhatIsToldOfItUnlessItIsToldAnew() throws Exception {
    About about = new About("live", Map.of("team", "a"), "{\"x\":1}");
    ask(
        Addresses.PUT_ALIAS,
        new PutAlias(ACCOUNT, "default", "f", "prod", Route.to("1"), about, 0));
    assertEquals(about, alias("default", "f", "prod", Route.to("2")).about());
    reopen();
    assertEquals(about, aliases("f", null, null, null, 10).aliases().get(0).about());
  }

  @Test
  void aliasToAMissingVersionIsRefused() {
    assertEquals(
        new Failure.NotFound("version", "3"),
        failure(Addresses.PUT_ALIAS, aliasPut("default", "f", "prod", Route.to("3"), 0)));
    assertEquals(
        new Failure.NotFound("version", "7"),
        failure(
            Addresses.PUT_ALIAS,
            aliasPut("default", "f", "prod", new Route("1", Map.of("7", 0.5)), 0)));
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {"1", "1a", "-a", "a b", "LATEST", "$LATEST", "$DEFAULT", "ü", "a.b"})
  void nameThatCannotBeAnAliasIsRefused(String name) {
    Failure failure =
        failure(Addresses.PUT_ALIAS, aliasPut("default", "f", name, Route.to("1"), 0));
    assertEquals("alias", assertInstanceOf(Failure.Invalid.class, failure).field());
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.01, Double.NaN, Double.POSITIVE_INFINITY})
  void weightOutOfItsRangeIsRefused(double weight) {
    Route route = new Route("1", Map.of("2", weight));
    Failure failure = failure(Addresses.PUT_ALIAS, aliasPut("default", "f", "prod", route, 0));
    assertEquals("weights.2", assertInstanceOf(Failure.Invalid.class, failure).field());
  }

  @Test
  void weightsOfMoreThanOneTogetherAreRefused() {
    Route route = new Route("1", Map.of("1", 0.6, "2", 0.5));
    Failure failure = failure(Addresses.PUT_ALIAS, aliasPut("default", "f", "prod", route, 0));
    assertEquals("weights", assertInstanceOf(Failure.Invalid.class, failure).field());
  }

  @Test
  void moreThanTenWeightsAreRefused() throws Exception {
    Map<String, Double> weights = new HashMap<>();
    for (int i = 3; i <= 13; i++) {
      weights.put(publish("default", "f", "").number(), 0.01);
    }
    Failure failure =
        failure(Addresses.PUT_ALIAS, aliasPut("default", "f", "prod", new Route("1", weights), 0));
    assertEquals("weights", assertInstanceOf(Failure.Invalid.class, failure).field());
    weights.remove("13");
    alias("default", "f", "prod", new Route("1", weights));
  }

  @Test
  void putAndDeleteRestOnTheRevisionTheyName() throws Exception {
    assertInstanceOf(
        Failure.Precondition.class,
        failure(Addresses.PUT_ALIAS, aliasPut("default", "f", "prod", Route.to("1"), 1)));
    ask(Addresses.PUT_ALIAS, aliasPut("default", "f", "prod", Route.to("1"), -1));
    assertEquals(
        new Failure.Precondition("alias 'prod' exists already"),
        failure(Addresses.PUT_ALIAS, aliasPut("default", "f", "prod", Route.to("2"), -1)));
    assertEquals(
        new Failure.Precondition("alias 'prod' has revision 1, not 2"),
        failure(Addresses.DELETE_ALIAS, new DeleteAlias(ACCOUNT, "default", "f", "prod", 2)));
    deleteAlias("prod", 1);
    assertNull(runs(f, "prod", 0));
    assertEquals(
        new Failure.NotFound("alias", "prod"),
        failure(Addresses.DELETE_ALIAS, new DeleteAlias(ACCOUNT, "default", "f", "prod", 0)));
  }

  @Test
  void deletedAliasTakesItsSettingsAlong() throws Exception {
    alias("default", "f", "prod", Route.to("1"));
    settings(f, "prod", 5);
    assertEquals(5, registry.byUid(f.uid(), "prod").retry().maxAttempts());
    deleteAlias("prod", 0);
    alias("default", "f", "prod", Route.to("1"));
    for (int i = 0; i < 2; i++) {
      assertEquals(1, registry.byUid(f.uid(), "prod").retry().maxAttempts());
      reopen();
    }
  }

  @Test
  void aliasesPastTheLimitAreRefused() throws Exception {
    reopen(new RegistryConfig(10, 10, 10, 1, 10, 10), UnaryOperator.identity());
    alias("default", "f", "prod", Route.to("1"));
    assertEquals(
        new Failure.Conflict("function 'f' has 1 aliases, the most it may have"),
        failure(Addresses.PUT_ALIAS, aliasPut("default", "f", "test", Route.to("1"), 0)));
    alias("default", "f", "prod", Route.to("2"));
  }

  @Test
  void aliasesAreListedByNameVersionAndPrefix() throws Exception {
    alias("default", "f", "prod", Route.to("1"));
    alias("default", "f", "preview", new Route("LATEST", Map.of("1", 0.5)));
    alias("default", "f", "test", Route.to("2"));
    assertEquals(List.of("preview", "prod", "test"), names(aliases("f", null, null, null, 10)));
    assertEquals(List.of("preview", "prod"), names(aliases("f", "1", null, null, 10)));
    assertEquals(List.of("preview"), names(aliases("f", "$LATEST", null, null, 10)));
    assertEquals(List.of("prod"), names(aliases("f", null, "pr", "preview", 10)));
    AliasesListed page = aliases("f", null, null, "preview", 1);
    assertEquals(List.of("prod"), names(page));
    assertTrue(page.more());
    assertFalse(aliases("f", null, null, "preview", 2).more());
  }

  // The default alias of SCF.

  @Test
  void defaultAliasLeadsToTheLatestUntilItIsPut() throws Exception {
    Function scf = change(function(Flavour.SCF, "default", "scf"), "one");
    publish("default", "scf", "");
    change(scf, "two");
    assertEquals("two", runs(scf, "$DEFAULT", 0));
    assertEquals(List.of("$DEFAULT"), names(aliases("scf", null, null, null, 10)));
    alias("default", "scf", "$DEFAULT", Route.to("1"));
    assertEquals("one", runs(scf, "$DEFAULT", 0));
    assertEquals(List.of("$DEFAULT"), names(aliases("scf", "1", null, null, 10)));
    assertEquals(List.of(), names(aliases("scf", "LATEST", null, null, 10)));
  }

  @Test
  void functionOfAnotherFlavourHasNoDefaultAlias() throws Exception {
    assertNull(runs(f, "$DEFAULT", 0));
    assertEquals(List.of(), names(aliases("f", null, null, null, 10)));
  }

  // Of namespaces.

  @Test
  void aliasOfANamespaceLeadsAllItsFunctions() throws Exception {
    putNamespace("shop", "");
    Function one = change(function(Flavour.FC2, "shop", "one"), "one-1");
    Function two = change(function(Flavour.FC2, "shop", "two"), "two-1");
    publish("shop", null, "");
    change(one, "one-2");
    change(two, "two-2");
    Function own = function(Flavour.NATIVE, "shop", "own");
    alias("shop", null, "prod", Route.to("1"));
    for (int i = 0; i < 2; i++) {
      assertEquals("one-1", runs(one, "prod", 0));
      assertEquals("two-1", runs(two, "prod", 0));
      assertTrue(registry.resolve(own, "prod", 0).isEmpty());
      reopen();
    }
    skipChanges(4 + 7 + 2); // f; the functions of the shop; the alias
    alias("shop", null, "prod", Route.to("LATEST"));
    assertEquals("one-2", runs(one, "prod", 0));
    TreeSet<Long> told = new TreeSet<>();
    told.add(nextChange().functionUid());
    told.add(nextChange().functionUid());
    assertEquals(new TreeSet<>(List.of(one.uid(), two.uid())), told);
  }

  private AliasesListed aliases(
      String function, String version, String prefix, String after, int limit) throws Exception {
    return ask(
        Addresses.LIST_ALIASES,
        new ListAliases(ACCOUNT, "default", function, version, prefix, after, limit));
  }

  private void deleteAlias(String name, long ifRevision) throws Exception {
    ask(Addresses.DELETE_ALIAS, new DeleteAlias(ACCOUNT, "default", "f", name, ifRevision));
  }

  private static List<String> names(AliasesListed listed) {
    return listed.aliases().stream().map(Alias::name).toList();
  }
}
