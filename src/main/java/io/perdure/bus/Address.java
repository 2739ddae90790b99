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
 * @param <Q> request
 * @param <R> reply
 */
public record Address<Q extends Message, R extends Message>(
    String name, Class<Q> request, Class<R> reply, Scope scope, boolean parcels) {

  /** Who can be reached at an address. */
  public enum Scope {
    /** This node only. */
    NODE,
    /** The owner of one shard, wherever it is. */
    SHARD,
    /** Any node of the cluster. */
    CLUSTER
  }

  static <Q extends Message, R extends Message> Address<Q, R> node(
      String name, Class<Q> request, Class<R> reply) {
    return new Address<>(name, request, reply, Scope.NODE, false);
  }

  static <Q extends Message, R extends Message> Address<Q, R> shard(
      String name, Class<Q> request, Class<R> reply) {
    return new Address<>(name, request, reply, Scope.SHARD, false);
  }

  static <Q extends Message, R extends Message> Address<Q, R> cluster(
      String name, Class<Q> request, Class<R> reply) {
    return new Address<>(name, request, reply, Scope.CLUSTER, false);
  }

  /** The same, for what comes often. */
  Address<Q, R> inParcels() {
    return new Address<>(name, request, reply, scope, true);
  }

  /** The address of the owner of {@code shard}. */
  public Address<Q, R> at(int shard) {
    if (scope != Scope.SHARD) {
      throw new IllegalStateException(name + " is not an address of a shard");
    }
    return new Address<>(name + "." + shard, request, reply, scope, parcels);
  }
}
