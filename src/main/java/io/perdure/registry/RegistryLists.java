package io.perdure.registry;

import io.perdure.bus.RegistryMessages.AliasesListed;
import io.perdure.bus.RegistryMessages.AsyncListed;
import io.perdure.bus.RegistryMessages.FunctionsListed;
import io.perdure.bus.RegistryMessages.ListAliases;
import io.perdure.bus.RegistryMessages.ListAsync;
import io.perdure.bus.RegistryMessages.ListFunctions;
import io.perdure.bus.RegistryMessages.ListNamespaces;
import io.perdure.bus.RegistryMessages.ListTracked;
import io.perdure.bus.RegistryMessages.ListVersions;
import io.perdure.bus.RegistryMessages.NamespacesListed;
import io.perdure.bus.RegistryMessages.TrackedListed;
import io.perdure.bus.RegistryMessages.Usage;
import io.perdure.bus.RegistryMessages.VersionsListed;
import io.perdure.bus.ScheduleMessages.GetSchedule;
import io.perdure.bus.ScheduleMessages.ListSchedules;
import io.perdure.bus.ScheduleMessages.ScheduleFound;
import io.perdure.bus.ScheduleMessages.SchedulesListed;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.registry.Present.Target;

/** Answers the lists from what is committed. Thread: the writer. */
final class RegistryLists {
  private final Registry registry;
  private final Present present;

  RegistryLists(Registry registry) {
    this.registry = registry;
    this.present = new Present(registry);
  }

  NamespacesListed list(ListNamespaces list) {
    Rules.limit(list.limit());
    return registry.namespaces(list.account(), list.prefix(), list.after(), list.limit());
  }

  Usage usage(String account, RegistryConfig config) {
    return new Usage(
        registry.functionCount(account),
        config.functionsMax(),
        registry.namespaceCount(account),
        config.namespacesMax(),
        config.schedulesMax());
  }

  FunctionsListed list(ListFunctions list) {
    Rules.limit(list.limit());
    present.requireNamespace(list.account(), list.namespace());
    return registry.functions(
        list.account(), list.namespace(), list.prefix(), list.after(), list.limit());
  }

  VersionsListed list(ListVersions list) {
    Rules.limit(list.limit());
    if (list.after() != null && !Rules.isVersionNumber(list.after())) {
      throw Rules.invalid("after", "the number of a version");
    }
    Target target = present.target(list.account(), list.namespace(), list.function());
    return present.scope(target).versions(list.descending(), list.after(), list.limit());
  }

  AliasesListed list(ListAliases list) {
    Rules.limit(list.limit());
    Target target = present.target(list.account(), list.namespace(), list.function());
    String version = list.version();
    return present
        .scope(target)
        .aliases(
            Scopes.implied(target.function()),
            version != null && Functions.isLatest(version) ? Invocation.LATEST : version,
            list.prefix(),
            list.after(),
            list.limit());
  }

  ScheduleFound find(GetSchedule get) {
    Function function = present.function(get.account(), get.namespace(), get.function());
    return new ScheduleFound(present.schedule(function, get.name()));
  }

  SchedulesListed list(ListSchedules list) {
    Rules.limit(list.limit());
    Function function = present.function(list.account(), list.namespace(), list.function());
    return registry.scheduleView().list(function, list.after(), list.limit());
  }

  AsyncListed list(ListAsync list) {
    Rules.limit(list.limit());
    Name scope = Name.ofNamespace(list.account(), list.namespace());
    if (list.function() == null) {
      present.requireNamespace(list.account(), list.namespace());
    } else {
      scope = Registry.nameOf(present.function(list.account(), list.namespace(), list.function()));
    }
    return registry.async().list(scope, list.after(), list.limit());
  }

  TrackedListed list(ListTracked list) {
    Rules.limit(list.limit());
    return registry.async().tracked(list.account(), list.after(), list.limit());
  }
}
