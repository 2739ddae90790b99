package io.perdure.api.scf.action;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.Times;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ScheduleMessages.ListSchedules;
import io.perdure.bus.ScheduleMessages.SchedulesListed;
import io.perdure.invocation.Schedule;
import io.vertx.core.Future;
import java.util.List;

/** Schedules of functions as SCF's API shows them: triggers of type timer. Thread-safe. */
public final class ScfTriggers {
  /** The one type of triggers there is. */
  static final String TIMER = "timer";

  /** A function cannot have more, whatever the settings. */
  private static final int MOST = 1_000;

  private final Bus bus;
  private final Times times;

  /** The triggers that {@code bus} tells of. */
  public ScfTriggers(Bus bus, Times times) {
    this.bus = bus;
    this.times = times;
  }

  /** Those of the function that {@code call} names, by name; fails as not found. */
  Future<List<Schedule>> of(ScfCall call) {
    return bus.request(
            Addresses.LIST_SCHEDULES,
            new ListSchedules(call.accountId(), call.namespace(), call.function(), null, MOST))
        .map(SchedulesListed::schedules);
  }

  /** The member {@code Triggers} of a function that {@code call} names. */
  Future<ArrayNode> shown(ScfCall call) {
    return of(call)
        .map(
            schedules -> {
              ArrayNode triggers = JsonNodeFactory.instance.arrayNode();
              schedules.forEach(schedule -> triggers.add(shown(schedule)));
              return triggers;
            });
  }

  /** One as data type Trigger has it. The expression comes back in JSON, as the cloud's does. */
  ObjectNode shown(Schedule schedule) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    String desc =
        JsonNodeFactory.instance.objectNode().put("cron", schedule.expression()).toString();
    return json.put("ModTime", times.seconds(schedule.modifiedAt()))
        .put("Type", TIMER)
        .put("TriggerDesc", desc)
        .put("TriggerName", schedule.name())
        .put("AddTime", times.seconds(schedule.createdAt()))
        .put("Enable", schedule.enabled() ? 1 : 0)
        .put("CustomArgument", schedule.message())
        .put("AvailableStatus", "Available")
        .put("ResourceId", "")
        .put("BindStatus", "")
        .put("TriggerAttribute", "")
        .put("Qualifier", Qualifiers.shown(schedule.qualifier()))
        .put("Description", schedule.about().description());
  }
}
