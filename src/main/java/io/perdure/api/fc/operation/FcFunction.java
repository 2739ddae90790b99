package io.perdure.api.fc.operation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.Kept;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A function as Function Compute's API sees it, whichever dialect made it: what the node knows of
 * it, and what only this dialect keeps. Immutable.
 */
final class FcFunction {
  /** Seconds of a hook that names none. */
  static final int HOOK_SECONDS_DEFAULT = 3;

  // What is kept besides the properties of KeptProps.
  private static final String INIT_SECONDS = "initializationTimeout";
  private static final String PRE_FREEZE = "preFreeze";
  private static final String PROGRAM = "customRuntimeConfig";

  private final Function function;
  private final ObjectNode kept;

  private FcFunction(Function function, ObjectNode kept) {
    this.function = function;
    this.kept = kept;
  }

  /** The view of {@code function}. */
  static FcFunction of(Function function) {
    return new FcFunction(function, Kept.parse(function.about().extra()));
  }

  /** The function itself. */
  Function function() {
    return function;
  }

  /** What is kept of it; not to be changed. */
  ObjectNode kept() {
    return kept;
  }

  /** Its runtime when its instances are started from code, else null. */
  Managed managed() {
    return function.runtime() instanceof Managed managed ? managed : null;
  }

  /** The runtime as it was asked for, such as {@code python3.10}; else the kind of function. */
  String runtimeName() {
    return managed() == null ? function.runtime().kind() : managed().name();
  }

  /** True for a program of the user's own. */
  boolean ownProgram() {
    return managed() != null && !managed().language().hasHandler();
  }

  /** Its code package, or null. */
  CodeRef code() {
    return managed() == null ? null : managed().code();
  }

  /** Variables of its environment. */
  Map<String, String> environment() {
    if (managed() != null) {
      return managed().env();
    }
    return function.runtime() instanceof RuntimeSpec.Command command ? command.env() : Map.of();
  }

  /** What its initializer may take, in seconds. */
  long initializerSeconds() {
    return initializerSeconds(kept);
  }

  /** The same, of what is kept. */
  static long initializerSeconds(ObjectNode kept) {
    return kept.path(INIT_SECONDS).asLong(HOOK_SECONDS_DEFAULT);
  }

  /** The hook before an instance is frozen, which none is here; null when none was given. */
  JsonNode preFreeze() {
    return kept.get(PRE_FREEZE);
  }

  /**
   * How its program is started: lists {@code command} and {@code args}, and what else was given
   * with them. As it was given, unless another dialect has changed the command since.
   */
  ObjectNode program() {
    ObjectNode program = JsonNodeFactory.instance.objectNode();
    program.putArray("command");
    program.putArray("args");
    if (kept.get(PROGRAM) instanceof ObjectNode given) {
      program.setAll(given);
    }
    if (!words(program).equals(managed().command())) {
      managed().command().forEach(program.putArray("command")::add);
      program.putArray("args");
    }
    return program;
  }

  /** The program and its arguments; those alone are for the conventional program. */
  static List<String> words(ObjectNode program) {
    List<String> words = new ArrayList<>();
    program.path("command").forEach(word -> words.add(word.asText()));
    JsonNode args = program.path("args");
    if (words.isEmpty() && !args.isEmpty()) {
      words.add("/code/bootstrap");
    }
    args.forEach(word -> words.add(word.asText()));
    return words;
  }

  /** Puts into {@code kept} what its initializer may take; null leaves it as it is. */
  static void keepInitializerSeconds(ObjectNode kept, Long seconds) {
    if (seconds != null) {
      kept.put(INIT_SECONDS, seconds);
    }
  }

  /** Puts the hook before a freeze into {@code kept}; null removes it. */
  static void keepPreFreeze(ObjectNode kept, ObjectNode hook) {
    kept.remove(PRE_FREEZE);
    if (hook != null) {
      kept.set(PRE_FREEZE, hook);
    }
  }

  /** Puts into {@code kept} how the program is started. */
  static void keepProgram(ObjectNode kept, ObjectNode program) {
    kept.set(PROGRAM, program);
  }
}
