package io.perdure.api.scf.action;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.ScfTester;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.Zips;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** UpdateFunctionConfiguration and UpdateFunctionCode. */
class UpdateFunctionTest {
  private static final String CONFIGURATION = "UpdateFunctionConfiguration";
  private static final String CODE = "UpdateFunctionCode";
  private static final byte[] OTHER_BYTES =
      Zips.zip().file("index.py", "other").file("app.py", "app").bytes();
  private static final String OTHER = Base64.getEncoder().encodeToString(OTHER_BYTES);

  private static ScfTester scf;

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of("registry.versions-max", "2"));
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  private static JsonNode shown(String name, String more) {
    return scf.ok("GetFunction", Made.named(name, more));
  }

  private static JsonNode underneath(String name) {
    return NodeApi.of(scf.node())
        .get("/v1/namespaces/default/functions/" + name)
        .expect(200)
        .json();
  }

  private static String text(JsonNode shown, String name) {
    return shown.path(name).asText();
  }

  @Test
  void whatIsNotGivenStaysAsItIs() {
    Made.function(
        scf,
        "stays",
        ",'Description':'d','Role':'r','MemorySize':256,'Timeout':9,'TraceEnable':'TRUE',"
            + "'Environment':{'Variables':[{'Key':'A','Value':'1'}]}");

    scf.ok(CONFIGURATION, Made.named("stays", ",'Timeout':10"));

    JsonNode shown = shown("stays", "");
    assertEquals("10", text(shown, "Timeout"));
    assertEquals("d", text(shown, "Description"));
    assertEquals("r", text(shown, "Role"));
    assertEquals("256", text(shown, "MemorySize"));
    assertEquals("TRUE", text(shown, "TraceEnable"));
    assertEquals(1, shown.path("Environment").path("Variables").size());
    assertEquals(Made.ZIP_BYTES.length, shown.path("CodeSize").intValue());
  }

  @Test
  void whatIsGivenIsReplacedWhole() {
    Made.function(
        scf, "replaced", ",'Environment':{'Variables':[{'Key':'A','Value':'1'}]},'Role':'r'");

    scf.ok(
        CONFIGURATION,
        Made.named(
            "replaced",
            ",'Environment':{'Variables':[{'Key':'B','Value':'2'}]},'Role':'','InitTimeout':7,"
                + "'Description':'new','L5Enable':'TRUE','IgnoreSysLog':true,"
                + "'VpcConfig':{'VpcId':'v','SubnetId':'s'}"));

    JsonNode shown = shown("replaced", "");
    assertEquals(
        "[{\"Key\":\"B\",\"Value\":\"2\"}]",
        shown.path("Environment").path("Variables").toString());
    assertEquals("", text(shown, "Role"));
    assertEquals("7", text(shown, "InitTimeout"));
    assertEquals("new", text(shown, "Description"));
    assertEquals("TRUE", text(shown, "L5Enable"));
    assertEquals("v", text(shown.path("VpcConfig"), "VpcId"));
  }

  @Test
  void anEmptyListRemovesAllVariables() {
    Made.function(scf, "emptied", ",'Environment':{'Variables':[{'Key':'A','Value':'1'}]}");

    scf.ok(CONFIGURATION, Made.named("emptied", ",'Environment':{'Variables':[]}"));

    assertEquals(0, shown("emptied", "").path("Environment").path("Variables").size());
  }

  @Test
  void otherMemoryIsAnotherNumberOfInstances() {
    Made.function(scf, "memory", "");

    scf.ok(CONFIGURATION, Made.named("memory", ",'MemorySize':1024"));
    assertEquals(125, underneath("memory").path("concurrency").intValue());
    scf.ok("PutReservedConcurrencyConfig", Made.named("memory", ",'ReservedConcurrencyMem':2048"));
    scf.ok(CONFIGURATION, Made.named("memory", ",'MemorySize':512"));
    assertEquals(4, underneath("memory").path("concurrency").intValue());
  }

  @Test
  void theRuntimeCannotBeChangedButMayBeSaid() {
    Made.function(scf, "runtime", "");

    scf.ok(CONFIGURATION, Made.named("runtime", ",'Runtime':'Python3.10'"));
    scf.refused(
        "InvalidParameterValue.Runtime",
        CONFIGURATION,
        Made.named("runtime", ",'Runtime':'Nodejs18.15'"));
  }

  @Test
  void howItExecutesCannotBeChanged() {
    Made.function(scf, "fixed", "");

    scf.refused("UnknownParameter", CONFIGURATION, Made.named("fixed", ",'AsyncRunEnable':'TRUE'"));
    scf.refused("LimitExceeded.Timeout", CONFIGURATION, Made.named("fixed", ",'Timeout':901"));
  }

  @Test
  void anAsynchronouslyExecutingFunctionMayStillRunForADay() {
    Made.function(scf, "day", ",'AsyncRunEnable':'TRUE'");

    scf.ok(CONFIGURATION, Made.named("day", ",'Timeout':86400"));

    assertEquals("TRUE", text(shown("day", ""), "AsyncRunEnable"));
  }

  @Test
  void aVersionIsPublishedWithTheChange() {
    Made.function(scf, "published", "");

    scf.ok(CONFIGURATION, Made.named("published", ",'Timeout':5,'Publish':'TRUE'"));
    scf.ok(CODE, Made.named("published", ",'ZipFile':'" + OTHER + "','Publish':'TRUE'"));

    assertEquals("5", text(shown("published", ",'Qualifier':'1'"), "Timeout"));
    assertEquals(
        Made.ZIP_BYTES.length, shown("published", ",'Qualifier':'1'").path("CodeSize").intValue());
    assertEquals(
        OTHER_BYTES.length, shown("published", ",'Qualifier':'2'").path("CodeSize").intValue());
  }

  @Test
  void moreVersionsThanThereMayBeAreRefusedAndTheChangeStays() {
    Made.function(scf, "full", "");
    scf.ok("PublishVersion", Made.named("full", ""));
    scf.ok("PublishVersion", Made.named("full", ",'Description':'again'"));

    scf.refused(
        "FailedOperation.PublishVersion",
        CONFIGURATION,
        Made.named("full", ",'Timeout':8,'Publish':'TRUE'"));

    assertEquals("8", text(shown("full", ""), "Timeout"));
  }

  @Test
  void changesAtTheSameTimeAreAllMade() {
    Made.function(scf, "together", "");

    List<CompletableFuture<JsonNode>> calls =
        IntStream.range(0, 8)
            .mapToObj(
                i -> {
                  String more =
                      switch (i % 4) {
                        case 0 -> ",'Role':'r'";
                        case 1 -> ",'Timeout':8";
                        case 2 -> ",'MemorySize':256";
                        default -> ",'Description':'d'";
                      };
                  return CompletableFuture.supplyAsync(
                      () -> scf.call(CONFIGURATION, Made.named("together", more)));
                })
            .toList();
    calls.forEach(CompletableFuture::join);

    JsonNode shown = shown("together", "");
    assertEquals("r", text(shown, "Role"));
    assertEquals("8", text(shown, "Timeout"));
    assertEquals("256", text(shown, "MemorySize"));
    assertEquals("d", text(shown, "Description"));
  }

  @Test
  void codeIsReplacedAndSettingsStay() {
    Made.function(scf, "code", ",'Role':'r','Timeout':9");

    scf.ok(
        CODE,
        Made.named(
            "code",
            ",'ZipFile':'" + OTHER + "','Handler':'app.other_handler','InstallDependency':'TRUE'"));

    JsonNode shown = shown("code", ",'ShowCode':'TRUE'");
    assertEquals("app", text(shown, "CodeInfo"));
    assertEquals("app.other_handler", text(shown, "Handler"));
    assertEquals("TRUE", text(shown, "InstallDependency"));
    assertEquals("r", text(shown, "Role"));
    assertEquals("9", text(shown, "Timeout"));
  }

  @Test
  void codeMayBeWithinCode() {
    Made.function(scf, "within", "");

    scf.ok(
        CODE, Made.named("within", ",'Code':{'ZipFile':'" + OTHER + "'},'CodeSource':'ZipFile'"));

    assertEquals(OTHER_BYTES.length, shown("within", "").path("CodeSize").intValue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "|MissingParameter.Code",
        ",'Handler':'index.main'|MissingParameter.Code",
        ",'ZipFile':'!'|InvalidParameterValue.ZipFileBase64BinasciiError",
        ",'ZipFile':'bm8gemlwCg=='|InvalidParameterValue.ZipFile",
        ",'ZipFile':'ZIP','Code':{'ZipFile':'ZIP'}|InvalidParameterValue.Code",
        ",'ZipFile':'ZIP','CosBucketName':'b'|InvalidParameterValue.Code",
        ",'CosBucketName':'b','CosObjectName':'o'|UnsupportedOperation",
        ",'ZipFile':'ZIP','CodeSource':'Inline'|UnsupportedOperation",
        ",'ZipFile':'ZIP','CodeSource':'Other'|InvalidParameterValue.CodeSource",
        ",'ZipFile':'ZIP','Handler':'index'|InvalidParameterValue.Handler",
        ",'ZipFile':'ZIP','Publish':'yes'|InvalidParameterValue"
      })
  void codeThatCannotBeTakenIsRefused(String more, String code) {
    if (!scf.call("GetFunction", Made.named("refused", "")).has("FunctionId")) {
      Made.function(scf, "refused", "");
    }
    String given =
        more == null ? "" : more.replace("ZIP", OTHER).replace(OTHER + "File", "ZipFile");

    scf.refused(code, CODE, Made.named("refused", given));
  }

  @Test
  void moreThan20MegabytesAreNotTakenHere() {
    Made.function(scf, "large", "");
    String zip = Base64.getEncoder().encodeToString(new byte[(20 << 20) + 1]);

    scf.refused(
        "InvalidParameterValue.ZipFile", CODE, Made.named("large", ",'ZipFile':'" + zip + "'"));
  }

  @ParameterizedTest
  @CsvSource({CONFIGURATION, CODE})
  void aFunctionThatIsNotThereIsNamed(String action) {
    String zip = action.equals(CODE) ? ",'ZipFile':'" + OTHER + "'" : "";

    scf.refused("ResourceNotFound.Function", action, Made.named("nobody", zip));
    scf.refused(
        "ResourceNotFound.Namespace", action, Made.named("nobody", zip + ",'Namespace':'none'"));
    scf.refused("MissingParameter", action, "{}");
  }

  @Test
  void aFunctionThatRunsElsewhereHasNeitherCodeNorMemory() {
    NodeApi.of(scf.node()).putFunction("elsewhere", "{\"runtime\":{\"kind\":\"event-bus\"}}");

    scf.refused(
        "UnsupportedOperation", CODE, Made.named("elsewhere", ",'ZipFile':'" + OTHER + "'"));
    String message =
        scf.refused(
            "UnsupportedOperation", CONFIGURATION, Made.named("elsewhere", ",'MemorySize':256"));
    assertTrue(message.contains("MemorySize"), message);
    scf.ok(CONFIGURATION, Made.named("elsewhere", ",'Timeout':5,'Description':'d'"));
    assertEquals("5", text(shown("elsewhere", ""), "Timeout"));
    assertEquals("native", underneath("elsewhere").path("flavour").asText());
  }
}
