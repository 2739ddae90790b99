package io.perdure.api.scf.action;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.ScfTester;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.Zips;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreateFunctionTest {
  private static ScfTester scf;

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of("registry.functions-max", "40"));
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  private static String refused(String code, String more) {
    return scf.refused(code, "CreateFunction", Made.body("refused", more));
  }

  private static JsonNode shown(String name) {
    return scf.ok("GetFunction", Made.named(name, ""));
  }

  /** As the native API shows it. */
  private static JsonNode underneath(String name) {
    return NodeApi.of(scf.node())
        .get("/v1/namespaces/default/functions/" + name)
        .expect(200)
        .json();
  }

  @Test
  void aFunctionIsActiveWhenItIsCreated() {
    Made.function(scf, "plain", "");

    assertEquals("Active", shown("plain").path("Status").asText());
  }

  @Test
  void whatIsNotGivenIsAsOnTheCloud() {
    Made.function(scf, "defaults", "");

    JsonNode shown = shown("defaults");
    assertEquals(128, shown.path("MemorySize").asInt());
    assertEquals(3, shown.path("Timeout").asInt());
    assertEquals(65, shown.path("InitTimeout").asInt());
    JsonNode underneath = underneath("defaults");
    assertEquals("scf", underneath.path("flavour").asText());
    assertEquals(1_000, underneath.path("concurrency").asInt());
    assertEquals(21_600_000, underneath.path("eventAgeMs").asInt());
    JsonNode retry = underneath.path("retry");
    assertEquals(3, retry.path("maxAttempts").asInt());
    assertEquals(60_000, retry.path("backoffMs").asInt());
    assertEquals(60_000, retry.path("maxBackoffMs").asInt());
    assertEquals(259_200_000, underneath.path("retention").path("failedMs").asInt());
  }

  @Test
  void anAsynchronouslyExecutingFunctionIsNeverRepeatedAndMayRunForADay() {
    Made.function(scf, "async", ",'AsyncRunEnable':'TRUE','Timeout':86400");

    JsonNode underneath = underneath("async");
    assertEquals(1, underneath.path("retry").path("maxAttempts").asInt());
    assertEquals(0, underneath.path("eventAgeMs").asInt());
    assertEquals(86_400_000, underneath.path("timeoutMs").asInt());
  }

  @Test
  void memoryDecidesHowManyInstancesThereMayBe() {
    Made.function(scf, "large", ",'MemorySize':3072");

    assertEquals(41, underneath("large").path("concurrency").asInt());
  }

  @Test
  void aFunctionIsMadeInItsNamespace() {
    NodeApi.of(scf.node()).send("PUT", "/v1/namespaces/own", "{}".getBytes(UTF_8)).expect(201);
    Made.function(scf, "inside", ",'Namespace':'own'");

    assertEquals(
        "own",
        scf.ok("GetFunction", Made.named("inside", ",'Namespace':'own'"))
            .path("Namespace")
            .asText());
    scf.refused("ResourceNotFound.Function", "GetFunction", Made.named("inside", ""));
  }

  @Test
  void anHttpFunctionIsAServerOfItsOwn() {
    Made.function(scf, "web", ",'Type':'HTTP','InstanceConcurrencyConfig':{'MaxConcurrency':20}");

    assertEquals("HTTP", shown("web").path("Type").asText());
    JsonNode runtime = underneath("web").path("runtime");
    assertEquals("web", runtime.path("kind").asText());
    assertEquals(9_000, runtime.path("port").asInt());
    assertEquals(20, runtime.path("instanceConcurrency").asInt());
  }

  @Test
  void aHandlerThatThePackageDoesNotHaveIsFoundOutAtTheFirstRun() {
    Made.function(scf, "elsewhere", ",'Description':'x'");
    scf.ok(
        "CreateFunction",
        Made.body("nowhere", "").replace("index.main_handler", "other.main_handler"));

    assertEquals("Active", shown("nowhere").path("Status").asText());
  }

  @Test
  void aNameIsTakenOnlyOnce() {
    Made.function(scf, "twice", "");

    scf.refused("ResourceInUse.Function", "CreateFunction", Made.body("twice", ""));
  }

  @Test
  void aNamespaceThatIsNotThereIsNamed() {
    refused("ResourceNotFound.Namespace", ",'Namespace':'nowhere'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "1abc",
        "-abc",
        "abc-",
        "abc_",
        "a b",
        "a.b",
        "x23456789012345678901234567890123456789012345678901234567890y"
      })
  void aNameThatIsNoneIsRefused(String name) {
    scf.refused("InvalidParameterValue.FunctionName", "CreateFunction", Made.body(name, ""));
  }

  @Test
  void aNameAndItsNamespaceHave118CharactersTogether() {
    String namespace = "n".repeat(60);
    String name = "f".repeat(59);
    NodeApi.of(scf.node())
        .send("PUT", "/v1/namespaces/" + namespace, "{}".getBytes(UTF_8))
        .expect(201);

    scf.refused(
        "InvalidParameterValue.FunctionName",
        "CreateFunction",
        Made.body(name, ",'Namespace':'" + namespace + "'"));
    Made.function(scf, name.substring(1), ",'Namespace':'" + namespace + "'");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -128, 63, 65, 100, 192, 3073, 3200})
  void memoryComesInStepsOf128(int mb) {
    refused("InvalidParameterValue.Memory", ",'MemorySize':" + mb);
  }

  @ParameterizedTest
  @CsvSource({
    "Timeout, 0, InvalidParameterValue",
    "Timeout, 901, LimitExceeded.Timeout",
    "InitTimeout, 0, InvalidParameterValue",
    "InitTimeout, 301, LimitExceeded.InitTimeout"
  })
  void timesHaveBounds(String name, int seconds, String code) {
    assertTrue(refused(code, ",'" + name + "':" + seconds).contains("`" + name + "`"));
  }

  @Test
  void notEvenAnAsynchronouslyExecutingFunctionRunsLongerThanADay() {
    refused("LimitExceeded.Timeout", ",'AsyncRunEnable':'TRUE','Timeout':86401");
  }

  @ParameterizedTest
  @CsvSource({
    "Python2.7, Python3.9",
    "Go1, CustomRuntime",
    "Php7, CustomRuntime",
    "Cobol, CustomRuntime"
  })
  void aRuntimeThatIsNotRunIsRefusedWithOneThatIs(String runtime, String instead) {
    String message =
        scf.refused(
            "InvalidParameterValue.Runtime",
            "CreateFunction",
            Made.body("refused", "").replace("Python3.10", runtime));

    assertTrue(message.contains(instead), message);
  }

  @Test
  void withoutARuntimeItIsSaidWhichOneToSet() {
    String message =
        scf.refused(
            "InvalidParameterValue.Runtime",
            "CreateFunction",
            Made.body("refused", "").replace(",'Runtime':'Python3.10'", ""));

    assertTrue(message.contains("Python3.10"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "index", "i.main_handler", "index.m", "index.main-handler", "../index.main"})
  void aHandlerIsAFileAndAFunction(String handler) {
    scf.refused(
        "InvalidParameterValue.Handler",
        "CreateFunction",
        Made.body("refused", "").replace("index.main_handler", handler));
  }

  @Test
  void aFunctionOfALanguageNeedsAHandlerAndAProgramDoesNot() {
    String without = Made.body("program", "").replace("'Handler':'index.main_handler',", "");

    scf.refused("InvalidParameterValue.Handler", "CreateFunction", without);
    scf.ok("CreateFunction", without.replace("Python3.10", "CustomRuntime"));
  }

  @Test
  void aDescriptionHas1000Characters() {
    refused("InvalidParameterValue.Description", ",'Description':'" + "x".repeat(1_001) + "'");
    Made.function(scf, "described", ",'Description':'" + "x".repeat(1_000) + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "Type, Other, InvalidParameterValue.Type",
    "AsyncRunEnable, true, InvalidParameterValue.AsyncRunEnable",
    "TraceEnable, yes, InvalidParameterValue.TraceEnable",
    "CodeSource, Disk, InvalidParameterValue.CodeSource",
    "Namespace, a b, InvalidParameterValue.Namespace",
    "InstallDependency, 1, InvalidParameterValue"
  })
  void aWordThatIsNotAmongThoseAllowedIsRefused(String name, String value, String code) {
    refused(code, ",'" + name + "':'" + value + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "1A, Environment",
    "A-B, Environment",
    "SCF_A, EnvironmentSystemProtect",
    "QCLOUD_A, EnvironmentSystemProtect",
    "TENCENTCLOUD_A, EnvironmentSystemProtect",
    "TECENTCLOUD_A, EnvironmentSystemProtect",
    "PERDURE_A, EnvironmentSystemProtect"
  })
  void aVariableHasANameOfItsOwn(String key, String code) {
    refused(
        "InvalidParameterValue." + code,
        ",'Environment':{'Variables':[{'Key':'" + key + "','Value':'v'}]}");
  }

  @Test
  void theEnvironmentHas4KilobytesAndEachKeyOnce() {
    String all = ",'Environment':{'Variables':[{'Key':'A','Value':'%s'},{'Key':'%s','Value':'v'}]}";

    refused(
        "InvalidParameterValue.EnvironmentExceededLimit", all.formatted("x".repeat(4_094), "B"));
    refused("InvalidParameterValue.Environment", all.formatted("x", "A"));
    Made.function(scf, "environment", all.formatted("x".repeat(4_093), "B"));
  }

  @Test
  void codeMustBeThere() {
    scf.refused(
        "MissingParameter.Code",
        "CreateFunction",
        "{'FunctionName':'refused','Handler':'index.main','Runtime':'Python3.10'}");
    withCode("MissingParameter.Code", "");
  }

  private static String withCode(String error, String code) {
    return scf.refused(
        error,
        "CreateFunction",
        Made.body("refused", "").replace("'ZipFile':'" + Made.ZIP + "'", code));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'CosBucketName':'b','CosObjectName':'o'",
        "'DemoId':'demo-1'",
        "'GitUrl':'https://example.org/a.git'",
        "'ImageConfig':{'ImageType':'personal','ImageUri':'a/b:c'}"
      })
  void codeThatIsElsewhereIsNotFetched(String code) {
    String message = withCode("UnsupportedOperation", code);

    assertTrue(message.contains("Code.ZipFile"), message);
  }

  @Test
  void codeIsInOnePlace() {
    withCode("InvalidParameterValue.Code", "'ZipFile':'" + Made.ZIP + "','DemoId':'d'");
    refused("UnsupportedOperation", ",'CodeSource':'Cos'");
  }

  @Test
  void whatIsNoBase64AndWhatIsNoZipAreToldApart() {
    withCode("InvalidParameterValue.ZipFileBase64BinasciiError", "'ZipFile':'%%%'");
    withCode("InvalidParameterValue.ZipFile", "'ZipFile':'bm8gemlwCg=='");
    withCode("InvalidParameterValue.ZipFile", "'ZipFile':''");
    byte[] cut = Arrays.copyOf(Made.ZIP_BYTES, Made.ZIP_BYTES.length - 10);
    withCode(
        "InvalidParameterValue.ZipFile",
        "'ZipFile':'" + Base64.getEncoder().encodeToString(cut) + "'");
  }

  @Test
  void manyMegabytesOfCodeAreTaken() {
    byte[] random = new byte[12 << 20];
    new Random(1).nextBytes(random);
    byte[] zip = Zips.zip().file("index.py", Made.TEXT).file("data", 0644, random).bytes();

    scf.ok(
        "CreateFunction",
        Made.body("many", "").replace(Made.ZIP, Base64.getEncoder().encodeToString(zip)));

    assertEquals(zip.length, shown("many").path("CodeSize").asLong());
  }

  @Test
  void moreFunctionsThanAnAccountMayHaveAreRefused() {
    try (ScfTester small = ScfTester.start(Map.of("registry.functions-max", "1"))) {
      Made.function(small, "first", "");

      small.refused("LimitExceeded.Function", "CreateFunction", Made.body("second", ""));
    }
  }

  @Test
  void anUnknownParameterIsNamedWithItsPlace() {
    String message = refused("UnknownParameter", ",'VpcConfig':{'Vpc':'v'}");

    assertTrue(message.contains("`VpcConfig.Vpc`"), message);
  }
}
