package io.perdure.registry;

import io.perdure.invocation.Function;
import io.perdure.invocation.Schedule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Everything a registry shows, in a form that can be compared. */
final class Views {
  private Views() {}

  /** What is told of {@code namespaces}, of an account, and of the packages that are named. */
  static Map<String, Object> of(
      Registry registry, String account, List<String> namespaces, List<String> packages) {
    Map<String, Object> all = new TreeMap<>();
    all.put("lastUid", registry.lastUid());
    all.put("lookedAfterUntil", registry.schedules().lookedAfterUntil());
    all.put("size", registry.size());
    all.put("functions", registry.functionCount(account));
    all.put("namespaces", registry.namespaceCount(account));
    all.put("listed", registry.namespaces(account, null, null, 1_000));
    all.put("tracked", registry.async().tracked(account, null, 1_000));
    all.put(
        "schedules",
        registry.schedules().all().stream()
            .sorted(Comparator.comparingLong(Schedule::uid))
            .toList());
    for (String sha256 : packages) {
      all.put(
          "code " + sha256,
          registry.usesCode(sha256) + " " + registry.accountUsesCode(account, sha256));
    }
    for (String namespace : namespaces) {
      Name name = Name.ofNamespace(account, namespace);
      all.put(namespace, registry.functions(account, namespace, null, null, 1_000));
      all.put(namespace + " scope", of(registry.scopes().of(name, null)));
      all.put(namespace + " settings", registry.async().list(name, null, 1_000));
      for (Function function : registry.functions(account, namespace)) {
        all.put("function " + function.uid(), of(registry, function));
      }
    }
    return all;
  }

  private static List<Object> of(Registry registry, Function function) {
    List<Object> all = new ArrayList<>();
    all.add(registry.byUid(function.uid()));
    all.add(of(registry.scopes().of(null, function)));
    Map<String, Object> frozen = new TreeMap<>();
    registry.scopes().frozen(function.uid()).forEach(one -> frozen.put(one.version(), one));
    all.add(frozen);
    Map<String, Object> settings = new TreeMap<>();
    registry.async().of(function.uid()).forEach(set -> settings.put(set.qualifier(), set));
    all.add(settings);
    all.add(List.copyOf(registry.scheduleView().of(function)));
    return all;
  }

  private static List<Object> of(Scope scope) {
    return List.of(scope.lastNumber(), List.copyOf(scope.versions()), List.copyOf(scope.aliases()));
  }
}
