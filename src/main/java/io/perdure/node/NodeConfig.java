package io.perdure.node;

import static io.perdure.config.Rule.any;
import static io.perdure.config.Rule.between;
import static java.time.Duration.ofSeconds;

import io.perdure.api.fc.FcConfig;
import io.perdure.api.scf.ScfConfig;
import io.perdure.api.v1.NativeConfig;
import io.perdure.cluster.ClusterConfig;
import io.perdure.cluster.raft.RaftConfig;
import io.perdure.config.Section;
import io.perdure.delivery.DeliveryConfig;
import io.perdure.executor.ExecutorConfig;
import io.perdure.ops.LogConfig;
import io.perdure.ratelimit.RateLimitConfig;
import io.perdure.registry.CodeConfig;
import io.perdure.registry.RegistryConfig;
import io.perdure.retention.RetentionConfig;
import io.perdure.router.RouterConfig;
import io.perdure.runtime.command.CommandConfig;
import io.perdure.runtime.http.HttpConfig;
import io.perdure.runtime.managed.Regions;
import io.perdure.runtime.managed.code.UnpackedCodeConfig;
import io.perdure.runtime.managed.pool.ManagedConfig;
import io.perdure.runtime.managed.process.IsolationConfig;
import io.perdure.runtime.managed.shim.InterpretersConfig;
import io.perdure.schedule.ScheduleConfig;
import io.perdure.shard.ShardConfig;
import io.perdure.store.StoreConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * All settings of a node, read once.
 *
 * @param managementPort where probes and metrics are served instead of on {@code http.port}; 0 for
 *     any free one
 * @param accountsFile the accounts; one is made in the data directory when there is none
 * @param verticles classes on the class path that are deployed with the node, such as those that
 *     serve event-bus functions
 * @param eventLoops threads for HTTP, the executor and event-bus functions, 1 to 64
 * @param shardThreads threads for the shards, each of which belongs to one of them, 1 to 64; more
 *     than shards are of no use
 * @param drainGrace how long running attempts may take to end when the node is told to, 0 s to 15 s
 */
public record NodeConfig(
    io.perdure.api.HttpConfig api,
    NativeConfig nativeApi,
    ScfConfig scf,
    FcConfig fc,
    DataConfig data,
    ClusterConfig cluster,
    RaftConfig raft,
    Optional<Integer> managementPort,
    Optional<Path> accountsFile,
    RouterConfig router,
    StoreConfig store,
    ShardConfig shard,
    ExecutorConfig executor,
    HttpConfig http,
    CommandConfig command,
    InterpretersConfig interpreters,
    ManagedConfig managed,
    IsolationConfig isolation,
    UnpackedCodeConfig unpackedCode,
    Regions regions,
    RegistryConfig registry,
    CodeConfig code,
    RateLimitConfig rateLimit,
    RetentionConfig retention,
    ScheduleConfig schedule,
    DeliveryConfig delivery,
    LogConfig log,
    List<String> verticles,
    int eventLoops,
    int shardThreads,
    Duration drainGrace) {

  /** Reads everything from the root section. */
  public static NodeConfig read(Section root) {
    DataConfig data = DataConfig.read(root.section("data"));
    Section runtime = root.section("runtime");
    ShardConfig shard = ShardConfig.read(root.section("shard"));
    ExecutorConfig executor = ExecutorConfig.read(root.section("executor"));
    checkQueue(root.section("executor"), executor, shard, data);
    Regions regions = Regions.read(root.section("scf"), root.section("fc"));
    return new NodeConfig(
        io.perdure.api.HttpConfig.read(root.section("http")),
        NativeConfig.read(root.section("native")),
        ScfConfig.read(root.section("scf"), regions.scf()),
        FcConfig.read(root.section("fc"), regions.fc()),
        data,
        ClusterConfig.read(root.section("cluster")),
        RaftConfig.read(root.section("cluster").section("raft")),
        root.section("management").optionalInteger("port", between(0, 65_535)),
        root.section("accounts").optionalPath("file"),
        RouterConfig.read(root.section("invocation")),
        StoreConfig.read(root.section("store")),
        shard,
        executor,
        HttpConfig.read(runtime.section("http")),
        CommandConfig.read(runtime.section("command"), data.directory().resolve("attempts")),
        InterpretersConfig.read(runtime.section("managed").section("interpreters")),
        ManagedConfig.read(runtime.section("managed")),
        IsolationConfig.read(runtime.section("managed").section("isolation")),
        UnpackedCodeConfig.read(runtime.section("managed").section("code")),
        regions,
        RegistryConfig.read(root.section("registry")),
        CodeConfig.read(root.section("registry").section("code")),
        RateLimitConfig.read(root.section("rate-limit")),
        RetentionConfig.read(root.section("retention")),
        ScheduleConfig.read(root.section("schedule")),
        DeliveryConfig.read(root.section("delivery")),
        LogConfig.read(root.section("log")),
        root.list("verticles", List.of(), any()),
        root.section("vertx").integer("event-loops", 4, between(1, 64)),
        root.section("shard").integer("threads", 2, between(1, 64)),
        root.section("drain")
            .duration("grace", ofSeconds(10), between(ofSeconds(0), ofSeconds(15))));
  }

  /** Else what the shards hand over ahead of time would be sent back, again and again. */
  private static void checkQueue(
      Section section, ExecutorConfig executor, ShardConfig shard, DataConfig data) {
    long least = (long) shard.window() * data.shards();
    if (executor.queuePerFunction() < least) {
      section.problem(
          "queue-per-function",
          "expected at least "
              + least
              + ", which is shard.window ("
              + shard.window()
              + ") times data.shards ("
              + data.shards()
              + ")");
    }
  }
}
