package io.perdure.runtime.managed.shim;

import io.perdure.invocation.RuntimeNames;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.managed.shim.InterpreterSearch.Found;
import io.perdure.runtime.managed.shim.InterpreterSearch.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The programs on this machine that run uploaded code, found and asked for their versions once.
 * Immutable, any thread, never blocks.
 */
public final class Interpreters {
  private static final Map<Language, Kind> KINDS =
      Map.of(
          Language.PYTHON, InterpreterSearch.PYTHON,
          Language.NODEJS, InterpreterSearch.NODEJS,
          Language.JAVA, InterpreterSearch.JAVA);

  private final Map<Language, Found> machines;
  private final Map<String, Found> others;

  private Interpreters(Map<Language, Found> machines, Map<String, Found> others) {
    this.machines = machines;
    this.others = others;
  }

  /**
   * Looks for them, off the event loop; takes little more than 5 s at most.
   *
   * @param path where programs are looked for, as the variable PATH has it
   * @param forOthers whether instances run as another user than the server: then a program that
   *     others may not execute is passed over
   */
  public static Future<Interpreters> find(
      Vertx vertx, InterpretersConfig config, String path, boolean forOthers) {
    return vertx.executeBlocking(() -> find(config, path, forOthers), false);
  }

  public static Interpreters find(InterpretersConfig config, String path, boolean forOthers) {
    InterpreterSearch search = new InterpreterSearch(path, forOthers);
    Map<Language, String> programs = new EnumMap<>(Language.class);
    programs.put(Language.PYTHON, config.python3());
    programs.put(Language.NODEJS, config.nodejs());
    programs.put(Language.JAVA, config.java().orElse(InterpreterSearch.OWN_JAVA.toString()));
    Map<Language, CompletableFuture<Found>> machines = new EnumMap<>(Language.class);
    Map<String, CompletableFuture<Found>> others = new HashMap<>();
    KINDS.forEach(
        (language, kind) -> {
          String setting = kind.setting();
          machines.put(language, search.start(kind, setting, programs.get(language)));
          config
              .others()
              .forEach(
                  (name, program) -> {
                    if (name.startsWith(setting)) {
                      others.put(name, search.start(kind, "others", program));
                    }
                  });
        });
    return new Interpreters(
        joined(new EnumMap<>(Language.class), machines), joined(new HashMap<>(), others));
  }

  private static <K> Map<K, Found> joined(
      Map<K, Found> into, Map<K, CompletableFuture<Found>> searches) {
    searches.forEach((key, found) -> into.put(key, found.join()));
    return into;
  }

  /**
   * What is missing to run {@code runtime} and what to do about it, for people; empty when nothing
   * is.
   */
  public Optional<String> problem(Managed runtime) {
    return runtime.language().hasHandler()
        ? Optional.ofNullable(found(runtime).problem())
        : Optional.empty();
  }

  /** The program that runs {@code runtime}, whose language has one and no {@link #problem}. */
  public Path program(Managed runtime) {
    return found(runtime).program();
  }

  /** The version of that program, as it says: "3.11.2". */
  public String version(Managed runtime) {
    return found(runtime).version();
  }

  /** Configured for that very name, else what the machine has. */
  private Found found(Managed runtime) {
    Found exact = others.get(RuntimeNames.normal(runtime.name()));
    return exact != null ? exact : machines.get(runtime.language());
  }
}
