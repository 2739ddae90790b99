package io.perdure.registry;

import io.perdure.bus.Done;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.DeleteNamespace;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.RegistryMessages.FunctionPut;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.bus.RegistryMessages.NamespacePut;
import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.bus.RegistryMessages.PutNamespace;
import io.perdure.bus.RegistryMessages.SetPaused;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Pause;
import io.perdure.invocation.Invocation;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Keys;

/**
 * Decides commands on what is committed. Changes nothing itself: a {@link Change} says what would
 * be. A command that is refused fails with {@link FailureException}. Thread: the writer.
 */
final class Decisions {
  private static final int BY_MAX = 256;

  private final Registry registry;
  private final RegistryConfig config;

  Decisions(Registry registry, RegistryConfig config) {
    this.registry = registry;
    this.config = config;
  }

  Change<NamespacePut> decide(PutNamespace put, long now) {
    Rules.check(put);
    Namespace before = registry.namespace(put.account(), put.name()).orElse(null);
    if (before != null && before.about().equals(put.about())) {
      return Change.none(new NamespacePut(before, false));
    }
    if (before == null && registry.namespaceCount(put.account()) >= config.namespacesMax()) {
      throw full("namespaces", config.namespacesMax());
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
                Records.namespaceKey(after.account(), after.name()),
                Records.encode(after)),
        () -> registry.put(after),
        null,
        new NamespacePut(after, before == null));
  }

  Change<Done> decide(DeleteNamespace delete) {
    String account = delete.account();
    String name = delete.name();
    if (name.equals(Registry.DEFAULT_NAMESPACE)) {
      throw refused(new Failure.Conflict("namespace 'default' cannot be deleted"));
    }
    requireNamespace(account, name);
    if (!registry.isEmpty(account, name)) {
      throw refused(
          new Failure.Conflict(
              "namespace '" + name + "' still has functions: delete them before it"));
    }
    return new Change<>(
        new Batch().delete(Family.REGISTRY, Records.namespaceKey(account, name)),
        () -> registry.removeNamespace(account, name),
        null,
        Done.DONE);
  }

  Change<FunctionPut> decide(PutFunction put, long now) {
    Rules.check(put);
    requireNamespace(put.account(), put.namespace());
    Function before = registry.find(put.account(), put.namespace(), put.name()).orElse(null);
    requireRevision(put.name(), put.ifRevision(), before);
    return before == null ? create(put, now) : replace(before, put, now);
  }

  private Change<FunctionPut> create(PutFunction put, long now) {
    if (registry.functionCount(put.account()) >= config.functionsMax()) {
      throw full("functions", config.functionsMax());
    }
    long uid = registry.lastUid() + 1;
    boolean paused = put.paused() != null && put.paused();
    Pause pause = paused ? pause(put.by(), put.account(), now) : null;
    Function created = function(put, About.NOTHING, uid, pause, now, now, 1);
    Batch batch = stored(created).put(Family.META, Records.LAST_UID, Keys.number(uid));
    return new Change<>(
        batch,
        () -> {
          registry.lastUid(uid);
          registry.put(created);
        },
        new FunctionChanged(uid, false),
        new FunctionPut(created, true));
  }

  private Change<FunctionPut> replace(Function before, PutFunction put, long now) {
    boolean paused = put.paused() == null ? before.paused() : put.paused();
    Pause pause = paused(before, paused, put.by(), now);
    Function same =
        function(
            put,
            before.about(),
            before.uid(),
            pause,
            before.createdAt(),
            before.modifiedAt(),
            before.revision());
    if (same.equals(before)) {
      return Change.none(new FunctionPut(before, false));
    }
    return changed(
        function(
            put,
            before.about(),
            before.uid(),
            pause,
            before.createdAt(),
            now,
            before.revision() + 1));
  }

  Change<FunctionPut> decide(SetPaused set, long now) {
    Function before = require(set.account(), set.namespace(), set.name());
    if (before.paused() == set.paused()) {
      return Change.none(new FunctionPut(before, false));
    }
    return changed(
        new Function(
            before.uid(),
            before.account(),
            before.namespace(),
            before.name(),
            before.flavour(),
            before.version(),
            before.about(),
            before.runtime(),
            before.timeoutMillis(),
            before.concurrency(),
            before.retry(),
            before.eventAgeMillis(),
            before.retention(),
            paused(before, set.paused(), set.by(), now),
            before.createdAt(),
            now,
            before.revision() + 1));
  }

  Change<Done> decide(DeleteFunction delete) {
    Function function = require(delete.account(), delete.namespace(), delete.name());
    requireRevision(delete.name(), delete.ifRevision(), function);
    return new Change<>(
        new Batch().delete(Family.REGISTRY, keyOf(function)),
        () -> registry.remove(function),
        new FunctionChanged(function.uid(), true),
        Done.DONE);
  }

  private Change<FunctionPut> changed(Function after) {
    return new Change<>(
        stored(after),
        () -> registry.put(after),
        new FunctionChanged(after.uid(), false),
        new FunctionPut(after, false));
  }

  private static Batch stored(Function function) {
    return new Batch().put(Family.REGISTRY, keyOf(function), Records.encode(function));
  }

  private static byte[] keyOf(Function function) {
    return Records.functionKey(function.account(), function.namespace(), function.name());
  }

  private static Function function(
      PutFunction put,
      About about,
      long uid,
      Pause pause,
      long createdAt,
      long modifiedAt,
      long revision) {
    return new Function(
        uid,
        put.account(),
        put.namespace(),
        put.name(),
        put.flavour(),
        Invocation.LATEST,
        put.about() == null ? about : put.about(),
        put.runtime(),
        put.timeoutMillis(),
        put.concurrency(),
        put.retry(),
        put.eventAgeMillis(),
        put.retention(),
        pause,
        createdAt,
        modifiedAt,
        revision);
  }

  /** Who paused first, and when, stays. */
  private static Pause paused(Function before, boolean paused, String by, long now) {
    if (!paused) {
      return null;
    }
    return before.paused() ? before.pause() : pause(by, before.account(), now);
  }

  private static Pause pause(String by, String account, long now) {
    String who = by == null || by.isBlank() ? account : by;
    return new Pause(who.length() > BY_MAX ? who.substring(0, BY_MAX) : who, now);
  }

  private Function require(String account, String namespace, String name) {
    requireNamespace(account, namespace);
    return registry
        .find(account, namespace, name)
        .orElseThrow(() -> refused(new Failure.NotFound("function", name)));
  }

  private void requireNamespace(String account, String namespace) {
    if (!registry.hasNamespace(account, namespace)) {
      throw refused(new Failure.NotFound("namespace", namespace));
    }
  }

  private static void requireRevision(String name, long wanted, Function present) {
    if (wanted == 0 || (present != null && wanted == present.revision())) {
      return;
    }
    if (present != null) {
      throw refused(
          new Failure.Precondition(
              wanted < 0
                  ? "function '" + name + "' exists already"
                  : "function '"
                      + name
                      + "' has revision "
                      + present.revision()
                      + ", not "
                      + wanted));
    }
    if (wanted > 0) {
      throw refused(
          new Failure.Precondition(
              "function '" + name + "' does not exist, so it has no revision " + wanted));
    }
  }

  private static FailureException full(String what, int most) {
    return refused(
        new Failure.Conflict("the account has " + most + " " + what + ", the most it may have"));
  }

  private static FailureException refused(Failure failure) {
    return new FailureException(failure);
  }
}
