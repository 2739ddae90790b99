package io.perdure.registry;

import io.perdure.invocation.Failure;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Route;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the registry should hold, in the plainest form: a function is what its handler says, a
 * version a copy of that. Each command answers the kind of failure that is expected, or null.
 */
final class RegistryModel {
  static final String LATEST = "LATEST";
  static final int SCHEDULES_MAX = 2;

  /** What a function or a version of it runs; without a package the digit is null. */
  record Code(String handler, Character digit) {}

  /** Versions and aliases of a function or namespace; what was frozen hangs on the functions. */
  static final class Versions {
    final TreeSet<Integer> numbers = new TreeSet<>();
    final Map<String, Route> aliases = new TreeMap<>();
    int last;

    boolean has(String version) {
      return version.equals(LATEST) || numbers.stream().anyMatch(n -> version.equals("" + n));
    }

    boolean leadsTo(String version) {
      return aliases.values().stream()
          .anyMatch(r -> r.version().equals(version) || r.weights().containsKey(version));
    }
  }

  /** A function of the model. */
  static final class Made {
    final String namespace;
    final String name;
    Flavour flavour;
    Code code;
    long revision = 1;
    final Versions own = new Versions();
    final Map<String, Code> frozen = new TreeMap<>();
    final Map<String, Integer> attempts = new TreeMap<>();

    /** The messages of its schedules. */
    final Map<String, String> schedules = new TreeMap<>();

    Made(String namespace, String name) {
      this.namespace = namespace;
      this.name = name;
    }
  }

  final Map<String, Versions> namespaces = new TreeMap<>(Map.of("default", new Versions()));
  final Map<String, Made> functions = new TreeMap<>();

  static String key(String namespace, String name) {
    return namespace + "/" + name;
  }

  Failure.Kind putNamespace(String name) {
    namespaces.putIfAbsent(name, new Versions());
    return null;
  }

  Failure.Kind deleteNamespace(String name) {
    if (!namespaces.containsKey(name)) {
      return Failure.Kind.NOT_FOUND;
    }
    if (!of(name).isEmpty()) {
      return Failure.Kind.CONFLICT;
    }
    namespaces.remove(name);
    return null;
  }

  Failure.Kind putFunction(
      String namespace, String name, Flavour flavour, String handler, Character digit, long rev) {
    if (!namespaces.containsKey(namespace)) {
      return Failure.Kind.NOT_FOUND;
    }
    Made made = functions.get(key(namespace, name));
    if (made == null ? rev > 0 : rev != 0 && rev != made.revision) {
      return Failure.Kind.PRECONDITION;
    }
    boolean shared = flavour == Flavour.FC2;
    if (made != null && shared != (made.flavour == Flavour.FC2)) {
      return Failure.Kind.CONFLICT;
    }
    Code next = new Code(handler, digit == null && made != null ? made.code.digit() : digit);
    if (made == null) {
      made = new Made(namespace, name);
      functions.put(key(namespace, name), made);
    } else {
      made.revision += next.equals(made.code) && flavour == made.flavour ? 0 : 1;
    }
    made.flavour = flavour;
    made.code = next;
    return null;
  }

  Failure.Kind deleteFunction(String namespace, String name) {
    return functions.remove(key(namespace, name)) == null ? Failure.Kind.NOT_FOUND : null;
  }

  Failure.Kind publish(String namespace, String name) {
    Versions scope = scope(namespace, name);
    if (scope == null) {
      return missing(namespace, name);
    }
    int number = ++scope.last;
    scope.numbers.add(number);
    members(namespace, name).forEach(made -> made.frozen.put("" + number, made.code));
    return null;
  }

  Failure.Kind deleteVersion(String namespace, String name, String number) {
    Versions scope = scope(namespace, name);
    if (scope == null) {
      return missing(namespace, name);
    }
    if (number.equals(LATEST) || !scope.has(number)) {
      return Failure.Kind.NOT_FOUND;
    }
    if (scope.leadsTo(number)) {
      return Failure.Kind.CONFLICT;
    }
    scope.numbers.remove(Integer.parseInt(number));
    for (Made made : members(namespace, name)) {
      made.frozen.remove(number);
      made.attempts.remove(number);
    }
    return null;
  }

  Failure.Kind putAlias(String namespace, String name, String alias, Route route) {
    Versions scope = scope(namespace, name);
    if (scope == null) {
      return missing(namespace, name);
    }
    if (!scope.has(route.version()) || !route.weights().keySet().stream().allMatch(scope::has)) {
      return Failure.Kind.NOT_FOUND;
    }
    scope.aliases.put(alias, route);
    return null;
  }

  Failure.Kind deleteAlias(String namespace, String name, String alias) {
    Versions scope = scope(namespace, name);
    if (scope == null) {
      return missing(namespace, name);
    }
    if (scope.aliases.remove(alias) == null) {
      return Failure.Kind.NOT_FOUND;
    }
    members(namespace, name).forEach(made -> made.attempts.remove(alias));
    return null;
  }

  Failure.Kind putAsync(String namespace, String name, String qualifier, Integer attempts) {
    Made made = functions.get(key(namespace, name));
    if (made == null) {
      return Failure.Kind.NOT_FOUND;
    }
    if (attempts == null) {
      return made.attempts.remove(qualifier) == null ? Failure.Kind.NOT_FOUND : null;
    }
    Versions scope = scopeOf(made);
    boolean implied = made.flavour == Flavour.SCF && qualifier.equals("$DEFAULT");
    if (!scope.has(qualifier) && !scope.aliases.containsKey(qualifier) && !implied) {
      return Failure.Kind.NOT_FOUND;
    }
    made.attempts.put(qualifier, attempts);
    return null;
  }

  Failure.Kind putSchedule(String namespace, String name, String schedule, String message) {
    Made made = functions.get(key(namespace, name));
    if (made == null) {
      return Failure.Kind.NOT_FOUND;
    }
    if (!made.schedules.containsKey(schedule) && made.schedules.size() == SCHEDULES_MAX) {
      return Failure.Kind.CONFLICT;
    }
    made.schedules.put(schedule, message);
    return null;
  }

  Failure.Kind deleteSchedule(String namespace, String name, String schedule) {
    Made made = functions.get(key(namespace, name));
    return made == null || made.schedules.remove(schedule) == null ? Failure.Kind.NOT_FOUND : null;
  }

  /** What an invocation runs, or null. */
  Code runs(Made made, String qualifier, long point) {
    Route route = scopeOf(made).aliases.get(qualifier);
    String version = route == null ? qualifier : route.choose(point);
    if (route == null && made.flavour == Flavour.SCF && qualifier.equals("$DEFAULT")) {
      version = LATEST;
    }
    return version.equals(LATEST) ? made.code : made.frozen.get(version);
  }

  /** The packages that anything refers to. */
  Set<Character> packages() {
    Set<Character> used = new HashSet<>();
    for (Made made : functions.values()) {
      used.add(made.code.digit());
      made.frozen.values().forEach(code -> used.add(code.digit()));
    }
    return used;
  }

  Versions scopeOf(Made made) {
    return made.flavour == Flavour.FC2 ? namespaces.get(made.namespace) : made.own;
  }

  /** Null when it is missing, or when it is a function that has none of its own. */
  private Versions scope(String namespace, String name) {
    if (name == null) {
      return namespaces.get(namespace);
    }
    Made made = functions.get(key(namespace, name));
    return made == null || made.flavour == Flavour.FC2 ? null : made.own;
  }

  private Failure.Kind missing(String namespace, String name) {
    return name != null && functions.containsKey(key(namespace, name))
        ? Failure.Kind.CONFLICT
        : Failure.Kind.NOT_FOUND;
  }

  private List<Made> members(String namespace, String name) {
    return name != null
        ? List.of(functions.get(key(namespace, name)))
        : of(namespace).stream().filter(made -> made.flavour == Flavour.FC2).toList();
  }

  private List<Made> of(String namespace) {
    List<Made> found = new ArrayList<>(functions.values());
    found.removeIf(made -> !made.namespace.equals(namespace));
    return found;
  }
}
