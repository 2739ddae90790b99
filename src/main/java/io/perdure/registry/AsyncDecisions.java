package io.perdure.registry;

import io.perdure.bus.RegistryMessages.AsyncBefore;
import io.perdure.bus.RegistryMessages.AsyncPut;
import io.perdure.bus.RegistryMessages.AsyncSet;
import io.perdure.bus.RegistryMessages.PutAsync;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.util.List;
import java.util.Objects;

/**
 * Decides commands on the settings of asynchronous invocations; in the manner of {@link
 * NamespaceDecisions}.
 */
final class AsyncDecisions {
  private final Registry registry;
  private final Present present;

  AsyncDecisions(Registry registry) {
    this.registry = registry;
    this.present = new Present(registry);
  }

  Change<AsyncPut> decide(PutAsync put, long now) {
    Rules.check(put);
    Function function = present.function(put.account(), put.namespace(), put.function());
    String qualifier = Functions.isLatest(put.qualifier()) ? Invocation.LATEST : put.qualifier();
    AsyncSet before = registry.async().get(function.uid(), qualifier);
    requireUnchanged(put.onlyIf(), before);
    if (put.settings() == null) {
      return remove(function, qualifier, before);
    }
    requireQualifier(function, qualifier);
    if (before != null && before.settings().equals(put.settings())) {
      return Change.none(new AsyncPut(before, false));
    }
    AsyncSet after =
        new AsyncSet(
            function.name(),
            qualifier,
            put.settings(),
            before == null ? now : before.createdAt(),
            now);
    Name name = Registry.nameOf(function);
    return new Change<>(
        new Batch()
            .put(
                Family.REGISTRY,
                RecordKeys.settings(name, qualifier),
                ScopeRecords.encode(name, after)),
        () -> registry.async().put(function, after),
        Present.told(List.of(function)),
        new AsyncPut(after, before == null));
  }

  private static void requireUnchanged(AsyncBefore wanted, AsyncSet present) {
    if (wanted != null
        && !Objects.equals(wanted.settings(), present == null ? null : present.settings())) {
      throw Present.refused(
          new Failure.Precondition("the asynchronous settings have been changed by others"));
    }
  }

  private Change<AsyncPut> remove(Function function, String qualifier, AsyncSet before) {
    if (before == null) {
      throw Present.refused(new Failure.NotFound("asynchronous settings", qualifier));
    }
    return new Change<>(
        new Batch()
            .delete(Family.REGISTRY, RecordKeys.settings(Registry.nameOf(function), qualifier)),
        () -> registry.async().remove(function, qualifier),
        Present.told(List.of(function)),
        new AsyncPut(null, false));
  }

  private void requireQualifier(Function function, String qualifier) {
    Scope scope = registry.scopes().scopeOf(function);
    if (!qualifier.equals(Invocation.LATEST)
        && !scope.hasVersion(qualifier)
        && scope.alias(qualifier) == null
        && !Scopes.implies(function, qualifier)) {
      throw Present.refused(new Failure.NotFound("qualifier", qualifier));
    }
  }

  /** Adds to {@code batch} that the settings go that hang on a version or alias that goes. */
  static void delete(Registry registry, List<Function> functions, String qualifier, Batch batch) {
    for (Function function : functions) {
      if (registry.async().get(function.uid(), qualifier) != null) {
        batch.delete(Family.REGISTRY, RecordKeys.settings(Registry.nameOf(function), qualifier));
      }
    }
  }
}
