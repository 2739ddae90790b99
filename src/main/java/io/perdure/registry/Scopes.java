package io.perdure.registry;

import io.perdure.bus.RegistryMessages.Alias;
import io.perdure.bus.RegistryMessages.Version;
import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Route;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The versions and aliases of all functions and namespaces, and what the versions froze. Read from
 * any thread; changed by the registry's writer alone.
 *
 * <p>What is frozen hangs on the function's uid, whether the version is the function's own or its
 * namespace's: a function made again finds nothing of the one before.
 */
final class Scopes {
  /** The alias that leads to what is changed until it is put: SCF's. */
  static final String DEFAULT_ALIAS = "$DEFAULT";

  private static final Scope NONE = new Scope(); // never changed

  private final Map<Long, Scope> ofFunctions = new ConcurrentHashMap<>();
  private final Map<Name, Scope> ofNamespaces = new ConcurrentHashMap<>();
  private final Map<Long, Map<String, Function>> frozen = new ConcurrentHashMap<>();
  private final CodeUse codeUse;

  Scopes(CodeUse codeUse) {
    this.codeUse = codeUse;
  }

  /** As {@link io.perdure.invocation.Functions#resolve}, for what is not the latest. */
  Optional<Function> resolve(Function function, String qualifier, long point) {
    Alias alias = scopeOf(function).alias(qualifier);
    String version = qualifier;
    if (alias != null) {
      version = alias.route().choose(point);
    } else if (implies(function, qualifier)) {
      version = Invocation.LATEST;
    }
    if (version.equals(Invocation.LATEST)) {
      return Optional.of(function);
    }
    Function found = frozen(function.uid(), version);
    return found == null ? Optional.empty() : Optional.of(function.running(found));
  }

  /** As {@link io.perdure.invocation.Functions#match}. */
  Optional<String> match(Function function, String qualifier, Map<String, String> routingKey) {
    Alias alias = scopeOf(function).alias(qualifier);
    return alias == null ? Optional.empty() : alias.route().match(routingKey);
  }

  /** Where the versions and aliases are kept that {@code function} is invoked by. */
  Scope scopeOf(Function function) {
    return ofItsNamespace(function)
        ? of(Name.ofNamespace(function.account(), function.namespace()), null)
        : of(null, function);
  }

  /** Of the function, or when that is null of the namespace. */
  Scope of(Name namespace, Function function) {
    return function == null
        ? ofNamespaces.getOrDefault(namespace, NONE)
        : ofFunctions.getOrDefault(function.uid(), NONE);
  }

  /** True when its versions and aliases are those of its namespace. */
  static boolean ofItsNamespace(Function function) {
    return function.flavour() == Flavour.FC2;
  }

  /** True for the alias that {@code function} has without having been put. */
  static boolean implies(Function function, String alias) {
    return function.flavour() == Flavour.SCF && alias.equals(DEFAULT_ALIAS);
  }

  /** The alias that {@code function} has without having been put, or null. */
  static Alias implied(Function function) {
    return function == null || function.flavour() != Flavour.SCF
        ? null
        : new Alias(
            DEFAULT_ALIAS,
            Route.to(Invocation.LATEST),
            About.NOTHING,
            function.createdAt(),
            function.createdAt(),
            0);
  }

  /** The function as version {@code number} froze it, or null. */
  Function frozen(long uid, String number) {
    Map<String, Function> ofUid = frozen.get(uid);
    return ofUid == null ? null : ofUid.get(number);
  }

  /** All that versions froze of the function. */
  Collection<Function> frozen(long uid) {
    Map<String, Function> ofUid = frozen.get(uid);
    return ofUid == null ? List.of() : ofUid.values();
  }

  // What follows is for the writer.

  /** As {@link #of}, to be changed. */
  Scope at(Name namespace, Function function) {
    return function == null
        ? ofNamespaces.computeIfAbsent(namespace, name -> new Scope())
        : ofFunctions.computeIfAbsent(function.uid(), uid -> new Scope());
  }

  /** Adds what a version froze of a function. */
  void freeze(Function function) {
    Function before =
        frozen
            .computeIfAbsent(function.uid(), uid -> new ConcurrentHashMap<>())
            .put(function.version(), function);
    codeUse.replace(before, function);
  }

  /** Removes what a version froze of the function, if it did. */
  void unfreeze(long uid, String number) {
    Map<String, Function> ofUid = frozen.get(uid);
    if (ofUid != null) {
      codeUse.replace(ofUid.remove(number), null);
    }
  }

  /** Everything of a function that is gone. */
  void remove(Function function) {
    ofFunctions.remove(function.uid());
    Map<String, Function> gone = frozen.remove(function.uid());
    if (gone != null) {
      gone.values().forEach(version -> codeUse.replace(version, null));
    }
  }

  /** Whether there ever was a version or alias of that namespace. */
  boolean has(Name namespace) {
    return ofNamespaces.containsKey(namespace);
  }

  /** Everything of a namespace that is gone, and that has no functions any more. */
  void remove(Name namespace) {
    ofNamespaces.remove(namespace);
  }

  /** But for which packages they use. */
  void become(Scopes other) {
    Registry.become(frozen, other.frozen);
    Registry.become(ofFunctions, other.ofFunctions);
    Registry.become(ofNamespaces, other.ofNamespaces);
  }

  /** The version of a function as it is listed. */
  static Version listed(Function version) {
    return new Version(version.version(), version.about().description(), version.createdAt());
  }
}
