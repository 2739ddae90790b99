package io.perdure.node;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.bus.Bus;
import io.perdure.bus.Homes;
import io.perdure.invocation.Failure;
import io.perdure.registry.Registry;
import io.perdure.registry.RegistryStorage;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;

/**
 * What a node stands on: where its state is kept, and who owns which part of it. The one difference
 * between a node that stands alone ({@link AloneGround}) and a member of a cluster.
 */
public interface Ground {
  /** Everything this node keeps on disk is below it. */
  Path path();

  /** Number of shards, here or elsewhere. */
  int shards();

  /** The bus to whoever owns what is asked for. Called once. */
  Bus bus(Vertx vertx);

  /**
   * Hands over what it works with; called once, before {@link #open}.
   *
   * @param registry the view of the registry on this node, empty
   */
  void prepare(Registry registry, MeterRegistry meters, Clock clock);

  /** Completes when everything below can be used; HTTP is served before. */
  Future<Void> open();

  /**
   * Has {@code shards} host each shard of which there is something here, from now on; completes
   * when those answer that there are at this moment.
   */
  Future<Void> host(HostedShards shards);

  /** The registry's storage. */
  RegistryStorage.Source registry();

  /** What the registry's storage has, whichever opening of it is the present one. */
  StoreReader registryReader();

  /** The registry's storage, with a journal of its own for packages. */
  RegistryStorage.Source packages();

  /** What else has to run on this node, from when its registry does. */
  List<Deployable> concerns();

  /** Why nothing can be told of functions and invocations at this moment, or null; any thread. */
  Failure refusal();

  /** Why the node is not ready, or null; any thread. */
  String problem();

  /** Completes when there is no problem any more, or was none. */
  Future<Void> settled();

  /** Whether this node owns {@code shard} as far as it knows; any thread. */
  boolean owns(int shard);

  /**
   * The shards that are given what may go to any: those this node owns, as far as it knows, or
   * those of others while it is to be without work; any thread. Not to be changed.
   */
  int[] preferred();

  /** Whether other nodes go on with what this one has when it ends. */
  boolean isShared();

  /** Hands over what this node owns, in at most {@code millis}; never fails. */
  Future<Void> leave(long millis);

  /** Where the limits that hold for all nodes are decided; null for a node that stands alone. */
  Homes homes();

  /** Makes a backup of everything in {@code target}, which must not exist. Blocks. */
  void backup(Path target, Clock clock);

  /** Closes everything, after all who use it have ended. Blocks. */
  void close();
}
