package io.perdure.invocation;

import java.util.List;
import java.util.Map;

/** How a function's attempts are run; one record per kind of runtime. */
public sealed interface RuntimeSpec {
  /**
   * Name of the kind in the native API and the metrics: "http", "command", "event-bus", or of a
   * managed one "python3", "nodejs", "java", "custom", "web".
   */
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
      env = Pairs.copyOf(env);
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

  /**
   * Instances started from a code package, kept warm between invocations.
   *
   * @param language what runs the code and how it is spoken with
   * @param name of the runtime as it was asked for, such as "Python3.10" or "nodejs20"
   * @param handler in the form of the language: {@code file.function}, {@code
   *     package.Class::method}; empty for those that are programs of their own
   * @param code the package, or null while none has been uploaded
   * @param env variables added to those the conventions set
   * @param memoryMb most memory of one instance, 64 to 32 768
   * @param diskMb most an instance may write into its own directory, 16 to 10 240
   * @param instanceConcurrency most invocations at once in one instance, 1 to 200
   * @param initializer run once in a new instance behind loading the code, or null
   * @param initTimeoutMillis from the start of the process until it takes invocations, 1 000 to 300
   *     000
   * @param preStop run before a healthy instance is ended, or null
   * @param command for custom and web: program and arguments, relative ones below the code; empty
   *     for the conventional {@code bootstrap} or {@code scf_bootstrap}
   * @param port for HTTP servers: where the program insists on listening, which allows one instance
   *     a node at a time; 0 for any that it is told in its environment
   * @param idleMillis an instance without work for that long is ended, 1 000 to 86 400 000
   */
  record Managed(
      Language language,
      String name,
      String handler,
      CodeRef code,
      Map<String, String> env,
      int memoryMb,
      int diskMb,
      int instanceConcurrency,
      String initializer,
      long initTimeoutMillis,
      Hook preStop,
      List<String> command,
      int port,
      long idleMillis)
      implements RuntimeSpec {
    /** Memory of an instance unless the function sets it. */
    public static final int MEMORY_MB_DEFAULT = 256;

    /** Disk of an instance unless the function sets it: what SCF gives {@code /tmp}. */
    public static final int DISK_MB_DEFAULT = 512;

    /** Time to start unless the function sets it, 65 s: what SCF gives. */
    public static final long INIT_TIMEOUT_MILLIS_DEFAULT = 65_000;

    /** Idle time before an instance is ended unless the function sets it, 5 min. */
    public static final long IDLE_MILLIS_DEFAULT = 300_000;

    /**
     * A handler of the function's that the platform calls.
     *
     * @param handler in the form of the language
     * @param timeoutMillis most it may take, 1 000 to 90 000
     */
    public record Hook(String handler, long timeoutMillis) {}

    public Managed {
      env = Pairs.copyOf(env);
      command = List.copyOf(command);
    }

    @Override
    public String kind() {
      return language.kind();
    }

    /** The same with another package. */
    public Managed withCode(CodeRef other) {
      ManagedBuilder next = new ManagedBuilder(this);
      next.code = other;
      return next.build();
    }
  }

  /** What runs the code of a {@link Managed} function. */
  enum Language {
    PYTHON("python3"),
    NODEJS("nodejs"),
    JAVA("java"),
    /** A program that fetches invocations from an HTTP API of ours: SCF's {@code bootstrap}. */
    CUSTOM_API("custom"),
    /** A program that serves HTTP as Function Compute's custom runtimes do. */
    CUSTOM_HTTP("custom"),
    /** Any HTTP server; the payload is posted to it as it is. */
    WEB("web");

    private final String kind;

    Language(String kind) {
      this.kind = kind;
    }

    /** As in {@link RuntimeSpec#kind}. */
    public String kind() {
      return kind;
    }

    /** True when a handler has to be named. */
    public boolean hasHandler() {
      return this == PYTHON || this == NODEJS || this == JAVA;
    }
  }
}
