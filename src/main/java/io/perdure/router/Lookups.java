package io.perdure.router;

import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ShardMessages.Await;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.Get;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.GetByKey;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One invocation, found by its id or its key: what this node can tell itself, else what the shard
 * answers. Thread-safe.
 */
final class Lookups {
  /** How much later than its deadline the answer of a wait is given up. */
  private static final long WAIT_SLACK_MILLIS = 5_000;

  private static final byte[] NOTHING = {};

  private final Bus bus;
  private final int shards;
  private final Clock clock;
  private final AtHand atHand;
  private final List<Address<Get, Found>> getAt; // needed for every read: made once

  Lookups(Bus bus, int shards, Clock clock, AtHand atHand) {
    this.bus = bus;
    this.shards = shards;
    this.clock = clock;
    this.atHand = atHand;
    this.getAt = IntStream.range(0, shards).mapToObj(Addresses.GET::at).toList();
  }

  /** See {@link Router#get}. */
  Future<Invocation> get(String account, InvocationId id) {
    if (id.shard() >= shards) {
      return Router.failed(notFound(id));
    }
    Invocation ended = atHand.ended(id);
    if (ended != null) {
      return owned(account, ended);
    }
    return bus.request(getAt.get(id.shard()), new Get(id))
        .compose(found -> owned(account, found.invocation()));
  }

  /** See {@link Router#getByKeyOrId}. */
  Future<Invocation> getByKeyOrId(String account, Function function, String name) {
    int shard = Placement.shardOf(function.uid(), name, shards);
    Optional<InvocationId> id = InvocationId.parse(name);
    if (id.isPresent() && atHand.isUnused(shard, function.uid(), name)) {
      return get(account, id.get());
    }
    Invocation ended = atHand.ended(shard, function.uid(), name);
    if (ended != null) {
      return Future.succeededFuture(ended);
    }
    return bus.request(Addresses.GET_BY_KEY.at(shard), new GetByKey(function.uid(), name))
        .map(Found::invocation)
        .recover(
            cause ->
                id.isPresent() && isNotFound(cause)
                    ? get(account, id.get())
                    : Future.failedFuture(cause));
  }

  private static boolean isNotFound(Throwable cause) {
    return cause instanceof FailureException e && e.failure() instanceof Failure.NotFound;
  }

  /** See {@link Router#await}. */
  Future<Invocation> await(
      String account, InvocationId id, int afterSeq, boolean terminal, long waitMillis) {
    return get(account, id)
        .compose(
            now -> {
              boolean reached = terminal ? now.status().terminal() : now.lastSeq() > afterSeq;
              if (waitMillis <= 0 || reached || now.over()) {
                return Future.succeededFuture(now);
              }
              Await message = new Await(id, afterSeq, terminal, clock.millis() + waitMillis);
              return bus.request(
                      Addresses.AWAIT.at(id.shard()), message, waitMillis + WAIT_SLACK_MILLIS)
                  .map(Found::invocation)
                  // A clock that stands still never reaches the deadline: the bus gives up first.
                  .recover(cause -> get(account, id));
            });
  }

  /** See {@link Router#body}. */
  Future<Body> body(String account, InvocationId id, Part part) {
    if (id.shard() >= shards) {
      return Router.failed(notFound(id));
    }
    Invocation ended = atHand.ended(id);
    if (ended == null) {
      return askForBody(id, part).compose(body -> owned(account, body.invocation()).map(body));
    }
    return owned(account, ended)
        .compose(own -> bytesAtHand(ended, part))
        .compose(
            bytes ->
                bytes == null
                    ? askForBody(id, part)
                    : Future.succeededFuture(new Body(ended, bytes)));
  }

  /** A body of what has ended that this node has, in memory or on its disk; else null. */
  private Future<byte[]> bytesAtHand(Invocation ended, Part part) {
    byte[] bytes = atHand.body(ended, part);
    return bytes == null ? atHand.fetch(ended, part) : Future.succeededFuture(bytes);
  }

  private Future<Body> askForBody(InvocationId id, Part part) {
    return bus.request(Addresses.GET_BODY.at(id.shard()), new GetBody(id, part));
  }

  /** See {@link Router#bytesLeft}. */
  Future<byte[]> bytesLeft(Invocation of, Part part) {
    if (part.of(of).isEmpty()) {
      return Future.succeededFuture(NOTHING);
    }
    if (!of.status().terminal()) {
      return askForBytesLeft(of.id(), part);
    }
    return bytesAtHand(of, part)
        .compose(
            bytes ->
                bytes == null ? askForBytesLeft(of.id(), part) : Future.succeededFuture(bytes));
  }

  private Future<byte[]> askForBytesLeft(InvocationId id, Part part) {
    return askForBody(id, part)
        .map(Body::bytes)
        .recover(
            cause ->
                cause instanceof FailureException e && isGone(e.failure())
                    ? Future.succeededFuture(NOTHING)
                    : Future.failedFuture(cause));
  }

  private static boolean isGone(Failure failure) {
    return failure.kind() == Failure.Kind.REMOVED || failure.kind() == Failure.Kind.NOT_FOUND;
  }

  private static Future<Invocation> owned(String account, Invocation invocation) {
    return invocation.account().equals(account)
        ? Future.succeededFuture(invocation)
        : Router.failed(notFound(invocation.id()));
  }

  private static Failure notFound(InvocationId id) {
    return new Failure.NotFound("invocation", id.toString());
  }
}
