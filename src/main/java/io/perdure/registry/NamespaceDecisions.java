package io.perdure.registry;

import io.perdure.bus.Done;
import io.perdure.bus.RegistryMessages.DeleteNamespace;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.bus.RegistryMessages.NamespacePut;
import io.perdure.bus.RegistryMessages.PutNamespace;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.util.List;

/**
 * Decides commands on namespaces. As all decisions of the registry: on what is committed, changing
 * nothing itself, a {@link Change} says what would be; a command that is refused fails with {@link
 * FailureException}. Thread: the writer.
 */
final class NamespaceDecisions {
  private final Registry registry;
  private final Present present;
  private final RegistryConfig config;

  NamespaceDecisions(Registry registry, RegistryConfig config) {
    this.registry = registry;
    this.present = new Present(registry);
    this.config = config;
  }

  Change<NamespacePut> decide(PutNamespace put, long now) {
    Rules.check(put);
    Namespace before = registry.namespace(put.account(), put.name()).orElse(null);
    requireRevision(put.name(), put.ifRevision(), before);
    if (before != null && before.about().equals(put.about())) {
      return Change.none(new NamespacePut(before, false));
    }
    if (before == null && registry.namespaceCount(put.account()) >= config.namespacesMax()) {
      throw Present.full("the account", "namespaces", config.namespacesMax());
    }
    Namespace after =
        new Namespace(
            put.account(),
            put.name(),
            put.about(),
            before == null ? now : before.createdAt(),
            now,
            before == null ? 1 : before.revision() + 1);
    return new Change<>(
        new Batch()
            .put(
                Family.REGISTRY,
                RecordKeys.namespace(after.account(), after.name()),
                Records.encode(after)),
        () -> registry.put(after),
        List.of(),
        new NamespacePut(after, before == null));
  }

  Change<Done> decide(DeleteNamespace delete) {
    String account = delete.account();
    String name = delete.name();
    if (name.equals(Registry.DEFAULT_NAMESPACE) || name.equals(Function.FC3_NAMESPACE)) {
      throw Present.refused(new Failure.Conflict("namespace '" + name + "' cannot be deleted"));
    }
    present.requireNamespace(account, name);
    requireRevision(name, delete.ifRevision(), registry.namespace(account, name).orElseThrow());
    if (!registry.isEmpty(account, name)) {
      throw Present.refused(
          new Failure.Conflict(
              "namespace '" + name + "' still has functions: delete them before it"));
    }
    Name namespace = Name.ofNamespace(account, name);
    Batch batch = new Batch().delete(Family.REGISTRY, RecordKeys.namespace(account, name));
    delete(namespace, registry.scopes().of(namespace, null), batch);
    return new Change<>(batch, () -> registry.removeNamespace(namespace), List.of(), Done.DONE);
  }

  /** Adds to {@code batch} that the versions and aliases of {@code scope} go. */
  static void delete(Name name, Scope scope, Batch batch) {
    scope
        .versions()
        .forEach(v -> batch.delete(Family.REGISTRY, RecordKeys.version(name, v.number())));
    scope
        .aliases()
        .forEach(alias -> batch.delete(Family.REGISTRY, RecordKeys.alias(name, alias.name())));
    if (scope.lastNumber() > 0) {
      batch.delete(Family.REGISTRY, RecordKeys.counter(name));
    }
  }

  private static void requireRevision(String name, long wanted, Namespace present) {
    Present.requireRevision(
        "namespace", name, wanted, present == null ? null : Long.valueOf(present.revision()));
  }
}
