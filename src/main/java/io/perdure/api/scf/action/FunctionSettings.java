package io.perdure.api.scf.action;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.FunctionBuilder;
import io.perdure.invocation.ManagedBuilder;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lays the settings that a request has over those of a function; what it has not stays. */
final class FunctionSettings {
  /** Longest time limit of an asynchronously executing function, in seconds. */
  private static final int ASYNC_TIMEOUT_MAX = 86_400;

  private static final int ENVIRONMENT_BYTES_MAX = 4_096;

  /** As the cloud has them, and as its documents once spell one; the last one is our own. */
  private static final List<String> RESERVED =
      List.of("SCF_", "QCLOUD_", "TENCENTCLOUD_", "TECENTCLOUD_", "PERDURE_");

  private FunctionSettings() {}

  /**
   * {@code base} with the settings in {@code args}.
   *
   * @param base whatever made it; settings that its kind does not have are refused
   * @param args of CreateFunction or UpdateFunctionConfiguration
   */
  static Function over(Function base, Args args) {
    ScfFunction scf = ScfFunction.of(base);
    FunctionBuilder next = new FunctionBuilder(base);
    next.about = about(base, args);
    boolean asyncRun = ScfFunction.of(next.build()).asyncRun();
    if (args.has("Timeout")) {
      next.timeoutMillis =
          millis(args, "Timeout", asyncRun ? ASYNC_TIMEOUT_MAX : Limits.TIMEOUT_MAX);
    }
    if (scf.managed() != null) {
      next.runtime = managed(scf.managed(), args);
      if (args.has("MemorySize") && base.flavour() == Flavour.SCF) {
        next.concurrency = scf.concurrency((int) args.integer("MemorySize", 0));
      }
    } else {
      for (String name : List.of("MemorySize", "InitTimeout", "Environment")) {
        if (args.has(name)) {
          throw ScfError.unsupported(
              "A function of kind "
                  + base.runtime().kind()
                  + " has no "
                  + name
                  + ": it runs outside of the node.");
        }
      }
    }
    return next.build();
  }

  /** What is told of {@code base}, with what {@code args} tell, in whatever action. */
  static About about(Function base, Args args) {
    Map<String, JsonNode> given = new HashMap<>();
    for (String name : FunctionTables.KEPT) {
      if (args.has(name)) {
        given.put(name, args.json(name));
      }
    }
    About about = ScfFunction.of(base).keeping(given);
    return new About(args.text("Description", about.description()), about.tags(), about.extra());
  }

  private static Managed managed(Managed base, Args args) {
    ManagedBuilder next = new ManagedBuilder(base);
    next.memoryMb = (int) args.integer("MemorySize", base.memoryMb());
    if (args.has("InitTimeout")) {
      next.initTimeoutMillis = millis(args, "InitTimeout", Limits.INIT_TIMEOUT_MAX);
    }
    if (args.has("Environment")) {
      next.env = environment(args.object("Environment").objects("Variables"));
    }
    Args concurrency = args.object("InstanceConcurrencyConfig");
    if (concurrency != null && base.language() == Language.WEB) {
      next.instanceConcurrency =
          (int) concurrency.integer("MaxConcurrency", base.instanceConcurrency());
    }
    return next.build();
  }

  private static long millis(Args args, String name, int most) {
    long seconds = args.integer(name, 0);
    if (seconds < 1) {
      throw ScfError.invalidValue(name, "expected 1 to " + most + " seconds");
    }
    if (seconds > most) {
      throw ScfError.invalidValue(
          "LimitExceeded." + name, name, "expected 1 to " + most + " seconds");
    }
    return seconds * 1_000;
  }

  /** Names and values; what their names look like has been checked. */
  private static Map<String, String> environment(List<Args> variables) {
    Map<String, String> environment = new LinkedHashMap<>();
    int bytes = 0;
    for (Args variable : variables) {
      String key = variable.text("Key");
      String value = variable.text("Value", "");
      if (RESERVED.stream().anyMatch(key::startsWith)) {
        throw ScfError.invalidValue(
            "InvalidParameterValue.EnvironmentSystemProtect",
            "Environment",
            "expected no key that begins with "
                + String.join(", ", RESERVED)
                + ", which are reserved: "
                + key);
      }
      if (environment.put(key, value) != null) {
        throw ScfError.invalidValue(
            "InvalidParameterValue.Environment",
            "Environment",
            "the key " + key + " is there twice");
      }
      bytes += key.getBytes(UTF_8).length + value.getBytes(UTF_8).length;
    }
    if (bytes > ENVIRONMENT_BYTES_MAX) {
      throw ScfError.invalidValue(
          "InvalidParameterValue.EnvironmentExceededLimit",
          "Environment",
          "expected at most " + ENVIRONMENT_BYTES_MAX + " bytes, keys and values together");
    }
    return environment;
  }
}
