package io.perdure.api.scf.action;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.Waits;
import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.Field;
import io.perdure.api.scf.wire.Reply;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.api.scf.wire.Shape;
import io.perdure.api.scf.wire.Times;
import io.perdure.bus.Criteria;
import io.perdure.bus.Criteria.Interval;
import io.perdure.bus.ShardMessages.Order;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Invocation.Mode;
import io.perdure.invocation.Invocation.Origin;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.router.InvocationQuery;
import io.perdure.router.InvocationSearch;
import io.perdure.router.Router;
import io.perdure.router.SearchPage;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Asynchronous events (spec tencent-scf, 5.1). Thread-safe. */
final class AsyncEventActions {
  private static final int LIMIT_MAX = 100;

  /** A list goes back that far (spec tencent-scf, 5.1), and no event is kept for less. */
  private static final long LISTED_MILLIS = 3 * 86_400_000L;

  private static final String STATE = "FailedOperation.AsyncEventStatus";

  private static final Field REQUEST_ID = Field.text("InvokeRequestId");
  private static final Shape INTERVAL =
      Shape.of(Field.text("Start").required(), Field.text("End").required());

  private static final Shape GET = Shape.of(REQUEST_ID.required());
  private static final Shape TERMINATE =
      Shape.of(Names.FUNCTION, REQUEST_ID.required(), Names.NAMESPACE, Field.bool("GraceShutdown"));
  private static final Shape LIST =
      Shape.of(
          Names.FUNCTION,
          Names.NAMESPACE,
          Names.QUALIFIER,
          Field.texts("InvokeType").oneOf(InvokeType.names()).code("InvokeType"),
          Field.texts("Status").oneOf(EventState.names()).code("Status"),
          Field.object("StartTimeInterval", INTERVAL),
          Field.object("EndTimeInterval", INTERVAL),
          Paging.ORDER,
          Field.text("Orderby").oneOf("StartTime", "EndTime").code("Order"),
          Paging.OFFSET,
          Paging.LIMIT.between(0, LIMIT_MAX),
          REQUEST_ID);

  private final Router router;
  private final Runs runs;
  private final Waits waits;
  private final Times times;
  private final Clock clock;

  AsyncEventActions(Router router, Runs runs, Waits waits, Times times, Clock clock) {
    this.router = router;
    this.runs = runs;
    this.waits = waits;
    this.times = times;
    this.clock = clock;
  }

  Stream<Action> all() {
    return Stream.of(
        new Action("GetAsyncEventStatus", GET, this::get),
        new Action("ListAsyncEvents", LIST, this::list),
        new Action("TerminateAsyncEvent", TERMINATE, this::terminate));
  }

  private Future<Reply> get(ScfCall call) {
    return runs.event(call, call.args().text("InvokeRequestId"))
        .map(
            event -> {
              checkFunction(event);
              return status(event);
            });
  }

  /** Nothing but the id is named, so what is missing now has been deleted since. */
  private void checkFunction(Invocation event) {
    Function now = router.function(event.account(), event.namespace(), event.function());
    if (!Runs.isOf(event, now)) {
      throw ScfError.notFound("Function", event.function());
    }
  }

  private static Reply status(Invocation event) {
    return Reply.of(
        json -> {
          json.writeObjectFieldStart("Result");
          json.writeStringField("Status", EventState.of(event.status()).name());
          json.writeNumberField("StatusCode", StatusCode.numberOf(event));
          json.writeStringField("InvokeRequestId", event.id().toString());
          json.writeEndObject();
        });
  }

  private Future<Reply> terminate(ScfCall call) {
    Function function = runs.function(call);
    String id = call.args().text("InvokeRequestId");
    boolean graceful = call.args().bool("GraceShutdown", false);
    return runs.event(call, id)
        .compose(
            event -> {
              if (!Runs.isOf(event, function)) {
                throw ScfError.notFound("AsyncEvent", id);
              }
              if (event.status().terminal()) {
                throw ended(event);
              }
              return graceful
                  ? stop(call, event, StopMode.GRACEFUL)
                  : waits.within(
                      () -> stop(call, event, StopMode.CANCEL).compose(now -> end(call, now)));
            })
        .map(Reply.NOTHING);
  }

  private Future<Invocation> stop(ScfCall call, Invocation event, StopMode mode) {
    return router
        .stop(call.accountId(), event.id(), mode, 0, call.account().name())
        .recover(
            cause ->
                cause instanceof FailureException e && e.failure() instanceof Failure.Conflict
                    ? Future.failedFuture(ended(event))
                    : Future.failedFuture(cause));
  }

  /** The plain way answers when the run has ended. */
  private Future<Invocation> end(ScfCall call, Invocation stopping) {
    return router
        .await(call.accountId(), stopping.id(), 0, true, Router.WAIT_MILLIS_MAX)
        .map(
            now -> {
              if (!now.status().terminal()) {
                throw new ScfError(
                    "FailedOperation",
                    "The event [" + now.id() + "] is being terminated and has not ended yet.");
              }
              return now;
            });
  }

  private static ScfError ended(Invocation event) {
    return new ScfError(STATE, "The event [" + event.id() + "] is not RUNNING.");
  }

  private Future<Reply> list(ScfCall call) {
    Args args = call.args();
    Criteria criteria = criteria(args);
    Function function = runs.function(call);
    String qualifier = args.text("Qualifier");
    if (qualifier != null) {
      runs.version(call, qualifier, "Version");
    }
    Criteria wanted = criteria.withQualifier(qualifier);
    int offset = (int) args.integer("Offset", 0);
    int limit = (int) args.integer("Limit", Paging.LIMIT_DEFAULT);
    String id = args.text("InvokeRequestId");
    if (id != null) {
      return one(call, id, function, wanted, offset).map(this::page);
    }
    if (args.has("InvokeType") && criteria.origins().isEmpty()) {
      return Future.succeededFuture(page(new SearchPage(0, List.of()))); // nothing is of that type
    }
    return router
        .search(
            new InvocationSearch(
                new InvocationQuery(call.accountId(), call.namespace(), call.function(), wanted),
                args.text("Orderby", "StartTime").equals("EndTime") ? Order.ENDED : Order.ACCEPTED,
                Paging.descending(args, true),
                offset,
                limit))
        .map(this::page);
  }

  private Future<SearchPage> one(
      ScfCall call, String id, Function function, Criteria wanted, int offset) {
    boolean none = call.args().has("InvokeType") && wanted.origins().isEmpty();
    return runs.find(call, id)
        .map(
            found -> {
              List<Invocation> matching =
                  found
                      .filter(one -> !none && Runs.isOf(one, function) && wanted.matches(one))
                      .stream()
                      .toList();
              return new SearchPage(matching.size(), offset == 0 ? matching : List.of());
            });
  }

  /** All but the qualifier. */
  private Criteria criteria(Args args) {
    Set<Status> statuses = EnumSet.noneOf(Status.class);
    args.texts("Status").forEach(name -> statuses.addAll(EventState.valueOf(name).statuses()));
    Set<Origin> origins = EnumSet.noneOf(Origin.class);
    args.texts("InvokeType").forEach(name -> origins.addAll(InvokeType.valueOf(name).origins()));
    Interval started = interval(args, "StartTimeInterval");
    long oldest = clock.millis() - LISTED_MILLIS + 1;
    Criteria criteria =
        Criteria.ANY
            .withMode(Mode.ASYNC)
            .withStatuses(statuses)
            .withOrigins(origins)
            .acceptedWithin(
                started == null ? oldest : Math.max(oldest, started.from()),
                started == null ? Long.MAX_VALUE : started.to());
    Interval ended = interval(args, "EndTimeInterval");
    return ended == null ? criteria : criteria.endedWithin(ended.from(), ended.to());
  }

  private Interval interval(Args args, String name) {
    Args interval = args.object(name);
    if (interval == null) {
      return null;
    }
    long from = time(interval, name, "Start");
    long to = time(interval, name, "End");
    if (to < from) {
      throw ScfError.invalidValue(name, "expected an End that is not before the Start");
    }
    return new Interval(from, to);
  }

  private long time(Args interval, String name, String end) {
    return times.parse(interval.text(end), "InvalidParameterValue", name + "." + end);
  }

  private Reply page(SearchPage page) {
    return Reply.of(
        json -> {
          json.writeNumberField("TotalCount", page.total());
          json.writeArrayFieldStart("EventList");
          for (Invocation event : page.invocations()) {
            write(json, event);
          }
          json.writeEndArray();
        });
  }

  private void write(JsonGenerator json, Invocation event) throws IOException {
    json.writeStartObject();
    json.writeStringField("InvokeRequestId", event.id().toString());
    json.writeStringField("InvokeType", InvokeType.of(event.origin()).name());
    json.writeStringField("Qualifier", Qualifiers.shown(event.qualifier()));
    json.writeStringField("Status", EventState.of(event.status()).name());
    json.writeStringField("StartTime", times.millis(event.acceptedAt()));
    json.writeStringField("EndTime", times.millis(event.endedAt()));
    json.writeEndObject();
  }
}
