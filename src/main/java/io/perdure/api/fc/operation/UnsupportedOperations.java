package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Operation;
import io.perdure.api.fc.wire.Page;
import io.perdure.api.fc.wire.Target;
import io.perdure.router.Router;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the cloud's SDKs can ask for and a machine of one's own has not. It is refused for good,
 * with a word on what to use instead; only lists are answered, as tools read them by the way: with
 * nothing in them, which is the truth.
 */
public final class UnsupportedOperations {
  private static final int NOT_IMPLEMENTED = 501;

  private static final Set<Generation> V1 = EnumSet.of(Generation.V1);
  private static final Set<Generation> V2 = EnumSet.of(Generation.V2);
  private static final Set<Generation> V3 = EnumSet.of(Generation.V3);
  private static final Set<Generation> OLDER = EnumSet.of(Generation.V1, Generation.V2);
  private static final Set<Generation> ALL = EnumSet.allOf(Generation.class);

  private static final String SERVICE_FUNCTION = "/services/{serviceName}/functions/{functionName}";
  private static final String FUNCTION = "/functions/{functionName}";

  /** How deep the paths behind HTTP triggers may be below the function's name. */
  private static final int PROXY_SEGMENTS_MAX = 12;

  private static final Page<Object> NOTHING = new Page<>(List.of(), "");

  private final Router router;
  private final List<Operation> operations = new ArrayList<>();

  /** Operations on the functions that {@code router} finds. */
  public UnsupportedOperations(Router router) {
    this.router = router;
  }

  /** All of them. */
  public Stream<Operation> all() {
    settings();
    triggers(SERVICE_FUNCTION, OLDER);
    triggers(FUNCTION, V3);
    layers();
    domains();
    networks();
    instances();
    sessions();
    storage();
    proxies();
    return operations.stream();
  }

  private void settings() {
    add(V3, "ChangeResourceGroup", "PUT /resource-groups", "use tags to put functions in groups");
    String pause =
        "use POST /v1/namespaces/{namespace}/functions/{function}:pause and :resume of the native"
            + " API, or a reserved concurrency of 0";
    add(V3, "DisableFunctionInvocation", "POST " + FUNCTION + "/invoke/disable", pause);
    add(V3, "EnableFunctionInvocation", "POST " + FUNCTION + "/invoke/enable", pause);
  }

  private void triggers(String function, Set<Generation> generations) {
    String schedules =
        "use schedules of the native API for timers; events of other products do not reach this"
            + " node";
    String triggers = function + "/triggers";
    none(generations, "ListTriggers", triggers, "triggers");
    add(generations, "CreateTrigger", "POST " + triggers, schedules);
    add(generations, "GetTrigger", "GET " + triggers + "/{triggerName}", schedules);
    add(generations, "UpdateTrigger", "PUT " + triggers + "/{triggerName}", schedules);
    add(generations, "DeleteTrigger", "DELETE " + triggers + "/{triggerName}", schedules);
    String sources = function + "/event-sources";
    if (generations.equals(OLDER)) {
      add(V2, "RegisterEventSource", "POST " + sources, schedules);
      none(V2, "ListEventSources", sources, "eventSources");
      add(V2, "DeregisterEventSource", "DELETE " + sources + "/{sourceArn}", schedules);
    }
  }

  /** What older clients call through an HTTP trigger, by its path. */
  private void proxies() {
    String invoke = "use InvokeFunction, with the request as its payload";
    StringBuilder path = new StringBuilder("/proxy/{serviceName}/{functionName}");
    for (int i = 0; i < PROXY_SEGMENTS_MAX; i++) {
      for (String method : List.of("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS")) {
        add(V1, "HttpInvokeFunction", method + " " + path, invoke);
      }
      path.append("/{segment").append(i).append('}');
    }
  }

  private void layers() {
    String packages = "put what functions share into their packages";
    String versions = "/layers/{layerName}/versions";
    add(ALL, "CreateLayerVersion", "POST " + versions, packages);
    none(ALL, "ListLayerVersions", versions, "layers");
    add(ALL, "GetLayerVersion", "GET " + versions + "/{version}", packages);
    add(ALL, "DeleteLayerVersion", "DELETE " + versions + "/{version}", packages);
    add(ALL, "GetLayerVersionByArn", "GET /layerarn/{arn}", packages);
    add(ALL, "PutLayerACL", "PUT /layers/{layerName}/acl", packages);
    none(ALL, "ListLayers", "/layers", "layers");
  }

  private void domains() {
    String proxy = "put a reverse proxy with the domain in front";
    String domain = "/custom-domains/{domainName}";
    add(ALL, "CreateCustomDomain", "POST /custom-domains", proxy);
    none(ALL, "ListCustomDomains", "/custom-domains", "customDomains");
    add(ALL, "GetCustomDomain", "GET " + domain, proxy);
    add(ALL, "UpdateCustomDomain", "PUT " + domain, proxy);
    add(ALL, "DeleteCustomDomain", "DELETE " + domain, proxy);
  }

  private void networks() {
    bindings("/services/{serviceName}/binding", V1);
    bindings("/services/{serviceName}/bindings", OLDER);
    bindings(FUNCTION + "/vpc-bindings", V3);
  }

  private void bindings(String bindings, Set<Generation> generations) {
    String network = "whoever reaches this node's port may invoke; use a firewall";
    add(generations, "CreateVpcBinding", "POST " + bindings, network);
    none(generations, "ListVpcBindings", bindings, "vpcIds");
    add(generations, "DeleteVpcBinding", "DELETE " + bindings + "/{vpcId}", network);
    if (generations.equals(V1)) { // the VPC is in the body
      add(V1, "DeleteVpcBinding", "DELETE " + bindings, network);
    }
  }

  private void instances() {
    String shell = "instances are processes of this machine; use its shell";
    String exec = "/instances/{instanceId}/exec";
    add(OLDER, "InstanceExec", "GET " + SERVICE_FUNCTION + exec, shell);
    add(V3, "InstanceExec", "GET " + FUNCTION + exec, shell);
    String gpu = "there are no instances to rent; functions use what this machine has";
    add(V2, "ClaimGPUInstance", "POST /gpuInstances", gpu);
    add(V2, "ReleaseGPUInstance", "DELETE /gpuInstances/{instanceId}", gpu);
    none(V1, "ListReservedCapacities", "/reservedCapacities", "reservedCapacities");
    none(V2, "ListReservedCapacities", "/reserved-capacities", "reservedCapacities");
  }

  private void sessions() {
    String state = "any instance serves any call; keep what calls share in a store of your own";
    String sessions = FUNCTION + "/sessions";
    String session = sessions + "/{sessionId}";
    add(V3, "CreateSession", "POST " + sessions, state);
    none(V3, "ListSessions", sessions, "sessions");
    add(V3, "GetSession", "GET " + session, state);
    add(V3, "UpdateSession", "PUT " + session, state);
    add(V3, "DeleteSession", "DELETE " + session, state);
    add(V3, "PauseSession", "PUT " + session + "/pause", state);
    add(V3, "ResumeSession", "PUT " + session + "/resume", state);
  }

  /** Ways to a package too large for a request. */
  private void storage() {
    String zip =
        "there is no object store to upload to; send the package as code.zipFile, as large as"
            + " fc.code-body-bytes-max allows";
    String token = "/services/{serviceName}/tempCodeBucketToken";
    add(OLDER, "GetTempCodeBucketPermission", "GET " + token, zip);
    add(OLDER, "GetTempBucketToken", "GET /tempBucketToken", zip);
    add(OLDER, "GetAccountConfigs", "GET /accountConfigs", zip);
  }

  private void add(Set<Generation> generations, String name, String request, String instead) {
    FcError refusal =
        new FcError(NOT_IMPLEMENTED, "NotImplemented", name + " is not supported: " + instead);
    operations.add(
        Operation.of(
            name, request, generations, Operation.Size.CODE, call -> Future.failedFuture(refusal)));
  }

  /** A list of nothing, of a service or function that has to be there if the path names one. */
  private void none(Set<Generation> generations, String name, String path, String list) {
    operations.add(
        Operation.of(
            name,
            "GET " + path,
            generations,
            call -> {
              requireWhose(call);
              return Future.succeededFuture(NOTHING.reply(list, (json, none) -> {}));
            }));
  }

  private void requireWhose(FcCall call) {
    Target target = call.target();
    if (target.function() != null) {
      router.function(call.account().id(), target.namespace(), target.function());
    } else if (call.path().containsKey(FcCall.SERVICE)) {
      router.requireNamespace(call.account().id(), target.namespace());
    }
  }
}
