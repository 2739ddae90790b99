package io.perdure.runtime.managed;

import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.managed.Conversations.Blueprint;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The environment of an instance: what every program needs, what the function's flavour documents,
 * and the function's own variables; nothing of the server's. Immutable, any thread.
 *
 * <p>The function's own variables replace those that only have to make sense, such as {@code HOME}
 * or {@code PYTHONPATH}, but not those that say what the function is. What depends on the way of
 * speaking with the instance, such as ports, is added by its {@link Conversation#environment}.
 */
public final class Surroundings {
  private final Regions regions;
  private final String path;

  /**
   * For a node.
   *
   * @param path the variable PATH
   */
  public Surroundings(Regions regions, String path) {
    this.regions = regions;
    this.path = path;
  }

  /** All variables of an instance, besides those of its conversation. */
  public Map<String, String> of(Blueprint of) {
    Map<String, String> env = new HashMap<>();
    env.put("PATH", path);
    env.put("HOME", of.work().toString());
    env.put("TMPDIR", of.work().toString());
    env.put("LANG", "C.UTF-8");
    Map<String, String> facts =
        switch (of.function().flavour()) {
          case SCF -> scf(of, env);
          case FC2, FC3 -> fc(of);
          case NATIVE -> ours(of);
        };
    env.putAll(of.spec().env());
    env.putAll(facts);
    return env;
  }

  /** Environment variables, SCF documentation: product/583/30228. */
  private Map<String, String> scf(Blueprint of, Map<String, String> env) {
    Path code = of.code();
    env.put("LC_ALL", "C.UTF-8");
    env.put("USER", "qcloud");
    env.put("LOGNAME", "qcloud");
    env.put("SHELL", "/bin/bash");
    env.put("HOSTNAME", of.instance());
    env.put("PWD", code.toString());
    env.put("PYTHONPATH", code.toString());
    env.put("PYTHONDONTWRITEBYTECODE", "x");
    env.put("NODE_PATH", code + ":" + code.resolve("node_modules"));
    env.put("CLASSPATH", code.toString());
    env.put("LD_LIBRARY_PATH", code + ":" + code.resolve("lib"));
    Function function = of.function();
    Map<String, String> facts = new HashMap<>();
    facts.put("TENCENTCLOUD_RUNENV", "SCF");
    facts.put("USER_CODE_ROOT", code + "/");
    facts.put("SCF_RUNTIME", of.spec().name());
    facts.put("SCF_FUNCTIONNAME", function.name());
    facts.put("SCF_FUNCTIONVERSION", scfVersion(function.version()));
    facts.put("SCF_NAMESPACE", function.namespace());
    facts.put("TENCENTCLOUD_REGION", regions.scf());
    facts.put("TENCENTCLOUD_APPID", function.account());
    facts.put("TENCENTCLOUD_UIN", function.account());
    facts.put("TENCENTCLOUD_TZ", "UTC");
    facts.put("_SCF_SERVER_PORT", "28902");
    return facts;
  }

  private static String scfVersion(String version) {
    return version.equals(Invocation.LATEST) ? "$LATEST" : version;
  }

  /** Environment variables, documentation of Function Compute: fc-2.0 and fc-3.0. */
  private Map<String, String> fc(Blueprint of) {
    Function function = of.function();
    Managed spec = of.spec();
    Map<String, String> facts = new HashMap<>();
    facts.put("FC_FUNC_CODE_PATH", of.code().toString());
    facts.put("FC_ACCOUNT_ID", function.account());
    facts.put("FC_REGION", regions.fc());
    facts.put("FC_FUNCTION_NAME", function.name());
    facts.put("FC_FUNCTION_HANDLER", spec.handler());
    facts.put("FC_FUNCTION_MEMORY_SIZE", Integer.toString(spec.memoryMb()));
    facts.put("FC_INSTANCE_ID", of.instance());
    if (function.flavour() == Function.Flavour.FC2) {
      facts.put("FC_SERVICE_NAME", function.namespace());
      facts.put("FC_QUALIFIER", function.version());
    } else {
      facts.put("FC_VER_ID", function.version());
      facts.put("FC_FUNCTION_VERSION", function.version());
    }
    return facts;
  }

  private static Map<String, String> ours(Blueprint of) {
    Function function = of.function();
    return Map.of(
        "PERDURE_FUNCTION", function.name(),
        "PERDURE_NAMESPACE", function.namespace(),
        "PERDURE_VERSION", function.version(),
        "PERDURE_INSTANCE_ID", of.instance(),
        "PERDURE_ACCOUNT", function.account());
  }
}
