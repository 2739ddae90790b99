package io.perdure.registry;

import io.perdure.bus.Done;
import io.perdure.bus.RegistryMessages.Alias;
import io.perdure.bus.RegistryMessages.AliasPut;
import io.perdure.bus.RegistryMessages.DeleteAlias;
import io.perdure.bus.RegistryMessages.PutAlias;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Route;
import io.perdure.invocation.RouteMatch;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.registry.Present.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Decides commands on aliases; in the manner of {@link NamespaceDecisions}. */
final class AliasDecisions {
  private final Registry registry;
  private final Present present;
  private final RegistryConfig config;

  AliasDecisions(Registry registry, RegistryConfig config) {
    this.registry = registry;
    this.present = new Present(registry);
    this.config = config;
  }

  Change<AliasPut> decide(PutAlias put, long now) {
    Target target = present.target(put.account(), put.namespace(), put.function());
    Rules.check(put, target.function() != null && Scopes.implies(target.function(), put.name()));
    Scope scope = present.scope(target);
    Alias before = scope.alias(put.name());
    requireRevision(put.name(), put.ifRevision(), before);
    Route route = spelled(put.route());
    requireVersions(scope, route);
    About about = about(put.about(), before);
    if (before != null && before.route().equals(route) && before.about().equals(about)) {
      return Change.none(new AliasPut(before, false));
    }
    if (before == null && scope.aliasCount() >= config.aliasesMax()) {
      throw Present.full(target.words(), "aliases", config.aliasesMax());
    }
    Alias after =
        new Alias(
            put.name(),
            route,
            about,
            before == null ? now : before.createdAt(),
            now,
            before == null ? 1 : before.revision() + 1);
    return new Change<>(
        new Batch()
            .put(
                Family.REGISTRY,
                RecordKeys.alias(target.name(), after.name()),
                ScopeRecords.encode(target.name(), after)),
        () -> registry.scopes().at(target.name(), target.function()).put(after),
        Present.told(present.functions(target)),
        new AliasPut(after, before == null));
  }

  /** With the settings that hang on it. */
  Change<Done> decide(DeleteAlias delete) {
    Target target = present.target(delete.account(), delete.namespace(), delete.function());
    String name = delete.name();
    Alias before = present.scope(target).alias(name);
    if (before == null) {
      throw Present.refused(new Failure.NotFound("alias", name));
    }
    requireRevision(name, delete.ifRevision(), before);
    List<Function> functions = present.functions(target);
    Batch batch = new Batch().delete(Family.REGISTRY, RecordKeys.alias(target.name(), name));
    AsyncDecisions.delete(registry, functions, name, batch);
    return new Change<>(
        batch,
        () -> {
          registry.scopes().at(target.name(), target.function()).removeAlias(name);
          functions.forEach(function -> registry.async().remove(function, name));
        },
        Present.told(functions),
        Done.DONE);
  }

  private static About about(About put, Alias before) {
    if (put != null) {
      return put;
    }
    return before == null ? About.NOTHING : before.about();
  }

  /** The latest has one spelling in what is stored. */
  private static Route spelled(Route route) {
    Map<String, Double> weights = new HashMap<>();
    route
        .weights()
        .forEach((version, weight) -> weights.merge(spelled(version), weight, Double::sum));
    List<RouteMatch> matches =
        route.matches().stream()
            .map(m -> new RouteMatch(spelled(m.version()), m.key(), m.method(), m.expression()))
            .toList();
    return new Route(spelled(route.version()), weights, matches);
  }

  private static String spelled(String version) {
    return Functions.isLatest(version) ? Invocation.LATEST : version;
  }

  private static void requireVersions(Scope scope, Route route) {
    route.versions().forEach(version -> requireVersion(scope, version));
  }

  private static void requireVersion(Scope scope, String version) {
    if (!version.equals(Invocation.LATEST) && !scope.hasVersion(version)) {
      throw Present.refused(new Failure.NotFound("version", version));
    }
  }

  private static void requireRevision(String name, long wanted, Alias present) {
    Present.requireRevision(
        "alias", name, wanted, present == null ? null : Long.valueOf(present.revision()));
  }
}
