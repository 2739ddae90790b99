package io.perdure.registry;

import io.perdure.bus.RegistryMessages.Alias;
import io.perdure.bus.RegistryMessages.AsyncSet;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.RegistryMessages.Version;
import io.perdure.bus.ScheduleMessages.ScheduleChanged;
import io.perdure.invocation.Function;
import io.perdure.invocation.Schedule;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.registry.ScopeRecords.Of;
import io.perdure.store.Keys;
import io.perdure.store.StoreException;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a committed batch means to the {@link Registry}: shows the same, and tells the same, as the
 * decision it came from. {@link RegistryReader} reads the same keys from a whole store. For one
 * batch; thread: the writer of the registry.
 */
final class BatchView implements Batch.Visitor {
  private final Registry registry;
  private final Set<FunctionChanged> told = new LinkedHashSet<>();
  private final Set<ScheduleChanged> schedules = new LinkedHashSet<>();
  private long lastUid;

  private BatchView(Registry registry) {
    this.registry = registry;
  }

  /**
   * Shows {@code batch} in {@code registry}.
   *
   * @return what is to be told
   * @throws StoreException when it cannot be understood: part of it may be shown then
   */
  static BatchView show(Batch batch, Registry registry) {
    BatchView view = new BatchView(registry);
    batch.forEach(view);
    registry.lastUid(Math.max(registry.lastUid(), view.lastUid)); // behind what got it
    return view;
  }

  /** What has changed of functions. */
  Collection<FunctionChanged> told() {
    return told;
  }

  /** Which schedules have changed. */
  Collection<ScheduleChanged> schedules() {
    return schedules;
  }

  @Override
  public void put(Family family, byte[] key, byte[] value) {
    if (family == Family.META) {
      put(key, value);
    } else if (family == Family.REGISTRY) {
      put((char) key[0], value);
    }
  }

  private void put(byte[] meta, byte[] value) {
    if (Arrays.equals(meta, RecordKeys.LAST_UID)) {
      lastUid = Keys.longAt(value, 0);
    } else if (Arrays.equals(meta, RecordKeys.CREATED_AT)) {
      registry.createdAt(Keys.longAt(value, 0));
    } else if (Arrays.equals(meta, RecordKeys.SCHEDULES_UNTIL)) {
      registry.scheduleView().lookedAfterUntil(Keys.longAt(value, 0));
    }
  }

  private void put(char letter, byte[] value) {
    switch (letter) {
      case RecordKeys.NAMESPACE -> registry.put(Records.namespace(value));
      case RecordKeys.FUNCTION -> {
        Function function = Records.function(value);
        registry.put(function);
        told.add(new FunctionChanged(function.uid(), false));
      }
      case RecordKeys.VERSION -> {
        Function version = Records.function(value);
        registry.scopes().freeze(version);
        registry.scopes().at(null, version).put(Scopes.listed(version));
      }
      case RecordKeys.NAMESPACE_VERSION -> {
        Of<Version> version = ScopeRecords.version(value);
        at(version.scope()).put(version.value());
      }
      case RecordKeys.FROZEN -> registry.scopes().freeze(Records.function(value));
      case RecordKeys.COUNTER -> {
        Of<Long> counter = ScopeRecords.counter(value);
        at(counter.scope()).lastNumber(counter.value());
      }
      case RecordKeys.ALIAS -> {
        Of<Alias> alias = ScopeRecords.alias(value);
        at(alias.scope()).put(alias.value());
        tell(alias.scope());
      }
      case RecordKeys.SETTINGS -> {
        Of<AsyncSet> set = ScopeRecords.settings(value);
        registry.async().put(known(set.scope()), set.value());
        tell(set.scope());
      }
      case RecordKeys.SCHEDULE -> {
        Schedule schedule = ScheduleRecords.schedule(value);
        registry.scheduleView().put(schedule);
        schedules.add(new ScheduleChanged(schedule.uid()));
      }
      default -> throw new StoreException("the registry was written by a newer version", null);
    }
  }

  private Scope at(Name scope) {
    return scope.isNamespace()
        ? registry.scopes().at(scope, null)
        : registry.scopes().at(null, known(scope));
  }

  private Function known(Name function) {
    return find(function)
        .orElseThrow(
            () ->
                new StoreException(
                    "the registry is damaged: function '" + function.function() + "' is missing",
                    null));
  }

  /** What hangs on a function that has been deleted before has gone with it. */
  @Override
  public void delete(Family family, byte[] key) {
    if (family != Family.REGISTRY) {
      return;
    }
    String[] of = RecordKeys.parts(key);
    Name name = new Name(of[0], of[1], of.length > 2 ? of[2] : "");
    switch ((char) key[0]) {
      case RecordKeys.NAMESPACE -> registry.removeNamespace(name);
      case RecordKeys.FUNCTION -> find(name).ifPresent(this::remove);
      case RecordKeys.VERSION ->
          find(name)
              .ifPresent(
                  function -> {
                    registry.scopes().at(null, function).removeVersion(of[3]);
                    registry.scopes().unfreeze(function.uid(), of[3]);
                    tell(name);
                  });
      case RecordKeys.NAMESPACE_VERSION -> {
        Name namespace = Name.ofNamespace(of[0], of[1]);
        if (registry.scopes().has(namespace)) {
          registry.scopes().at(namespace, null).removeVersion(of[2]);
          tell(namespace);
        }
      }
      case RecordKeys.FROZEN ->
          find(new Name(of[0], of[1], of[3]))
              .ifPresent(function -> registry.scopes().unfreeze(function.uid(), of[2]));
      case RecordKeys.COUNTER -> {} // goes with its scope
      case RecordKeys.ALIAS -> {
        if (name.isNamespace() ? registry.scopes().has(name) : find(name).isPresent()) {
          at(name).removeAlias(of[3]);
          tell(name);
        }
      }
      case RecordKeys.SETTINGS ->
          find(name)
              .ifPresent(
                  function -> {
                    registry.async().remove(function, of[3]);
                    tell(name);
                  });
      case RecordKeys.SCHEDULE ->
          find(name)
              .map(function -> registry.scheduleView().get(function, of[3]))
              .ifPresent(
                  schedule -> {
                    registry.scheduleView().remove(schedule);
                    schedules.add(new ScheduleChanged(schedule.uid()));
                  });
      default -> throw new StoreException("the registry was written by a newer version", null);
    }
  }

  private void remove(Function function) {
    registry
        .scheduleView()
        .of(function)
        .forEach(gone -> schedules.add(new ScheduleChanged(gone.uid())));
    registry.remove(function);
    told.remove(new FunctionChanged(function.uid(), false));
    told.add(new FunctionChanged(function.uid(), true));
  }

  private Optional<Function> find(Name function) {
    return registry.find(function.account(), function.namespace(), function.function());
  }

  /** Of all that are run by what belongs to {@code scope}. */
  private void tell(Name scope) {
    Collection<Function> functions =
        scope.isNamespace() ? registry.functions(scope) : List.of(known(scope));
    for (Function function : functions) {
      if (!scope.isNamespace() || Scopes.ofItsNamespace(function)) {
        told.add(new FunctionChanged(function.uid(), false));
      }
    }
  }
}
