package io.perdure.api.v1;

import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.ManagedBuilder;
import io.perdure.invocation.RuntimeNames;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.List;

/** How a function is run, as JSON in the direction of the node. */
final class RuntimeBody {
  private static final String KINDS =
      "http, command, event-bus, python3, nodejs, java, custom, web";
  private static final int MEMORY_MB_MIN = 64;
  private static final int MEMORY_MB_MAX = 32_768;
  private static final int DISK_MB_MIN = 16;
  private static final int DISK_MB_MAX = 10_240;
  private static final int INSTANCE_CONCURRENCY_MAX = 200;
  private static final int START_MILLIS_MIN = 1_000;
  private static final int INIT_MILLIS_MAX = 300_000;
  private static final int PRE_STOP_MILLIS_MAX = 90_000;
  private static final int PRE_STOP_MILLIS_DEFAULT = 3_000;
  private static final int IDLE_MILLIS_MAX = 86_400_000;
  private static final int PORT_MAX = 65_535;

  private RuntimeBody() {}

  /** The runtime in field {@code runtime} of {@code parent}; a managed one without its code. */
  static RuntimeSpec parse(Fields parent, Flavour flavour, String namespace, String name) {
    Fields runtime = parent.object("runtime");
    if (runtime == null) {
      throw parent.missing("runtime", "an object");
    }
    String kind = runtime.requiredText("kind");
    RuntimeSpec spec =
        switch (kind) {
          case "http" -> new RuntimeSpec.Http(runtime.requiredText("url"));
          case "command" -> command(runtime);
          case "event-bus" -> eventBus(runtime.text("address"), namespace, name);
          default -> managed(runtime, kind, flavour);
        };
    runtime.done();
    return spec;
  }

  private static RuntimeSpec command(Fields runtime) {
    List<String> argv = runtime.texts("command");
    if (argv == null || argv.isEmpty()) {
      throw runtime.invalid("command", "expected a program and its arguments");
    }
    return new RuntimeSpec.Command(argv, runtime.textsByName("env"));
  }

  private static RuntimeSpec eventBus(String address, String namespace, String name) {
    return new RuntimeSpec.EventBus(
        address == null ? "perdure.fn." + namespace + "." + name : address);
  }

  private static Managed managed(Fields runtime, String kind, Flavour flavour) {
    Language language = language(runtime, "kind", kind, flavour);
    // A function shows both, its kind and the name it was asked for by.
    String name = runtime.text("name");
    if (name != null) {
      Language named = language(runtime, "name", name, flavour);
      if (!named.kind().equals(language.kind())) {
        throw runtime.invalid("name", "expected a runtime of kind '" + language.kind() + "'");
      }
      language = named;
    }
    language = protocol(runtime, language);
    ManagedBuilder next = new ManagedBuilder(language, name == null ? kind : name);
    next.handler = handler(runtime, language);
    if (language.hasHandler() || language == Language.CUSTOM_HTTP) {
      next.initializer = runtime.text("initializer");
      next.preStop = preStop(runtime.object("preStop"));
    }
    if (!language.hasHandler()) {
      List<String> command = runtime.texts("command");
      next.command = command == null ? List.of() : command;
    }
    if (language == Language.CUSTOM_HTTP || language == Language.WEB) {
      next.port = (int) runtime.integer("port", 0, 0, PORT_MAX);
    }
    next.env = runtime.textsByName("env");
    next.memoryMb = (int) runtime.integer("memoryMb", next.memoryMb, MEMORY_MB_MIN, MEMORY_MB_MAX);
    next.diskMb = (int) runtime.integer("diskMb", next.diskMb, DISK_MB_MIN, DISK_MB_MAX);
    next.instanceConcurrency =
        (int) runtime.integer("instanceConcurrency", 1, 1, INSTANCE_CONCURRENCY_MAX);
    next.initTimeoutMillis =
        runtime.integer("initTimeoutMs", next.initTimeoutMillis, START_MILLIS_MIN, INIT_MILLIS_MAX);
    next.idleMillis = runtime.integer("idleMs", next.idleMillis, START_MILLIS_MIN, IDLE_MILLIS_MAX);
    return next.build();
  }

  /** A kind of this dialect, or what the cloud of {@code flavour} calls one of its runtimes. */
  private static Language language(Fields runtime, String field, String name, Flavour flavour) {
    if (name.equals("web")) {
      return Language.WEB;
    }
    if (name.equals("custom")) {
      return flavour == Flavour.SCF ? Language.CUSTOM_API : Language.CUSTOM_HTTP;
    }
    return RuntimeNames.languageOf(name, flavour)
        .or(() -> RuntimeNames.languageOf(name, Flavour.SCF))
        .or(() -> RuntimeNames.languageOf(name, Flavour.FC3))
        .orElseThrow(
            () ->
                runtime.invalid(
                    field,
                    "expected one of " + KINDS + ": " + RuntimeNames.refusal(name, flavour)));
  }

  /** Both ways to speak with a program of one's own are of kind {@code custom}. */
  private static Language protocol(Fields runtime, Language language) {
    if (language != Language.CUSTOM_API && language != Language.CUSTOM_HTTP) {
      return language;
    }
    String protocol = runtime.text("protocol");
    if (protocol == null) {
      return language;
    }
    return switch (protocol) {
      case "runtime-api" -> Language.CUSTOM_API;
      case "http" -> Language.CUSTOM_HTTP;
      default -> throw runtime.invalid("protocol", "expected runtime-api or http");
    };
  }

  private static String handler(Fields runtime, Language language) {
    if (language.hasHandler()) {
      String form =
          language == Language.JAVA ? "package.Class::method" : "file.function, such as index.main";
      String handler = runtime.text("handler");
      if (handler == null || handler.isBlank()) {
        throw runtime.missing("handler", form);
      }
      return handler;
    }
    String handler = runtime.text("handler");
    return handler == null ? "" : handler;
  }

  private static Managed.Hook preStop(Fields hook) {
    if (hook == null) {
      return null;
    }
    Managed.Hook parsed =
        new Managed.Hook(
            hook.requiredText("handler"),
            hook.integer(
                "timeoutMs", PRE_STOP_MILLIS_DEFAULT, START_MILLIS_MIN, PRE_STOP_MILLIS_MAX));
    hook.done();
    return parsed;
  }
}
