package io.perdure.api.fc.sdk;

import static io.perdure.api.fc.sdk.Customer.BROKEN;
import static io.perdure.api.fc.sdk.Customer.ECHO;
import static io.perdure.api.fc.sdk.Customer.GATED;
import static io.perdure.api.fc.sdk.Customer.refused;
import static io.perdure.api.fc.sdk.Customer.unsupported;
import static io.perdure.api.fc.sdk.Customer.zip;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.aliyuncs.fc.client.FunctionComputeClient;
import com.aliyuncs.fc.http.HttpRequest;
import com.aliyuncs.fc.http.HttpResponse;
import com.aliyuncs.fc.model.AsyncConfig;
import com.aliyuncs.fc.model.Code;
import com.aliyuncs.fc.model.Destination;
import com.aliyuncs.fc.model.DestinationConfig;
import com.aliyuncs.fc.model.PathConfig;
import com.aliyuncs.fc.model.RouteConfig;
import com.aliyuncs.fc.model.StatefulAsyncInvocation;
import com.aliyuncs.fc.request.*;
import com.aliyuncs.fc.response.InvokeFunctionResponse;
import io.perdure.api.auth.AccessKey;
import io.perdure.testkit.Gate;
import io.perdure.testkit.Python;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One customer's life with services, by the oldest SDK: each step goes on from the last. */
@Timeout(120)
class Version2016Test {
  @RegisterExtension static final FcNode NODE = FcNode.real();

  private static final String S = "demo";
  private static final String LATEST = "LATEST";

  /** Asks another product of the cloud to be let in. */
  private static final String OF_ANOTHER_PRODUCT = "OpenFunctionComputeRequest";

  private final Set<String> driven = new TreeSet<>();
  private FunctionComputeClient fc;

  @BeforeAll
  static void needPython() {
    Python.require();
  }

  @TestFactory
  Stream<DynamicTest> everyOperationIsThere() {
    fc = NODE.client1();
    Stream<DynamicTest> works =
        Stream.of(
            dynamicTest("services are made, changed and listed", this::services),
            dynamicTest("functions are made, changed and listed", this::functions),
            dynamicTest("calls are waited for", this::calls),
            dynamicTest("asynchronous calls are configured", this::configuration),
            dynamicTest("tasks leave a record", this::tasks),
            dynamicTest("tasks are stopped", this::stopping),
            dynamicTest("versions are published and aliases point to them", this::versions),
            dynamicTest("concurrency is bounded and instances are kept", this::scaling),
            dynamicTest("services are tagged", this::tags),
            dynamicTest("what there is none of is an empty list", this::empty));
    Stream<DynamicTest> ends =
        Stream.of(
            dynamicTest("functions and services are deleted", this::deletion),
            dynamicTest("every method of the client has been called", this::coverage));
    return Stream.of(works, unsupportedOnes(), ends).flatMap(each -> each);
  }

  /** Calls a method of the client; each has a class of requests of its own. */
  private <Q extends HttpRequest, R> R call(Function<Q, R> method, Q request) {
    driven.add(request.getClass().getSimpleName());
    return method.apply(request);
  }

  private static void done(HttpResponse answer) {
    assertEquals(204, answer.getStatus());
    assertNotNull(answer.getRequestId());
  }

  private void create(String name, String python) {
    CreateFunctionRequest request = new CreateFunctionRequest(S).setFunctionName(name);
    request.setRuntime("python3").setHandler("index.handler").setTimeout(600);
    call(fc::createFunction, request.setCode(new Code().setZipFile(zip(python))));
  }

  private InvokeFunctionResponse invoke(String name, String payload, String qualifier) {
    InvokeFunctionRequest request = new InvokeFunctionRequest(S, name).setQualifier(qualifier);
    return call(fc::invokeFunction, request.setPayload(payload.getBytes(UTF_8)));
  }

  private InvokeFunctionResponse submit(String name, String payload, String id) {
    InvokeFunctionRequest request = new InvokeFunctionRequest(S, name).setInvocationType("Async");
    request.setStatefulAsyncInvocationId(id).setPayload(payload.getBytes(UTF_8));
    return call(fc::invokeFunction, request);
  }

  private StatefulAsyncInvocation task(String function, String id) {
    var request = new GetStatefulAsyncInvocationRequest(S, LATEST, function, id);
    return call(fc::getStatefulAsyncInvocation, request).getStatefulAsyncInvocation();
  }

  private void services() {
    var request = new CreateServiceRequest().setServiceName(S).setDescription("ümläuts & 你好");
    var made = call(fc::createService, request);
    assertEquals(S, made.getServiceName());
    assertNotNull(made.getRequestId());
    assertTrue(made.getCreatedTime().matches(Customer.TIME), made.getCreatedTime());
    refused("ServiceAlreadyExists", () -> call(fc::createService, request));
    var got = call(fc::getService, new GetServiceRequest(S));
    assertEquals("ümläuts & 你好", got.getDescription());
    var update = new UpdateServiceRequest(S).setDescription("a = b");
    assertEquals("a = b", call(fc::updateService, update).getDescription());
    refused("ServiceNotFound", () -> call(fc::getService, new GetServiceRequest("nobody")));
    var list = new ListServicesRequest();
    list.setPrefix("de");
    assertEquals(1, call(fc::listServices, list).getServices().length);
  }

  private void functions() {
    create("echo", ECHO);
    refused("FunctionAlreadyExists", () -> create("echo", ECHO));
    var made = call(fc::getFunction, new GetFunctionRequest(S, "echo"));
    assertEquals("index.handler", made.getHandler());
    var update = new UpdateFunctionRequest(S, "echo").setTimeout(21);
    update.setCode(new Code().setZipFile(zip(ECHO + "# again")));
    var updated = call(fc::updateFunction, update);
    assertEquals(21, updated.getTimeout());
    assertTrue(!made.getCodeChecksum().equals(updated.getCodeChecksum()));
    refused("FunctionNotFound", () -> call(fc::getFunction, new GetFunctionRequest(S, "nobody")));
    create("broken", BROKEN);
    var list = new ListFunctionsRequest(S);
    assertEquals(2, call(fc::listFunctions, list).getFunctions().length);
    var code = call(fc::getFunctionCode, new GetFunctionCodeRequest(S, "echo"));
    assertEquals(updated.getCodeChecksum(), code.getCodeChecksum());
  }

  private void calls() {
    InvokeFunctionRequest tail = new InvokeFunctionRequest(S, "echo").setLogType("Tail");
    var answer = call(fc::invokeFunction, tail.setPayload("{\"k\":\"ü\"}".getBytes(UTF_8)));
    assertEquals("{\"k\":\"ü\"}", new String(answer.getPayload(), UTF_8));
    String log = answer.getLogResult();
    assertTrue(log.contains("got"), log);
    InvokeFunctionResponse failed = invoke("broken", "", null);
    // looked for with regard to case
    assertEquals("UnhandledInvocationError", failed.getHeader("X-Fc-Error-Type"));
    assertTrue(new String(failed.getPayload(), UTF_8).contains("no good"));
    refused("FunctionNotFound", () -> invoke("nobody", "", null));
    refused("VersionNotFound", () -> invoke("echo", "", "77"));
    refused("AliasNotFound", () -> invoke("echo", "", "nobody"));
  }

  private void configuration() {
    var get = new GetFunctionAsyncConfigRequest(S, LATEST, "echo");
    refused("AsyncConfigNotExists", () -> call(fc::getFunctionAsyncConfig, get));
    String broken = "acs:fc:::services/demo/functions/broken";
    AsyncConfig config = new AsyncConfig();
    config.setStatefulInvocation(true).setMaxAsyncRetryAttempts(0);
    config.setMaxAsyncEventAgeInSeconds(600);
    var destination = new Destination();
    destination.setDestination(broken);
    config.setDestinationConfig(new DestinationConfig().setonFailure(destination));
    var put = new PutFunctionAsyncConfigRequest(S, LATEST, "echo").setAsyncConfig(config);
    AsyncConfig made = call(fc::putFunctionAsyncConfig, put).getAsyncConfig();
    assertEquals(S, made.getService());
    assertEquals(600, made.getMaxAsyncEventAgeInSeconds());
    AsyncConfig got = call(fc::getFunctionAsyncConfig, get).getAsyncConfig();
    assertEquals(broken, got.getDestinationConfig().getOnFailure().getDestination());
    var list = new ListFunctionAsyncConfigsRequest(S, "echo");
    assertEquals(1, call(fc::listFunctionAsyncConfigs, list).getAsyncConfigs().length);
  }

  private void tasks() {
    InvokeFunctionResponse accepted = submit("echo", "\"hi\"", "task-1");
    assertEquals(202, accepted.getStatus());
    assertEquals("task-1", accepted.getHeader("X-Fc-Stateful-Async-Invocation-Id"));
    NODE.nativeApi().ended(accepted.getRequestId());
    StatefulAsyncInvocation task = task("echo", "task-1");
    assertEquals("Succeeded", task.getStatus());
    assertEquals("\"hi\"", task.getInvocationPayload());
    assertEquals(accepted.getRequestId(), task.getRequestId());
    // texts to this SDK, numbers on the wire
    assertTrue(Long.parseLong(task.getEndTime()) >= Long.parseLong(task.getStartedTime()));
    assertEquals("0", task.getAlreadyRetriedTimes());
    refused("StatefulAsyncInvocationAlreadyExists", () -> submit("echo", "", "task-1"));
    refused("StatefulAsyncInvocationNotFound", () -> task("echo", "task-2"));
    var list = new ListStatefulAsyncInvocationsRequest(S, "echo").setLimit(5);
    list.setStatus("Succeeded").setInvocationIdPrefix("task-").setIncludePayload(true);
    var listed = call(fc::listStatefulAsyncInvocations, list).getStatefulAsyncInvocations();
    assertEquals(1, listed.length);
    assertEquals("\"hi\"", listed[0].getInvocationPayload());
  }

  private void stopping() throws Exception {
    create("gated", GATED);
    var mode = new AsyncConfig().setStatefulInvocation(true);
    var put = new PutFunctionAsyncConfigRequest(S, LATEST, "gated").setAsyncConfig(mode);
    call(fc::putFunctionAsyncConfig, put);
    var stop = new StopStatefulAsyncInvocationRequest(S, LATEST, "gated", "stopped");
    try (Gate gate = new Gate()) {
      InvokeFunctionResponse accepted = submit("gated", gate.event(), "stopped");
      gate.reached();
      assertEquals("Running", task("gated", "stopped").getStatus());
      assertEquals("0", task("gated", "stopped").getEndTime());
      assertEquals(200, call(fc::stopStatefulAsyncInvocation, stop).getStatus());
      NODE.nativeApi().ended(accepted.getRequestId());
      assertEquals("Stopped", task("gated", "stopped").getStatus());
    }
    refused("InvalidArgument", () -> call(fc::stopStatefulAsyncInvocation, stop));
  }

  private void versions() {
    var publish = new PublishVersionRequest(S).setDescription("first");
    assertEquals("1", call(fc::publishVersion, publish).getVersionId());
    call(fc::updateService, new UpdateServiceRequest(S).setDescription("changed"));
    assertEquals("2", call(fc::publishVersion, publish).getVersionId());
    assertEquals(2, call(fc::listVersions, new ListVersionsRequest(S)).getVersions().length);
    var create = new CreateAliasRequest(S, "prod", "1");
    var made = call(fc::createAlias, create.setAdditionalVersionWeight(Map.of("2", 0.25f)));
    assertEquals(Map.of("2", 0.25f), made.getAdditionalVersionWeight());
    var update = new UpdateAliasRequest(S, "prod").setVersionId("2");
    call(fc::updateAlias, update.setAdditionalVersionWeight(Map.of()));
    assertEquals("2", call(fc::getAlias, new GetAliasRequest(S, "prod")).getVersionId());
    assertEquals(1, call(fc::listAliases, new ListAliasesRequest(S)).getAliases().length);
    assertEquals("1", new String(invoke("echo", "1", "prod").getPayload(), UTF_8));
    done(call(fc::deleteAlias, new DeleteAliasRequest(S, "prod")));
    refused("AliasNotFound", () -> call(fc::getAlias, new GetAliasRequest(S, "prod")));
    done(call(fc::deleteVersion, new DeleteVersionRequest(S, "1")));
  }

  private void scaling() {
    var get = new GetOnDemandConfigRequest(S, LATEST, "echo");
    refused("OnDemandConfigNotFound", () -> call(fc::getOnDemandConfig, get));
    var put = new PutOnDemandConfigRequest(S, LATEST, "echo", 3);
    assertEquals(3, call(fc::putOnDemandConfig, put).getMaximumInstanceCount());
    assertEquals(3, call(fc::getOnDemandConfig, get).getMaximumInstanceCount());
    var list = call(fc::listOnDemandConfigs, new ListOnDemandConfigsRequest());
    assertEquals(1, list.getOnDemandConfigs().length);
    done(call(fc::deleteOnDemandConfig, new DeleteOnDemandConfigRequest(S, LATEST, "echo")));
    var one = new PutProvisionConfigRequest(S, LATEST, "echo").setTarget(1);
    assertEquals(1, call(fc::putProvisionConfig, one).getTarget());
    var provisioned = new GetProvisionConfigRequest(S, LATEST, "echo");
    assertEquals(1, call(fc::getProvisionConfig, provisioned).getTarget());
    var all = call(fc::listProvisionConfigs, new ListProvisionConfigsRequest());
    assertEquals(1, all.getProvisionConfigs().length);
    call(fc::putProvisionConfig, new PutProvisionConfigRequest(S, LATEST, "echo").setTarget(0));
  }

  private void tags() {
    String arn = "acs:fc:" + FcNode.REGION + ":" + FcNode.ACCOUNT + ":services/demo";
    call(fc::tagResource, new TagResourceRequest(arn, Map.of("team", "blue", "k", "v")));
    call(fc::untagResource, new UntagResourceRequest(false, arn, new String[] {"k"}));
    var tags = call(fc::getResourceTags, new GetResourceTagsRequest(arn)).getTags();
    assertEquals(Map.of("team", "blue"), tags);
    assertNotNull(call(fc::getAccountSettings, new GetAccountSettingsRequest()));
  }

  private void empty() {
    var triggers = call(fc::listTriggers, new ListTriggersRequest(S, "echo"));
    assertEquals(0, triggers.getTriggers().length);
    var versions = new ListLayerVersionRequest();
    versions.setLayerName("layer");
    assertNotNull(call(fc::listLayerVersion, versions));
    assertNotNull(call(fc::listLayer, new ListLayerRequest()));
    var bindings = new ListVpcBindingsRequest().setServiceName(S);
    assertEquals(0, call(fc::listVpcBindings, bindings).getVpcIDs().length);
    var domains = call(fc::listCustomDomains, new ListCustomDomainsRequest());
    assertEquals(0, domains.getCustomDomains().length);
    assertNotNull(call(fc::listReservedCapacities, new ListReservedCapacitiesRequest()));
  }

  private Stream<DynamicTest> unsupportedOnes() {
    var trigger = new CreateTriggerRequest(S, "echo").setTriggerName("t").setTriggerType("timer");
    var publish = new PublishLayerVersionRequest();
    publish.setLayerName("layer");
    publish.setCode(new Code().setZipFile(zip(ECHO)));
    publish.setCompatibleRuntime(new String[] {"python3"});
    var get = new GetLayerVersionRequest();
    get.setLayerName("layer");
    get.setVersion("1");
    var delete = new DeleteLayerVersionRequest();
    delete.setLayerName("layer");
    delete.setVersion("1");
    var binding = new CreateVpcBindingRequest().setServiceName(S).setVpcId("vpc-1");
    var unbinding = new DeleteVpcBindingRequest().setServiceName(S).setVpcId("vpc-1");
    var domain =
        new CreateCustomDomainRequest("example.org", "HTTP", new RouteConfig(new PathConfig[0]));
    var moved =
        new UpdateCustomDomainRequest("example.org", "HTTP", new RouteConfig(new PathConfig[0]));
    String name = "example.org";
    return Stream.of(
        refusal(fc::createTrigger, trigger.setTriggerConfig(Map.of("cronExpression", "@every 1m"))),
        refusal(fc::getTrigger, new GetTriggerRequest(S, "echo", "t")),
        refusal(fc::updateTrigger, new UpdateTriggerRequest(S, "echo", "t").setQualifier("1")),
        refusal(fc::deleteTrigger, new DeleteTriggerRequest(S, "echo", "t")),
        refusal(fc::publishLayerVersion, publish),
        refusal(fc::getLayerVerion, get),
        refusal(fc::deleteLayerVersion, delete),
        refusal(fc::createVpcBinding, binding),
        refusal(fc::deleteVpcBinding, unbinding),
        refusal(fc::createCustomDomain, domain),
        refusal(fc::getCustomDomain, new GetCustomDomainRequest(name)),
        refusal(fc::updateCustomDomain, moved),
        refusal(fc::deleteCustomDomain, new DeleteCustomDomainRequest(name)));
  }

  private <Q extends HttpRequest, R> DynamicTest refusal(Function<Q, R> method, Q request) {
    String operation = request.getClass().getSimpleName().replace("Request", "");
    return unsupported(operation, () -> call(method, request));
  }

  private void deletion() {
    refused("ServiceNotEmpty", () -> call(fc::deleteService, new DeleteServiceRequest(S)));
    var config = new DeleteFunctionAsyncConfigRequest(S, LATEST, "echo");
    done(call(fc::deleteFunctionAsyncConfig, config));
    for (String name : Set.of("echo", "broken", "gated")) {
      done(call(fc::deleteFunction, new DeleteFunctionRequest(S, name)));
    }
    done(call(fc::deleteVersion, new DeleteVersionRequest(S, "2")));
    done(call(fc::deleteService, new DeleteServiceRequest(S)));
    var wrong = NODE.client1(new AccessKey(FcNode.KEY.id(), "wrong"));
    refused("SignatureNotMatch", () -> wrong.listServices(new ListServicesRequest()));
    var unknown = NODE.client1(new AccessKey("LTAInobody", "secret"));
    refused("InvalidAccessKeyID", () -> unknown.listServices(new ListServicesRequest()));
  }

  private void coverage() {
    Set<String> offered =
        Arrays.stream(FunctionComputeClient.class.getMethods())
            .filter(method -> method.getParameterCount() == 1)
            .map(method -> method.getParameterTypes()[0])
            .filter(HttpRequest.class::isAssignableFrom)
            .map(Class::getSimpleName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(offered.size() > 50, offered::toString);
    offered.removeAll(driven);
    assertEquals(Set.of(OF_ANOTHER_PRODUCT), offered);
  }
}
