package io.perdure.node;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.micrometer.core.instrument.Gauge;
import io.perdure.api.Probes;
import io.perdure.api.auth.Accounts;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ExecutorMessages.Drain;
import io.perdure.bus.Homes;
import io.perdure.delivery.DeliveryVerticle;
import io.perdure.executor.ExecutorVerticle;
import io.perdure.executor.PlacesVerticle;
import io.perdure.invocation.Failure;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.ops.DiskGuard;
import io.perdure.ops.Metrics;
import io.perdure.ratelimit.RateLimitVerticle;
import io.perdure.registry.InvalidationVerticle;
import io.perdure.registry.PackageVerticle;
import io.perdure.registry.Packages;
import io.perdure.registry.Registry;
import io.perdure.registry.RegistryStorage;
import io.perdure.registry.RegistryVerticle;
import io.perdure.retention.RetentionVerticle;
import io.perdure.router.ClientVerticle;
import io.perdure.router.Router;
import io.perdure.runtime.FunctionRuntime;
import io.perdure.runtime.command.CommandRuntime;
import io.perdure.runtime.eventbus.EventBusRuntime;
import io.perdure.runtime.http.HttpRuntime;
import io.perdure.runtime.managed.pool.InstancesVerticle;
import io.perdure.runtime.managed.pool.ManagedRuntime;
import io.perdure.schedule.ScheduleVerticle;
import io.perdure.shard.Backlog;
import io.perdure.shard.Fetches;
import io.perdure.shard.ShardParts;
import io.perdure.time.Clock;
import io.perdure.zip.ZipBounds;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One node: every concern, wired. {@link #start} brings it up top down, {@link #stop} ends it
 * bottom up. Used by the process and by {@code PerdureExtension}.
 */
public final class Node {
  private static final System.Logger LOG = System.getLogger(Node.class.getName());
  private static final int SCAN_THREADS = 4;

  /** For handing over what this node owns; what is left is taken over as after a failure. */
  private static final long LEAVE_MILLIS = 4_000;

  private static final long DRAINED_MILLIS = 200;

  /** For what may wait for nodes that have gone, once all has been handed over. */
  private static final long END_MILLIS = 2_000;

  private final Vertx vertx;
  private final NodeConfig config;
  private final Accounts accounts;
  private final Ground ground;
  private final Clock clock;
  private final Bus bus;
  private final Metrics metrics = new Metrics();
  private final Registry registry = new Registry();
  private final DiskGuard disk;
  private final Admittance admittance;
  private final ShardsAtHand atHand;
  private final Router router;
  private final Health health;
  private final WorkerExecutor scans;
  private final Deployments deployments;
  private final Endpoints endpoints;

  private HostedShards shards;
  private ManagedNode managed;
  private DeliveryVerticle deliveries;
  private RetentionVerticle retention;

  private Node(Vertx vertx, NodeConfig config, Accounts accounts, Ground ground, Clock clock) {
    this.vertx = vertx;
    this.config = config;
    this.accounts = accounts;
    this.ground = ground;
    this.health = new Health(ground::problem);
    this.deployments = new Deployments(vertx);
    this.endpoints = new Endpoints(vertx, deployments);
    this.clock = clock;
    this.bus = ground.bus(vertx);
    this.disk = new DiskGuard(ground.path(), config.data().freeBytesMin());
    this.admittance = new Admittance(disk);
    this.scans = vertx.createSharedWorkerExecutor("perdure-scan", SCAN_THREADS);
    this.atHand = new ShardsAtHand(new Fetches(scans));
    this.router =
        new Router(
            bus, registry, ground.shards(), ground::preferred, clock, config.router(), atHand);
    ground.prepare(registry, metrics.registry(), clock);
    router.refuseWhile(ground::refusal);
  }

  /**
   * Starts a node on {@code ground}, which belongs to it from now on. The future completes when it
   * serves; HTTP is answered, with 503, before that.
   */
  public static Future<Node> start(
      Vertx vertx, NodeConfig config, Accounts accounts, Ground ground, Clock clock) {
    Node node = new Node(vertx, config, accounts, ground, clock);
    return node.start()
        .map(node)
        .recover(e -> node.stop(0).transform(stopped -> Future.failedFuture(e)));
  }

  /** The port HTTP is served on. */
  public int port() {
    return endpoints.port();
  }

  /** The port probes and metrics are served on: {@link #port()} unless it is set apart. */
  public int managementPort() {
    return endpoints.managementPort();
  }

  /** All meters of this node. */
  public Metrics metrics() {
    return metrics;
  }

  private Future<Void> start() {
    router.refuseAll(new Failure.Unavailable("the node is starting", 1_000));
    Future<Void> opened = ground.open();
    Future<Void> machine = openManaged();
    Future<Void> watched = blocking(metrics::watchJvm);
    return Future.join(opened, startHttp(), machine, watched) // side by side: most of it waits
        .compose(v -> deployments.worker(disk, "perdure-disk"))
        .compose(v -> startPackages())
        .compose(v -> startConcerns())
        .compose(
            v ->
                deployments.deploy(
                    new RateLimitVerticle(
                        config.rateLimit(), bus, clock, metrics.registry(), ground.homes())))
        .compose(
            v -> deployments.deploy(new ClientVerticle(bus, router, accounts.all().get(0).id())))
        .compose(v -> deployOwn())
        .compose(v -> startExecutor())
        .compose(v -> startDeliveries())
        .compose(v -> startShards())
        .compose(v -> startRetention())
        .compose(
            v ->
                deployments.deploy(
                    new InvalidationVerticle(ground.shards(), ground::owns, bus, clock)))
        .compose(v -> deployments.worker(new BackupVerticle(ground, bus, clock), "perdure-backup"))
        .onSuccess(v -> router.acceptAll())
        .onSuccess(v -> deliveries.begin())
        .compose(v -> deployments.deploy(scheduler())) // what is due is submitted at once
        .compose(v -> ground.settled())
        .onSuccess(v -> health.serving());
  }

  /** On the workers, beside others. */
  private Future<Void> blocking(Runnable step) {
    return vertx.executeBlocking(
        () -> {
          step.run();
          return null;
        },
        false);
  }

  private ScheduleVerticle scheduler() {
    return new ScheduleVerticle(
        config.schedule(),
        registry.schedules(),
        registry,
        router,
        bus,
        clock,
        metrics.registry(),
        this::watchRegistry);
  }

  /** Schedules are fired by whoever owns the registry. */
  private void watchRegistry(Runnable gained, Runnable lost) {
    ground
        .registry()
        .watch(
            new RegistryStorage.Watcher() {
              @Override
              public void gained() {
                gained.run();
              }

              @Override
              public void lost(String owner) {
                lost.run();
              }
            });
  }

  private Future<Void> startHttp() {
    return endpoints.open(
        config.api(),
        Dialects.all(vertx, config, accounts, registry, router, bus, clock, metrics.registry()),
        config.managementPort(),
        new Probes(health::readiness, this::metrics));
  }

  private void metrics(HttpServerRequest request) {
    request
        .response()
        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        .end(metrics.scrape());
  }

  /** Before the registry, which asks what this machine can run. */
  private Future<Void> openManaged() {
    return ManagedNode.open(
            vertx,
            new ManagedNode.Settings(
                config.managed(),
                config.isolation(),
                config.interpreters(),
                config.unpackedCode(),
                new ZipBounds(config.code().filesMax(), config.code().unpackedBytesMax()),
                config.regions(),
                ground.path()))
        .onSuccess(opened -> managed = opened)
        .mapEmpty();
  }

  private Future<Void> startPackages() {
    Packages packages = new Packages(registry, ground.registryReader(), clock, config.code());
    Gauge.builder("perdure.code.packages", packages, Packages::count)
        .description("Stored code packages")
        .strongReference(true)
        .register(metrics.registry());
    Gauge.builder("perdure.code.bytes", packages, Packages::bytes)
        .description("Bytes of the stored code packages")
        .strongReference(true)
        .register(metrics.registry());
    PackageVerticle keeper =
        new PackageVerticle(
            packages,
            ground.packages(),
            ground.registryReader(),
            bus,
            clock,
            config.code(),
            ground.path().resolve("uploads"),
            admittance::refusal);
    return deployments.worker(keeper, "perdure-code").compose(v -> startRegistry(packages));
  }

  private Future<Void> startRegistry(Packages packages) {
    return deployments.worker(
        new RegistryVerticle(
            registry,
            ground.registry(),
            bus,
            clock,
            config.registry(),
            packages,
            managed::problem,
            disk::refusal),
        "perdure-registry");
  }

  private Future<Void> startConcerns() {
    return Future.all(ground.concerns().stream().map(deployments::deploy).toList()).mapEmpty();
  }

  /** Verticles named in the configuration: they serve functions, so they come before the shards. */
  private Future<Void> deployOwn() {
    Future<Void> done = Future.succeededFuture();
    for (String name : config.verticles()) {
      done = done.compose(v -> vertx.deployVerticle(name)).mapEmpty();
    }
    return done;
  }

  private Future<Void> startExecutor() {
    ManagedRuntime instances =
        managed.runtime(
            bus, clock, registry, config.executor().resultBytesMax(), metrics.registry());
    Map<String, FunctionRuntime> runtimes = new HashMap<>();
    runtimes.put("event-bus", new EventBusRuntime(vertx));
    runtimes.put("http", new HttpRuntime(vertx, config.http(), clock));
    runtimes.put("command", new CommandRuntime(vertx, config.command(), clock));
    for (Language language : Language.values()) {
      runtimes.put(language.kind(), instances);
    }
    return deployments
        .deploy(
            new ExecutorVerticle(
                config.executor(),
                bus,
                clock,
                registry,
                runtimes,
                metrics.registry(),
                ground.homes()))
        .compose(v -> startHomes())
        .compose(
            v ->
                deployments.deploy(
                    new InstancesVerticle(bus, registry, instances, ground.homes())));
  }

  private Future<Void> startHomes() {
    Homes homes = ground.homes();
    return homes == null
        ? done()
        : deployments.deploy(new PlacesVerticle(homes, registry, bus, System::nanoTime));
  }

  /** Listens before the shards hand over what they owe. */
  private Future<Void> startDeliveries() {
    deliveries =
        new DeliveryVerticle(
            config.delivery(),
            config.regions().fc(),
            registry,
            router,
            bus,
            clock,
            metrics.registry());
    return deployments.deploy(deliveries);
  }

  private Future<Void> startShards() {
    ShardParts parts =
        new ShardParts(
            config.shard(),
            bus,
            clock,
            registry,
            new Backlog(config.shard().backlogPerFunction(), config.shard().backlogPerAccount()),
            admittance,
            config.delivery().policy(),
            scans,
            metrics.registry());
    shards = new HostedShards(vertx, parts, config.shardThreads(), atHand, health);
    deployments.atEnd(shards::releaseAll);
    return ground.host(shards);
  }

  private Future<Void> startRetention() {
    retention =
        new RetentionVerticle(
            config.retention(), ground.shards(), ground::owns, bus, clock, metrics.registry());
    return deployments.deploy(retention);
  }

  /** Removes and expires what is due at the time of the call, besides the regular sweeps. */
  public Future<RetentionVerticle.Swept> sweep() {
    return retention.sweep();
  }

  /**
   * Ends the node: nothing new is accepted, running attempts may take {@code graceMillis} to end,
   * everything decided is committed, the stores are closed.
   */
  public Future<Void> stop(long graceMillis) {
    LOG.log(INFO, "shutting down: running attempts have {0} ms to end", graceMillis);
    health.draining();
    return ground.isShared()
        ? drain(graceMillis)
            .compose(v -> ground.leave(LEAVE_MILLIS))
            .compose(v -> close(LEAVE_MILLIS))
        : close(graceMillis);
  }

  /** In a cluster an outcome may wait for an owner that has gone; another node runs it again. */
  private Future<Void> drain(long graceMillis) {
    long patience = ground.isShared() ? DRAINED_MILLIS : Bus.TIMEOUT_MILLIS;
    return bus.request(Addresses.DRAIN, new Drain(graceMillis), graceMillis + patience)
        .<Void>mapEmpty()
        .otherwiseEmpty(); // the executor may not have been started
  }

  private Future<Void> close(long graceMillis) {
    admittance.close(graceMillis);
    router.refuseSubmits(
        new Failure.Unavailable("the node is shutting down", Math.max(1_000, graceMillis)));
    return drain(ground.isShared() ? 0 : graceMillis)
        .compose(v -> ground.isShared() ? endInTime() : deployments.endAll())
        .eventually(() -> managed == null ? done() : managed.close())
        .eventually(() -> shards == null ? done() : shards.close())
        .eventually(() -> deployments.closePools())
        .eventually(() -> scans.close())
        .eventually(
            () ->
                vertx.executeBlocking(
                    () -> {
                      ground.close();
                      metrics.close();
                      return null;
                    }));
  }

  /** What has not ended by then is about other nodes' answers, and ends with the process. */
  private Future<Void> endInTime() {
    return deployments
        .endAll()
        .timeout(END_MILLIS, TimeUnit.MILLISECONDS)
        .recover(
            e -> {
              LOG.log(WARNING, "a part of the node waits for others and is left behind", e);
              return done();
            });
  }

  private static Future<Void> done() {
    return Future.succeededFuture();
  }
}
