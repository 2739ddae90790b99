package io.perdure.api.fc.operation;

import io.perdure.api.CodeLinks;
import io.perdure.api.fc.wire.Etag;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.FcReply;
import io.perdure.api.fc.wire.Operation;
import io.perdure.api.fc.wire.Page;
import io.perdure.api.fc.wire.Paging;
import io.perdure.api.fc.wire.Target;
import io.perdure.bus.Bus;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Function;
import io.perdure.router.FunctionSearch;
import io.perdure.router.Router;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Shows functions and their code (spec alibaba-fc, 9.2). */
public final class FunctionViewOperations {
  private final Router router;
  private final FunctionSearch search;
  private final CodeLinks links;
  private final ServiceVersions versions;

  /** Operations over {@code bus} on the functions that {@code router} and {@code search} find. */
  public FunctionViewOperations(Bus bus, Router router, FunctionSearch search, CodeLinks links) {
    this.router = router;
    this.search = search;
    this.links = links;
    this.versions = new ServiceVersions(bus);
  }

  /** All of them. */
  public Stream<Operation> all() {
    return FunctionPaths.both(
        (functions, function, generations) ->
            Stream.of(
                Operation.of("ListFunctions", "GET " + functions, generations, this::list),
                Operation.of("GetFunction", "GET " + function, generations, this::get),
                Operation.of(
                    "GetFunctionCode", "GET " + function + "/code", generations, this::code)));
  }

  private Future<FcReply> get(FcCall call) {
    return Future.succeededFuture(shown(call, qualified(call)));
  }

  /** As the qualifier leads to it: a version shows what it froze. */
  private Function qualified(FcCall call) {
    Target target = call.target();
    return router.version(
        call.account().id(), target.namespace(), target.function(), target.qualifier());
  }

  /** An answer that shows {@code function}. */
  static FcReply shown(FcCall call, Function function) {
    return etag(function).on(FcReply.json(json -> FunctionJson.write(call, json, function)));
  }

  /** Of a function as it is now. */
  static Etag etag(Function function) {
    return Etag.of(function.createdAt(), function.revision());
  }

  private Future<FcReply> code(FcCall call) {
    Function function = qualified(call);
    CodeRef code = FcFunction.of(function).code();
    if (code == null) {
      throw FcError.invalid(
          "function '"
              + function.name()
              + "' has no code here: it is of kind "
              + function.runtime().kind());
    }
    String host = call.host();
    return Future.succeededFuture(
        FcReply.json(
            json -> {
              json.writeStringField("url", links.to(code, host == null ? "localhost" : host));
              json.writeStringField("checksum", code.crc64());
            }));
  }

  private Future<FcReply> list(FcCall call) {
    Paging paging = Paging.of(call.query());
    Target target = call.target();
    String account = call.account().id();
    Predicate<Function> like = FunctionFilters.of(call, paging);
    router.requireNamespace(account, target.namespace());
    return versions
        .require(account, target.namespace(), target.qualifier())
        .compose(
            there ->
                search.search(
                    account,
                    target.namespace(),
                    like.and(function -> router.resolve(function, target.qualifier()).isPresent()),
                    Comparator.comparing(Function::name),
                    0,
                    paging.limit()))
        .map(
            found -> {
              List<Function> functions =
                  found.functions().stream()
                      .map(function -> router.resolve(function, target.qualifier()))
                      .flatMap(Optional::stream)
                      .toList();
              Page<Function> page =
                  Page.of(
                      found.functions(), found.total() > found.functions().size(), Function::name);
              return new Page<>(functions, page.nextToken())
                  .reply("functions", (json, each) -> FunctionJson.write(call, json, each));
            });
  }
}
