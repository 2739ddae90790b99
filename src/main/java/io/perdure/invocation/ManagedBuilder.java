package io.perdure.invocation;

import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A {@link Managed} runtime under construction, everything but its language at its default. */
public final class ManagedBuilder {
  // Public fields instead of as many methods: whoever builds one sets a few of them.
  /** As {@link Managed} has them. */
  public Language language;

  public String name;
  public String handler = "";
  public CodeRef code;
  public Map<String, String> env = Map.of();
  public int memoryMb = Managed.MEMORY_MB_DEFAULT;
  public int diskMb = Managed.DISK_MB_DEFAULT;
  public int instanceConcurrency = 1;
  public String initializer;
  public long initTimeoutMillis = Managed.INIT_TIMEOUT_MILLIS_DEFAULT;
  public Managed.Hook preStop;
  public List<String> command = List.of();
  public int port;
  public long idleMillis = Managed.IDLE_MILLIS_DEFAULT;

  /** With defaults; {@code name} as the runtime was asked for. */
  public ManagedBuilder(Language language, String name) {
    this.language = Objects.requireNonNull(language);
    this.name = Objects.requireNonNull(name);
  }

  /** A copy that can be changed. */
  public ManagedBuilder(Managed from) {
    this(from.language(), from.name());
    handler = from.handler();
    code = from.code();
    env = from.env();
    memoryMb = from.memoryMb();
    diskMb = from.diskMb();
    instanceConcurrency = from.instanceConcurrency();
    initializer = from.initializer();
    initTimeoutMillis = from.initTimeoutMillis();
    preStop = from.preStop();
    command = from.command();
    port = from.port();
    idleMillis = from.idleMillis();
  }

  /** The value. */
  public Managed build() {
    return new Managed(
        language,
        name,
        handler,
        code,
        env,
        memoryMb,
        diskMb,
        instanceConcurrency,
        initializer,
        initTimeoutMillis,
        preStop,
        command,
        port,
        idleMillis);
  }
}
