package io.perdure.registry;

import io.perdure.bus.RegistryMessages.AsyncListed;
import io.perdure.bus.RegistryMessages.AsyncSet;
import io.perdure.bus.RegistryMessages.Qualified;
import io.perdure.bus.RegistryMessages.TrackedListed;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The settings of asynchronous invocations, by function and qualifier. Read from any thread;
 * changed by the registry's writer alone.
 */
final class AsyncView {
  private static final int GONE_MAX = 1_000;

  private record At(Name function, String qualifier) implements Comparable<At> {
    private static final Comparator<At> ORDER =
        Comparator.comparing(At::function).thenComparing(At::qualifier);

    @Override
    public int compareTo(At other) {
      return ORDER.compare(this, other);
    }
  }

  /** The same settings twice: hashed for the shards, ordered for the lists. */
  private final Map<Long, Map<String, AsyncSet>> byUid = new ConcurrentHashMap<>();

  /**
   * Of functions that were deleted: what still waits or runs of them is told to where they said.
   * The latest ones, and only until the next start.
   */
  private final Map<Long, Map<String, AsyncSet>> gone = new ConcurrentHashMap<>();

  private final ArrayDeque<Long> goneInOrder = new ArrayDeque<>();

  private final ConcurrentNavigableMap<At, AsyncSet> ordered = new ConcurrentSkipListMap<>();

  /** Or null. */
  AsyncSet get(long uid, String qualifier) {
    return byUid.isEmpty() ? null : of(byUid.get(uid), qualifier);
  }

  /** As {@link #get}, also of a function that was deleted a short while ago. */
  AsyncSet last(long uid, String qualifier) {
    AsyncSet present = get(uid, qualifier);
    return present != null || gone.isEmpty() ? present : of(gone.get(uid), qualifier);
  }

  private static AsyncSet of(Map<String, AsyncSet> ofUid, String qualifier) {
    return ofUid == null
        ? null
        : ofUid.get(Functions.isLatest(qualifier) ? Invocation.LATEST : qualifier);
  }

  /** All of a function. */
  Collection<AsyncSet> of(long uid) {
    Map<String, AsyncSet> ofUid = byUid.get(uid);
    return ofUid == null ? List.of() : ofUid.values();
  }

  /**
   * By function and qualifier.
   *
   * @param scope a function, or a namespace for all of its functions
   * @param after "function/qualifier", exclusive, null for the start
   */
  AsyncListed list(Name scope, String after, int limit) {
    List<AsyncSet> found = new ArrayList<>();
    At from = new At(scope, "");
    At behind = after == null ? from : at(scope, after);
    for (Map.Entry<At, AsyncSet> entry :
        ordered.tailMap(behind.compareTo(from) < 0 ? from : behind, false).entrySet()) {
      if (!within(scope, entry.getKey().function())) {
        break;
      }
      if (found.size() == limit) {
        return new AsyncListed(List.copyOf(found), true);
      }
      found.add(entry.getValue());
    }
    return new AsyncListed(List.copyOf(found), false);
  }

  /** Those that say that invocations are tasks, of all namespaces with a name that is shown. */
  TrackedListed tracked(String account, Qualified after, int limit) {
    List<Qualified> found = new ArrayList<>();
    At from =
        after == null
            ? new At(Name.ofNamespace(account, ""), "")
            : new At(new Name(account, after.namespace(), after.function()), after.qualifier());
    for (Map.Entry<At, AsyncSet> entry : ordered.tailMap(from, false).entrySet()) {
      Name function = entry.getKey().function();
      if (!function.account().equals(account)) {
        break;
      }
      boolean tracked = Boolean.TRUE.equals(entry.getValue().settings().tracked());
      if (tracked && !function.namespace().equals(Function.FC3_NAMESPACE)) {
        if (found.size() == limit) {
          return new TrackedListed(List.copyOf(found), true);
        }
        found.add(
            new Qualified(function.namespace(), function.function(), entry.getKey().qualifier()));
      }
    }
    return new TrackedListed(List.copyOf(found), false);
  }

  private static At at(Name scope, String after) {
    int slash = after.indexOf('/');
    String function = slash < 0 ? after : after.substring(0, slash);
    String qualifier = slash < 0 ? "" : after.substring(slash + 1);
    return new At(new Name(scope.account(), scope.namespace(), function), qualifier);
  }

  private static boolean within(Name scope, Name function) {
    return scope.isNamespace()
        ? function.account().equals(scope.account())
            && function.namespace().equals(scope.namespace())
        : function.equals(scope);
  }

  // What follows is for the writer.

  void put(Function function, AsyncSet set) {
    byUid
        .computeIfAbsent(function.uid(), uid -> new ConcurrentHashMap<>())
        .put(set.qualifier(), set);
    ordered.put(new At(Registry.nameOf(function), set.qualifier()), set);
  }

  void remove(Function function, String qualifier) {
    byUid.computeIfPresent(
        function.uid(),
        (uid, ofUid) -> {
          ofUid.remove(qualifier);
          return ofUid.isEmpty() ? null : ofUid;
        });
    ordered.remove(new At(Registry.nameOf(function), qualifier));
  }

  /** All of a function that is gone. */
  void remove(Function function) {
    Map<String, AsyncSet> of = byUid.remove(function.uid());
    if (of != null) {
      Name name = Registry.nameOf(function);
      of.keySet().forEach(qualifier -> ordered.remove(new At(name, qualifier)));
      keep(function.uid(), of);
    }
  }

  /** But for what is remembered of functions that are gone. */
  void become(AsyncView other) {
    Registry.become(byUid, other.byUid);
    Registry.become(ordered, other.ordered);
  }

  private void keep(long uid, Map<String, AsyncSet> of) {
    if (of.values().stream().noneMatch(set -> set.settings().onFailure() != null)) {
      return;
    }
    gone.put(uid, of);
    goneInOrder.add(uid);
    if (goneInOrder.size() > GONE_MAX) {
      gone.remove(goneInOrder.poll());
    }
  }
}
