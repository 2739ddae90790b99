package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.Page;
import io.perdure.api.fc.wire.Query;
import io.perdure.api.fc.wire.Target;
import io.perdure.bus.Criteria;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Invocation.Mode;
import io.perdure.router.InvocationQuery;
import io.perdure.router.ListPage;
import io.perdure.router.Router;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Pages of the tasks of a function (spec alibaba-fc, section 6.3). Thread-safe. */
final class TaskPages {
  private static final int LIMIT_MAX = 100;

  /** With their payloads tasks are read so many at once, until a page has so many bytes. */
  private static final int WITH_PAYLOAD_AT_ONCE = 10;

  private static final long PAYLOAD_BYTES_MAX = 4L << 20;

  /** A page that is still short after so many portions is given as it is; more follows it. */
  private static final int PORTIONS_MAX = 20;

  private static final List<String> ORDERS = List.of("asc", "desc");

  private final Router router;
  private final Clock clock;

  TaskPages(Router router, Clock clock) {
    this.router = router;
    this.clock = clock;
  }

  /** The page that {@code call} asks for. */
  Future<Page<TaskRecord>> page(FcCall call) {
    Target target = call.target();
    router.function(call.account().id(), target.namespace(), target.function());
    return new Walk(call, target).go(call.query().text("nextToken"));
  }

  private static Criteria criteria(FcCall call) {
    Query query = call.query();
    Long begin = query.number("startedTimeBegin", 0, Long.MAX_VALUE);
    Long end = query.number("startedTimeEnd", 0, Long.MAX_VALUE);
    if (begin != null && end != null && begin > end) {
      throw FcError.invalid("startedTimeEnd", "a time that is not before startedTimeBegin");
    }
    return Criteria.ANY
        .withMode(Mode.ASYNC)
        .withTracked(true)
        .withQualifier(call.qualifier())
        .withPrefix(query.text(TaskNames.of(call.generation()).prefix()))
        .acceptedWithin(
            begin == null ? 0 : begin,
            end == null || end == Long.MAX_VALUE ? Long.MAX_VALUE : end + 1);
  }

  /** One page being put together, portion by portion; used by one context at a time. */
  private final class Walk {
    private final InvocationQuery query;
    private final boolean descending;
    private final int limit;
    private final boolean withPayload;
    private final Predicate<Invocation> wanted;
    private final List<TaskRecord> found = new ArrayList<>();
    private long bytes;
    private int portions;

    Walk(FcCall call, Target target) {
      Query asked = call.query();
      Long most = asked.number("limit", 1, LIMIT_MAX);
      String name = asked.oneOf("status", TaskStatus.names());
      TaskStatus status = name == null ? null : TaskStatus.named(name);
      Criteria criteria = criteria(call);
      query =
          new InvocationQuery(
              call.account().id(),
              target.namespace(),
              target.function(),
              status == null ? criteria : criteria.withStatuses(Set.of(status.status())));
      descending = "desc".equals(asked.oneOf("sortOrderByTime", ORDERS));
      limit = most == null ? TaskNames.of(call.generation()).limitDefault() : most.intValue();
      withPayload = asked.flag("includePayload", false);
      long now = clock.millis();
      wanted = task -> task.isKeptAt(now) && (status == null || TaskStatus.of(task) == status);
    }

    /** The rest of the page, from {@code cursor} on. */
    Future<Page<TaskRecord>> go(String cursor) {
      int missing = limit - found.size();
      return router
          .list(
              query,
              descending,
              withPayload ? Math.min(missing, WITH_PAYLOAD_AT_ONCE) : missing,
              cursor)
          .recover(TaskPages::inItsWords)
          .compose(portion -> records(portion).compose(read -> next(portion)));
    }

    private Future<?> records(ListPage portion) {
      List<Future<TaskRecord>> records =
          portion.invocations().stream().filter(wanted).map(this::read).toList();
      return Future.all(records)
          .onSuccess(all -> records.forEach(record -> found.add(record.result())));
    }

    private Future<TaskRecord> read(Invocation task) {
      if (!withPayload) {
        return Future.succeededFuture(new TaskRecord(task, TaskText.EMPTY, TaskText.EMPTY));
      }
      bytes += task.payload().bytes();
      return router
          .bytesLeft(task, Part.PAYLOAD)
          .map(payload -> new TaskRecord(task, TaskText.of(payload), TaskText.EMPTY));
    }

    private Future<Page<TaskRecord>> next(ListPage portion) {
      boolean whole =
          portion.cursor() == null
              || found.size() == limit
              || bytes >= PAYLOAD_BYTES_MAX
              || ++portions == PORTIONS_MAX;
      return whole
          ? Future.succeededFuture(
              new Page<>(found, portion.cursor() == null ? "" : portion.cursor()))
          : go(portion.cursor());
    }
  }

  private static Future<ListPage> inItsWords(Throwable cause) {
    boolean cursor =
        cause instanceof FailureException e
            && e.failure() instanceof Failure.Invalid invalid
            && invalid.field().equals("cursor");
    return Future.failedFuture(
        cursor
            ? FcError.invalid(
                "nextToken",
                "the token of the page before, unchanged and with the same filters and order")
            : cause);
  }
}
