package io.perdure.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Schedule;
import java.time.Instant;

/** What a run of a schedule is handed, as each flavour of functions expects it. Pure. */
final class Payloads {
  private static final JsonMapper MAPPER = new JsonMapper();

  private Payloads() {}

  /**
   * The same bytes for the same time, or a repeated firing would not be known as one.
   *
   * @param at the time it is fired for, whole seconds in milliseconds since the epoch
   */
  static byte[] of(Flavour flavour, Schedule schedule, long at) {
    String time = Instant.ofEpochMilli(at).toString();
    ObjectNode json = MAPPER.createObjectNode();
    switch (flavour) {
      case SCF ->
          json.put("Type", "Timer")
              .put("TriggerName", schedule.name())
              .put("Time", time)
              .put("Message", schedule.message());
      case FC2, FC3 ->
          json.put("triggerTime", time)
              .put("triggerName", schedule.name())
              .put("payload", schedule.message());
      case NATIVE ->
          json.put("type", "timer")
              .put("schedule", schedule.name())
              .put("time", time)
              .put("message", schedule.message());
    }
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + json, e);
    }
  }
}
