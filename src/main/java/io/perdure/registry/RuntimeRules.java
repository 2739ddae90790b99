package io.perdure.registry;

import static io.perdure.registry.Rules.given;
import static io.perdure.registry.Rules.invalid;
import static io.perdure.registry.Rules.wellFormed;
import static io.perdure.registry.Rules.within;

import io.perdure.invocation.Failure;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What runtimes must be; each check fails with {@link Failure.Invalid}. Pure. */
final class RuntimeRules {
  static final int URL_MAX = 2048;
  static final int ARGS_MAX = 64;
  static final int ARG_MAX = 4096;
  static final int ENV_BYTES_MAX = 4096;
  static final int ADDRESS_MAX = 256;
  static final int HANDLER_MAX = 256;

  private static final int RUNTIME_NAME_MAX = 64;
  private static final int PORT_MAX = 65_535;

  /** Of a process: as POSIX has them. */
  private static final Pattern ENV_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Of a managed function: both clouds want a letter first. */
  private static final Pattern MANAGED_ENV_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");

  /** {@code file.function}; the file may lie in directories of the package. */
  private static final Pattern FILE_HANDLER =
      Pattern.compile("(?!.*\\.\\.)[^\\p{Cntrl}\\s/.\\\\][^\\p{Cntrl}\\\\]*\\.[\\p{L}\\p{N}_$]+");

  /** {@code package.Class} or {@code package.Class::method}. */
  private static final Pattern CLASS_HANDLER =
      Pattern.compile(
          "[\\p{L}_$][\\p{L}\\p{N}_$]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)*"
              + "(::[\\p{L}_$][\\p{L}\\p{N}_$]*)?");

  private RuntimeRules() {}

  static void check(RuntimeSpec runtime, Flavour flavour) {
    if (runtime instanceof RuntimeSpec.Http http) {
      url(http.url());
    } else if (runtime instanceof RuntimeSpec.Command command) {
      argv(command.argv());
      env(command.env(), ENV_NAME, List.of("PERDURE_"));
    } else if (runtime instanceof RuntimeSpec.EventBus bus) {
      address(bus.address());
    } else if (runtime instanceof Managed managed) {
      managed(managed, flavour);
    }
  }

  private static void managed(Managed managed, Flavour flavour) {
    given("runtime.kind", managed.language());
    text("runtime.name", managed.name(), RUNTIME_NAME_MAX);
    handler("runtime.handler", managed.language(), managed.handler());
    env(managed.env(), MANAGED_ENV_NAME, reserved(flavour));
    within("runtime.memoryMb", managed.memoryMb(), 64, 32_768);
    within("runtime.diskMb", managed.diskMb(), 16, 10_240);
    within("runtime.instanceConcurrency", managed.instanceConcurrency(), 1, 200);
    if (managed.initializer() != null) {
      handler("runtime.initializer", managed.language(), managed.initializer());
    }
    within("runtime.initTimeoutMs", managed.initTimeoutMillis(), 1_000, 300_000);
    if (managed.preStop() != null) {
      handler("runtime.preStop.handler", managed.language(), managed.preStop().handler());
      within("runtime.preStop.timeoutMs", managed.preStop().timeoutMillis(), 1_000, 90_000);
    }
    if (!managed.command().isEmpty()) {
      ownProgram("runtime.command", managed.language());
      argv(managed.command());
    }
    if (managed.port() != 0) {
      ownProgram("runtime.port", managed.language());
    }
    within("runtime.port", managed.port(), 0, PORT_MAX);
    within("runtime.idleMs", managed.idleMillis(), 1_000, 86_400_000);
  }

  private static void ownProgram(String field, Language language) {
    if (language.hasHandler()) {
      throw invalid(field, "none: " + language.kind() + " functions are started by the platform");
    }
  }

  /** For programs of their own the handler is a mere text that they are told. */
  private static void handler(String field, Language language, String handler) {
    given(field, handler);
    wellFormed(field, handler);
    if (handler.length() > HANDLER_MAX || handler.chars().anyMatch(Character::isISOControl)) {
      throw invalid(field, "at most " + HANDLER_MAX + " characters, none of them a control one");
    }
    if (language == Language.JAVA && !CLASS_HANDLER.matcher(handler).matches()) {
      throw invalid(field, "package.Class::method, or package.Class");
    }
    boolean file = language == Language.PYTHON || language == Language.NODEJS;
    if (file && !FILE_HANDLER.matcher(handler).matches()) {
      throw invalid(field, "file.function, such as index.handler");
    }
  }

  private static List<String> reserved(Flavour flavour) {
    return switch (flavour) {
      case SCF -> List.of("PERDURE_", "SCF_", "QCLOUD_", "TENCENTCLOUD_");
      case FC2, FC3 -> List.of("PERDURE_", "FC_");
      case NATIVE -> List.of("PERDURE_");
    };
  }

  private static void text(String field, String text, int max) {
    if (text == null
        || text.isBlank()
        || text.length() > max
        || text.chars().anyMatch(Character::isISOControl)) {
      throw invalid(field, "1 to " + max + " characters, none of them a control one");
    }
    wellFormed(field, text);
  }

  private static void url(String url) {
    String expected =
        "an absolute http or https URL with a host, at most " + URL_MAX + " characters";
    if (url == null || url.length() > URL_MAX) {
      throw invalid("runtime.url", expected);
    }
    try {
      URI uri = new URI(url);
      boolean http =
          "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
      if (!http || uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > PORT_MAX) {
        throw invalid("runtime.url", expected);
      }
    } catch (URISyntaxException e) {
      throw invalid("runtime.url", expected + ": " + e.getReason());
    }
  }

  private static void argv(List<String> argv) {
    if (argv.isEmpty() || argv.size() > ARGS_MAX || argv.get(0).isBlank()) {
      throw invalid("runtime.command", "a program and its arguments, 1 to " + ARGS_MAX + " texts");
    }
    for (int i = 0; i < argv.size(); i++) {
      if (argv.get(i).length() > ARG_MAX || argv.get(i).indexOf('\0') >= 0) {
        throw invalid(
            "runtime.command[" + i + "]", "at most " + ARG_MAX + " characters, none of them a NUL");
      }
      wellFormed("runtime.command[" + i + "]", argv.get(i));
    }
  }

  private static void env(Map<String, String> env, Pattern names, List<String> reserved) {
    long bytes = 0;
    for (Map.Entry<String, String> variable : env.entrySet()) {
      String name = variable.getKey();
      if (!names.matcher(name).matches()) {
        throw invalid(
            "runtime.env",
            names == ENV_NAME
                ? "names of letters, digits and _, not beginning with a digit"
                : "names of letters, digits and _, beginning with a letter");
      }
      for (String prefix : reserved) {
        if (name.startsWith(prefix)) {
          throw invalid("runtime.env." + name, "another name: " + prefix + " is reserved");
        }
      }
      if (variable.getValue().indexOf('\0') >= 0) {
        throw invalid("runtime.env." + name, "no NUL character");
      }
      wellFormed("runtime.env." + name, variable.getValue());
      bytes += utf8(name) + utf8(variable.getValue());
    }
    if (bytes > ENV_BYTES_MAX) {
      throw invalid(
          "runtime.env", "at most " + ENV_BYTES_MAX + " bytes, names and values together");
    }
  }

  private static void address(String address) {
    if (address == null || address.isEmpty() || address.length() > ADDRESS_MAX) {
      throw invalid("runtime.address", "1 to " + ADDRESS_MAX + " characters");
    }
    boolean ours = address.startsWith("perdure.") && !address.startsWith("perdure.fn.");
    if (ours || address.startsWith("__vertx.")) {
      throw invalid(
          "runtime.address", "no internal address: of those with perdure. only perdure.fn.*");
    }
  }

  private static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
