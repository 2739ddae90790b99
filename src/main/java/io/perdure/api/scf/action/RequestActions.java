package io.perdure.api.scf.action;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.Field;
import io.perdure.api.scf.wire.Reply;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.api.scf.wire.Shape;
import io.perdure.api.scf.wire.Times;
import io.perdure.bus.Criteria.Interval;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.AttemptView;
import io.perdure.invocation.AttemptView.Outcome;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import io.perdure.router.Router;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What became of single requests, attempt by attempt (spec tencent-scf, 5.2). Thread-safe. */
final class RequestActions {
  private static final long WINDOW_MILLIS = 15 * 60_000L;
  private static final double MB = 1024 * 1024;
  private static final String NO_WINDOW = "InvalidParameterValue.StartTimeOrEndTime";
  private static final String NO_TIME = "InvalidParameterValue.DateTime";

  private static final Shape STATUS =
      Shape.of(
          Names.FUNCTION,
          Field.text("FunctionRequestId").required().code("FunctionRequestId").length(1, 128),
          Names.NAMESPACE,
          Field.text("StartTime"),
          Field.text("EndTime"));

  private static final int SUCCEEDED = 0;
  private static final int RUNNING = 1;
  private static final int FAILED = -1;

  private final Router router;
  private final Runs runs;
  private final Times times;
  private final Clock clock;

  RequestActions(Router router, Runs runs, Times times, Clock clock) {
    this.router = router;
    this.runs = runs;
    this.times = times;
    this.clock = clock;
  }

  Stream<Action> all() {
    return Stream.of(new Action("GetRequestStatus", STATUS, this::status));
  }

  private record Entry(
      String retMsg,
      long startedAt,
      int retCode,
      long durationMillis,
      long memoryBytes,
      int retryNum) {}

  private Future<Reply> status(ScfCall call) {
    Interval window = window(call.args());
    Function function = runs.function(call);
    return runs.find(call, call.args().text("FunctionRequestId"))
        .compose(
            found ->
                found.isEmpty() || !Runs.isOf(found.get(), function)
                    ? Future.succeededFuture(reply(null, List.of()))
                    : entries(found.get())
                        .map(
                            all ->
                                reply(
                                    found.get(),
                                    all.stream()
                                        .filter(entry -> window.contains(entry.startedAt()))
                                        .toList())));
  }

  /** Both ends are meant, to the second. */
  private Interval window(Args args) {
    String start = args.text("StartTime");
    String end = args.text("EndTime");
    if (start != null && end == null) {
      throw ScfError.invalidValue(NO_WINDOW, "EndTime", "expected one beside a StartTime");
    }
    long now = clock.millis();
    long to = end == null ? now : times.parse(end, NO_TIME, "EndTime") + 999;
    long from = start == null ? to - WINDOW_MILLIS : times.parse(start, NO_TIME, "StartTime");
    if (start != null && to - 999 <= from) {
      throw ScfError.invalidValue(NO_WINDOW, "EndTime", "expected a time after StartTime");
    }
    return new Interval(from, to + 1);
  }

  private Future<List<Entry>> entries(Invocation invocation) {
    return router
        .bytesLeft(invocation, Part.RESULT)
        .map(result -> entries(invocation, result, runs.ranAs(invocation)));
  }

  private List<Entry> entries(Invocation invocation, byte[] result, ScfFunction function) {
    List<AttemptView> attempts = AttemptView.of(invocation);
    boolean ended = invocation.status().terminal();
    if (attempts.isEmpty()) {
      String why = ended ? Returned.of(invocation, result, function).retMsg() : "";
      return List.of(new Entry(why, invocation.acceptedAt(), ended ? FAILED : RUNNING, 0, 0, 0));
    }
    List<Entry> entries = new ArrayList<>(attempts.size());
    for (int i = 0; i < attempts.size(); i++) {
      AttemptView attempt = attempts.get(i);
      boolean latest = i == attempts.size() - 1;
      entries.add(
          new Entry(
              retMsg(invocation, attempt, latest, result, function),
              attempt.startedAt() == 0 ? attempt.endedAt() : attempt.startedAt(),
              retCode(attempt),
              attempt.durationMillis(),
              latest ? invocation.memoryBytes() : 0,
              attempt.number() - 1));
    }
    return entries;
  }

  private static int retCode(AttemptView attempt) {
    return switch (attempt.outcome()) {
      case RUNNING -> RUNNING;
      case SUCCEEDED -> SUCCEEDED;
      case FAILED, PLATFORM_FAILED, STOPPED -> FAILED;
    };
  }

  private static String retMsg(
      Invocation invocation,
      AttemptView attempt,
      boolean latest,
      byte[] result,
      ScfFunction function) {
    boolean all =
        latest
            && switch (attempt.outcome()) {
              case RUNNING -> false;
              case SUCCEEDED -> true;
              case FAILED, PLATFORM_FAILED -> invocation.status() == Status.FAILED;
              case STOPPED -> invocation.status() == Status.STOPPED;
            };
    if (all) {
      return Returned.of(invocation, result, function).retMsg();
    }
    return attempt.outcome() == Outcome.RUNNING
        ? ""
        : Returned.of(invocation.id(), attempt, function).retMsg();
  }

  private Reply reply(Invocation invocation, List<Entry> entries) {
    return Reply.of(
        json -> {
          json.writeNumberField("TotalCount", entries.size());
          json.writeArrayFieldStart("Data");
          for (Entry entry : entries) {
            write(json, invocation, entry);
          }
          json.writeEndArray();
        });
  }

  private void write(JsonGenerator json, Invocation invocation, Entry entry) throws IOException {
    json.writeStartObject();
    json.writeStringField("FunctionName", invocation.function());
    json.writeStringField("RetMsg", entry.retMsg());
    json.writeStringField("RequestId", invocation.id().toString());
    json.writeStringField("StartTime", times.seconds(entry.startedAt()));
    json.writeNumberField("RetCode", entry.retCode());
    json.writeNumberField("Duration", (double) entry.durationMillis());
    json.writeNumberField("MemUsage", entry.memoryBytes() / MB);
    json.writeNumberField("RetryNum", entry.retryNum());
    json.writeEndObject();
  }
}
