package io.perdure.api.scf.action;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.Field;
import io.perdure.api.scf.wire.Reply;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.api.scf.wire.Shape;
import io.perdure.api.scf.wire.Times;
import io.perdure.bus.Criteria;
import io.perdure.bus.ShardMessages.Order;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.AttemptView;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import io.perdure.router.InvocationQuery;
import io.perdure.router.InvocationSearch;
import io.perdure.router.Router;
import io.perdure.router.SearchPage;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Logs of requests, one entry for each with its latest attempt (spec tencent-scf, 5.2). */
final class LogActions {
  private static final int LIMIT_DEFAULT = 20;

  /** Most entries that can be reached; what is sorted or filtered by more than an index is read. */
  private static final int REACH_MAX = 10_000;

  private static final long DAY_MILLIS = 86_400_000L;

  /** Most bytes of the texts of an answer, shared by its entries. */
  private static final int TEXT_BYTES_MAX = 6 << 20;

  /** How many entries are read at the same time. */
  private static final int AT_ONCE = 50;

  private static final String NO_WINDOW = "InvalidParameterValue.StartTimeOrEndTime";
  private static final String NO_TIME = "InvalidParameterValue.DateTime";
  private static final String BY_START = "start_time";
  private static final String BY_DURATION = "duration";
  private static final String BY_MEMORY = "mem_usage";
  private static final String BY_FUNCTION = "function_name";

  private static final Shape LOGS =
      Shape.of(
          Names.FUNCTION.required(null),
          Field.integer("Offset").between(0, REACH_MAX).code("Offset"),
          Field.integer("Limit").between(0, REACH_MAX).code("Limit"),
          Field.text("Order").oneOf("asc", "desc").code("Order"),
          Field.text("OrderBy")
              .oneOf(BY_FUNCTION, BY_DURATION, BY_MEMORY, BY_START)
              .code("OrderBy"),
          Field.object(
              "Filter", Shape.of(Field.text("RetCode").oneOf(LogOutcome.names()).code("Filter"))),
          Names.NAMESPACE,
          Names.QUALIFIER,
          Field.text("FunctionRequestId").code("FunctionRequestId").length(1, 128),
          Field.text("StartTime"),
          Field.text("EndTime"),
          Field.object(
              "SearchContext",
              Shape.of(
                  Field.text("Offset").required(),
                  Field.integer("Limit").required().between(0, REACH_MAX).code("Limit"),
                  Field.text("Keyword"),
                  Field.text("Type"))));

  private final Router router;
  private final Runs runs;
  private final Times times;
  private final Clock clock;

  LogActions(Router router, Runs runs, Times times, Clock clock) {
    this.router = router;
    this.runs = runs;
    this.times = times;
    this.clock = clock;
  }

  Stream<Action> all() {
    return Stream.of(new Action("GetFunctionLogs", LOGS, this::logs));
  }

  /** What is asked for. */
  private record Wish(
      Criteria criteria,
      LogOutcome outcome,
      String orderBy,
      boolean descending,
      int offset,
      int limit) {
    /** True when the order of a search is the order wanted, and its criteria say it all. */
    boolean indexed() {
      return orderBy.equals(BY_START) && outcome.byStatus();
    }
  }

  /** An entry with what has been read for it. */
  private record Entry(Invocation invocation, Returned returned, String log) {}

  private Future<Reply> logs(ScfCall call) {
    Wish wish = wish(call.args());
    Function function = call.function() == null ? null : runs.function(call);
    String id = call.args().text("FunctionRequestId");
    return (id == null ? found(call, wish) : one(call, id, function, wish))
        .compose(
            page ->
                entries(page.invocations(), new ArrayList<>())
                    .map(entries -> reply(call, page.total(), entries)));
  }

  private Wish wish(Args args) {
    Args context = args.object("SearchContext");
    if (context != null && !context.text("Keyword", "").isEmpty()) {
      throw ScfError.unsupported(
          "Logs are not searched for words: list the requests without SearchContext.Keyword and"
              + " look through their Log.");
    }
    long offset = context == null ? args.integer("Offset", 0) : offset(context);
    long limit = (context == null ? args : context).integer("Limit", LIMIT_DEFAULT);
    if (offset + limit > REACH_MAX) {
      throw ScfError.invalidValue(
          "InvalidParameterValue.Limit",
          "Limit",
          "expected at most " + REACH_MAX + " together with Offset");
    }
    Args filter = args.object("Filter");
    LogOutcome outcome = LogOutcome.of(filter == null ? "" : filter.text("RetCode", ""));
    return new Wish(
        within(args).withQualifier(args.text("Qualifier")).withStatuses(outcome.statuses()),
        outcome,
        args.text("OrderBy", BY_START),
        args.text("Order", "desc").equals("desc"),
        (int) offset,
        (int) limit);
  }

  private static long offset(Args context) {
    String text = context.text("Offset");
    if (!text.matches("\\d{0,5}")) {
      throw ScfError.invalidValue(
          "InvalidParameterValue.Offset", "SearchContext.Offset", "expected 0 to " + REACH_MAX);
    }
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }

  /** The last day unless there is a window, of a day at most. */
  private Criteria within(Args args) {
    String start = args.text("StartTime");
    String end = args.text("EndTime");
    if ((start == null) != (end == null)) {
      throw ScfError.invalidValue(NO_WINDOW, "StartTime", "expected it and EndTime, or neither");
    }
    if (start == null) {
      return Criteria.ANY.acceptedWithin(clock.millis() - DAY_MILLIS, Long.MAX_VALUE);
    }
    long from = times.parse(start, NO_TIME, "StartTime");
    long to = times.parse(end, NO_TIME, "EndTime");
    if (to < from || to - from > DAY_MILLIS) {
      throw ScfError.invalidValue(
          NO_WINDOW, "EndTime", "expected a time after StartTime, at most a day");
    }
    return Criteria.ANY.acceptedWithin(from, to + 1_000); // both ends are meant, to the second
  }

  private Future<SearchPage> one(ScfCall call, String id, Function function, Wish wish) {
    return runs.find(call, id)
        .map(
            found -> {
              List<Invocation> all =
                  found
                      .filter(one -> function == null || Runs.isOf(one, function))
                      .filter(one -> one.namespace().equals(call.namespace()))
                      .filter(one -> wish.criteria().matches(one) && wish.outcome().wants(one))
                      .stream()
                      .toList();
              return part(all, wish);
            });
  }

  private Future<SearchPage> found(ScfCall call, Wish wish) {
    if (wish.indexed() && call.function() != null) {
      return page(call, wish, wish.offset(), Math.min(wish.limit(), Router.LIMIT_MAX));
    }
    Predicate<Invocation> wanted =
        each -> wish.outcome().wants(each) && each.namespace().equals(call.namespace());
    return gathered(call, wish, wanted, 0, new ArrayList<>())
        .map(
            all -> {
              all.sort(order(wish));
              return part(all, wish);
            });
  }

  private Future<SearchPage> page(ScfCall call, Wish wish, int offset, int limit) {
    String namespace = call.function() == null ? null : call.namespace();
    return router.search(
        new InvocationSearch(
            new InvocationQuery(call.accountId(), namespace, call.function(), wish.criteria()),
            Order.ACCEPTED,
            wish.descending(),
            offset,
            limit));
  }

  /** The first {@link #REACH_MAX} of the search, as far as they are wanted. */
  private Future<List<Invocation>> gathered(
      ScfCall call, Wish wish, Predicate<Invocation> wanted, int offset, List<Invocation> all) {
    return page(call, wish, offset, Router.LIMIT_MAX)
        .compose(
            page -> {
              page.invocations().stream().filter(wanted).forEach(all::add);
              int next = offset + Router.LIMIT_MAX;
              return next >= page.total() || next >= REACH_MAX
                  ? Future.succeededFuture(all)
                  : gathered(call, wish, wanted, next, all);
            });
  }

  private Comparator<Invocation> order(Wish wish) {
    Comparator<Invocation> order =
        switch (wish.orderBy()) {
          case BY_DURATION -> Comparator.comparingLong(AttemptView::lastDurationMillis);
          case BY_MEMORY -> Comparator.comparingLong(Invocation::memoryBytes);
          case BY_FUNCTION -> Comparator.comparing(Invocation::function);
          default -> Comparator.comparing(Invocation::id);
        };
    Comparator<Invocation> whole = order.thenComparing(Invocation::id);
    return wish.descending() ? whole.reversed() : whole;
  }

  private static SearchPage part(List<Invocation> all, Wish wish) {
    return new SearchPage(
        all.size(),
        all.stream().skip(wish.offset()).limit(Math.min(wish.limit(), Router.LIMIT_MAX)).toList());
  }

  /** Reads what belongs to the entries, some at a time. */
  private Future<List<Entry>> entries(List<Invocation> page, List<Entry> done) {
    if (done.size() == page.size()) {
      return Future.succeededFuture(done);
    }
    int most = TEXT_BYTES_MAX / page.size() / 2;
    List<Future<Entry>> next =
        page.subList(done.size(), Math.min(page.size(), done.size() + AT_ONCE)).stream()
            .map(invocation -> entry(invocation, most))
            .toList();
    return Future.all(next)
        .compose(
            read -> {
              next.forEach(entry -> done.add(entry.result()));
              return entries(page, done);
            });
  }

  private Future<Entry> entry(Invocation invocation, int most) {
    Future<byte[]> result =
        invocation.result().bytes() > most
            ? Future.succeededFuture("(too long to be shown here)".getBytes(UTF_8))
            : router.bytesLeft(invocation, Part.RESULT);
    Future<byte[]> log = router.bytesLeft(invocation, Part.LOG);
    return Future.all(result, log)
        .map(
            both -> {
              Returned returned =
                  invocation.status().terminal()
                      ? Returned.of(invocation, result.result(), runs.ranAs(invocation))
                      : null;
              return new Entry(invocation, returned, Runs.tail(log.result(), most));
            });
  }

  private Reply reply(ScfCall call, long total, List<Entry> entries) {
    return Reply.of(
        json -> {
          json.writeNumberField("TotalCount", total);
          json.writeArrayFieldStart("Data");
          for (Entry entry : entries) {
            write(json, entry);
          }
          json.writeEndArray();
          context(json, call.args().object("SearchContext"));
        });
  }

  /** As it was given: the next part is asked for by its Offset. */
  private static void context(JsonGenerator json, Args given) throws IOException {
    json.writeObjectFieldStart("SearchContext");
    json.writeStringField("Offset", given == null ? "" : given.text("Offset"));
    json.writeNumberField("Limit", given == null ? 0 : given.integer("Limit", 0));
    json.writeStringField("Keyword", "");
    json.writeStringField("Type", given == null ? "" : given.text("Type", ""));
    json.writeEndObject();
  }

  private void write(JsonGenerator json, Entry entry) throws IOException {
    Invocation of = entry.invocation();
    boolean ended = entry.returned() != null;
    long millis = ended ? AttemptView.lastDurationMillis(of) : 0;
    json.writeStartObject();
    json.writeStringField("FunctionName", of.function());
    json.writeStringField("RetMsg", ended ? entry.returned().retMsg() : "");
    json.writeStringField("RequestId", of.id().toString());
    json.writeStringField(
        "StartTime", times.seconds(of.startedAt() == 0 ? of.acceptedAt() : of.startedAt()));
    json.writeNumberField("RetCode", retCode(of.status()));
    json.writeNumberField("InvokeFinished", ended ? 1 : 0);
    json.writeNumberField("Duration", (double) millis);
    json.writeNumberField("BillDuration", millis);
    json.writeNumberField("MemUsage", of.memoryBytes());
    json.writeStringField("Log", entry.log());
    json.writeStringField("Level", "");
    json.writeStringField("Source", "");
    json.writeNumberField("RetryNum", Math.max(0, of.attempts() - 1));
    json.writeEndObject();
  }

  /** 0 succeeded, 1 failed, 2 running, 3 interrupted (spec tencent-scf, section 4). */
  private static int retCode(Status status) {
    return switch (EventState.of(status)) {
      case FINISHED -> 0;
      case FAILED -> 1;
      case RUNNING -> 2;
      case ABORTED -> 3;
    };
  }
}
