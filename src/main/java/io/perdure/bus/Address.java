package io.perdure.bus;

/**
 * A typed event-bus address: what is sent there and what comes back.
 *
 * @param name the event-bus address
 * @param request class of what is sent
 * @param reply class of the answer
 * @param scope who can be reached there
 * @param parcels whether what one context sends there in one turn travels together: for what comes
 *     often. Order is kept within such an address, and among those that are not
 * @param shard whose owner it is, {@link Routes#REGISTRY} for the registry; of no meaning in other
 *     scopes
 * @param node name of the only node that can be reached there; null while it is not said
 * @param <Q> request
 * @param <R> reply
 */
public record Address<Q extends Message, R extends Message>(
    String name,
    Class<Q> request,
    Class<R> reply,
    Scope scope,
    boolean parcels,
    int shard,
    String node) {
  private static final int NO_SHARD = Integer.MIN_VALUE;

  /** Who can be reached at an address. */
  public enum Scope {
    /** This node only. */
    NODE,
    /** The owner of one shard, wherever it is. */
    SHARD,
    /** The owner of the registry, wherever it is. */
    REGISTRY,
    /** One node, by its name. Only in a cluster. */
    PEER,
    /** Any node of the cluster. */
    CLUSTER
  }

  static <Q extends Message, R extends Message> Address<Q, R> node(
      String name, Class<Q> request, Class<R> reply) {
    return new Address<>(name, request, reply, Scope.NODE, false, NO_SHARD, null);
  }

  static <Q extends Message, R extends Message> Address<Q, R> shard(
      String name, Class<Q> request, Class<R> reply) {
    return new Address<>(name, request, reply, Scope.SHARD, false, NO_SHARD, null);
  }

  static <Q extends Message, R extends Message> Address<Q, R> registry(
      String name, Class<Q> request, Class<R> reply) {
    return new Address<>(name, request, reply, Scope.REGISTRY, false, Routes.REGISTRY, null);
  }

  static <Q extends Message, R extends Message> Address<Q, R> peer(
      String name, Class<Q> request, Class<R> reply) {
    return new Address<>(name, request, reply, Scope.PEER, false, NO_SHARD, null);
  }

  static <Q extends Message, R extends Message> Address<Q, R> cluster(
      String name, Class<Q> request, Class<R> reply) {
    return new Address<>(name, request, reply, Scope.CLUSTER, false, NO_SHARD, null);
  }

  /** The same, for what comes often. */
  Address<Q, R> inParcels() {
    return new Address<>(name, request, reply, scope, true, shard, node);
  }

  /** The address of the owner of {@code shard}. */
  public Address<Q, R> at(int shard) {
    if (scope != Scope.SHARD) {
      throw new IllegalStateException(name + " is not an address of a shard");
    }
    return new Address<>(name + "." + shard, request, reply, scope, parcels, shard, node);
  }

  /** The address of the node named {@code node}; it is served without saying so. */
  public Address<Q, R> onNode(String node) {
    if (scope != Scope.PEER) {
      throw new IllegalStateException(name + " is not an address of one node");
    }
    return on(node, scope);
  }

  /** Whether its owner is looked up. */
  boolean owned() {
    return scope == Scope.SHARD || scope == Scope.REGISTRY;
  }

  /** Where that node alone is reached. */
  Address<Q, R> on(String node, Scope scope) {
    return new Address<>(name + "@" + node, request, reply, scope, parcels, shard, node);
  }

  /** The same of this node, which it names. */
  Address<Q, R> local() {
    return new Address<>(name, request, reply, Scope.NODE, parcels, shard, node);
  }
}
