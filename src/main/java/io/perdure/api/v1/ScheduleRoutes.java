package io.perdure.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.Bodies;
import io.perdure.api.JsonOut;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ScheduleMessages.DeleteSchedule;
import io.perdure.bus.ScheduleMessages.GetSchedule;
import io.perdure.bus.ScheduleMessages.ListSchedules;
import io.perdure.bus.ScheduleMessages.PutSchedule;
import io.perdure.bus.ScheduleMessages.ScheduleFound;
import io.perdure.bus.ScheduleMessages.SchedulePut;
import io.perdure.bus.ScheduleMessages.SchedulesListed;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Schedule;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** When functions are run without being asked. */
final class ScheduleRoutes {
  private static final String ALL = "/v1/namespaces/{namespace}/functions/{function}/schedules";
  private static final String ONE = ALL + "/{schedule}";
  private static final int BYTES = 384;

  private final Bus bus;
  private final Bodies bodies;

  ScheduleRoutes(Bus bus, Bodies bodies) {
    this.bus = bus;
    this.bodies = bodies;
  }

  void addTo(RouteTable table) {
    table
        .add(HttpMethod.GET, ALL, "listSchedules", this::list)
        .add(HttpMethod.PUT, ONE, "putSchedule", this::put)
        .add(HttpMethod.GET, ONE, "getSchedule", this::get)
        .add(HttpMethod.DELETE, ONE, "deleteSchedule", this::delete);
  }

  private static String name(Call call) {
    return call.parameters().get(2);
  }

  private Future<?> put(Call call) {
    call.noQuery();
    // The body is asked for before anything else, so that no part of it passes by.
    return bodies
        .read(call.request(), "body", NamespaceRoutes.JSON_BYTES_MAX)
        .compose(body -> find(call).compose(present -> put(call, body, present)))
        .recover(Refusals::inBody)
        .compose(
            done -> {
              if (done.created()) {
                call.response().putHeader(HttpHeaders.LOCATION, path(done.schedule()));
              }
              return reply(call, done.created() ? 201 : 200, done.schedule());
            });
  }

  private static String path(Schedule schedule) {
    return ONE.replace("{namespace}", schedule.namespace())
        .replace("{function}", schedule.function())
        .replace("{schedule}", schedule.name());
  }

  /** What is absent has its default, be it that it had another value before. */
  private Future<SchedulePut> put(Call call, byte[] body, Optional<Schedule> present) {
    Fields fields = Fields.parse(body);
    String expression = fields.requiredText("cron");
    String zone = fields.text("zone");
    String qualifier = fields.text("qualifier");
    String message = fields.text("message");
    Boolean enabled = fields.bool("enabled");
    var about = FunctionBody.about(fields, present.map(Schedule::about).orElse(null));
    FunctionBody.same(fields, "name", name(call));
    fields.ignore("createdAt", "modifiedAt", "revision").done();
    return bus.request(
        Addresses.PUT_SCHEDULE,
        new PutSchedule(
            call.account().id(),
            call.namespace(),
            call.function(),
            name(call),
            expression,
            zone == null ? "UTC" : zone,
            qualifier == null ? Invocation.LATEST : qualifier,
            message == null ? "" : message,
            enabled == null || enabled,
            about,
            Etags.wanted(call, present.map(Schedule::revision).orElse(Etags.ABSENT))));
  }

  private Future<?> get(Call call) {
    call.noQuery();
    return find(call)
        .compose(
            found -> {
              Schedule schedule =
                  found.orElseThrow(
                      () ->
                          new FailureException(
                              new Failure.NotFound("schedule", Call.shortened(name(call)))));
              return Etags.unchanged(call, Etags.of(schedule.revision()))
                  ? Future.succeededFuture()
                  : reply(call, 200, schedule);
            });
  }

  /** Fails when there is no such function. */
  private Future<Optional<Schedule>> find(Call call) {
    return bus.request(
            Addresses.GET_SCHEDULE,
            new GetSchedule(call.account().id(), call.namespace(), call.function(), name(call)))
        .map(ScheduleFound::schedule)
        .map(Optional::of)
        .recover(
            cause ->
                cause instanceof FailureException e
                        && e.failure() instanceof Failure.NotFound missing
                        && missing.what().equals("schedule")
                    ? Future.succeededFuture(Optional.empty())
                    : Future.failedFuture(cause));
  }

  private Future<?> delete(Call call) {
    call.noQuery();
    Future<Long> ifRevision =
        Etags.asked(call)
            ? find(call)
                .map(
                    found -> Etags.wanted(call, found.map(Schedule::revision).orElse(Etags.ABSENT)))
            : Future.succeededFuture(0L);
    return ifRevision
        .compose(
            revision ->
                bus.request(
                    Addresses.DELETE_SCHEDULE,
                    new DeleteSchedule(
                        call.account().id(),
                        call.namespace(),
                        call.function(),
                        name(call),
                        revision)))
        .compose(done -> call.noContent());
  }

  private Future<?> list(Call call) {
    Query query = call.query("limit", "cursor");
    int limit = query.integer("limit", NamespaceRoutes.LIMIT_DEFAULT, 1, NamespaceRoutes.LIMIT_MAX);
    return bus.request(
            Addresses.LIST_SCHEDULES,
            new ListSchedules(
                call.account().id(),
                call.namespace(),
                call.function(),
                NamespaceRoutes.nameIn(query.text("cursor")),
                limit))
        .compose(found -> call.reply(200, page(found)));
  }

  private static Buffer page(SchedulesListed found) {
    List<Schedule> schedules = found.schedules();
    return JsonOut.object(
        BYTES * Math.max(1, schedules.size()),
        json -> {
          json.writeArrayFieldStart("schedules");
          for (Schedule schedule : schedules) {
            json.writeStartObject();
            write(json, schedule);
            json.writeEndObject();
          }
          json.writeEndArray();
          NamespaceRoutes.writeCursor(
              json, found.more() ? schedules.get(schedules.size() - 1).name() : null);
        });
  }

  private static Future<Void> reply(Call call, int status, Schedule schedule) {
    call.response().putHeader(HttpHeaders.ETAG, Etags.of(schedule.revision()));
    return call.reply(status, JsonOut.object(BYTES, json -> write(json, schedule)));
  }

  private static void write(JsonGenerator json, Schedule schedule) throws IOException {
    json.writeStringField("name", schedule.name());
    json.writeStringField("cron", schedule.expression());
    json.writeStringField("zone", schedule.zone());
    json.writeStringField("qualifier", schedule.qualifier());
    json.writeStringField("message", schedule.message());
    json.writeBooleanField("enabled", schedule.enabled());
    FunctionJson.write(json, schedule.about());
    json.writeStringField("createdAt", FunctionJson.time(schedule.createdAt()));
    json.writeStringField("modifiedAt", FunctionJson.time(schedule.modifiedAt()));
    json.writeNumberField("revision", schedule.revision());
  }
}
