package io.perdure.api.fc.operation;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.FcReply;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Missing;
import io.perdure.api.fc.wire.Operation;
import io.perdure.api.fc.wire.Page;
import io.perdure.api.fc.wire.Paging;
import io.perdure.api.fc.wire.Target;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.ListTracked;
import io.perdure.bus.RegistryMessages.Qualified;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.router.Router;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/** Tasks: asynchronous invocations that keep a record (spec alibaba-fc, section 6). Thread-safe. */
public final class TaskOperations {
  private static final Set<Generation> WITH_SERVICES = EnumSet.of(Generation.V1, Generation.V2);
  private static final Set<Generation> WITHOUT = EnumSet.of(Generation.V3);

  private static final String ID = "id";
  private static final String INVOCATIONS =
      "/services/{"
          + FcCall.SERVICE
          + "}/functions/{"
          + FcCall.FUNCTION
          + "}"
          + "/stateful-async-invocations";
  private static final String TASKS = "/functions/{" + FcCall.FUNCTION + "}/async-tasks";
  private static final String ONE = "/{" + ID + "}";

  private static final int RETURNED_BYTES_MAX = 1 << 20;

  private final Bus bus;
  private final Router router;
  private final Clock clock;
  private final TaskPages pages;

  /** Over what {@code router} reaches. */
  public TaskOperations(Bus bus, Router router, Clock clock) {
    this.bus = bus;
    this.router = router;
    this.clock = clock;
    this.pages = new TaskPages(router, clock);
  }

  /** All of them. */
  public Stream<Operation> all() {
    return Stream.of(
        Operation.of(
            "GetStatefulAsyncInvocation", "GET " + INVOCATIONS + ONE, WITH_SERVICES, this::get),
        Operation.of("GetAsyncTask", "GET " + TASKS + ONE, WITHOUT, this::get),
        Operation.of(
            "ListStatefulAsyncInvocations", "GET " + INVOCATIONS, WITH_SERVICES, this::list),
        Operation.of("ListAsyncTasks", "GET " + TASKS, WITHOUT, this::list),
        Operation.of(
            "StopStatefulAsyncInvocation", "PUT " + INVOCATIONS + ONE, WITH_SERVICES, this::stop),
        Operation.of("StopAsyncTask", "PUT " + TASKS + ONE + "/stop", WITHOUT, this::stop),
        Operation.of(
            "ListStatefulAsyncInvocationFunctions",
            "GET /stateful-async-invocation-functions",
            EnumSet.of(Generation.V2),
            this::functions));
  }

  private Future<FcReply> get(FcCall call) {
    return find(call)
        .compose(
            task -> {
              Future<byte[]> payload = router.bytesLeft(task, Part.PAYLOAD);
              Future<byte[]> returned = router.bytesLeft(task, Part.RESULT);
              return Future.all(payload, returned)
                  .map(
                      both ->
                          new TaskRecord(
                              task,
                              TaskText.of(payload.result()),
                              TaskText.of(returned.result(), RETURNED_BYTES_MAX)));
            })
        .map(found -> FcReply.json(json -> found.write(json, call)));
  }

  /** The task that the path names, by the id its caller chose, else by that of the server. */
  private Future<Invocation> find(FcCall call) {
    String account = call.account().id();
    Target target = call.target();
    String id = call.path().get(ID);
    Function function = router.function(account, target.namespace(), target.function());
    return router
        .getByKeyOrId(account, function, id)
        .map(
            found -> {
              boolean task =
                  found.functionUid() == function.uid()
                      && found.mode() == Invocation.Mode.ASYNC
                      && found.tracked()
                      && found.isKeptAt(clock.millis());
              if (!task || !isOf(call.qualifier(), found)) {
                throw Missing.task(call.generation(), id);
              }
              return found;
            });
  }

  /** With no qualifier given a task is found whatever its own is. */
  private static boolean isOf(String qualifier, Invocation task) {
    return qualifier == null
        || qualifier.equals(task.qualifier())
        || (Functions.isLatest(qualifier) && Functions.isLatest(task.qualifier()));
  }

  private Future<FcReply> list(FcCall call) {
    String name = TaskNames.of(call.generation()).list();
    return pages.page(call).map(page -> page.reply(name, (json, task) -> task.write(json, call)));
  }

  private Future<FcReply> stop(FcCall call) {
    return find(call)
        .compose(
            task -> {
              if (task.status().terminal()) {
                throw FcError.invalid(
                    "task '"
                        + TaskRecord.idOf(task)
                        + "' is "
                        + TaskStatus.of(task).shown()
                        + " and cannot be stopped");
              }
              return task.status() == Status.STOPPING
                  ? Future.succeededFuture(task)
                  : router.stop(
                      task.account(),
                      task.id(),
                      StopMode.CANCEL,
                      graceMillis(task),
                      call.account().name());
            })
        .map(FcReply.empty(200));
  }

  /** What its function's pre-stop hook may take; without one it is killed at once. */
  private long graceMillis(Invocation task) {
    return router
        .find(task.account(), task.namespace(), task.function())
        .map(function -> function.runtime() instanceof Managed managed ? managed.preStop() : null)
        .map(Managed.Hook::timeoutMillis)
        .orElse(0L);
  }

  private Future<FcReply> functions(FcCall call) {
    Paging paging = Paging.of(call.query());
    return bus.request(
            Addresses.LIST_TRACKED,
            new ListTracked(call.account().id(), after(paging.after()), paging.limit()))
        .map(
            found ->
                Page.of(found.found(), found.more(), TaskOperations::position)
                    .reply("data", TaskOperations::write));
  }

  private static Qualified after(String position) {
    String[] parts = position == null ? null : position.split("/", -1);
    if (parts != null && parts.length != 3) {
      throw FcError.invalid("nextToken", "the token of the page before, unchanged");
    }
    return parts == null ? null : new Qualified(parts[0], parts[1], parts[2]);
  }

  private static void write(JsonGenerator json, Qualified one) throws IOException {
    json.writeStringField("serviceName", one.namespace());
    json.writeStringField("functionName", one.function());
    json.writeStringField("qualifier", one.qualifier());
  }

  private static String position(Qualified one) {
    return one.namespace() + "/" + one.function() + "/" + one.qualifier();
  }
}
