package io.perdure.api.fc.operation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.fc.operation.ScalingSettings.Setting;
import io.perdure.api.fc.wire.Etag;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.FcReply;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Operation;
import io.perdure.api.fc.wire.Page;
import io.perdure.api.fc.wire.Paging;
import io.perdure.api.fc.wire.Target;
import io.perdure.bus.Bus;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.router.FunctionChanges;
import io.perdure.router.FunctionSearch;
import io.perdure.router.Namespaces;
import io.perdure.router.Router;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * How far functions scale (spec alibaba-fc, 9.4). What bounds the attempts at once is held to; what
 * is to be there ahead of time is kept and shown, and the answers say what is there.
 */
public final class ScalingOperations {
  private static final Set<Generation> OLDER = Set.of(Generation.V1, Generation.V2);
  private static final Set<Generation> V3 = Set.of(Generation.V3);
  private static final Set<Generation> ALL = Set.of(Generation.values());
  private static final String IN_SERVICE = " /services/{serviceName}/functions/{functionName}/";
  private static final String ALONE = " /functions/{functionName}/";

  private final Router router;
  private final FunctionChanges changes;
  private final FunctionSearch search;
  private final Namespaces namespaces;
  private final Instances instances;

  /**
   * Operations over {@code bus} on the functions that {@code router} finds.
   *
   * @param search finds functions for lists
   */
  public ScalingOperations(Bus bus, Router router, FunctionSearch search) {
    this.router = router;
    this.changes = new FunctionChanges(bus, router);
    this.search = search;
    this.namespaces = new Namespaces(bus);
    this.instances = new Instances(bus);
  }

  /**
   * How one kind is called.
   *
   * @param missing code when there is none
   * @param list property of a list
   */
  private record Group(Scaling.Kind kind, String missing, String list) {}

  /** All of them. */
  public Stream<Operation> all() {
    Group onDemand = new Group(Scaling.Kind.ON_DEMAND, "OnDemandConfigNotFound", "configs");
    Group reserved = new Group(Scaling.Kind.RESERVED, "OnDemandConfigNotFound", "configs");
    Group provision =
        new Group(Scaling.Kind.PROVISION, "ProvisionConfigNotFound", "provisionConfigs");
    Group minimum = new Group(Scaling.Kind.MINIMUM, "ScalingConfigNotFound", "scalingConfigs");
    return Stream.of(
            one("FunctionOnDemandConfig", IN_SERVICE + "on-demand-config", OLDER, onDemand),
            list("ListOnDemandConfigs", "on-demand-configs", OLDER, onDemand),
            one("ConcurrencyConfig", ALONE + "concurrency", V3, reserved),
            list("ListConcurrencyConfigs", "concurrency-configs", V3, reserved),
            one("ProvisionConfig", IN_SERVICE + "provision-config", OLDER, provision)
                .filter(each -> !each.method().equals("DELETE")), // a target of 0 is put instead
            one("ProvisionConfig", ALONE + "provision-config", V3, provision),
            list("ListProvisionConfigs", "provision-configs", ALL, provision),
            one("ScalingConfig", ALONE + "scaling-config", V3, minimum),
            list("ListScalingConfigs", "scaling-configs", V3, minimum))
        .flatMap(operations -> operations);
  }

  private Stream<Operation> one(String name, String path, Set<Generation> in, Group group) {
    return Stream.of(
        Operation.of("Put" + name, "PUT" + path, in, call -> put(call, group)),
        Operation.of("Get" + name, "GET" + path, in, call -> get(call, group)),
        Operation.of("Delete" + name, "DELETE" + path, in, call -> delete(call, group)));
  }

  private Stream<Operation> list(String name, String path, Set<Generation> in, Group group) {
    return Stream.of(Operation.of(name, "GET /" + path, in, call -> list(call, group)));
  }

  private Future<FcReply> put(FcCall call, Group group) {
    requireQualifier(call);
    ObjectNode value = ScalingSettings.read(group.kind(), call.body());
    String qualifier = call.target().shownQualifier();
    return change(call, now -> Scaling.of(now).with(group.kind(), qualifier, value))
        .compose(after -> shown(call, new Setting(group.kind(), after, qualifier, value)));
  }

  private Future<FcReply> delete(FcCall call, Group group) {
    requireQualifier(call);
    return change(
            call,
            now -> {
              setting(call, group, now);
              return Scaling.of(now).with(group.kind(), call.target().shownQualifier(), null);
            })
        .map(done -> FcReply.NO_CONTENT);
  }

  private Future<Function> change(FcCall call, UnaryOperator<Function> change) {
    Target target = call.target();
    Function before = function(call);
    if (before.flavour() != Flavour.FC2 && before.flavour() != Flavour.FC3) {
      throw FcError.invalid(
          "function '"
              + before.name()
              + "' was made by another API of this node: how far it scales is set there");
    }
    long revision = etag(before).required(call);
    Future<Function> changed =
        changes.change(
            new FunctionChanges.Target(
                call.account().id(), target.namespace(), target.function(), call.account().name()),
            revision,
            change);
    return revision == 0
        ? changed.recover(Codes.on(Failure.Kind.PRECONDITION, Codes::concurrentUpdate))
        : changed;
  }

  private Function function(FcCall call) {
    Target target = call.target();
    return router.function(call.account().id(), target.namespace(), target.function());
  }

  /** Fails as not found, saying whether it is the service, the function or the qualifier. */
  private void requireQualifier(FcCall call) {
    Target target = call.target();
    router.version(call.account().id(), target.namespace(), target.function(), target.qualifier());
  }

  private Future<FcReply> get(FcCall call, Group group) {
    requireQualifier(call);
    return shown(call, setting(call, group, function(call)));
  }

  private static Setting setting(FcCall call, Group group, Function function) {
    String qualifier = call.target().shownQualifier();
    return Scaling.of(function)
        .get(group.kind(), qualifier)
        .map(value -> new Setting(group.kind(), function, qualifier, value))
        .orElseThrow(
            () ->
                FcError.notFound(
                    group.missing(),
                    "function '"
                        + function.name()
                        + "' has no such config for qualifier '"
                        + qualifier
                        + "'"));
  }

  private static Etag etag(Function function) {
    return Etag.of(function.createdAt(), function.revision());
  }

  private Future<FcReply> shown(FcCall call, Setting setting) {
    return ready(setting)
        .map(
            ready ->
                etag(setting.function())
                    .on(FcReply.json(json -> ScalingSettings.write(json, call, setting, ready))));
  }

  private Future<Long> ready(Setting setting) {
    return ScalingSettings.counts(setting.kind())
        ? router
            .resolve(setting.function(), setting.qualifier())
            .map(instances::ready)
            .orElse(Future.succeededFuture(0L))
        : Future.succeededFuture(0L);
  }

  private Future<FcReply> list(FcCall call, Group group) {
    Paging paging = Paging.of(call.query());
    String qualifier = call.query().text("qualifier");
    return scaled(call)
        .compose(
            functions -> {
              List<Setting> settings = new ArrayList<>();
              for (Function function : functions) {
                for (Map.Entry<String, ObjectNode> entry :
                    Scaling.of(function).all(group.kind()).entrySet()) {
                  Setting setting =
                      new Setting(group.kind(), function, entry.getKey(), entry.getValue());
                  if (isWanted(setting, qualifier, paging)) {
                    settings.add(setting);
                  }
                }
              }
              settings.sort(Comparator.comparing(Setting::position));
              return listed(call, group, settings, paging.limit());
            });
  }

  /** One whose version or alias is gone is not shown. */
  private boolean isWanted(Setting setting, String qualifier, Paging paging) {
    String position = setting.position();
    return (qualifier == null || setting.qualifier().equals(qualifier))
        && (paging.prefix() == null || position.startsWith(paging.prefix()))
        && (paging.after() == null || position.compareTo(paging.after()) > 0)
        && router.resolve(setting.function(), setting.qualifier()).isPresent();
  }

  private Future<FcReply> listed(FcCall call, Group group, List<Setting> settings, int limit) {
    Page<Setting> page = Page.first(settings, limit, Setting::position);
    List<Future<Ready>> ready =
        page.items().stream()
            .map(setting -> ready(setting).map(count -> new Ready(setting, count)))
            .toList();
    return Future.all(ready)
        .map(
            all ->
                new Page<>(all.<Ready>list(), page.nextToken())
                    .reply(
                        group.list(),
                        (json, each) ->
                            ScalingSettings.write(json, call, each.setting(), each.count())));
  }

  /** How many instances are ready for what is set. */
  private record Ready(Setting setting, long count) {}

  /** The functions that something may be set for, of those that the list is about. */
  private Future<List<Function>> scaled(FcCall call) {
    String account = call.account().id();
    if (!call.generation().hasServices()) {
      String name = call.query().text(FcCall.FUNCTION);
      return name == null
          ? scaled(account, Function.FC3_NAMESPACE)
          : Future.succeededFuture(List.of(router.function(account, Function.FC3_NAMESPACE, name)));
    }
    String service = call.query().text(FcCall.SERVICE);
    if (service != null) {
      router.requireNamespace(account, service);
      return scaled(account, service);
    }
    return namespaces.collect(account, each -> scaled(account, each.name()));
  }

  private Future<List<Function>> scaled(String account, String namespace) {
    return search
        .search(
            account,
            namespace,
            Scaling::isKept,
            Comparator.comparing(Function::name),
            0,
            Integer.MAX_VALUE)
        .map(FunctionSearch.Found::functions);
  }
}
