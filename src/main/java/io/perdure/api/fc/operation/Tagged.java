package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Missing;
import io.perdure.api.fc.wire.Target;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.FunctionBuilder;
import io.perdure.router.FunctionChanges;
import io.perdure.router.FunctionSearch;
import io.perdure.router.Namespaces;
import io.perdure.router.Router;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Services and functions by their tags. */
final class Tagged {
  private final Router router;
  private final FunctionChanges changes;
  private final FunctionSearch search;
  private final Namespaces namespaces;

  Tagged(Bus bus, Router router, FunctionSearch search) {
    this.router = router;
    this.changes = new FunctionChanges(bus, router);
    this.search = search;
    this.namespaces = new Namespaces(bus);
  }

  /** A service or a function. */
  record Resource(String arn, boolean isService, Map<String, String> tags) {}

  /** The one that is named; fails as not found. */
  Future<Resource> get(FcCall call, Target target) {
    return target.function() == null
        ? namespaces.find(call.account().id(), target.namespace()).map(it -> resource(call, it))
        : Future.succeededFuture(resource(call, function(call, target)));
  }

  /** Those that are named; fails as not found when one of them is missing. */
  Future<List<Resource>> getAll(FcCall call, List<Target> targets) {
    return Future.all(targets.stream().map(target -> get(call, target)).toList())
        .map(all -> all.<Resource>list());
  }

  private Function function(FcCall call, Target target) {
    router.requireNamespace(call.account().id(), target.namespace());
    return router
        .find(call.account().id(), target.namespace(), target.function())
        .orElseThrow(
            () ->
                Missing.function(
                    target.namespace().equals(Function.FC3_NAMESPACE)
                        ? Generation.V3
                        : Generation.V2,
                    target));
  }

  private static Resource resource(FcCall call, Namespace service) {
    return new Resource(Arns.service(call, service.name()), true, service.about().tags());
  }

  private static Resource resource(FcCall call, Function function) {
    return new Resource(Arns.of(call, function), false, function.about().tags());
  }

  /**
   * Changes the tags of those that are named, one after the other, when all of them are there; what
   * was changed before one fails stays changed.
   */
  Future<Void> change(
      FcCall call, List<Target> targets, UnaryOperator<Map<String, String>> change) {
    Future<Void> changed = getAll(call, targets).mapEmpty();
    for (Target target : targets) {
      changed = changed.compose(before -> change(call, target, change));
    }
    return changed.recover(Codes.on(Failure.Kind.PRECONDITION, Codes::concurrentUpdate));
  }

  private Future<Void> change(
      FcCall call, Target target, UnaryOperator<Map<String, String>> change) {
    String account = call.account().id();
    if (target.function() == null) {
      return namespaces.change(account, target.namespace(), now -> changed(now, change));
    }
    return changes
        .change(
            new FunctionChanges.Target(
                account, target.namespace(), target.function(), call.account().name()),
            now -> {
              FunctionBuilder next = new FunctionBuilder(now);
              next.about = changed(now.about(), change);
              return next.build();
            })
        .mapEmpty();
  }

  private static About changed(About now, UnaryOperator<Map<String, String>> change) {
    return new About(now.description(), change.apply(now.tags()), now.extra());
  }

  /**
   * All that have tags, by name: services with the functions in them, or in the newest generation
   * the functions without one.
   */
  Future<List<Resource>> all(FcCall call) {
    String account = call.account().id();
    if (!call.generation().hasServices()) {
      return functions(call, Function.FC3_NAMESPACE);
    }
    return namespaces
        .collect(
            account,
            service -> functions(call, service.name()).map(more -> joined(call, service, more)))
        .map(all -> all.stream().sorted(Comparator.comparing(Resource::arn)).toList());
  }

  private static List<Resource> joined(FcCall call, Namespace service, List<Resource> functions) {
    List<Resource> all = new ArrayList<>(functions);
    if (!service.about().tags().isEmpty()) {
      all.add(resource(call, service));
    }
    return all;
  }

  private Future<List<Resource>> functions(FcCall call, String namespace) {
    return search
        .search(
            call.account().id(),
            namespace,
            function -> !function.about().tags().isEmpty(),
            Comparator.comparing(Function::name),
            0,
            Integer.MAX_VALUE)
        .map(
            found -> found.functions().stream().map(function -> resource(call, function)).toList());
  }
}
