package io.perdure.api.scf.action;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.ScfTester;
import io.perdure.testkit.NodeApi;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CopyFunctionTest {
  private static ScfTester scf;

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of());
    scf.ok("CreateNamespace", "{'Namespace':'other'}");
    Made.function(
        scf,
        "from",
        ",'Description':'d','MemorySize':256,'Timeout':9,'Role':'r','ClsTopicId':'t',"
            + "'Environment':{'Variables':[{'Key':'A','Value':'1'}]},"
            + "'Tags':[{'Key':'k','Value':'v'}]");
    scf.ok("PublishVersion", Made.named("from", ""));
    scf.ok("PutReservedConcurrencyConfig", Made.named("from", ",'ReservedConcurrencyMem':1024"));
    scf.ok(
        "UpdateFunctionEventInvokeConfig",
        Made.named("from", ",'AsyncTriggerConfig':{'RetryConfig':[{'RetryNum':1}],'MsgTTL':600}"));
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  private static void copy(String to, String more) {
    scf.ok("CopyFunction", Made.named("from", ",'NewFunctionName':'" + to + "'" + more));
  }

  private static String refused(String code, String from, String to, String more) {
    return scf.refused(
        code, "CopyFunction", Made.named(from, ",'NewFunctionName':'" + to + "'" + more));
  }

  private static JsonNode shown(String name, String more) {
    return scf.ok("GetFunction", Made.named(name, more));
  }

  @Test
  void aCopyHasTheCodeAndTheSettings() {
    copy("settings", "");

    JsonNode shown = shown("settings", ",'ShowCode':'TRUE'");
    assertEquals(Made.TEXT, shown.path("CodeInfo").textValue());
    for (String same :
        new String[] {"Description", "MemorySize", "Timeout", "Role", "Environment", "Tags"}) {
      assertEquals(shown("from", "").path(same), shown.path(same), same);
    }
    JsonNode retries =
        scf.ok("GetFunctionEventInvokeConfig", Made.named("settings", ""))
            .path("AsyncTriggerConfig");
    assertEquals(600, retries.path("MsgTTL").intValue());
    assertNotEquals(shown("from", "").path("FunctionId"), shown.path("FunctionId"));
  }

  @Test
  void versionsLogsAndReservedMemoryStayBehind() {
    copy("alone", "");

    assertEquals("", shown("alone", "").path("ClsTopicId").textValue());
    scf.refused("ResourceNotFound.Version", "GetFunction", Made.named("alone", ",'Qualifier':'1'"));
    assertEquals(
        500,
        NodeApi.of(scf.node())
            .get("/v1/namespaces/default/functions/alone")
            .json()
            .path("concurrency")
            .intValue());
  }

  @Test
  void withoutItsSettingsACopyHasTheDefaults() {
    copy("code", ",'CopyConfiguration':false,'Description':'own'");

    JsonNode shown = shown("code", ",'ShowCode':'TRUE'");
    assertEquals(Made.TEXT, shown.path("CodeInfo").textValue());
    assertEquals("index.main_handler", shown.path("Handler").textValue());
    assertEquals("Python3.10", shown.path("Runtime").textValue());
    assertEquals("own", shown.path("Description").textValue());
    assertEquals(128, shown.path("MemorySize").intValue());
    assertEquals(3, shown.path("Timeout").intValue());
    assertEquals("", shown.path("Role").textValue());
    assertEquals(0, shown.path("Environment").path("Variables").size());
    assertEquals(0, shown.path("Tags").size());
  }

  @Test
  void aCopyMayBeInAnotherNamespaceUnderTheSameName() {
    copy("from", ",'TargetNamespace':'other'");

    assertEquals("other", shown("from", ",'Namespace':'other'").path("Namespace").textValue());
  }

  @Test
  void aCopyReplacesWhatIsThereOnlyWhenItShall() {
    Made.function(scf, "there", ",'Timeout':7");
    scf.ok("PutReservedConcurrencyConfig", Made.named("there", ",'ReservedConcurrencyMem':512"));

    refused("ResourceInUse.FunctionName", "from", "there", "");
    copy("there", ",'Override':true");

    assertEquals(9, shown("there", "").path("Timeout").intValue());
    assertEquals(
        512,
        scf.ok("GetReservedConcurrencyConfig", Made.named("there", ""))
            .path("ReservedMem")
            .intValue());
  }

  @Test
  void aFunctionIsNoCopyOfItself() {
    refused("ResourceInUse.FunctionName", "from", "from", "");
    refused("ResourceInUse.FunctionName", "from", "from", ",'Override':true");
  }

  @Test
  void asynchronouslyExecutingFunctionsAreNotCopied() {
    Made.function(scf, "async", ",'AsyncRunEnable':'TRUE'");

    refused("FailedOperation.CopyAsyncRun", "async", "copied", "");
    refused("FailedOperation.CopyAsyncRun", "from", "async", ",'Override':true");
  }

  @Test
  void aCopyStaysInItsRegion() {
    refused("UnsupportedOperation.Region", "from", "far", ",'TargetRegion':'ap-beijing'");
    copy("near", ",'TargetRegion':'ap-guangzhou'");
  }

  @Test
  void whatIsNotThereOrNoNameIsToldApart() {
    refused("ResourceNotFound.Function", "nobody", "copied", "");
    refused("ResourceNotFound.Namespace", "from", "copied", ",'Namespace':'none'");
    refused("ResourceNotFound.Namespace", "from", "copied", ",'TargetNamespace':'none'");
    refused("InvalidParameterValue.FunctionName", "from", "1copied", "");
    refused("InvalidParameter", "from", "copied", ",'Override':'TRUE'");
    scf.refused("MissingParameter", "CopyFunction", Made.named("from", ""));
  }
}
