package io.perdure.shard;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Criteria;
import io.perdure.bus.ExecutorMessages.GetGate;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.Message;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.ShardMessages.Count;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.Get;
import io.perdure.bus.ShardMessages.GetState;
import io.perdure.bus.ShardMessages.Page;
import io.perdure.bus.ShardMessages.Reap;
import io.perdure.bus.ShardMessages.Reaped;
import io.perdure.bus.ShardMessages.Stop;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.DeliveryPolicy;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Fingerprint;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import io.perdure.store.Meta;
import io.perdure.store.StoreConfig;
import io.perdure.store.StoreShared;
import io.perdure.time.VirtualClock;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Shards on real stores with a scripted executor and a virtual clock. Used by the thread of a test;
 * a shard's answers are waited for, at most 10 s.
 */
final class ShardHarness {
  static final long T0 = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

  /** The function that submits go to unless a test says otherwise. */
  static final long FN = 11;

  private static final int SCAN_THREADS = 2;

  final VirtualClock clock;
  final TestFunctions functions = new TestFunctions();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Vertx vertx = Vertx.vertx();
  final Bus bus = Bus.install(vertx);
  final ScriptedExecutor executor = new ScriptedExecutor(bus);
  final List<TestDisk> disks = new ArrayList<>();
  final Backlog backlog;

  volatile boolean startsAttempts = true;
  volatile Failure refusal;

  private final StoreShared shared = new StoreShared(StoreConfig.DEFAULT);
  private final WorkerExecutor scans = vertx.createSharedWorkerExecutor("scans", SCAN_THREADS);
  private final ShardParts parts;
  private final List<String> deployments = new ArrayList<>();
  private final List<ShardVerticle> verticles = new ArrayList<>();

  /** One shard with the usual settings. */
  ShardHarness(Path directory) throws Exception {
    this(directory, 1, ShardConfig.DEFAULT);
  }

  ShardHarness(Path directory, int shards, ShardConfig config) throws Exception {
    this(directory, shards, config, DeliveryPolicy.DEFAULT);
  }

  ShardHarness(Path directory, int shards, ShardConfig config, DeliveryPolicy deliveries)
      throws Exception {
    this(directory, shards, config, deliveries, T0, false);
  }

  /** One shard that may have other owners; the clock shows {@code now}. */
  static ShardHarness movable(Path directory, long now) throws Exception {
    return new ShardHarness(directory, 1, ShardConfig.DEFAULT, DeliveryPolicy.DEFAULT, now, true);
  }

  ShardHarness(
      Path directory,
      int shards,
      ShardConfig config,
      DeliveryPolicy deliveries,
      long now,
      boolean moves)
      throws Exception {
    clock = new VirtualClock(Instant.ofEpochMilli(now));
    backlog = new Backlog(config.backlogPerFunction(), config.backlogPerAccount());
    parts =
        new ShardParts(
            config,
            bus,
            clock,
            functions,
            backlog,
            new Admission() {
              @Override
              public Failure refusal() {
                return refusal;
              }

              @Override
              public boolean startsAttempts() {
                return startsAttempts;
              }
            },
            deliveries,
            scans,
            meters);
    functions.put(FN);
    join(vertx.deployVerticle(executor));
    for (int shard = 0; shard < shards; shard++) {
      // One shard has its log where a data directory has it, so that it can be verified.
      Path log = directory.resolve(shards == 1 ? "log" : "log-" + shard);
      disks.add(new TestDisk(shardDirectory(directory, shard), log, vertx, shared, moves));
      deployments.add(null);
      verticles.add(null);
      deploy(shard);
    }
  }

  /** Where a data directory has the store of a shard. */
  static Path shardDirectory(Path directory, int shard) {
    return directory.resolve("shards").resolve(String.format("%03d", shard));
  }

  TestDisk disk() {
    return disks.get(0);
  }

  private void deploy(int shard) throws Exception {
    meters.clear(); // gauges of an earlier opening
    ShardVerticle verticle = new ShardVerticle(shard, parts, disks.get(shard));
    verticles.set(shard, verticle);
    deployments.set(
        shard,
        join(
            vertx.deployVerticle(
                verticle,
                new DeploymentOptions()
                    .setThreadingModel(ThreadingModel.WORKER)
                    .setWorkerPoolName("shard-" + shard)
                    .setWorkerPoolSize(1))));
  }

  /** What the shard says of itself. */
  String phase(int shard) {
    return verticles.get(shard).state().phase();
  }

  /** What the shard shows without being asked; null when it shows nothing. */
  Glance glance() {
    return verticles.get(0).glance();
  }

  /** Reads of bodies on the pool for scans. */
  Fetches fetches() {
    return new Fetches(scans);
  }

  // ---- crash and end

  /** As after kill -9: what is not on disk is gone, the executor too, and all is opened again. */
  void restart() throws Exception {
    restart(() -> {});
  }

  /** As {@link #restart()}; {@code whileDown} finds the stores closed. */
  void restart(Runnable whileDown) throws Exception {
    for (int shard = 0; shard < disks.size(); shard++) {
      crash(shard);
    }
    ask(Addresses.GATE, new GetGate(FN)); // what was on its way to the executor has arrived
    whileDown.run();
    executor.forget();
    clock.advance(Duration.ofMillis(1)); // no process starts within the ms in which it died
    for (int shard = 0; shard < disks.size(); shard++) {
      disks.get(shard).repair();
      deploy(shard);
    }
  }

  private void crash(int shard) throws Exception {
    disks.get(shard).failAfter(0);
    join(undeploy(shard));
  }

  /** Ends the shard in good order; it stays so. */
  Future<Void> undeploy(int shard) {
    String deployment = deployments.get(shard);
    deployments.set(shard, null);
    return vertx.undeploy(deployment);
  }

  /** Ends the shards in good order and opens them again. */
  void restartCleanly() throws Exception {
    for (int shard = 0; shard < disks.size(); shard++) {
      join(undeploy(shard));
    }
    executor.forget();
    for (int shard = 0; shard < disks.size(); shard++) {
      deploy(shard);
    }
  }

  void close() throws Exception {
    disks.forEach(TestDisk::repair);
    for (int shard = 0; shard < disks.size(); shard++) {
      if (deployments.get(shard) != null) {
        join(undeploy(shard));
      }
    }
    join(vertx.close());
    shared.close();
  }

  /** Lets virtual time pass until all shards that have failed are open again. */
  void reopened() throws Exception {
    long patience = System.nanoTime() + 10_000_000_000L;
    while (!verticles.stream().allMatch(v -> v.state().phase().equals("serving"))) {
      barrier();
      if (clock.pending().isPresent()) { // else the failed store is still being closed
        clock.advance(Duration.ofSeconds(2));
      }
      assertTrue(System.nanoTime() < patience, "a shard did not open again");
    }
  }

  /** Returns once the first shard is open. */
  void serving() throws Exception {
    long patience = System.nanoTime() + 10_000_000_000L;
    do {
      barrier();
      assertTrue(System.nanoTime() < patience, "the shard is not open");
    } while (!phase(0).equals("serving"));
  }

  /** Sets the mark below which bodies count as removed, behind the back of the shard. */
  void lowWaterOnDisk(int bucket) {
    disk().store().write(new Batch().put(Family.META, Meta.lowWater(), Keys.number(bucket)));
  }

  /** Lets the pool for scans do nothing until the latch is counted down. */
  CountDownLatch occupyScans() {
    CountDownLatch release = new CountDownLatch(1);
    for (int thread = 0; thread < SCAN_THREADS; thread++) {
      scans.executeBlocking(() -> release.await(10, TimeUnit.SECONDS), false);
    }
    return release;
  }

  // ---- requests

  Future<Submitted> submit() {
    return submit(FN);
  }

  Future<Submitted> submit(long function) {
    return submit(0, submission(function, null, 0, "{}"));
  }

  Future<Submitted> submit(String key, String payload) {
    return submit(0, submission(FN, key, 0, payload));
  }

  Future<Submitted> submit(int shard, Submit submit) {
    return bus.request(Addresses.SUBMIT.at(shard), submit);
  }

  static Submit submission(long function, String key, long dueAt, String payload) {
    return submission(function, key, dueAt, Map.of(), payload.getBytes(StandardCharsets.UTF_8));
  }

  static Submit submission(
      long function, String key, long dueAt, Map<String, String> labels, byte[] payload) {
    return submission(function, key, dueAt, Invocation.Mode.ASYNC, labels, payload);
  }

  static Submit submission(
      long function,
      String key,
      long dueAt,
      Invocation.Mode mode,
      Map<String, String> labels,
      byte[] payload) {
    return new Submit(
        function,
        Invocation.LATEST,
        key,
        key == null ? null : Fingerprint.of(payload),
        null,
        Invocation.Origin.NATIVE,
        mode,
        true,
        0,
        null,
        labels,
        dueAt,
        null,
        payload);
  }

  /** A submit of one that its caller waits for: what was accepted. */
  Invocation acceptedSync() throws Exception {
    byte[] payload = "{}".getBytes(StandardCharsets.UTF_8);
    Submit sync = submission(FN, null, 0, Invocation.Mode.SYNC, Map.of(), payload);
    return join(submit(0, sync)).invocation();
  }

  /** The id of one that has run and succeeded. */
  InvocationId succeeded() throws Exception {
    Run run = running();
    end(run);
    return run.invocation().id();
  }

  /** Lets an attempt begin, unless it has, and succeed; returns when that is committed. */
  void end(Run run) throws Exception {
    executor.began(run);
    executor.succeeded(run, ScriptedExecutor.NOTHING);
    settle();
  }

  /** An attempt that has begun. */
  Run running() throws Exception {
    Invocation accepted = accepted();
    Run run = executor.next(accepted.id());
    executor.began(run);
    barrier();
    return run;
  }

  /** One sweep of what is due at the present time. */
  Reaped reap() throws Exception {
    return ask(Addresses.REAP.at(0), new Reap(clock.millis(), 100));
  }

  /** A submit that is accepted: what was accepted. */
  Invocation accepted() throws Exception {
    return join(submit()).invocation();
  }

  Invocation accepted(long function) throws Exception {
    return join(submit(function)).invocation();
  }

  /** {@code n} submits at once: what was accepted, in order. */
  List<Invocation> accepted(long function, int n) throws Exception {
    List<Future<Submitted>> submits = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      submits.add(submit(function));
    }
    List<Invocation> accepted = new ArrayList<>();
    for (Future<Submitted> submit : submits) {
      accepted.add(join(submit).invocation());
    }
    return accepted;
  }

  Invocation get(InvocationId id) throws Exception {
    return join(bus.request(Addresses.GET.at(id.shard()), new Get(id))).invocation();
  }

  Future<Found> stop(InvocationId id, StopMode mode) {
    return bus.request(Addresses.STOP.at(id.shard()), new Stop(id, mode, 5_000, "test"));
  }

  Map<Status, Long> count(Filter filter) throws Exception {
    return join(bus.request(Addresses.COUNT.at(0), new Count(filter))).byStatus();
  }

  List<InvocationId> list(Filter filter) throws Exception {
    return join(bus.request(Addresses.PAGE.at(0), new Page(filter, false, null, null, 1000))).ids();
  }

  static Filter all(long function, Status... statuses) {
    return new Filter(TestFunctions.ACCOUNT, function, Criteria.ANY.withStatuses(Set.of(statuses)));
  }

  void functionChanged(long function, boolean deleted) {
    bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(function, deleted));
  }

  // ---- waiting

  /** Returns once all that was sent before is processed by shards and executor, disk aside. */
  void barrier() throws Exception {
    for (int round = 0; round < 2; round++) {
      for (int shard = 0; shard < disks.size(); shard++) {
        ask(Addresses.SHARD_STATE.at(shard), new GetState());
      }
      ask(Addresses.GATE, new GetGate(FN));
    }
  }

  /** As {@link #barrier}, with all that was decided committed and its effects carried out. */
  void settle() throws Exception {
    for (int round = 0; round < 2; round++) {
      barrier();
      for (int shard = 0; shard < disks.size(); shard++) {
        ask(Addresses.PAGE.at(shard), new Page(all(FN), false, null, null, 1));
      }
    }
    barrier();
  }

  void advance(long millis) throws Exception {
    clock.advance(Duration.ofMillis(millis));
    settle();
  }

  <Q extends Message, R extends Message> R ask(Address<Q, R> to, Q message) throws Exception {
    return join(bus.request(to, message));
  }

  static <T> T join(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  /** The failure that {@code future} ends with. */
  static <F extends Failure> F failure(Class<F> kind, Future<?> future) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> join(future));
    return kind.cast(((FailureException) e.getCause()).failure());
  }
}
