package io.perdure.api.scf.action;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.perdure.api.CodeLinks;
import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.Reply;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.api.scf.wire.Times;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.CodeMessages.ReadFile;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.router.FunctionSearch;
import io.perdure.router.Router;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.Stream;

/** Shows functions and their code (spec tencent-scf, 5.3). */
public final class FunctionViewActions {
  /** A larger file is not shown (spec tencent-scf, 5.3). */
  private static final int CODE_INFO_BYTES_MAX = 1 << 20;

  private final Bus bus;
  private final Router router;
  private final FunctionSearch search;
  private final CodeLinks links;
  private final ScfFunctionJson shown;
  private final ScfTriggers triggers;

  /** Actions over {@code bus} on the functions that {@code router} and {@code search} find. */
  public FunctionViewActions(
      Bus bus, Router router, FunctionSearch search, CodeLinks links, Times times) {
    this.bus = bus;
    this.router = router;
    this.search = search;
    this.links = links;
    this.shown = new ScfFunctionJson(times);
    this.triggers = new ScfTriggers(bus, times);
  }

  /** All of them. */
  public Stream<Action> all() {
    return Stream.of(
        new Action("GetFunction", FunctionTables.GET, this::get),
        new Action("ListFunctions", FunctionTables.LIST, this::list),
        new Action("GetFunctionAddress", FunctionTables.GET_ADDRESS, this::address));
  }

  private Future<Reply> get(ScfCall call) {
    Function function = qualified(call);
    String qualifier = call.args().text("Qualifier", Qualifiers.LATEST);
    return Future.all(codeInfo(function, call.args().flag("ShowCode", false)), triggers.shown(call))
        .map(
            both -> {
              String info = both.resultAt(0);
              ArrayNode timers = both.resultAt(1);
              return Reply.of(json -> shown.write(json, function, qualifier, info, timers));
            });
  }

  private Function qualified(ScfCall call) {
    return router.version(
        call.accountId(), call.namespace(), call.function(), call.args().text("Qualifier"));
  }

  private Future<String> codeInfo(Function function, boolean wanted) {
    if (!wanted || !(function.runtime() instanceof Managed managed) || managed.code() == null) {
      return Future.succeededFuture("");
    }
    List<String> files = ScfFunctionJson.entryFiles(managed);
    if (files.isEmpty()) {
      return Future.succeededFuture("");
    }
    return bus.request(
            Addresses.READ_FILE, new ReadFile(managed.code().sha256(), files, CODE_INFO_BYTES_MAX))
        .map(read -> read.bytes() == null ? "" : new String(read.bytes(), UTF_8));
  }

  private Future<Reply> list(ScfCall call) {
    Args args = call.args();
    router.requireNamespace(call.accountId(), call.namespace());
    return search
        .search(
            call.accountId(),
            call.namespace(),
            FunctionFilters.of(args),
            FunctionFilters.order(args),
            args.integer("Offset", 0),
            (int) args.integer("Limit", Paging.LIMIT_DEFAULT))
        .map(
            found ->
                Reply.of(
                    json -> {
                      json.writeArrayFieldStart("Functions");
                      for (Function function : found.functions()) {
                        json.writeStartObject();
                        shown.writeItem(json, function);
                        json.writeEndObject();
                      }
                      json.writeEndArray();
                      json.writeNumberField("TotalCount", found.total());
                    }));
  }

  private Future<Reply> address(ScfCall call) {
    CodeRef code = NewFunctions.managed(qualified(call)).code();
    if (code == null) {
      throw new ScfError("ResourceNotFound", "The function has no code yet.");
    }
    return Future.succeededFuture(
        Reply.of(
            json -> {
              json.writeStringField("Url", links.to(code, call.host()));
              json.writeStringField("CodeSha256", code.sha256());
            }));
  }
}
