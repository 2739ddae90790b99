package io.perdure.api.fc.operation;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.Props;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import java.io.IOException;
import java.util.List;

/** How the settings of {@link Scaling} look in requests and answers (spec alibaba-fc, 9.4). */
final class ScalingSettings {
  private static final String TARGET = "target";
  private static final String DEFAULT_TARGET = "defaultTarget";
  private static final String MINIMUM = "minInstances";

  /** What is said when fewer instances are there than were asked for. */
  private static final String ON_DEMAND_ONLY =
      "instances are started as they are needed and kept while they are used; to start some ahead of"
          + " time: POST /v1/namespaces/{namespace}/functions/{function}/instances:warm";

  private ScalingSettings() {}

  /** What of {@code body} is kept. */
  static ObjectNode read(Scaling.Kind kind, Props body) {
    ObjectNode value = JsonNodeFactory.instance.objectNode();
    switch (kind) {
      case ON_DEMAND -> value.put(Scaling.INSTANCES_MAX, required(body, Scaling.INSTANCES_MAX));
      case RESERVED -> value.put(Scaling.AT_ONCE_MAX, required(body, Scaling.AT_ONCE_MAX));
      case PROVISION -> {
        value.put(TARGET, target(body));
        lists(body, value, "scheduledActions", "targetTrackingPolicies");
        flags(body, value, "alwaysAllocateCPU", "alwaysAllocateGPU");
      }
      case MINIMUM -> {
        value.put(MINIMUM, count(body, MINIMUM));
        lists(body, value, "horizontalScalingPolicies", "scheduledPolicies");
        flags(body, value, "enableOnDemandScaling", "enableMixMode");
        texts(body, value, "requestDispatchPolicy", "residentPoolId");
      }
    }
    return value;
  }

  private static long required(Props body, String name) {
    Long count = body.number(name, 0, Scaling.CONCURRENCY_MAX);
    if (count == null) {
      throw body.invalid(name, "it to be given");
    }
    return count;
  }

  /** Newer clients have two names for it, of which the second counts. */
  private static long target(Props body) {
    if (!body.has(TARGET) && !body.has(DEFAULT_TARGET)) {
      throw body.invalid(TARGET, "it to be given");
    }
    return body.has(DEFAULT_TARGET) ? count(body, DEFAULT_TARGET) : count(body, TARGET);
  }

  private static long count(Props body, String name) {
    Long count = body.number(name, 0, Scaling.CONCURRENCY_MAX);
    return count == null ? 0 : count;
  }

  private static void lists(Props body, ObjectNode value, String... names) {
    for (String name : names) {
      if (body.objects(name) != null) { // which checks it
        value.set(name, body.raw(name));
      }
    }
  }

  private static void flags(Props body, ObjectNode value, String... names) {
    for (String name : names) {
      if (body.has(name)) {
        value.put(name, body.flag(name));
      }
    }
  }

  private static void texts(Props body, ObjectNode value, String... names) {
    for (String name : names) {
      if (body.has(name)) {
        value.put(name, body.text(name));
      }
    }
  }

  /** True for what is told together with the instances that are there. */
  static boolean counts(Scaling.Kind kind) {
    return kind == Scaling.Kind.PROVISION || kind == Scaling.Kind.MINIMUM;
  }

  /**
   * Writes the members of one.
   *
   * @param ready instances that are there, of those that {@link #counts}
   */
  static void write(JsonGenerator json, FcCall call, Setting setting, long ready)
      throws IOException {
    if (call.generation().hasServices()) {
      json.writeStringField("resource", resource(setting));
    } else {
      json.writeStringField("functionArn", arn(call, setting));
    }
    ObjectNode value = setting.value();
    for (String name : names(call, setting.kind())) {
      JsonNode kept = name.equals(DEFAULT_TARGET) ? value.get(TARGET) : value.get(name);
      if (kept != null) {
        json.writeFieldName(name);
        json.writeRawValue(kept.toString());
      }
    }
    if (setting.kind() == Scaling.Kind.PROVISION) {
      status(json, "current", value.path(TARGET).asLong(), ready);
    } else if (setting.kind() == Scaling.Kind.MINIMUM) {
      json.writeNumberField("targetInstances", value.path(MINIMUM).asLong());
      status(json, "currentInstances", value.path(MINIMUM).asLong(), ready);
    }
  }

  private static List<String> names(FcCall call, Scaling.Kind kind) {
    return switch (kind) {
      case ON_DEMAND -> List.of(Scaling.INSTANCES_MAX);
      case RESERVED -> List.of(Scaling.AT_ONCE_MAX);
      case PROVISION ->
          call.generation().hasServices()
              ? List.of(TARGET, "scheduledActions", "targetTrackingPolicies", "alwaysAllocateCPU")
              : List.of(
                  TARGET,
                  DEFAULT_TARGET,
                  "scheduledActions",
                  "targetTrackingPolicies",
                  "alwaysAllocateCPU",
                  "alwaysAllocateGPU");
      case MINIMUM ->
          List.of(
              MINIMUM,
              "horizontalScalingPolicies",
              "scheduledPolicies",
              "enableOnDemandScaling",
              "enableMixMode",
              "requestDispatchPolicy",
              "residentPoolId");
    };
  }

  private static void status(JsonGenerator json, String current, long target, long ready)
      throws IOException {
    json.writeNumberField(current, Math.min(target, ready));
    json.writeStringField("currentError", ready < target ? ON_DEMAND_ONLY : "");
  }

  /** As the cloud's older generations name what is scaled. */
  private static String resource(Setting setting) {
    Function function = setting.function();
    return String.join(
        "#", function.account(), function.namespace(), setting.qualifier(), function.name());
  }

  private static String arn(FcCall call, Setting setting) {
    String arn = Arns.of(call, setting.function());
    return setting.qualifier().equals(Invocation.LATEST) ? arn : arn + "/" + setting.qualifier();
  }

  /** What is set for a function and a qualifier. */
  record Setting(Scaling.Kind kind, Function function, String qualifier, ObjectNode value) {
    /** What lists are ordered by. */
    String position() {
      return String.join("#", function.namespace(), qualifier, function.name());
    }
  }
}
