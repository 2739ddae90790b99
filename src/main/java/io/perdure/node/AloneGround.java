package io.perdure.node;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.bus.Bus;
import io.perdure.bus.Homes;
import io.perdure.cluster.StandsAlone;
import io.perdure.invocation.Failure;
import io.perdure.journal.LogStats;
import io.perdure.registry.Registry;
import io.perdure.registry.RegistryStorage;
import io.perdure.store.Backup;
import io.perdure.store.DataDirectory;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/** The ground of a node that stands alone: a data directory, which it owns whole. */
public final class AloneGround implements Ground {
  private final DataDirectory directory;
  private final Vertx vertx;
  private final RegistryStore registry;
  private final int[] all;
  private MeterRegistry meters;
  private Bus bus;

  /** On {@code directory}, which belongs to it and may still be opening its stores. */
  public AloneGround(DataDirectory directory, Vertx vertx) {
    this.directory = directory;
    this.vertx = vertx;
    this.registry = new RegistryStore(directory);
    this.all = IntStream.range(0, directory.shards()).toArray();
  }

  @Override
  public Path path() {
    return directory.path();
  }

  @Override
  public int shards() {
    return directory.shards();
  }

  @Override
  public Bus bus(Vertx of) {
    bus = Bus.install(of);
    return bus;
  }

  @Override
  public void prepare(Registry registryView, MeterRegistry with, Clock clock) {
    meters = with;
    FunctionTimer.builder(
            "perdure.fsync.time",
            directory,
            of -> of.fsyncs().count(),
            of -> of.fsyncs().micros(),
            TimeUnit.MICROSECONDS)
        .description("Syncs of the log of the shards and of the registry's own to disk")
        .register(meters);
    logMeter("perdure.log.groups", "Synced writes of the log", LogStats::groups);
    logMeter("perdure.log.entries", "Commits of all shards in the log", LogStats::entries);
    logMeter("perdure.log.bytes", "Bytes written to the log", LogStats::bytes);
    Gauge.builder("perdure.log.segments", directory, of -> of.logStats().segments())
        .description("Files of the log that a store still needs")
        .register(meters);
  }

  private void logMeter(String name, String description, ToLongFunction<LogStats> of) {
    FunctionCounter.builder(name, directory, from -> of.applyAsLong(from.logStats()))
        .description(description)
        .register(meters);
  }

  @Override
  public Future<Void> open() {
    return vertx.executeBlocking(
        () -> {
          directory.awaitOpen();
          return null;
        },
        false);
  }

  @Override
  public Future<Void> host(HostedShards shards) {
    List<Future<Void>> starts = new ArrayList<>();
    for (int shard : all) {
      starts.add(shards.host(shard, DirectoryStorage.source(directory, shard, vertx, meters)));
    }
    return Future.all(starts).mapEmpty();
  }

  @Override
  public RegistryStorage.Source registry() {
    return registry.source(vertx, meters);
  }

  @Override
  public StoreReader registryReader() {
    return registry;
  }

  @Override
  public RegistryStorage.Source packages() {
    return registry.packages(vertx, meters);
  }

  @Override
  public List<Deployable> concerns() {
    return List.of(new StandsAlone(bus));
  }

  @Override
  public Failure refusal() {
    return null;
  }

  @Override
  public String problem() {
    return null;
  }

  @Override
  public Future<Void> settled() {
    return Future.succeededFuture();
  }

  @Override
  public boolean owns(int shard) {
    return true;
  }

  @Override
  public int[] preferred() {
    return all;
  }

  @Override
  public Homes homes() {
    return null;
  }

  @Override
  public boolean isShared() {
    return false;
  }

  @Override
  public Future<Void> leave(long millis) {
    return Future.succeededFuture();
  }

  @Override
  public void backup(Path target, Clock clock) {
    Backup.create(directory, target, clock);
  }

  @Override
  public void close() {
    directory.close();
  }
}
