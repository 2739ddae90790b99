package io.perdure.registry;

import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Schedule;
import java.util.List;

/**
 * What the decisions and the lists ask of the present state, each failing with {@link
 * FailureException} when it is not as they need it. Thread: the writer.
 */
final class Present {
  private final Registry registry;

  Present(Registry registry) {
    this.registry = registry;
  }

  /**
   * Where a version or alias belongs.
   *
   * @param name of the function or namespace
   * @param function null when it is a namespace
   */
  record Target(Name name, Function function) {
    /** For a message: what of which a version or alias is. */
    String words() {
      return function == null
          ? "namespace '" + name.namespace() + "'"
          : "function '" + name.function() + "'";
    }
  }

  /**
   * The scope that is named.
   *
   * @param function null for the namespace
   */
  Target target(String account, String namespace, String function) {
    if (function == null) {
      requireNamespace(account, namespace);
      return new Target(Name.ofNamespace(account, namespace), null);
    }
    Function found = function(account, namespace, function);
    if (Scopes.ofItsNamespace(found)) {
      throw refused(
          new Failure.Conflict(
              "function '" + function + "' has the versions and aliases of its namespace"));
    }
    return new Target(Registry.nameOf(found), found);
  }

  /** The versions and aliases of it, for reading. */
  Scope scope(Target target) {
    return registry.scopes().of(target.name(), target.function());
  }

  /** Those whose versions and aliases are the target's. */
  List<Function> functions(Target target) {
    return target.function() == null
        ? registry.functions(target.name()).stream().filter(Scopes::ofItsNamespace).toList()
        : List.of(target.function());
  }

  /** What is published when it changed what {@code functions} run. */
  static List<FunctionChanged> told(List<Function> functions) {
    return functions.stream().map(f -> new FunctionChanged(f.uid(), false)).toList();
  }

  Function function(String account, String namespace, String name) {
    requireNamespace(account, namespace);
    return registry
        .find(account, namespace, name)
        .orElseThrow(() -> refused(new Failure.NotFound("function", name)));
  }

  Schedule schedule(Function function, String name) {
    Schedule found = name == null ? null : registry.scheduleView().get(function, name);
    if (found == null) {
      throw refused(new Failure.NotFound("schedule", name));
    }
    return found;
  }

  void requireNamespace(String account, String namespace) {
    if (!registry.hasNamespace(account, namespace)) {
      throw refused(new Failure.NotFound("namespace", namespace));
    }
  }

  /**
   * That an update rests on what it thinks is there.
   *
   * @param what "function", "alias", ...
   * @param wanted 0 for anything, -1 for "must not exist"
   * @param present null when it does not exist
   */
  static void requireRevision(String what, String name, long wanted, Long present) {
    if (wanted == 0 || (present == null ? wanted < 0 : wanted == present)) {
      return;
    }
    String it = what + " '" + name + "'";
    if (present == null) {
      throw refused(
          new Failure.Precondition(it + " does not exist, so it has no revision " + wanted));
    }
    throw refused(
        new Failure.Precondition(
            wanted < 0
                ? it + " exists already"
                : it + " has revision " + present + ", not " + wanted));
  }

  static FailureException full(String whose, String what, int most) {
    return refused(
        new Failure.Conflict(whose + " has " + most + " " + what + ", the most it may have"));
  }

  static FailureException refused(Failure failure) {
    return new FailureException(failure);
  }
}
