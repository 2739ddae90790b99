package io.perdure.registry;

import io.perdure.bus.Done;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.RegistryMessages.FunctionPut;
import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.bus.RegistryMessages.SetPaused;
import io.perdure.bus.ScheduleMessages.ScheduleChanged;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Function.Pause;
import io.perdure.invocation.FunctionBuilder;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.invocation.Schedule;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import java.util.List;

/** Decides commands on functions; in the manner of {@link NamespaceDecisions}. */
final class FunctionDecisions {
  private static final int BY_MAX = 256;

  private final Registry registry;
  private final Present present;
  private final RegistryConfig config;
  private final CodeClaims packages;
  private final RuntimeCheck runtimes;

  FunctionDecisions(
      Registry registry, RegistryConfig config, CodeClaims packages, RuntimeCheck runtimes) {
    this.registry = registry;
    this.present = new Present(registry);
    this.config = config;
    this.packages = packages;
    this.runtimes = runtimes;
  }

  Change<FunctionPut> decide(PutFunction put, long now) {
    Rules.check(put);
    present.requireNamespace(put.account(), put.namespace());
    Function before = registry.find(put.account(), put.namespace(), put.name()).orElse(null);
    requireRevision(put.name(), put.ifRevision(), before);
    requireScope(put, before);
    RuntimeSpec runtime = runtime(put.runtime(), put.flavour(), before);
    return before == null ? create(put, runtime, now) : replace(before, put, runtime, now);
  }

  /** Else its versions and aliases would belong elsewhere from now on. */
  private static void requireScope(PutFunction put, Function before) {
    if (before != null
        && before.flavour() != put.flavour()
        && (before.flavour() == Flavour.FC2 || put.flavour() == Flavour.FC2)) {
      throw Present.refused(
          new Failure.Conflict(
              "function '"
                  + put.name()
                  + "' was made with another flavour, whose versions belong elsewhere: delete it"
                  + " before"));
    }
  }

  /** What is asked for, with the package it will run. */
  private RuntimeSpec runtime(RuntimeSpec asked, Flavour flavour, Function before) {
    if (!(asked instanceof Managed managed)) {
      return asked;
    }
    Managed had = before != null && before.runtime() instanceof Managed now ? now : null;
    Managed runtime = managed;
    if (managed.code() == null) {
      runtime = managed.withCode(had == null ? null : had.code()); // it may follow by itself
    } else if ((had == null || !managed.code().equals(had.code()))
        && !packages.claim(managed.code())) {
      throw Present.refused(new Failure.NotFound("code package", managed.code().sha256()));
    }
    if (!runtime.equals(had)) {
      runtimes
          .problem(runtime)
          .ifPresent(
              problem -> {
                throw Present.refused(new Failure.Invalid("runtime.kind", problem));
              });
      if (flavour == Flavour.NATIVE) {
        String field =
            managed.language().hasHandler()
                ? "runtime.handler"
                : "code"; // the clouds take it, and say so at its first start
        packages
            .problem(runtime)
            .ifPresent(
                problem -> {
                  throw Present.refused(new Failure.Invalid(field, problem));
                });
      }
    }
    return runtime;
  }

  private Change<FunctionPut> create(PutFunction put, RuntimeSpec runtime, long now) {
    if (registry.functionCount(put.account()) >= config.functionsMax()) {
      throw Present.full("the account", "functions", config.functionsMax());
    }
    long uid = registry.lastUid() + 1;
    boolean paused = put.paused() != null && put.paused();
    Pause pause = paused ? pause(put.by(), put.account(), now) : null;
    Function created = function(put, About.NOTHING, runtime, uid, pause, now, now, 1);
    return new Change<>(
        stored(created).put(Family.META, RecordKeys.LAST_UID, Keys.number(uid)),
        () -> {
          registry.put(created); // first: what the last uid covers and is absent counts as deleted
          registry.lastUid(uid);
        },
        List.of(new FunctionChanged(uid, false)),
        new FunctionPut(created, true));
  }

  private Change<FunctionPut> replace(
      Function before, PutFunction put, RuntimeSpec runtime, long now) {
    boolean paused = put.paused() == null ? before.paused() : put.paused();
    Pause pause = paused(before, paused, put.by(), now);
    Function same =
        function(
            put,
            before.about(),
            runtime,
            before.uid(),
            pause,
            before.createdAt(),
            before.modifiedAt(),
            before.revision());
    if (same.equals(before)) {
      return Change.none(new FunctionPut(before, false));
    }
    return changed(new FunctionBuilder(same).revised(now).build());
  }

  Change<FunctionPut> decide(SetPaused set, long now) {
    Function before = present.function(set.account(), set.namespace(), set.name());
    if (before.paused() == set.paused()) {
      return Change.none(new FunctionPut(before, false));
    }
    FunctionBuilder next = new FunctionBuilder(before).revised(now);
    next.pause = paused(before, set.paused(), set.by(), now);
    return changed(next.build());
  }

  /**
   * With its versions, aliases, settings and schedules, and with what the versions of its namespace
   * froze of it: nobody finds that without the function, and one made again is another one.
   */
  Change<Done> decide(DeleteFunction delete) {
    Function function = present.function(delete.account(), delete.namespace(), delete.name());
    requireRevision(delete.name(), delete.ifRevision(), function);
    Name name = Registry.nameOf(function);
    Batch batch = new Batch().delete(Family.REGISTRY, RecordKeys.function(function));
    if (Scopes.ofItsNamespace(function)) {
      for (Function version : registry.scopes().frozen(function.uid())) {
        batch.delete(Family.REGISTRY, RecordKeys.frozen(function, version.version()));
      }
    } else {
      NamespaceDecisions.delete(name, registry.scopes().scopeOf(function), batch);
    }
    registry
        .async()
        .of(function.uid())
        .forEach(set -> batch.delete(Family.REGISTRY, RecordKeys.settings(name, set.qualifier())));
    List<Schedule> schedules = List.copyOf(registry.scheduleView().of(function));
    schedules.forEach(gone -> batch.delete(Family.REGISTRY, RecordKeys.schedule(gone)));
    return new Change<>(
        batch,
        () -> registry.remove(function),
        List.of(new FunctionChanged(function.uid(), true)),
        schedules.stream().map(gone -> new ScheduleChanged(gone.uid())).toList(),
        Done.DONE);
  }

  private Change<FunctionPut> changed(Function after) {
    return new Change<>(
        stored(after),
        () -> registry.put(after),
        List.of(new FunctionChanged(after.uid(), false)),
        new FunctionPut(after, false));
  }

  private static Batch stored(Function function) {
    return new Batch()
        .put(Family.REGISTRY, RecordKeys.function(function), Records.encode(function));
  }

  private static Function function(
      PutFunction put,
      About about,
      RuntimeSpec runtime,
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
        runtime,
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

  private static void requireRevision(String name, long wanted, Function present) {
    Present.requireRevision(
        "function", name, wanted, present == null ? null : Long.valueOf(present.revision()));
  }
}
