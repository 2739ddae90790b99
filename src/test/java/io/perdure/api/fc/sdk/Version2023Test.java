package io.perdure.api.fc.sdk;

import static io.perdure.api.fc.sdk.Customer.BROKEN;
import static io.perdure.api.fc.sdk.Customer.ECHO;
import static io.perdure.api.fc.sdk.Customer.GATED;
import static io.perdure.api.fc.sdk.Customer.refused;
import static io.perdure.api.fc.sdk.Customer.unsupported;
import static io.perdure.api.fc.sdk.Customer.zipFile;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.aliyun.fc20230330.models.*;
import com.aliyun.teautil.models.RuntimeOptions;
import io.perdure.api.auth.AccessKey;
import io.perdure.api.fc.sdk.FcNode.Client3;
import io.perdure.testkit.Gate;
import io.perdure.testkit.Python;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One customer's life with functions of Function Compute 3.0: each step goes on from the last. */
@Timeout(120)
class Version2023Test {
  @RegisterExtension static final FcNode NODE = FcNode.real();

  private static final String WITH_OPTIONS = "WithOptions";
  private static final Map<String, String> NO_HEADERS = Map.of();

  private Client3 fc;

  @BeforeAll
  static void needPython() {
    Python.require();
  }

  @TestFactory
  Stream<DynamicTest> everyOperationIsThere() {
    fc = NODE.client3();
    Stream<DynamicTest> works =
        Stream.of(
            dynamicTest("functions are made, changed and listed", this::functions),
            dynamicTest("calls are waited for", this::calls),
            dynamicTest("asynchronous calls are configured", this::configuration),
            dynamicTest("tasks leave a record", this::tasks),
            dynamicTest("tasks are stopped", this::stopping),
            dynamicTest("tasks are listed", this::lists),
            dynamicTest("versions are published and aliases point to them", this::versions),
            dynamicTest("concurrency is bounded and instances are kept", this::scaling),
            dynamicTest("functions are tagged", this::tags),
            dynamicTest("what there is none of is an empty list", this::empty));
    Stream<DynamicTest> ends =
        Stream.of(
            dynamicTest("functions are deleted", this::deletion),
            dynamicTest("every method of the client has been called", this::coverage));
    return Stream.of(works, unsupportedOnes(), ends).flatMap(each -> each);
  }

  private static String arn(String function) {
    return "acs:fc:" + FcNode.REGION + ":" + FcNode.ACCOUNT + ":functions/" + function;
  }

  private CreateFunctionResponse create(String name, String python) throws Exception {
    return fc.createFunction(new CreateFunctionRequest().setBody(function(name, python)));
  }

  private static CreateFunctionInput function(String name, String python) {
    return new CreateFunctionInput()
        .setFunctionName(name)
        .setRuntime("python3.10")
        .setHandler("index.handler")
        .setTimeout(600)
        .setCode(new InputCodeLocation().setZipFile(zipFile(python)));
  }

  private InvokeFunctionResponse invoke(String name, String payload, InvokeFunctionHeaders headers)
      throws Exception {
    return invoke(name, payload, headers, null);
  }

  private InvokeFunctionResponse invoke(
      String name, String payload, InvokeFunctionHeaders headers, String qualifier)
      throws Exception {
    InvokeFunctionRequest request = new InvokeFunctionRequest();
    request.setBody(new ByteArrayInputStream(payload.getBytes(UTF_8))).setQualifier(qualifier);
    return fc.invokeFunctionWithOptions(name, request, headers, new RuntimeOptions());
  }

  private static InvokeFunctionHeaders sync() {
    return new InvokeFunctionHeaders();
  }

  private static InvokeFunctionHeaders async(String taskId) {
    return new InvokeFunctionHeaders().setXFcInvocationType("Async").setXFcAsyncTaskId(taskId);
  }

  /** Once the invocation has ended that an answer names. */
  private AsyncTask ended(String function, InvokeFunctionResponse accepted) throws Exception {
    assertEquals(202, accepted.getStatusCode());
    NODE.nativeApi().ended(accepted.getHeaders().get("x-fc-request-id"));
    return task(function, accepted.getHeaders().get("x-fc-async-task-id"));
  }

  private AsyncTask task(String function, String id) throws Exception {
    return fc.getAsyncTask(function, id, new GetAsyncTaskRequest()).getBody();
  }

  private static List<String> statuses(AsyncTask task) {
    return task.getEvents().stream()
        .map(AsyncTaskEvent::getStatus)
        .filter(status -> !status.equals("Dequeued"))
        .toList();
  }

  private void functions() throws Exception {
    CreateFunctionInput input = function("echo", ECHO);
    input.setTimeout(20).setMemorySize(512).setDescription("ümläuts & 你好").setRole("acs:ram::1:r");
    input.setEnvironmentVariables(Map.of("A", "1 + 1", "b", "&")).setInternetAccess(true);
    Function made = fc.createFunction(new CreateFunctionRequest().setBody(input)).getBody();
    assertEquals(arn("echo"), made.getFunctionArn());
    assertEquals("Active", made.getState());
    assertEquals("Successful", made.getLastUpdateStatus());
    assertEquals("acs:ram::1:r", made.getRole());
    assertEquals(Map.of("A", "1 + 1", "b", "&"), made.getEnvironmentVariables());
    assertTrue(made.getCreatedTime().matches(Customer.TIME), made.getCreatedTime());
    refused("FunctionAlreadyExists", () -> create("echo", ECHO));
    Function got = fc.getFunction("echo", new GetFunctionRequest()).getBody();
    assertEquals("ümläuts & 你好", got.getDescription());
    refused("FunctionNotFound", () -> fc.getFunction("nobody", new GetFunctionRequest()));
    UpdateFunctionInput change = new UpdateFunctionInput().setTimeout(21);
    change.setCode(new InputCodeLocation().setZipFile(zipFile(ECHO + "# again")));
    Function updated =
        fc.updateFunction("echo", new UpdateFunctionRequest().setBody(change)).getBody();
    assertEquals(21, updated.getTimeout());
    assertEquals(512, updated.getMemorySize());
    assertNotEquals(made.getCodeChecksum(), updated.getCodeChecksum());
    create("broken", BROKEN);
    ListFunctionsRequest list = new ListFunctionsRequest().setLimit(1);
    ListFunctionsOutput first = fc.listFunctions(list).getBody();
    assertEquals("broken", first.getFunctions().get(0).getFunctionName());
    ListFunctionsOutput second =
        fc.listFunctions(list.setNextToken(first.getNextToken())).getBody();
    assertEquals("echo", second.getFunctions().get(0).getFunctionName());
    OutputFuncCode code = fc.getFunctionCode("echo", new GetFunctionCodeRequest()).getBody();
    assertEquals(updated.getCodeChecksum(), code.getChecksum());
  }

  private void calls() throws Exception {
    InvokeFunctionResponse answer = invoke("echo", "{\"k\":\"ü\"}", sync().setXFcLogType("Tail"));
    assertEquals(200, answer.getStatusCode());
    assertEquals("{\"k\":\"ü\"}", new String(answer.getBody().readAllBytes(), UTF_8));
    String log = answer.getHeaders().get("x-fc-log-result");
    assertTrue(new String(Base64.getDecoder().decode(log), UTF_8).contains("got"), log);
    InvokeFunctionResponse failed = invoke("broken", "", sync());
    assertEquals("UnhandledInvocationError", failed.getHeaders().get("x-fc-error-type"));
    String error = new String(failed.getBody().readAllBytes(), UTF_8);
    assertTrue(error.contains("\"errorMessage\":\"no good\""), error);
    refused("FunctionNotFound", () -> invoke("nobody", "", sync()));
    refused("InvalidArgument", () -> invoke("echo", "", sync().setXFcInvocationType("Later")));
  }

  private void configuration() throws Exception {
    refused(
        "AsyncConfigNotExists",
        () -> fc.getAsyncInvokeConfig("echo", new GetAsyncInvokeConfigRequest()));
    var input = new PutAsyncInvokeConfigInput().setAsyncTask(true).setMaxAsyncRetryAttempts(0L);
    var onSuccess = new Destination().setDestination(arn("broken"));
    input.setDestinationConfig(new DestinationConfig().setOnSuccess(onSuccess));
    var put = new PutAsyncInvokeConfigRequest().setBody(input);
    AsyncConfig made = fc.putAsyncInvokeConfig("echo", put).getBody();
    assertEquals(arn("echo"), made.getFunctionArn());
    assertEquals(arn("broken"), made.getDestinationConfig().getOnSuccess().getDestination());
    AsyncConfig got = fc.getAsyncInvokeConfig("echo", new GetAsyncInvokeConfigRequest()).getBody();
    assertEquals(true, got.getAsyncTask());
    assertEquals(0, got.getMaxAsyncRetryAttempts());
    var list = new ListAsyncInvokeConfigsRequest().setFunctionName("echo");
    assertEquals(1, fc.listAsyncInvokeConfigs(list).getBody().getConfigs().size());
  }

  private void tasks() throws Exception {
    AsyncTask task = ended("echo", invoke("echo", "\"hi\"", async("task-1")));
    assertEquals("task-1", task.getTaskId());
    assertEquals(arn("echo"), task.getFunctionArn());
    assertEquals("Succeeded", task.getStatus());
    assertEquals("\"hi\"", task.getTaskPayload());
    assertEquals("\"hi\"", task.getReturnPayload());
    assertEquals(0, task.getAlreadyRetriedTimes());
    assertTrue(task.getEndTime() >= task.getStartedTime());
    assertEquals(List.of("Enqueued", "Running", "Succeeded"), statuses(task));
    refused("AsyncTaskAlreadyExists", () -> invoke("echo", "", async("task-1")));
    refused("AsyncTaskNotFound", () -> task("echo", "task-2"));
  }

  private void stopping() throws Exception {
    create("gated", GATED);
    var mode = new PutAsyncInvokeConfigInput().setAsyncTask(true);
    fc.putAsyncInvokeConfig("gated", new PutAsyncInvokeConfigRequest().setBody(mode));
    try (Gate gate = new Gate()) {
      InvokeFunctionResponse accepted = invoke("gated", gate.event(), async("stopped"));
      gate.reached();
      assertEquals("Running", task("gated", "stopped").getStatus());
      fc.stopAsyncTask("gated", "stopped", new StopAsyncTaskRequest());
      AsyncTask task = ended("gated", accepted);
      assertEquals(List.of("Enqueued", "Running", "Stopping", "Stopped"), statuses(task));
    }
    refused(
        "AsyncTaskNotFound", () -> fc.stopAsyncTask("gated", "nobody", new StopAsyncTaskRequest()));
  }

  private void lists() throws Exception {
    ended("echo", invoke("echo", "2", async("task-2")));
    var list = new ListAsyncTasksRequest().setLimit(1).setSortOrderByTime("desc");
    list.setPrefix("task-").setIncludePayload(true).setStatus("Succeeded");
    ListAsyncTaskOutput first = fc.listAsyncTasks("echo", list).getBody();
    assertEquals("task-2", first.getTasks().get(0).getTaskId());
    assertEquals("2", first.getTasks().get(0).getTaskPayload());
    ListAsyncTaskOutput second =
        fc.listAsyncTasks("echo", list.setNextToken(first.getNextToken())).getBody();
    assertEquals("task-1", second.getTasks().get(0).getTaskId());
  }

  private void versions() throws Exception {
    var publish = new PublishFunctionVersionRequest();
    publish.setBody(new PublishVersionInput().setDescription("first"));
    assertEquals("1", fc.publishFunctionVersion("echo", publish).getBody().getVersionId());
    var change = new UpdateFunctionRequest().setBody(new UpdateFunctionInput().setTimeout(22));
    fc.updateFunction("echo", change);
    assertEquals("2", fc.publishFunctionVersion("echo", publish).getBody().getVersionId());
    var versions = fc.listFunctionVersions("echo", new ListFunctionVersionsRequest()).getBody();
    assertEquals(2, versions.getVersions().size());
    var input = new CreateAliasInput().setAliasName("prod").setVersionId("1");
    input.setAdditionalVersionWeight(Map.of("2", 0.25f));
    Alias made = fc.createAlias("echo", new CreateAliasRequest().setBody(input)).getBody();
    assertEquals(Map.of("2", 0.25f), made.getAdditionalVersionWeight());
    var now = new UpdateAliasInput().setVersionId("2").setAdditionalVersionWeight(Map.of());
    fc.updateAlias("echo", "prod", new UpdateAliasRequest().setBody(now));
    assertEquals("2", fc.getAlias("echo", "prod").getBody().getVersionId());
    assertEquals(1, fc.listAliases("echo", new ListAliasesRequest()).getBody().getAliases().size());
    InvokeFunctionResponse answer = invoke("echo", "1", sync(), "prod");
    assertEquals("1", new String(answer.getBody().readAllBytes(), UTF_8));
    assertEquals(204, fc.deleteAlias("echo", "prod").getStatusCode());
    refused("AliasNotFound", () -> fc.getAlias("echo", "prod"));
    assertEquals(204, fc.deleteFunctionVersion("echo", "1").getStatusCode());
  }

  private void scaling() throws Exception {
    var three = new PutConcurrencyInput().setReservedConcurrency(3L);
    fc.putConcurrencyConfig("echo", new PutConcurrencyConfigRequest().setBody(three));
    assertEquals(3, fc.getConcurrencyConfig("echo").getBody().getReservedConcurrency());
    var configs = fc.listConcurrencyConfigs(new ListConcurrencyConfigsRequest()).getBody();
    assertEquals(arn("echo"), configs.getConfigs().get(0).getFunctionArn());
    assertEquals(204, fc.deleteConcurrencyConfig("echo").getStatusCode());
    refused("OnDemandConfigNotFound", () -> fc.getConcurrencyConfig("echo"));
    var one = new PutProvisionConfigInput().setDefaultTarget(1L);
    var put = new PutProvisionConfigRequest().setQualifier("LATEST").setBody(one);
    fc.putProvisionConfig("echo", put);
    var get = new GetProvisionConfigRequest().setQualifier("LATEST");
    assertEquals(1, fc.getProvisionConfig("echo", get).getBody().getDefaultTarget());
    var provisioned = fc.listProvisionConfigs(new ListProvisionConfigsRequest()).getBody();
    assertEquals(1, provisioned.getProvisionConfigs().size());
    var delete = new DeleteProvisionConfigRequest().setQualifier("LATEST");
    assertEquals(204, fc.deleteProvisionConfig("echo", delete).getStatusCode());
    var two = new PutScalingConfigInput().setMinInstances(2L);
    fc.putScalingConfig("echo", new PutScalingConfigRequest().setBody(two));
    var scaled = fc.getScalingConfig("echo", new GetScalingConfigRequest()).getBody();
    assertEquals(2, scaled.getMinInstances());
    var all = fc.listScalingConfigs(new ListScalingConfigsRequest()).getBody();
    assertEquals(1, all.getScalingConfigs().size());
    fc.deleteScalingConfig("echo", new DeleteScalingConfigRequest());
    var instances = fc.listInstances("echo", new ListInstancesRequest()).getBody();
    assertTrue(instances.getInstances().size() > 0);
  }

  private void tags() throws Exception {
    List<String> functions = List.of(arn("echo"));
    var tags = List.of(new Tag().setKey("team").setValue("blue"), new Tag().setKey("k"));
    var input = new TagResourcesInput().setResourceType("function").setResourceId(functions);
    fc.tagResources(new TagResourcesRequest().setBody(input.setTag(tags)));
    var untag = new UntagResourcesRequest().setResourceType("function").setResourceId(functions);
    fc.untagResources(untag.setTagKey(List.of("k")));
    var list = new ListTagResourcesRequest().setResourceType("function").setResourceId(functions);
    var resources = fc.listTagResources(list).getBody().getTagResources();
    assertEquals(1, resources.size());
    assertEquals("blue", resources.get(0).getTagValue());
  }

  private void empty() throws Exception {
    assertEquals(
        List.of(), fc.listTriggers("echo", new ListTriggersRequest()).getBody().getTriggers());
    assertEquals(List.of(), fc.listLayers(new ListLayersRequest()).getBody().getLayers());
    assertEquals(
        List.of(), fc.listLayerVersions("l", new ListLayerVersionsRequest()).getBody().getLayers());
    assertEquals(
        List.of(),
        fc.listCustomDomains(new ListCustomDomainsRequest()).getBody().getCustomDomains());
    assertEquals(List.of(), fc.listVpcBindings("echo").getBody().getVpcIds());
    assertEquals(
        List.of(), fc.listSessions("echo", new ListSessionsRequest()).getBody().getSessions());
    var regions = fc.describeRegions(new DescribeRegionsRequest()).getBody().getRegions();
    assertEquals(FcNode.REGION, regions.getRegion().get(0).getRegionId());
  }

  private Stream<DynamicTest> unsupportedOnes() {
    var trigger = new CreateTriggerInput().setTriggerName("t").setTriggerType("timer");
    var layer = new CreateLayerVersionInput().setCompatibleRuntime(List.of("python3.10"));
    return Stream.of(
        unsupported(
            "triggers",
            () ->
                fc.createTrigger(
                    "echo", new CreateTriggerRequest().setBody(trigger.setTriggerConfig("{}")))),
        unsupported("GetTrigger", () -> fc.getTrigger("echo", "t")),
        unsupported(
            "UpdateTrigger",
            () ->
                fc.updateTrigger(
                    "echo", "t", new UpdateTriggerRequest().setBody(new UpdateTriggerInput()))),
        unsupported("DeleteTrigger", () -> fc.deleteTrigger("echo", "t")),
        unsupported(
            "CreateLayerVersion",
            () -> fc.createLayerVersion("l", new CreateLayerVersionRequest().setBody(layer))),
        unsupported("GetLayerVersion", () -> fc.getLayerVersion("l", "1")),
        unsupported(
            "GetLayerVersionByArn", () -> fc.getLayerVersionByArn("acs:fc:::layers/l/versions/1")),
        unsupported("PutLayerACL", () -> fc.putLayerACL("l", new PutLayerACLRequest().setAcl("0"))),
        unsupported("DeleteLayerVersion", () -> fc.deleteLayerVersion("l", "1")),
        unsupported(
            "CreateCustomDomain",
            () ->
                fc.createCustomDomain(
                    new CreateCustomDomainRequest()
                        .setBody(new CreateCustomDomainInput().setDomainName("example.org")))),
        unsupported("GetCustomDomain", () -> fc.getCustomDomain("example.org")),
        unsupported(
            "UpdateCustomDomain",
            () ->
                fc.updateCustomDomain(
                    "example.org",
                    new UpdateCustomDomainRequest().setBody(new UpdateCustomDomainInput()))),
        unsupported("DeleteCustomDomain", () -> fc.deleteCustomDomain("example.org")),
        unsupported(
            "CreateVpcBinding",
            () ->
                fc.createVpcBinding(
                    "echo",
                    new CreateVpcBindingRequest()
                        .setBody(new CreateVpcBindingInput().setVpcId("v")))),
        unsupported("DeleteVpcBinding", () -> fc.deleteVpcBinding("echo", "v")),
        unsupported(
            "CreateSession",
            () ->
                fc.createSession(
                    "echo", new CreateSessionRequest().setBody(new CreateSessionInput()))),
        unsupported("GetSession", () -> fc.getSession("echo", "s", new GetSessionRequest())),
        unsupported(
            "UpdateSession",
            () ->
                fc.updateSession(
                    "echo", "s", new UpdateSessionRequest().setBody(new UpdateSessionInput()))),
        unsupported(
            "DeleteSession", () -> fc.deleteSession("echo", "s", new DeleteSessionRequest())),
        unsupported(
            "ChangeResourceGroup",
            () ->
                fc.changeResourceGroup(
                    new ChangeResourceGroupRequest().setBody(new ChangeResourceGroupInput()))),
        unsupported(
            "DisableFunctionInvocation",
            () -> fc.disableFunctionInvocation("echo", new DisableFunctionInvocationRequest())),
        unsupported("EnableFunctionInvocation", () -> fc.enableFunctionInvocation("echo")));
  }

  private void deletion() throws Exception {
    assertEquals(
        204,
        fc.deleteAsyncInvokeConfig("echo", new DeleteAsyncInvokeConfigRequest()).getStatusCode());
    for (String name : List.of("echo", "broken", "gated")) {
      var answer = fc.deleteFunctionWithOptions(name, NO_HEADERS, new RuntimeOptions());
      assertEquals(204, answer.getStatusCode());
      assertNull(answer.getHeaders().get("content-type"));
    }
    refused("FunctionNotFound", () -> fc.deleteFunction("echo"));
    assertEquals(List.of(), fc.listFunctions(new ListFunctionsRequest()).getBody().getFunctions());
    AccessKey wrong = new AccessKey(FcNode.KEY.id(), "wrong");
    refused(
        "SignatureNotMatch", () -> NODE.client3(wrong).listFunctions(new ListFunctionsRequest()));
    AccessKey unknown = new AccessKey("LTAInobody", "secret");
    refused(
        "InvalidAccessKeyID",
        () -> NODE.client3(unknown).listFunctions(new ListFunctionsRequest()));
  }

  private void coverage() {
    Set<String> offered =
        Arrays.stream(com.aliyun.fc20230330.Client.class.getDeclaredMethods())
            .map(Method::getName)
            .filter(name -> name.endsWith(WITH_OPTIONS))
            .map(name -> name.substring(0, name.length() - WITH_OPTIONS.length()))
            .map(name -> name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(offered.size() > 60, offered::toString);
    offered.removeAll(fc.driven());
    assertEquals(Set.of(), offered);
  }
}
