package io.perdure.api.scf.action;

import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.Field;
import io.perdure.api.scf.wire.Reply;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.api.scf.wire.Shape;
import io.perdure.api.scf.wire.Times;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ScheduleMessages.DeleteSchedule;
import io.perdure.bus.ScheduleMessages.GetSchedule;
import io.perdure.bus.ScheduleMessages.PutSchedule;
import io.perdure.bus.ScheduleMessages.SchedulePut;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Schedule;
import io.perdure.router.Revisions;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Timer triggers: the schedules of functions (spec tencent-scf, 5.8). */
public final class TriggerActions {
  /** Triggers of the cloud that have nothing to be triggered by here. */
  private static final Set<String> OTHER_TYPES =
      Set.of("apigw", "cdn", "ckafka", "clb", "cls", "cmq", "cos", "http", "mps", "tdmq", "vod");

  private static final int CUSTOM_ARGUMENT_BYTES_MAX = 4 * 1024;

  private static final Field NAME =
      Field.text("TriggerName")
          .required()
          .code("TriggerName")
          .matching(
              Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,127}"),
              "expected the name of a trigger");
  private static final Field NEW_NAME =
      Field.text("TriggerName")
          .required()
          .code("TriggerName")
          .matching(
              Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,59}"),
              "expected 1 to 60 letters, digits, - and _, the first one a letter");
  private static final Field TYPE = Field.text("Type").required().code("Type").length(1, 100);
  private static final Field DESC = Field.text("TriggerDesc").code("TriggerDesc");
  private static final Field ENABLE = Field.text("Enable").code("Enable").oneOf("OPEN", "CLOSE");
  private static final Field CUSTOM_ARGUMENT =
      Field.text("CustomArgument")
          .code("CustomArgument")
          .check(
              value ->
                  value.textValue().getBytes(StandardCharsets.UTF_8).length
                      <= CUSTOM_ARGUMENT_BYTES_MAX,
              "expected at most 4 KB");

  private static final Shape CREATE =
      Shape.of(
          Names.FUNCTION,
          NEW_NAME,
          TYPE,
          DESC,
          Names.NAMESPACE,
          Names.QUALIFIER,
          ENABLE,
          CUSTOM_ARGUMENT,
          Names.DESCRIPTION);
  private static final Shape UPDATE =
      Shape.of(
          Names.FUNCTION,
          NAME,
          TYPE,
          DESC,
          Names.NAMESPACE,
          Names.QUALIFIER,
          ENABLE,
          CUSTOM_ARGUMENT,
          Names.DESCRIPTION);
  private static final Shape UPDATE_STATUS =
      Shape.of(
          ENABLE.required(), Names.FUNCTION, NAME, TYPE, Names.QUALIFIER, Names.NAMESPACE, DESC);
  private static final Shape DELETE =
      Shape.of(Names.FUNCTION, NAME, TYPE, Names.NAMESPACE, DESC, Names.QUALIFIER);
  private static final Shape FILTER =
      Shape.of(
          Field.text("Name").required().code("Filters").oneOf("Qualifier"),
          Field.texts("Values").required().code("Filters"));
  private static final Shape LIST =
      Shape.of(
          Names.FUNCTION,
          Names.NAMESPACE,
          Paging.OFFSET,
          Paging.LIMIT,
          Field.text("OrderBy").code("OrderBy").oneOf("add_time", "mod_time"),
          Paging.ORDER,
          Field.objects("Filters", FILTER).code("Filters").atMost(10));

  private final Bus bus;
  private final ScfTriggers triggers;
  private final String zone;

  /** Actions over {@code bus}; expressions are meant in the zone of {@code times}. */
  public TriggerActions(Bus bus, Times times) {
    this.bus = bus;
    this.triggers = new ScfTriggers(bus, times);
    this.zone = times.zone().getId();
  }

  /** All of them. */
  public Stream<Action> all() {
    return Stream.of(
        new Action("CreateTrigger", CREATE, this::create),
        new Action("UpdateTrigger", UPDATE, this::update),
        new Action("UpdateTriggerStatus", UPDATE_STATUS, this::updateStatus),
        new Action("DeleteTrigger", DELETE, this::delete),
        new Action("ListTriggers", LIST, this::list));
  }

  private static void requireTimer(Args args) {
    String type = args.text("Type");
    if (type.equals(ScfTriggers.TIMER)) {
      return;
    }
    if (OTHER_TYPES.contains(type)) {
      throw ScfError.unsupported(
          "Triggers of type `"
              + type
              + "` are not offered, only those of type `timer`: have whoever sees the event call"
              + " Invoke, or POST it to"
              + " /v1/namespaces/{namespace}/functions/{function}/invocations.");
    }
    throw ScfError.invalidValue("InvalidParameterValue.Type", "Type", "expected timer");
  }

  private Future<Reply> create(ScfCall call) {
    requireTimer(call.args());
    if (!call.args().has("TriggerDesc")) {
      throw ScfError.missing("TriggerDesc"); // only triggers of other types can do without
    }
    return put(given(call, About.NOTHING, Names.ABSENT))
        .recover(
            Codes.on(
                Failure.Kind.PRECONDITION,
                new ScfError(
                    "ResourceInUse.Trigger",
                    "The trigger [" + call.args().text("TriggerName") + "] exists already.")))
        .recover(Codes.on(Failure.Kind.CONFLICT, "LimitExceeded.Trigger"))
        .map(
            created ->
                Reply.of(
                    json -> {
                      json.writeFieldName("TriggerInfo");
                      json.writeRawValue(triggers.shown(created.schedule()).toString());
                    }));
  }

  private Future<Reply> update(ScfCall call) {
    requireTimer(call.args());
    return change(call, now -> given(call, now.about(), now.revision()));
  }

  private Future<Reply> updateStatus(ScfCall call) {
    requireTimer(call.args());
    return change(call, now -> status(call, now.revision()));
  }

  /** What the call says of a trigger; nothing for what it does not say. */
  private PutSchedule given(ScfCall call, About about, long ifRevision) {
    Args args = call.args();
    String desc = args.text("TriggerDesc");
    return new PutSchedule(
        call.accountId(),
        call.namespace(),
        call.function(),
        args.text("TriggerName"),
        desc == null ? null : TriggerDesc.expression(desc),
        desc == null ? null : zone,
        args.text("Qualifier"),
        args.text("CustomArgument"),
        enabled(args),
        new About(args.text("Description", about.description()), about.tags(), about.extra()),
        ifRevision);
  }

  private static PutSchedule status(ScfCall call, long ifRevision) {
    return new PutSchedule(
        call.accountId(),
        call.namespace(),
        call.function(),
        call.args().text("TriggerName"),
        null,
        null,
        null,
        null,
        enabled(call.args()),
        null,
        ifRevision);
  }

  private static Boolean enabled(Args args) {
    return args.has("Enable") ? Boolean.valueOf(args.text("Enable").equals("OPEN")) : null;
  }

  /** Changes the trigger as it is by then, which must be there. */
  private Future<Reply> change(ScfCall call, Function<Schedule, PutSchedule> how) {
    GetSchedule asked =
        new GetSchedule(
            call.accountId(), call.namespace(), call.function(), call.args().text("TriggerName"));
    return Revisions.onLatest(
            () ->
                bus.request(Addresses.GET_SCHEDULE, asked)
                    .compose(found -> put(how.apply(found.schedule()))))
        .map(done -> Reply.NOTHING);
  }

  private Future<SchedulePut> put(PutSchedule put) {
    return bus.request(Addresses.PUT_SCHEDULE, put).recover(TriggerDesc::onRefusal);
  }

  private Future<Reply> delete(ScfCall call) {
    requireTimer(call.args());
    return bus.request(
            Addresses.DELETE_SCHEDULE,
            new DeleteSchedule(
                call.accountId(),
                call.namespace(),
                call.function(),
                call.args().text("TriggerName"),
                0))
        .map(done -> Reply.NOTHING);
  }

  private Future<Reply> list(ScfCall call) {
    return triggers
        .of(call)
        .map(
            all -> {
              List<Schedule> wanted =
                  all.stream()
                      .filter(schedule -> passes(call.args(), schedule))
                      .sorted(order(call.args()))
                      .toList();
              return reply(wanted.size(), Paging.page(call.args(), wanted));
            });
  }

  private static boolean passes(Args args, Schedule schedule) {
    String qualifier = Qualifiers.shown(schedule.qualifier());
    return args.objects("Filters").stream()
        .allMatch(filter -> filter.texts("Values").contains(qualifier));
  }

  /** Those changed last come first unless something else is asked for. */
  private static Comparator<Schedule> order(Args args) {
    boolean added = args.text("OrderBy", "mod_time").equals("add_time");
    Comparator<Schedule> order =
        Comparator.comparingLong(added ? Schedule::createdAt : Schedule::modifiedAt);
    return (Paging.descending(args, true) ? order.reversed() : order).thenComparing(Schedule::name);
  }

  private Reply reply(int total, List<Schedule> page) {
    return Reply.of(
        json -> {
          json.writeNumberField("TotalCount", total);
          json.writeArrayFieldStart("Triggers");
          for (Schedule schedule : page) {
            json.writeRawValue(triggers.shown(schedule).put("BoundResources", "").toString());
          }
          json.writeEndArray();
        });
  }
}
