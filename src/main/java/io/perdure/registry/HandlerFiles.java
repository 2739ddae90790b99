package io.perdure.registry;

import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.List;
import java.util.Optional;

/**
 * Which file of a package a function begins with. Only what cannot work is told: whether a module
 * can be loaded in the end is found out at its first start. Pure.
 */
final class HandlerFiles {
  private HandlerFiles() {}

  /**
   * Why {@code runtime} cannot be started from a package with {@code files}, in a sentence; empty
   * when it may be.
   */
  static Optional<String> problem(Managed runtime, List<String> files) {
    return switch (runtime.language()) {
      case PYTHON, NODEJS -> module(runtime, files);
      case JAVA -> Optional.empty(); // classes may be in jars within the zip
      case CUSTOM_API, CUSTOM_HTTP -> program(runtime, "bootstrap", files);
      case WEB -> program(runtime, "scf_bootstrap", files);
    };
  }

  /**
   * {@code a.b.handler} is in {@code a/b.py} or {@code a.b.py}, in a compiled form of either, or in
   * a directory of that name.
   */
  private static Optional<String> module(Managed runtime, List<String> files) {
    int dot = runtime.handler().lastIndexOf('.');
    if (dot <= 0) {
      return Optional.of("handler '" + runtime.handler() + "' has no '.': expected FILE.FUNCTION");
    }
    String asWritten = runtime.handler().substring(0, dot);
    while (asWritten.startsWith("./")) {
      asWritten = asWritten.substring(2);
    }
    String nested = asWritten.replace('.', '/');
    for (String file : files) {
      if (isModule(file, asWritten) || isModule(file, nested)) {
        return Optional.empty();
      }
    }
    String suffix = runtime.kind().equals("nodejs") ? ".js" : ".py";
    return Optional.of(
        "handler '"
            + runtime.handler()
            + "' names "
            + nested
            + suffix
            + ", which the code package does not have");
  }

  private static boolean isModule(String file, String module) {
    return file.startsWith(module)
        && (file.length() == module.length()
            || file.charAt(module.length()) == '.'
            || file.charAt(module.length()) == '/');
  }

  private static Optional<String> program(
      Managed runtime, String conventional, List<String> files) {
    String program = conventional;
    if (!runtime.command().isEmpty()) {
      program = runtime.command().get(0);
      if (program.startsWith("/") || !program.contains("/")) {
        return Optional.empty(); // one of the machine's
      }
    }
    while (program.startsWith("./")) {
      program = program.substring(2);
    }
    return files.contains(program)
        ? Optional.empty()
        : Optional.of("the runtime needs " + program + ", which the code package does not have");
  }
}
