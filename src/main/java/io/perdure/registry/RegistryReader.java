package io.perdure.registry;

import io.perdure.bus.RegistryMessages.Alias;
import io.perdure.bus.RegistryMessages.AsyncSet;
import io.perdure.bus.RegistryMessages.Version;
import io.perdure.invocation.Function;
import io.perdure.invocation.Schedule;
import io.perdure.journal.Family;
import io.perdure.registry.ScopeRecords.Of;
import io.perdure.store.Keys;
import io.perdure.store.Meta;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;
import java.util.function.Consumer;

/**
 * Reads a store into an empty {@link Registry}. What does not fit together is a {@link
 * StoreException}: nothing is dropped.
 */
final class RegistryReader {
  private static final String LETTERS = "nfvwxcast";

  private final Registry registry;
  private final StoreReader.View view;
  private final long lastUid;

  private RegistryReader(Registry registry, StoreReader.View view) {
    this.registry = registry;
    this.view = view;
    lastUid = number(RecordKeys.LAST_UID);
  }

  /** Reads everything; blocks. */
  static void read(StoreReader store, Registry registry) {
    try (StoreReader.View view = store.view()) {
      new RegistryReader(registry, view).read();
    }
  }

  /** What others refer to comes before them. */
  private void read() {
    registry.createdAt(number(RecordKeys.CREATED_AT));
    registry.scheduleView().lookedAfterUntil(number(RecordKeys.SCHEDULES_UNTIL));
    requireKnownKeys();
    each(RecordKeys.NAMESPACE, value -> registry.put(Records.namespace(value)));
    each(RecordKeys.FUNCTION, this::function);
    each(RecordKeys.VERSION, this::version);
    each(RecordKeys.NAMESPACE_VERSION, this::versionOfNamespace);
    each(RecordKeys.FROZEN, this::frozen);
    each(RecordKeys.COUNTER, this::counter);
    each(
        RecordKeys.ALIAS,
        value -> {
          Of<Alias> alias = ScopeRecords.alias(value);
          at(alias.scope()).put(alias.value());
        });
    each(
        RecordKeys.SETTINGS,
        value -> {
          Of<AsyncSet> set = ScopeRecords.settings(value);
          registry.async().put(functionOf(set.scope()), set.value());
        });
    each(RecordKeys.SCHEDULE, this::schedule);
    registry.lastUid(lastUid);
    registry.through(number(Meta.applied()));
  }

  private void function(byte[] value) {
    Function function = Records.function(value);
    if (function.uid() > lastUid) {
      throw damaged("function '" + function.name() + "' has a later uid than the last one given");
    }
    requireNamespace(function.account(), function.namespace());
    registry.put(function);
  }

  private void version(byte[] value) {
    Function version = Records.function(value);
    freeze(version);
    registry.scopes().at(null, version).put(Scopes.listed(version));
  }

  private void versionOfNamespace(byte[] value) {
    Of<Version> version = ScopeRecords.version(value);
    at(version.scope()).put(version.value());
  }

  private void frozen(byte[] value) {
    Function version = Records.function(value);
    if (!registry.scopes().scopeOf(version).hasVersion(version.version())) {
      throw damaged("version " + version.version() + " of a namespace is missing");
    }
    freeze(version);
  }

  private void freeze(Function version) {
    if (functionOf(Registry.nameOf(version)).uid() != version.uid()) {
      throw damaged("a version of function '" + version.name() + "' belongs to one before it");
    }
    registry.scopes().freeze(version);
  }

  private void counter(byte[] value) {
    Of<Long> counter = ScopeRecords.counter(value);
    at(counter.scope()).lastNumber(counter.value());
  }

  private void schedule(byte[] value) {
    Schedule schedule = ScheduleRecords.schedule(value);
    Name function = new Name(schedule.account(), schedule.namespace(), schedule.function());
    if (functionOf(function).uid() != schedule.functionUid()) {
      throw damaged(
          "a schedule of function '" + function.function() + "' belongs to one before it");
    }
    if (schedule.uid() > lastUid) {
      throw damaged("schedule '" + schedule.name() + "' has a later uid than the last one given");
    }
    registry.scheduleView().put(schedule);
  }

  private Scope at(Name scope) {
    if (scope.isNamespace()) {
      requireNamespace(scope.account(), scope.namespace());
      return registry.scopes().at(scope, null);
    }
    return registry.scopes().at(null, functionOf(scope));
  }

  private Function functionOf(Name name) {
    return registry
        .find(name.account(), name.namespace(), name.function())
        .orElseThrow(() -> damaged("function '" + name.function() + "' is missing"));
  }

  private void requireNamespace(String account, String namespace) {
    if (!registry.hasNamespace(account, namespace)) {
      throw damaged("namespace '" + namespace + "' is missing");
    }
  }

  private void requireKnownKeys() {
    try (StoreReader.Scan scan = view.scan(Family.REGISTRY, null, null, false)) {
      while (scan.valid()) {
        int letter = scan.key()[0];
        if (LETTERS.indexOf(letter) < 0) {
          throw new StoreException("the registry was written by a newer version", null);
        }
        scan.seek(RecordKeys.letter(letter + 1));
      }
    }
  }

  private void each(char letter, Consumer<byte[]> read) {
    try (StoreReader.Scan scan =
        view.scan(
            Family.REGISTRY, RecordKeys.letter(letter), RecordKeys.letter(letter + 1), false)) {
      for (; scan.valid(); scan.next()) {
        read.accept(scan.value());
      }
    }
  }

  private long number(byte[] key) {
    byte[] value = view.get(Family.META, key);
    return value == null ? 0 : Keys.longAt(value, 0);
  }

  private static StoreException damaged(String how) {
    return new StoreException("the registry is damaged: " + how, null);
  }
}
