package io.perdure.api.fc.operation;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.invocation.AttemptView;
import io.perdure.invocation.Delivery;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import java.io.IOException;
import java.util.List;

/**
 * A task as clients see it (spec alibaba-fc, section 6.1). Every property is always there: clients
 * read them without a look.
 *
 * @param payload empty where it is not wanted
 * @param returned what it returned, empty likewise
 */
record TaskRecord(Invocation task, TaskText payload, TaskText returned) {

  /** What its caller knows it by. */
  static String idOf(Invocation task) {
    return task.key() == null ? task.id().toString() : task.key();
  }

  /**
   * When it was accepted, by the time in its id: lists are sorted and filtered by that, and it may
   * be a little ahead of the clock. Nothing of the task is shown to be earlier.
   */
  static long startedTime(Invocation task) {
    return task.id().millis();
  }

  /** {@code millis} of a task, as it is shown; 0 stays 0. */
  static long time(Invocation task, long millis) {
    return millis == 0 ? 0 : Math.max(millis, startedTime(task));
  }

  /** Writes the members of its object. */
  void write(JsonGenerator json, FcCall call) throws IOException {
    TaskNames names = TaskNames.of(call.generation());
    json.writeStringField(names.id(), idOf(task));
    if (call.generation().hasServices()) {
      json.writeStringField("serviceName", task.namespace());
      json.writeStringField("functionName", task.function());
    } else {
      json.writeStringField("functionArn", Arns.function(call, task.namespace(), task.function()));
    }
    TaskError error = TaskError.of(task);
    json.writeStringField("qualifier", task.qualifier());
    json.writeStringField("requestId", task.shownRequestId());
    json.writeStringField("status", TaskStatus.of(task).shown());
    json.writeNumberField("startedTime", startedTime(task));
    json.writeNumberField("endTime", time(task, task.endedAt()));
    json.writeNumberField("durationMs", AttemptView.lastDurationMillis(task));
    json.writeNumberField("alreadyRetriedTimes", retries());
    json.writeStringField("instanceId", task.instance() == null ? "" : task.instance());
    json.writeStringField(names.errorMessage(), error == null ? "" : error.text());
    payload.write(json, names.payload());
    returned.write(json, "returnPayload");
    json.writeStringField("destinationStatus", destinationStatus());
    json.writeArrayFieldStart("events");
    List<TaskEvent> events = TaskEvent.of(task);
    for (int i = 0; i < events.size(); i++) {
      TaskEvent event = events.get(i);
      json.writeStartObject();
      json.writeNumberField("eventId", i + 1);
      json.writeStringField("status", event.status().shown());
      json.writeNumberField("timestamp", event.timestamp());
      json.writeStringField("eventDetail", event.detail());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Failures of the function that another attempt has followed, or will. */
  private int retries() {
    boolean lastOne =
        task.status() == Status.FAILED
            && task.error() != null
            && task.error().kind() != RunError.Kind.PLATFORM;
    return task.failures() - (lastOne ? 1 : 0);
  }

  private String destinationStatus() {
    Delivery delivery = task.delivery();
    if (delivery == null) {
      return "";
    }
    return switch (delivery.state()) {
      case PENDING -> "";
      case SUCCEEDED -> "Succeeded";
      case FAILED -> "Failed";
    };
  }
}
