package io.perdure.registry;

import static io.perdure.registry.RecordJson.member;
import static io.perdure.registry.RecordJson.number;
import static io.perdure.registry.RecordJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.invocation.Schedule;
import io.perdure.store.StoreException;

/** How schedules are stored; in the manner of {@link Records}. */
final class ScheduleRecords {
  private ScheduleRecords() {}

  static byte[] encode(Schedule schedule) {
    ObjectNode json = RecordJson.versioned();
    json.put("uid", schedule.uid());
    json.put("account", schedule.account());
    json.put("namespace", schedule.namespace());
    json.put("function", schedule.function());
    json.put("functionUid", schedule.functionUid());
    json.put("name", schedule.name());
    json.put("expression", schedule.expression());
    json.put("cron", schedule.cron());
    json.put("zone", schedule.zone());
    json.put("qualifier", schedule.qualifier());
    json.put("message", schedule.message());
    json.put("enabled", schedule.enabled());
    PolicyRecords.encode(schedule.about(), json);
    json.put("since", schedule.since());
    json.put("createdAt", schedule.createdAt());
    json.put("modifiedAt", schedule.modifiedAt());
    json.put("revision", schedule.revision());
    return RecordJson.bytes(json);
  }

  /**
   * The schedule written as {@code value}.
   *
   * @throws StoreException when it is damaged or of a newer format
   */
  static Schedule schedule(byte[] value) {
    JsonNode json = RecordJson.parse(value);
    return new Schedule(
        number(json, "uid"),
        text(json, "account"),
        text(json, "namespace"),
        text(json, "function"),
        number(json, "functionUid"),
        text(json, "name"),
        text(json, "expression"),
        text(json, "cron"),
        text(json, "zone"),
        text(json, "qualifier"),
        text(json, "message"),
        member(json, "enabled").asBoolean(),
        PolicyRecords.about(json),
        number(json, "since"),
        number(json, "createdAt"),
        number(json, "modifiedAt"),
        number(json, "revision"));
  }
}
