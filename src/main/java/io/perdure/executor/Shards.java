package io.perdure.executor;

import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.ShardMessages.Began;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Broke;
import io.perdure.bus.ShardMessages.FromExecutor;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.bus.ShardMessages.Released;
import io.perdure.bus.ShardMessages.StopStep;
import io.perdure.bus.ShardMessages.Succeeded;
import io.perdure.bus.ShardMessages.Unrunnable;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Event;
import io.perdure.runtime.Outcome;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** What is told to shards, and asked of them. */
final class Shards {
  private final Bus bus;

  /** Name of this node; null where it stands alone. */
  private String self;

  // Made once each: these are used for every attempt.
  private final List<Address<FromExecutor, Done>> addresses = new ArrayList<>();

  Shards(Bus bus) {
    this.bus = bus;
  }

  /** In a cluster, as the node of this name. */
  void inCluster(String node) {
    self = node;
  }

  /** The node that runs it; null where there is one only. */
  private String node(Attempt of) {
    return of.host == null ? self : of.host;
  }

  /** Where it runs, for the record: in a cluster its node comes first. */
  private String instance(Attempt of) {
    String node = node(of);
    return node == null ? of.running.instance() : node + "/" + of.running.instance();
  }

  void began(Attempt of) {
    of.began = true;
    tell(new Began(of.id(), of.epoch, of.number, instance(of), of.version(), node(of)));
  }

  void released(Attempt of) {
    tell(new Released(of.id(), of.epoch, of.number));
  }

  /**
   * @param unkept what is to be told of its result instead of storing it, or null
   */
  void succeeded(Attempt of, Outcome.Succeeded outcome, BodyRef unkept) {
    tell(
        new Succeeded(
            of.id(),
            of.epoch,
            of.number,
            outcome.memoryBytes(),
            unkept,
            unkept == null ? outcome.result() : Outcome.NOTHING,
            outcome.log(),
            instance(of)));
  }

  /** What it was submitted for is gone. */
  void unrunnable(Attempt of, String type, String detail) {
    tell(new Unrunnable(of.id(), of.epoch, of.number, type, detail));
  }

  void broke(Attempt of, Outcome.Failed failed, BodyRef unkept) {
    tell(
        new Broke(
            of.id(),
            of.epoch,
            of.number,
            failed.error(),
            failed.retryAfterMillis(),
            failed.memoryBytes(),
            unkept,
            unkept == null ? failed.result() : Outcome.NOTHING,
            failed.log()));
  }

  void stopped(Attempt of, Event.Type step, String detail) {
    tell(new StopStep(of.id(), of.epoch, of.number, step, detail));
  }

  Future<byte[]> payload(Attempt of) {
    return bus.request(Addresses.GET_BODY.at(of.id().shard()), new GetBody(of.id(), Part.PAYLOAD))
        .map(Body::bytes);
  }

  private void tell(FromExecutor message) {
    int shard = message.id().shard();
    while (addresses.size() <= shard) {
      addresses.add(Addresses.ATTEMPT.at(addresses.size()));
    }
    bus.send(addresses.get(shard), message);
  }
}
