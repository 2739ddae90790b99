package io.perdure.invocation;

import java.util.List;
import java.util.Map;

/** How a function's attempts are run; one record per kind of runtime. */
public sealed interface RuntimeSpec {
  /** Name of the kind in the native API and the metrics: "http", "command", "event-bus". */
  String kind();

  /** POST the payload to {@code url} (http or https). */
  record Http(String url) implements RuntimeSpec {
    @Override
    public String kind() {
      return "http";
    }
  }

  /**
   * Start a process: payload on stdin, result on stdout, log on stderr, outcome = exit code.
   *
   * @param argv program and arguments, at least one
   * @param env variables added to the cleaned environment
   */
  record Command(List<String> argv, Map<String, String> env) implements RuntimeSpec {
    public Command {
      argv = List.copyOf(argv);
      env = Map.copyOf(env);
    }

    @Override
    public String kind() {
      return "command";
    }
  }

  /** Send the payload to an event-bus address that a verticle serves. */
  record EventBus(String address) implements RuntimeSpec {
    @Override
    public String kind() {
      return "event-bus";
    }
  }
}
