package io.perdure.node;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.bus.Bus;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.managed.Conversations;
import io.perdure.runtime.managed.Processes.Limits;
import io.perdure.runtime.managed.Regions;
import io.perdure.runtime.managed.Surroundings;
import io.perdure.runtime.managed.code.UnpackedCode;
import io.perdure.runtime.managed.code.UnpackedCodeConfig;
import io.perdure.runtime.managed.custom.HttpConversations;
import io.perdure.runtime.managed.custom.RuntimeApiConversations;
import io.perdure.runtime.managed.pool.ManagedConfig;
import io.perdure.runtime.managed.pool.ManagedRuntime;
import io.perdure.runtime.managed.pool.Parts;
import io.perdure.runtime.managed.process.Isolation;
import io.perdure.runtime.managed.process.IsolationConfig;
import io.perdure.runtime.managed.process.LimitedProcesses;
import io.perdure.runtime.managed.shim.Interpreters;
import io.perdure.runtime.managed.shim.InterpretersConfig;
import io.perdure.runtime.managed.shim.ShimConversations;
import io.perdure.time.Clock;
import io.perdure.zip.ZipBounds;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a node needs to run uploaded code, put together: what the machine offers is found out,
 * then a runtime is made on it.
 */
public final class ManagedNode {
  /** Where programs are looked for when the server itself has no PATH. */
  private static final String PATH_DEFAULT = "/usr/local/bin:/usr/bin:/bin";

  private final Vertx vertx;
  private final Settings settings;
  private final Isolation isolation;
  private final Interpreters interpreters;
  private final LimitedProcesses processes;
  private final Path directory;

  /** The settings of all its parts, and the data directory. */
  public record Settings(
      ManagedConfig managed,
      IsolationConfig isolation,
      InterpretersConfig interpreters,
      UnpackedCodeConfig code,
      ZipBounds bounds,
      Regions regions,
      Path data) {}

  private record Machine(Isolation isolation, Interpreters interpreters) {}

  private ManagedNode(
      Vertx vertx, Settings settings, Machine machine, LimitedProcesses processes, Path directory) {
    this.vertx = vertx;
    this.settings = settings;
    this.isolation = machine.isolation;
    this.interpreters = machine.interpreters;
    this.processes = processes;
    this.directory = directory;
  }

  /** Finds out what the machine offers; fails when a setting asks for what it does not. */
  public static Future<ManagedNode> open(Vertx vertx, Settings settings) {
    return vertx
        .executeBlocking(() -> machine(settings))
        .compose(machine -> open(vertx, settings, machine));
  }

  private static Machine machine(Settings settings) throws Isolation.Unusable {
    Isolation isolation = Isolation.find(settings.isolation());
    return new Machine(
        isolation, Interpreters.find(settings.interpreters(), path(), isolation.drops()));
  }

  private static Future<ManagedNode> open(Vertx vertx, Settings settings, Machine machine) {
    Path directory =
        settings.managed().directory().orElse(machine.isolation.directory(settings.data()));
    return LimitedProcesses.open(
            vertx,
            machine.isolation,
            directory,
            List.of(settings.data().toAbsolutePath()),
            settings.managed().room().instancesMax())
        .map(processes -> new ManagedNode(vertx, settings, machine, processes, directory));
  }

  /** What this machine lacks to run {@code spec}, and what to install. Any thread. */
  public Optional<String> problem(Managed spec) {
    return isolation.problem().or(() -> interpreters.problem(spec));
  }

  /**
   * The runtime, to be given to the executor, which closes it.
   *
   * @param resultBytesMax a larger result is a bad response
   */
  public ManagedRuntime runtime(
      Bus bus, Clock clock, Functions functions, int resultBytesMax, MeterRegistry registry) {
    UnpackedCode codes =
        new UnpackedCode(
            vertx,
            bus,
            settings.code(),
            directory,
            settings.bounds(),
            isolation.codeGroupsFrom(),
            isolation.codeGroups());
    Surroundings surroundings = new Surroundings(settings.regions(), path());
    Parts parts = new Parts(codes, processes, conversations(clock), surroundings::of, this::limits);
    return new ManagedRuntime(
        settings.managed().room(),
        parts,
        clock,
        functions,
        resultBytesMax,
        registry,
        ManagedRuntime.CLOSE_MILLIS);
  }

  private Map<Language, Conversations> conversations(Clock clock) {
    Conversations shims =
        new ShimConversations(vertx, clock, directory, interpreters, settings.regions());
    Conversations http = new HttpConversations(vertx, settings.regions());
    Map<Language, Conversations> each = new EnumMap<>(Language.class);
    each.put(Language.PYTHON, shims);
    each.put(Language.NODEJS, shims);
    each.put(Language.JAVA, shims);
    each.put(Language.CUSTOM_API, new RuntimeApiConversations(vertx));
    each.put(Language.CUSTOM_HTTP, http);
    each.put(Language.WEB, http);
    return each;
  }

  /**
   * A Python process that asks for far more than it may have is refused by the kernel, since it
   * could take it faster than anybody looks; what others reserve says too little of what they use.
   */
  private Limits limits(Function function, Managed spec) {
    int dataMb = spec.language() == Language.PYTHON ? 2 * spec.memoryMb() + 128 : 0;
    return new Limits(
        spec.memoryMb(),
        spec.diskMb(),
        settings.managed().processesMax(),
        settings.managed().openFilesMax(),
        settings.managed().cpuSecondsMax(),
        dataMb);
  }

  /** For a node that ends before it had a runtime. */
  public Future<Void> close() {
    return processes.close().eventually(processes::leave);
  }

  private static String path() {
    return System.getenv().getOrDefault("PATH", PATH_DEFAULT);
  }
}
