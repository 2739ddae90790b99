package io.perdure.api.fc.operation;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcReply;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Operation;
import io.perdure.api.fc.wire.Target;
import io.perdure.bus.Bus;
import io.perdure.bus.InstanceMessages.Instance;
import io.perdure.invocation.Function;
import io.perdure.router.Router;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The instances of functions, those that are there now: the node keeps none that has ended. */
public final class InstanceOperations {
  private static final int LIMIT_MAX = 1_000;

  private final Router router;
  private final Instances instances;

  /** Operations over {@code bus} on the functions that {@code router} finds. */
  public InstanceOperations(Bus bus, Router router) {
    this.router = router;
    this.instances = new Instances(bus);
  }

  /** All of them. */
  public Stream<Operation> all() {
    return Stream.of(
        Operation.of(
            "ListInstances",
            "GET /services/{serviceName}/functions/{functionName}/instances",
            Set.of(Generation.V1, Generation.V2),
            this::list),
        Operation.of(
            "ListInstances",
            "GET /functions/{functionName}/instances",
            Set.of(Generation.V3),
            this::list));
  }

  private Future<FcReply> list(FcCall call) {
    Target target = call.target();
    Function version =
        router.version(
            call.account().id(), target.namespace(), target.function(), target.qualifier());
    Long limit = call.query().number("limit", 1, LIMIT_MAX);
    List<String> ids = Texts.of(call.query(), "instanceIds");
    return instances
        .of(version)
        .map(
            all ->
                reply(
                    call,
                    all.stream()
                        .filter(
                            each ->
                                call.qualifier() == null
                                    || each.version().equals(version.version()))
                        .filter(each -> ids.isEmpty() || ids.contains(each.id()))
                        .limit(limit == null ? LIMIT_MAX : limit)
                        .toList()));
  }

  private static FcReply reply(FcCall call, List<Instance> instances) {
    return FcReply.json(
        json -> {
          json.writeArrayFieldStart("instances");
          for (Instance instance : instances) {
            json.writeStartObject();
            json.writeStringField("instanceId", instance.id());
            json.writeStringField("versionId", instance.version());
            if (!call.generation().hasServices()) {
              writeState(json, instance);
            }
            json.writeEndObject();
          }
          json.writeEndArray();
          if (!call.generation().hasServices()) {
            json.writeStringField("requestId", call.requestId());
          }
        });
  }

  private static void writeState(JsonGenerator json, Instance instance) throws IOException {
    json.writeStringField("qualifier", instance.version());
    json.writeStringField("status", status(instance));
    json.writeNumberField("createdTimeMs", instance.startedAt());
    json.writeNumberField("destroyedTimeMs", 0);
  }

  private static String status(Instance instance) {
    return switch (instance.state()) {
      case "starting" -> "Starting";
      case "ending" -> "Destroying";
      default -> "Running";
    };
  }
}
