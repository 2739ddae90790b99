package io.perdure.registry;

import io.perdure.bus.Done;
import io.perdure.bus.RegistryMessages.Alias;
import io.perdure.bus.RegistryMessages.DeleteVersion;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.bus.RegistryMessages.PublishVersion;
import io.perdure.bus.RegistryMessages.Version;
import io.perdure.bus.RegistryMessages.VersionPublished;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.registry.Present.Target;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides commands on versions, of a function or of all functions of a namespace that have their
 * versions there; in the manner of {@link NamespaceDecisions}.
 */
final class VersionDecisions {
  /** A commit is one write and lies in memory whole: a version of a namespace beyond is refused. */
  static final int FROZEN_BYTES_MAX = 32 * 1024 * 1024;

  private final Registry registry;
  private final Present present;
  private final RegistryConfig config;

  VersionDecisions(Registry registry, RegistryConfig config) {
    this.registry = registry;
    this.present = new Present(registry);
    this.config = config;
  }

  Change<VersionPublished> decide(PublishVersion publish, long now) {
    Rules.check(publish);
    Target target = present.target(publish.account(), publish.namespace(), publish.function());
    Scope scope = present.scope(target);
    if (scope.versionCount() >= config.versionsMax()) {
      throw Present.full(target.words(), "versions", config.versionsMax());
    }
    long last = scope.lastNumber() + 1;
    Version version =
        new Version(Long.toString(last), publish.description(), now, namespace(target));
    List<Function> frozen = freeze(target, version);
    Batch batch =
        new Batch()
            .put(
                Family.REGISTRY,
                RecordKeys.counter(target.name()),
                ScopeRecords.counter(target.name(), last));
    store(target, version, frozen, batch);
    return new Change<>(
        batch,
        () -> {
          frozen.forEach(registry.scopes()::freeze);
          Scope changed = registry.scopes().at(target.name(), target.function());
          changed.lastNumber(last);
          changed.put(version);
        },
        List.of(), // nothing that runs runs otherwise
        new VersionPublished(version));
  }

  /** What a version of a namespace freezes besides its functions. */
  private About namespace(Target target) {
    return target.function() != null
        ? null
        : registry
            .namespace(target.name().account(), target.name().namespace())
            .map(Namespace::about)
            .orElse(null);
  }

  /** A function's version is described as it was asked for; each of a namespace's as it was. */
  private List<Function> freeze(Target target, Version version) {
    List<Function> frozen = new ArrayList<>();
    for (Function function : present.functions(target)) {
      frozen.add(
          function.frozen(
              version.number(),
              target.function() == null ? function.about().description() : version.description(),
              version.createdAt()));
    }
    return frozen;
  }

  private static void store(Target target, Version version, List<Function> frozen, Batch batch) {
    byte[] key = RecordKeys.version(target.name(), version.number());
    if (target.function() != null) {
      batch.put(Family.REGISTRY, key, Records.encode(frozen.get(0)));
      return;
    }
    batch.put(Family.REGISTRY, key, ScopeRecords.encode(target.name(), version));
    for (Function function : frozen) {
      batch.put(
          Family.REGISTRY, RecordKeys.frozen(function, version.number()), Records.encode(function));
      if (batch.sizeBytes() > FROZEN_BYTES_MAX) {
        throw Present.refused(
            new Failure.Conflict(
                "the functions of "
                    + target.words()
                    + " take more than "
                    + FROZEN_BYTES_MAX
                    + " bytes, the most that one version may freeze"));
      }
    }
  }

  /** With the settings that hang on it. */
  Change<Done> decide(DeleteVersion delete) {
    Target target = present.target(delete.account(), delete.namespace(), delete.function());
    String number = delete.number();
    Scope scope = present.scope(target);
    if (!scope.hasVersion(number)) {
      throw Present.refused(new Failure.NotFound("version", number));
    }
    Alias alias = scope.aliasOf(number);
    if (alias != null) {
      throw Present.refused(
          new Failure.Conflict(
              "alias '"
                  + alias.name()
                  + "' leads to version "
                  + number
                  + ": move or delete it before"));
    }
    List<Function> functions = present.functions(target);
    Batch batch = new Batch().delete(Family.REGISTRY, RecordKeys.version(target.name(), number));
    if (target.function() == null) {
      for (Function function : functions) {
        if (registry.scopes().frozen(function.uid(), number) != null) {
          batch.delete(Family.REGISTRY, RecordKeys.frozen(function, number));
        }
      }
    }
    AsyncDecisions.delete(registry, functions, number, batch);
    return new Change<>(
        batch,
        () -> {
          registry.scopes().at(target.name(), target.function()).removeVersion(number);
          for (Function function : functions) {
            registry.scopes().unfreeze(function.uid(), number);
            registry.async().remove(function, number);
          }
        },
        Present.told(functions),
        Done.DONE);
  }
}
