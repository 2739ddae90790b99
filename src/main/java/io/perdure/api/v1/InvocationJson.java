package io.perdure.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.JsonOut;
import io.perdure.invocation.Delivery;
import io.perdure.invocation.Event;
import io.perdure.invocation.Invocation;
import io.perdure.router.Why;
import io.perdure.time.Rfc3339;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/** Invocations as JSON, in the direction of the caller. */
final class InvocationJson {
  private static final int BYTES = 1_536;

  private InvocationJson() {}

  /** Path of an invocation. */
  static String path(Invocation invocation) {
    return "/v1/invocations/" + invocation.id();
  }

  /** Everything that is known of it. */
  static Buffer full(Invocation i, Why why) {
    return JsonOut.object(
        BYTES,
        json -> {
          write(json, i, why);
          json.writeArrayFieldStart("events");
          for (Event event : i.events()) {
            json.writeStartObject();
            write(json, event);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /** What a submit is answered with. */
  static Buffer accepted(Invocation i) {
    String path = path(i);
    return JsonOut.object(
        768,
        json -> {
          json.writeStringField("id", i.id().toString());
          json.writeStringField("status", i.status().name());
          json.writeStringField("key", i.key());
          json.writeStringField("namespace", i.namespace());
          json.writeStringField("function", i.function());
          json.writeStringField("acceptedAt", Rfc3339.format(i.acceptedAt()));
          if (i.redriveOf() != null) {
            json.writeStringField("redriveOf", i.redriveOf().toString());
          }
          json.writeObjectFieldStart("links");
          json.writeStringField("self", path);
          json.writeStringField("payload", path + "/payload");
          json.writeStringField("result", path + "/result");
          json.writeStringField("log", path + "/log");
          json.writeStringField("events", path + "/events");
          json.writeStringField("stop", path + ":stop");
          json.writeEndObject();
        });
  }

  /** All members but the events. */
  static void write(JsonGenerator json, Invocation i, Why why) throws IOException {
    json.writeStringField("id", i.id().toString());
    json.writeStringField("key", i.key());
    json.writeStringField("namespace", i.namespace());
    json.writeStringField("function", i.function());
    json.writeStringField("qualifier", i.qualifier());
    json.writeStringField("status", i.status().name());
    json.writeStringField("reason", i.reason() == null ? why.message() : i.reason());
    json.writeObjectFieldStart("why");
    json.writeStringField("code", why.code());
    json.writeStringField("message", why.message());
    json.writeEndObject();
    json.writeNumberField("attempts", i.attempts());
    json.writeStringField("acceptedAt", Rfc3339.format(i.acceptedAt()));
    json.writeStringField("startedAt", time(i.startedAt()));
    json.writeStringField("endedAt", time(i.endedAt()));
    json.writeStringField("dueAt", time(i.dueAt()));
    json.writeStringField("expiresAt", time(i.expiresAt()));
    writeLabels(json, i.labels());
    writeError(json, i);
    json.writeNumberField("payloadBytes", i.payload().bytes());
    json.writeNumberField("resultBytes", i.result().bytes());
    json.writeNumberField("logBytes", i.log().bytes());
    json.writeStringField("origin", i.origin().name().toLowerCase(Locale.ROOT));
    json.writeStringField("mode", i.mode().name().toLowerCase(Locale.ROOT));
    json.writeStringField("requestId", i.requestId());
    json.writeStringField("traceparent", i.traceparent());
    json.writeStringField("instance", i.instance());
    json.writeStringField("version", version(i));
    json.writeNumberField("memoryBytes", i.memoryBytes());
    json.writeStringField("redriveOf", i.redriveOf() == null ? null : i.redriveOf().toString());
    json.writeBooleanField("tracked", i.tracked());
    json.writeNumberField("depth", i.depth());
    writeDelivery(json, i.delivery());
  }

  private static void writeDelivery(JsonGenerator json, Delivery delivery) throws IOException {
    if (delivery == null) {
      json.writeNullField("delivery");
      return;
    }
    json.writeObjectFieldStart("delivery");
    json.writeStringField("destination", delivery.destination().text());
    json.writeStringField("state", delivery.state().name());
    json.writeNumberField("attempts", delivery.attempts());
    json.writeStringField("nextAt", time(delivery.nextAt()));
    json.writeStringField("triedAt", time(delivery.triedAt()));
    json.writeStringField("endedAt", time(delivery.endedAt()));
    json.writeStringField("error", delivery.error());
    json.writeEndObject();
  }

  /** The members of an event. */
  static void write(JsonGenerator json, Event event) throws IOException {
    json.writeNumberField("seq", event.seq());
    json.writeStringField("type", event.type().name());
    json.writeStringField("at", Rfc3339.format(event.at()));
    json.writeNumberField("attempt", event.attempt());
    json.writeStringField("detail", event.detail());
  }

  private static void writeLabels(JsonGenerator json, Map<String, String> labels)
      throws IOException {
    json.writeObjectFieldStart("labels");
    for (Map.Entry<String, String> label : labels.entrySet()) {
      json.writeStringField(label.getKey(), label.getValue());
    }
    json.writeEndObject();
  }

  private static void writeError(JsonGenerator json, Invocation i) throws IOException {
    if (i.error() == null) {
      json.writeNullField("error");
      return;
    }
    json.writeObjectFieldStart("error");
    json.writeStringField("type", i.error().type());
    json.writeStringField("message", i.error().message());
    json.writeStringField("kind", i.error().kind().name().toLowerCase(Locale.ROOT));
    json.writeBooleanField("handled", i.error().handled());
    json.writeEndObject();
  }

  /** The version that the latest attempt ran; null while none has begun. */
  static String version(Invocation i) {
    if (i.attempts() == 0) {
      return null;
    }
    return i.version() == null ? Invocation.LATEST : i.version();
  }

  /** Null for "not yet". */
  private static String time(long millis) {
    return millis == 0 ? null : Rfc3339.format(millis);
  }
}
