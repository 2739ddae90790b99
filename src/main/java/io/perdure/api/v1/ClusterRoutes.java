package io.perdure.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.JsonOut;
import io.perdure.api.Problem;
import io.perdure.api.auth.Accounts;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ClusterMessages.ChangeNode;
import io.perdure.bus.ClusterMessages.ClusterChanged;
import io.perdure.bus.ClusterMessages.ClusterTold;
import io.perdure.bus.ClusterMessages.Formats;
import io.perdure.bus.ClusterMessages.GetCluster;
import io.perdure.bus.ClusterMessages.GroupTold;
import io.perdure.bus.ClusterMessages.NodeChange;
import io.perdure.bus.ClusterMessages.NodeTold;
import io.perdure.bus.ClusterMessages.Rebalance;
import io.perdure.bus.ClusterMessages.ReplicaTold;
import io.perdure.bus.Routes;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;

/**
 * {@code /v1/cluster}: the nodes, and who has which shard; for the operator. Answered on every
 * node. A node that stands alone answers 409.
 */
final class ClusterRoutes {
  private static final String NODE = "/v1/cluster/nodes/{node}:";

  /** How long attempts may take to end where nothing else is asked for. */
  private static final long GRACE_MILLIS = 300_000;

  private static final long GRACE_MILLIS_MAX = 7 * 86_400_000L;

  private final Bus bus;
  private final Accounts accounts;

  ClusterRoutes(Bus bus, Accounts accounts) {
    this.bus = bus;
    this.accounts = accounts;
  }

  void addTo(RouteTable table) {
    table
        .add(HttpMethod.GET, "/v1/cluster", "getCluster", this::get)
        .add(HttpMethod.POST, "/v1/cluster/rebalance", "rebalanceCluster", this::rebalance);
    change(table, "add", "addNode", NodeChange.ADD);
    hand(table, "drain", "drainNode", NodeChange.DRAIN);
    change(table, "resume", "resumeNode", NodeChange.RESUME);
    hand(table, "remove", "removeNode", NodeChange.REMOVE);
  }

  private void change(RouteTable table, String verb, String operation, NodeChange change) {
    table.add(
        HttpMethod.POST,
        NODE + verb,
        operation,
        call -> {
          call.noQuery();
          return change(call, change, 0);
        });
  }

  /** Of what makes a node hand over what it leads. */
  private void hand(RouteTable table, String verb, String operation, NodeChange change) {
    table.add(
        HttpMethod.POST,
        NODE + verb,
        operation,
        call -> {
          Query query = call.query("grace");
          boolean named = query.text("grace") != null;
          long millis = named ? query.duration("grace") : GRACE_MILLIS;
          if (millis > GRACE_MILLIS_MAX) {
            throw Problem.invalid("grace", "expected at most 7d");
          }
          return change(call, change, millis);
        });
  }

  private Future<?> change(Call call, NodeChange change, long graceMillis) {
    call.checkOperator(accounts);
    ChangeNode asked = new ChangeNode(call.parameters().get(0), change, graceMillis);
    return changed(call, bus.request(Addresses.CHANGE_NODE, asked));
  }

  private Future<?> rebalance(Call call) {
    call.noQuery();
    call.checkOperator(accounts);
    return changed(call, bus.request(Addresses.REBALANCE, new Rebalance()));
  }

  /** It is written down; what follows from it goes on. */
  private static Future<?> changed(Call call, Future<ClusterChanged> change) {
    return change.compose(
        changed ->
            call.reply(
                202,
                JsonOut.object(32, json -> json.writeNumberField("version", changed.version()))));
  }

  private Future<?> get(Call call) {
    call.noQuery();
    call.checkOperator(accounts);
    return bus.request(Addresses.GET_CLUSTER, new GetCluster())
        .compose(told -> call.reply(200, json(told)));
  }

  private static Buffer json(ClusterTold told) {
    return JsonOut.object(
        256 * (told.nodes().size() + told.groups().size() + 1),
        json -> {
          json.writeStringField("node", told.node());
          json.writeNumberField("version", told.version());
          json.writeBooleanField("moving", told.moving());
          json.writeStringField("now", told.now());
          json.writeArrayFieldStart("nodes");
          for (NodeTold node : told.nodes()) {
            write(node, json);
          }
          json.writeEndArray();
          json.writeArrayFieldStart("groups");
          for (GroupTold group : told.groups()) {
            write(group, json);
          }
          json.writeEndArray();
        });
  }

  private static void write(NodeTold node, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", node.member().node());
    json.writeStringField("id", node.member().id());
    json.writeStringField("host", node.member().host());
    json.writeNumberField("raftPort", node.member().port());
    json.writeStringField("state", node.state());
    json.writeBooleanField("alive", node.alive());
    json.writeNumberField("leads", node.leads());
    json.writeNumberField("replicas", node.replicas());
    json.writeNumberField("guests", node.guests());
    json.writeBooleanField("drained", node.drained());
    Formats formats = node.formats();
    json.writeStringField("version", formats == null ? null : formats.version());
    if (formats == null) {
      json.writeNullField("formats");
    } else {
      json.writeObjectFieldStart("formats");
      json.writeNumberField("bus", formats.bus());
      json.writeNumberField("busRead", formats.busRead());
      json.writeNumberField("store", formats.store());
      json.writeNumberField("storeRead", formats.storeRead());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void write(GroupTold group, JsonGenerator json) throws IOException {
    boolean registry = group.group() == Routes.REGISTRY;
    json.writeStartObject();
    json.writeStringField("name", registry ? "registry" : "shard-" + group.group());
    json.writeStringField("owner", group.owner());
    json.writeNumberField("term", group.term());
    json.writeArrayFieldStart("replicas");
    for (ReplicaTold replica : group.replicas()) {
      json.writeStartObject();
      json.writeStringField("node", replica.node());
      json.writeBooleanField("alive", replica.alive());
      if (replica.lag() < 0) {
        json.writeNullField("lag");
      } else {
        json.writeNumberField("lag", replica.lag());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
