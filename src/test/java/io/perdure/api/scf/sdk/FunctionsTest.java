package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.ECHO;
import static io.perdure.api.scf.sdk.Customer.assertTime;
import static io.perdure.api.scf.sdk.Customer.code;
import static io.perdure.api.scf.sdk.Customer.function;
import static io.perdure.api.scf.sdk.Customer.refused;
import static io.perdure.api.scf.sdk.Customer.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.Code;
import com.tencentcloudapi.scf.v20180416.models.CreateFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.DeadLetterConfig;
import com.tencentcloudapi.scf.v20180416.models.DeleteFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.Environment;
import com.tencentcloudapi.scf.v20180416.models.GetFunctionResponse;
import com.tencentcloudapi.scf.v20180416.models.Tag;
import com.tencentcloudapi.scf.v20180416.models.UpdateFunctionConfigurationRequest;
import com.tencentcloudapi.scf.v20180416.models.Variable;
import com.tencentcloudapi.scf.v20180416.models.VpcConfig;
import io.perdure.testkit.Python;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code CreateFunction}, {@code GetFunction}, {@code UpdateFunctionConfiguration}, deletion. */
@Timeout(60)
class FunctionsTest {
  @RegisterExtension static final ScfNode NODE = ScfNode.real();

  private Customer customer;
  private ScfClient scf;

  @BeforeAll
  static void needPython() {
    Python.require();
  }

  @BeforeEach
  void connect() {
    customer = new Customer(NODE);
    scf = customer.client();
  }

  @Test
  void aNewFunctionHasTheDocumentedDefaults() throws Exception {
    String name = customer.create("plain", ECHO);
    GetFunctionResponse got = customer.get(name);
    assertEquals(name, got.getFunctionName());
    assertTrue(got.getFunctionId().matches("lam-[0-9a-z]{8}"), got.getFunctionId());
    assertEquals("default", got.getNamespace());
    assertEquals("", got.getDescription());
    assertEquals("index.main_handler", got.getHandler());
    assertEquals("Python3.7", got.getRuntime());
    assertEquals("Event", got.getType());
    assertEquals(128, got.getMemorySize());
    assertEquals(3, got.getTimeout());
    assertEquals(65, got.getInitTimeout());
    assertEquals(0, got.getEnvironment().getVariables().length);
    assertEquals("$LATEST", got.getFunctionVersion());
    assertEquals("$LATEST", got.getQualifier());
    assertTrue(got.getCodeSize() > 0);
    assertEquals("success", got.getCodeResult());
    assertEquals("", got.getCodeError());
    assertEquals(0, got.getErrNo());
    assertEquals("Active", got.getStatus());
    assertEquals("", got.getStatusDesc());
    assertEquals(0, got.getStatusReasons().length);
    assertEquals("Available", got.getAvailableStatus());
    assertTime(got.getAddTime());
    assertTime(got.getModTime());
    assertEquals("FALSE", got.getAsyncRunEnable());
    assertEquals("FALSE", got.getTraceEnable());
    assertEquals(0, got.getTriggers().length);
    assertEquals(0, got.getTags().length);
    assertEquals(0, got.getLayers().length);
    assertEquals("", got.getRole());
    for (String flag :
        List.of(
            got.getInstallDependency(),
            got.getUseGpu(),
            got.getL5Enable(),
            got.getDnsCache(),
            got.getOnsEnable(),
            got.getEipConfig().getEipFixed())) {
      assertEquals("FALSE", flag);
    }
    assertEquals("", got.getVpcConfig().getVpcId());
    assertEquals("", got.getVpcConfig().getSubnetId());
    assertEquals("", got.getClsLogsetId());
    assertEquals("", got.getClsTopicId());
    assertEquals(0, got.getEipConfig().getEips().length);
    assertEquals("", got.getAccessInfo().getHost());
    assertEquals("", got.getDeadLetterConfig().getType());
    assertEquals(0, got.getCfsConfig().getCfsInsList().length);
    assertEquals("DISABLE", got.getIntranetConfig().getIpFixed());
    assertNotNull(got.getRequestId());
  }

  @Test
  void whatIsAskedForIsWhatOneGets() throws Exception {
    String name =
        customer.create(
            "asked",
            ECHO,
            "Description",
            "what it does",
            "MemorySize",
            256,
            "Timeout",
            30,
            "InitTimeout",
            20,
            "Environment",
            environment("STAGE", "test"),
            "AsyncRunEnable",
            "TRUE",
            "TraceEnable",
            "TRUE",
            "Role",
            "SCF_ExecuteRole",
            "VpcConfig",
            Models.of(VpcConfig.class, "VpcId", "vpc-1", "SubnetId", "subnet-1"),
            "DeadLetterConfig",
            Models.of(
                DeadLetterConfig.class, "Type", "CMQ-QUEUE", "Name", "dead", "FilterType", ""),
            "Tags",
            List.of(Models.of(Tag.class, "Key", "team", "Value", "blue")));
    GetFunctionResponse got = customer.get(name);
    assertEquals("what it does", got.getDescription());
    assertEquals(256, got.getMemorySize());
    assertEquals(30, got.getTimeout());
    assertEquals(20, got.getInitTimeout());
    assertEquals("STAGE", got.getEnvironment().getVariables()[0].getKey());
    assertEquals("test", got.getEnvironment().getVariables()[0].getValue());
    assertEquals("TRUE", got.getAsyncRunEnable());
    assertEquals("TRUE", got.getTraceEnable());
    assertEquals("SCF_ExecuteRole", got.getRole());
    assertEquals("vpc-1", got.getVpcConfig().getVpcId());
    assertEquals("dead", got.getDeadLetterConfig().getName());
    assertEquals("team", got.getTags()[0].getKey());
    assertEquals("blue", got.getTags()[0].getValue());
  }

  @Test
  void sameNameInTwoNamespacesIsTwoFunctions() throws Exception {
    String space = customer.namespace("apart");
    String name = customer.create("same", ECHO);
    scf.CreateFunction(function(name, ECHO, "Namespace", space, "Timeout", 7));
    assertEquals(7, customer.get(name, "Namespace", space).getTimeout());
    assertEquals(3, customer.get(name).getTimeout());
    assertNotEquals(
        customer.get(name).getFunctionId(), customer.get(name, "Namespace", space).getFunctionId());
    refused("ResourceInUse.Function", () -> scf.CreateFunction(function(name, ECHO)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "1abc", "-abc", "abc-", "abc_", "a b", "a.b", "ünder"})
  void aBadNameIsRefused(String name) {
    refused("InvalidParameterValue.FunctionName", () -> scf.CreateFunction(function(name, ECHO)));
  }

  @Test
  void namesAreAtMost60Characters() throws Exception {
    scf.CreateFunction(function("n".repeat(60), ECHO));
    refused(
        "InvalidParameterValue.FunctionName",
        () -> scf.CreateFunction(function("n".repeat(61), ECHO)));
  }

  @ParameterizedTest
  @CsvSource({
    "MemorySize, 100, InvalidParameterValue.Memory",
    "MemorySize, 3200, InvalidParameterValue.Memory",
    "Timeout, 0, InvalidParameterValue",
    "Timeout, 901, LimitExceeded.Timeout",
    "InitTimeout, 301, LimitExceeded.InitTimeout",
    "InitTimeout, 0, InvalidParameterValue",
  })
  void aNumberOutOfRangeIsRefused(String field, int value, String code) {
    String refusal =
        refused(code, () -> scf.CreateFunction(function("numbers", ECHO, field, value)))
            .getMessage();
    assertTrue(refusal.contains(field), refusal);
  }

  @ParameterizedTest
  @CsvSource({
    "Runtime, Cobol1.0, InvalidParameterValue.Runtime",
    "Handler, index, InvalidParameterValue.Handler",
    "Type, Batch, InvalidParameterValue.Type",
    "AsyncRunEnable, maybe, InvalidParameterValue.AsyncRunEnable",
    "TraceEnable, true, InvalidParameterValue.TraceEnable",
    "CodeSource, Tape, InvalidParameterValue.CodeSource",
  })
  void aWordThatIsNotAllowedIsRefused(String field, String value, String code) {
    CreateFunctionRequest request = function("words", ECHO);
    if (field.equals("Runtime")) {
      request.setRuntime(value);
    } else if (field.equals("Handler")) {
      request.setHandler(value);
    } else {
      request = function("words", ECHO, field, value);
    }
    CreateFunctionRequest wrong = request;
    refused(code, () -> scf.CreateFunction(wrong));
  }

  @Test
  void functionsThatRunAsynchronouslyMayTakeADay() throws Exception {
    String name = customer.create("day", ECHO, "AsyncRunEnable", "TRUE", "Timeout", 86_400);
    assertEquals(86_400, customer.get(name).getTimeout());
    refused(
        "LimitExceeded.Timeout",
        () ->
            scf.CreateFunction(
                function("days", ECHO, "AsyncRunEnable", "TRUE", "Timeout", 86_401)));
  }

  @Test
  void memoryIs64OrAMultipleOf128() throws Exception {
    for (int memory : new int[] {64, 128, 512, 3072}) {
      String name = customer.create("memory", ECHO, "MemorySize", memory);
      assertEquals(memory, customer.get(name).getMemorySize());
    }
  }

  @Test
  void environmentKeepsItsRules() {
    refused(
        "InvalidParameterValue.EnvironmentSystemProtect",
        () -> scf.CreateFunction(function("env", ECHO, "Environment", environment("SCF_X", "1"))));
    refused(
        "InvalidParameterValue.EnvironmentSystemProtect",
        () ->
            scf.CreateFunction(
                function("env", ECHO, "Environment", environment("TENCENTCLOUD_REGION", "x"))));
    refused(
        "InvalidParameterValue.Environment",
        () -> scf.CreateFunction(function("env", ECHO, "Environment", environment("1A", "1"))));
    refused(
        "InvalidParameterValue.EnvironmentExceededLimit",
        () ->
            scf.CreateFunction(
                function("env", ECHO, "Environment", environment("BIG", "x".repeat(4097)))));
  }

  @Test
  void missingPartsAreNamed() {
    CreateFunctionRequest nameless =
        Models.of(CreateFunctionRequest.class, "Code", code(ECHO), "Handler", "index.main_handler");
    assertTrue(
        refused("MissingParameter", () -> scf.CreateFunction(nameless))
            .getMessage()
            .contains("FunctionName"));
    CreateFunctionRequest codeless =
        Models.of(
            CreateFunctionRequest.class,
            "FunctionName",
            "codeless",
            "Runtime",
            "Python3.7",
            "Handler",
            "index.main_handler");
    assertTrue(
        refused("MissingParameter.Code", () -> scf.CreateFunction(codeless))
            .getMessage()
            .contains("Code"));
    refused(
        "MissingParameter.Code",
        () ->
            scf.CreateFunction(
                Models.of(
                    CreateFunctionRequest.class,
                    "FunctionName",
                    "codeless",
                    "Code",
                    Models.of(Code.class),
                    "Runtime",
                    "Python3.7",
                    "Handler",
                    "index.main_handler")));
  }

  @Test
  void anUnknownNamespaceIsNotFound() {
    refused(
        "ResourceNotFound.Namespace",
        () -> scf.CreateFunction(function("lost", ECHO, "Namespace", "nowhere")));
    refused("ResourceNotFound.Namespace", () -> customer.get("lost", "Namespace", "nowhere"));
  }

  @Test
  void anUnknownFunctionIsNotFound() {
    refused("ResourceNotFound.Function", () -> customer.get("nobody"));
    refused(
        "ResourceNotFound.Function",
        () -> scf.DeleteFunction(with(DeleteFunctionRequest.class, "nobody")));
    refused(
        "ResourceNotFound.Function",
        () ->
            scf.UpdateFunctionConfiguration(
                with(UpdateFunctionConfigurationRequest.class, "nobody", "Timeout", 4)));
  }

  @Test
  void configurationChangesOnlyWhatIsNamed() throws Exception {
    String name =
        customer.create(
            "changing",
            ECHO,
            "Description",
            "before",
            "Timeout",
            9,
            "Environment",
            environment("A", "1"));
    scf.UpdateFunctionConfiguration(
        with(UpdateFunctionConfigurationRequest.class, name, "MemorySize", 512));
    GetFunctionResponse got = customer.get(name);
    assertEquals(512, got.getMemorySize());
    assertEquals("before", got.getDescription());
    assertEquals(9, got.getTimeout());
    assertEquals("A", got.getEnvironment().getVariables()[0].getKey());
    scf.UpdateFunctionConfiguration(
        with(
            UpdateFunctionConfigurationRequest.class,
            name,
            "Description",
            "after",
            "Timeout",
            10,
            "InitTimeout",
            11,
            "Environment",
            environment("B", "2"),
            "Role",
            "other"));
    got = customer.get(name);
    assertEquals("after", got.getDescription());
    assertEquals(10, got.getTimeout());
    assertEquals(11, got.getInitTimeout());
    assertEquals(1, got.getEnvironment().getVariables().length);
    assertEquals("B", got.getEnvironment().getVariables()[0].getKey());
    assertEquals("other", got.getRole());
    assertEquals(512, got.getMemorySize());
    assertEquals("Active", got.getStatus());
  }

  @Test
  void configurationIsCheckedLikeThatOfANewFunction() throws Exception {
    String name = customer.create("strict", ECHO);
    refused("LimitExceeded.Timeout", () -> configure(name, "Timeout", 901));
    refused("InvalidParameterValue.Memory", () -> configure(name, "MemorySize", 100));
    refused(
        "InvalidParameterValue.EnvironmentSystemProtect",
        () -> configure(name, "Environment", environment("QCLOUD_X", "1")));
    refused("InvalidParameterValue.Runtime", () -> configure(name, "Runtime", "Nodejs16.13"));
    assertEquals(3, customer.get(name).getTimeout());
  }

  @Test
  void changesMayBePublishedAtOnce() throws Exception {
    String name = customer.create("published", ECHO);
    configure(name, "Timeout", 5, "Publish", "TRUE");
    assertEquals(5, customer.get(name, "Qualifier", "1").getTimeout());
    configure(name, "Timeout", 6);
    assertEquals(5, customer.get(name, "Qualifier", "1").getTimeout());
    assertEquals(6, customer.get(name).getTimeout());
  }

  @Test
  void aDeletedFunctionIsGoneAndItsNameFree() throws Exception {
    String name = customer.create("leaving", ECHO);
    String id = customer.get(name).getFunctionId();
    scf.DeleteFunction(with(DeleteFunctionRequest.class, name));
    refused("ResourceNotFound.Function", () -> customer.get(name));
    scf.CreateFunction(function(name, ECHO));
    assertNotEquals(id, customer.get(name).getFunctionId());
  }

  @Test
  void anotherAccountSeesNothing() throws Exception {
    String name = customer.create("mine", ECHO);
    ScfClient other = NODE.client(ScfNode.OTHER_KEY, ScfNode.REGION, "TC3-HMAC-SHA256", "POST");
    refused(
        "ResourceNotFound.Function",
        () ->
            other.GetFunction(
                with(com.tencentcloudapi.scf.v20180416.models.GetFunctionRequest.class, name)));
    other.CreateFunction(function(name, ECHO, "Timeout", 8));
    assertEquals(3, customer.get(name).getTimeout());
  }

  private void configure(String name, Object... fields) throws Exception {
    scf.UpdateFunctionConfiguration(with(UpdateFunctionConfigurationRequest.class, name, fields));
  }

  private static Environment environment(String key, String value) {
    return Models.of(
        Environment.class,
        "Variables",
        List.of(Models.of(Variable.class, "Key", key, "Value", value)));
  }
}
