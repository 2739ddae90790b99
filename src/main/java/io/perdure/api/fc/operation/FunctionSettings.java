package io.perdure.api.fc.operation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.Kept;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Props;
import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.FunctionBuilder;
import io.perdure.invocation.ManagedBuilder;
import io.perdure.invocation.RuntimeNames;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.List;

/**
 * Lays the properties that a request has over the settings of a function; what it has not stays
 * (spec alibaba-fc, 9.2).
 */
final class FunctionSettings {
  private static final int TIMEOUT_MAX = 86_400;
  private static final int MEMORY_MB_MIN = 128;
  private static final int MEMORY_MB_MAX = 32_768;
  private static final int MEMORY_MB_STEP = 64;
  private static final int INSTANCE_CONCURRENCY_MAX = 200;

  /** The disks that there are, in MB. */
  private static final List<Long> DISKS_MB = List.of(512L, 10_240L);

  /** What a function that is not started from code does not have. */
  private static final List<String> OF_CODE =
      List.of(
          "handler",
          "memorySize",
          "diskSize",
          "instanceConcurrency",
          "environmentVariables",
          "code",
          "initializer",
          "initializationTimeout",
          "instanceLifecycleConfig",
          "customRuntimeConfig",
          "caPort");

  private final Generation generation;
  private final Props props;

  private FunctionSettings(Generation generation, Props props) {
    this.generation = generation;
    this.props = props;
  }

  /**
   * {@code base} with the properties in {@code props}, but for code.
   *
   * @param base whatever made it; properties that its kind does not have are refused
   */
  static Function over(Function base, Props props, Generation generation) {
    return new FunctionSettings(generation, props).over(base);
  }

  private Function over(Function base) {
    FunctionBuilder next = new FunctionBuilder(base);
    Long timeout = props.number("timeout", 1, TIMEOUT_MAX);
    if (timeout != null) {
      next.timeoutMillis = timeout * 1_000;
    }
    ObjectNode kept = Kept.parse(base.about().extra());
    (generation.hasServices() ? KeptProps.FUNCTION_IN_SERVICE : KeptProps.FUNCTION)
        .take(props, kept);
    refuseContainers();
    if (base.runtime() instanceof Managed before) {
      Managed after = managed(before, base.flavour(), kept);
      next.runtime = after;
      if (base.concurrency() == Scaling.concurrency(kept, before.instanceConcurrency())) {
        next.concurrency = Scaling.concurrency(kept, after.instanceConcurrency());
      } // else it was set by other means
    } else {
      refuseOfCode(base);
    }
    String description = props.text("description");
    next.about =
        new About(
            description == null ? base.about().description() : description,
            base.about().tags(),
            Kept.text(kept));
    return next.build();
  }

  private void refuseContainers() {
    if (props.has("customContainerConfig")) {
      throw props.invalid(
          "customContainerConfig",
          "none: " + RuntimeNames.refusal("custom-container", Flavour.FC3));
    }
  }

  private void refuseOfCode(Function base) {
    String kind = base.runtime().kind();
    for (String name : OF_CODE) {
      if (props.has(name)) {
        throw props.invalid(
            name,
            "none: a function of kind "
                + kind
                + " runs outside of the node; the native API, /v1, changes how");
      }
    }
    String runtime = props.text("runtime");
    if (runtime != null && !runtime.equals(kind)) {
      throw props.invalid("runtime", kind + ": this function was not made from code");
    }
  }

  private Managed managed(Managed before, Flavour flavour, ObjectNode kept) {
    ManagedBuilder next = new ManagedBuilder(before);
    runtime(next, flavour);
    String handler = props.text("handler");
    next.handler = handler == null ? next.handler : handler;
    if (next.language.hasHandler() && next.handler.isEmpty()) {
      throw props.invalid(
          "handler",
          next.language == Language.JAVA
              ? "package.Class::method, a function of this runtime needs it"
              : "file.function, a function of this runtime needs it");
    }
    resources(next);
    new LifecycleSettings(generation, props).lay(next, kept);
    program(next, kept);
    return next.build();
  }

  private void runtime(ManagedBuilder next, Flavour flavour) {
    String name = props.text("runtime");
    if (name == null || name.equals(next.name)) {
      return;
    }
    next.name = name;
    next.language = language(props, name, flavour);
    if (next.language.hasHandler()) {
      next.command = List.of();
      next.port = 0;
    } else if (next.port == 0) {
      next.port = NewFunctions.PORT_DEFAULT;
    }
  }

  /** What runs {@code name}; fails with what there is instead. */
  static Language language(Props props, String name, Flavour flavour) {
    return RuntimeNames.languageOf(name, flavour)
        .orElseThrow(
            () ->
                FcError.invalid(
                    props.path("runtime") + ": " + RuntimeNames.refusal(name, flavour)));
  }

  private void resources(ManagedBuilder next) {
    Long memory = props.number("memorySize", MEMORY_MB_MIN, MEMORY_MB_MAX);
    if (memory != null) {
      if (memory % MEMORY_MB_STEP != 0) {
        throw props.invalid("memorySize", "a multiple of " + MEMORY_MB_STEP + " MB");
      }
      next.memoryMb = memory.intValue();
    }
    Long disk = props.number("diskSize", DISKS_MB.get(0), DISKS_MB.get(1));
    if (disk != null) {
      if (!DISKS_MB.contains(disk)) {
        throw props.invalid("diskSize", "512 or 10240 MB");
      }
      next.diskMb = disk.intValue();
    }
    Long atOnce = props.number("instanceConcurrency", 1, INSTANCE_CONCURRENCY_MAX);
    if (atOnce != null) {
      next.instanceConcurrency = atOnce.intValue();
    }
    if (props.has("environmentVariables")) {
      next.env = props.map("environmentVariables");
    }
  }

  /** How a program of the user's own is started, and where it listens. */
  private void program(ManagedBuilder next, ObjectNode kept) {
    Props given = props.object("customRuntimeConfig");
    if (next.language.hasHandler()) {
      return; // clients send what they have; without a program there is nothing to start
    }
    Long port = generation.hasServices() ? port(props, "caPort") : null;
    if (given != null) {
      ObjectNode program = Kept.parse("");
      list(given, "command", program);
      list(given, "args", program);
      if (!generation.hasServices()) {
        port = port(given, "port");
        JsonNode check = given.raw("healthCheckConfig");
        if (check != null) {
          program.set("healthCheckConfig", Spelling.of(check));
        }
      }
      FcFunction.keepProgram(kept, program);
      next.command = FcFunction.words(program);
    }
    next.port = port == null ? next.port : port.intValue();
  }

  private static void list(Props given, String name, ObjectNode program) {
    List<String> words = given.texts(name);
    if (words != null) {
      words.forEach(program.putArray(name)::add);
    }
  }

  /** 0 for any, which the program is told in its environment: then it may run more than once. */
  private static Long port(Props props, String name) {
    return props.number(name, 0, 65_535);
  }
}
