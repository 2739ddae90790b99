package io.perdure.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.Bodies;
import io.perdure.api.JsonOut;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.InstanceMessages.Instance;
import io.perdure.bus.InstanceMessages.ListInstances;
import io.perdure.bus.InstanceMessages.Retire;
import io.perdure.bus.InstanceMessages.Warm;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.router.Router;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;

/** Instances of a managed function on this node. */
final class InstanceRoutes {
  private static final String ALL = "/v1/namespaces/{namespace}/functions/{function}/instances";
  private static final int COUNT_MAX = 1_000;

  /** Longest start of an instance, and a little for the answer. */
  private static final long WARM_MILLIS_MAX = 330_000;

  private final Bus bus;
  private final Router router;
  private final Bodies bodies;

  InstanceRoutes(Bus bus, Router router, Bodies bodies) {
    this.bus = bus;
    this.router = router;
    this.bodies = bodies;
  }

  void addTo(RouteTable table) {
    table
        .add(HttpMethod.GET, ALL, "listInstances", this::list)
        .add(HttpMethod.DELETE, ALL, "retireInstances", this::retire)
        .add(HttpMethod.POST, ALL + ":warm", "warmInstances", this::warm);
  }

  private Function function(Call call) {
    Function function = router.function(call.account().id(), call.namespace(), call.function());
    if (function.runtime() instanceof Managed) {
      return function;
    }
    throw new FailureException(
        new Failure.Conflict(
            "a function of kind " + function.runtime().kind() + " has no instances"));
  }

  private Future<?> list(Call call) {
    call.noQuery();
    return bus.request(Addresses.LIST_INSTANCES, new ListInstances(function(call).uid()))
        .compose(
            found ->
                call.reply(
                    200,
                    JsonOut.object(
                        256 * Math.max(1, found.instances().size()),
                        json -> {
                          json.writeArrayFieldStart("instances");
                          for (Instance instance : found.instances()) {
                            json.writeStartObject();
                            write(json, instance);
                            json.writeEndObject();
                          }
                          json.writeEndArray();
                        })));
  }

  private static void write(JsonGenerator json, Instance instance) throws IOException {
    json.writeStringField("id", instance.id());
    json.writeStringField("version", instance.version());
    json.writeStringField("state", instance.state());
    json.writeNumberField("pid", instance.pid());
    json.writeNumberField("running", instance.running());
    json.writeNumberField("served", instance.served());
    json.writeNumberField("memoryBytes", instance.memoryBytes());
    json.writeStringField("startedAt", FunctionJson.time(instance.startedAt()));
    json.writeStringField("idleSince", FunctionJson.time(instance.idleSince()));
  }

  private Future<?> retire(Call call) {
    call.noQuery();
    return bus.request(Addresses.RETIRE, new Retire(function(call).uid()))
        .compose(done -> call.noContent());
  }

  private Future<?> warm(Call call) {
    call.noQuery();
    Function function = function(call);
    return bodies
        .read(call.request(), "body", NamespaceRoutes.JSON_BYTES_MAX)
        .compose(
            body -> {
              Fields fields = Fields.parseOrNone(body);
              int count = (int) fields.integer("count", 1, 1, COUNT_MAX);
              String qualifier = fields.text("qualifier");
              fields.done();
              router.version(call.account().id(), call.namespace(), call.function(), qualifier);
              return bus.request(
                  Addresses.WARM,
                  new Warm(
                      function.uid(), qualifier == null ? Invocation.LATEST : qualifier, count),
                  WARM_MILLIS_MAX);
            })
        .recover(Refusals::inBody)
        .compose(
            warmed ->
                call.reply(
                    200,
                    JsonOut.object(
                        256,
                        json -> {
                          json.writeNumberField("ready", warmed.ready());
                          json.writeStringField("problem", warmed.problem());
                        })));
  }
}
