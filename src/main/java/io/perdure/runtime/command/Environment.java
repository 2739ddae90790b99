package io.perdure.runtime.command;

import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.runtime.Call;
import io.perdure.runtime.TraceParent;
import io.perdure.runtime.process.Programs;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The environment of a process: nothing of the server's but what every program needs. */
final class Environment {
  private Environment() {}

  /** Variables for an attempt that runs in {@code home}. */
  static Map<String, String> of(Call call, RuntimeSpec.Command spec, Path home) {
    Map<String, String> server = System.getenv();
    Map<String, String> env = new HashMap<>();
    env.put("PATH", Programs.path());
    env.put("HOME", home.toString());
    env.put("LANG", server.getOrDefault("LANG", "C.UTF-8"));
    if (server.containsKey("TZ")) {
      env.put("TZ", server.get("TZ"));
    }
    env.putAll(spec.env());
    Function function = call.function();
    Invocation invocation = call.invocation();
    env.put("PERDURE_INVOCATION_ID", invocation.id().toString());
    env.put("PERDURE_ATTEMPT", Integer.toString(call.attempt()));
    env.put("PERDURE_FUNCTION", function.name());
    env.put("PERDURE_NAMESPACE", function.namespace());
    env.put("PERDURE_DEADLINE", Long.toString(call.deadline()));
    TraceParent.child(invocation.traceparent()).ifPresent(trace -> env.put("TRACEPARENT", trace));
    return env;
  }
}
