package io.perdure.api.scf.action;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.ScfTester;
import io.perdure.testkit.NodeApi;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventInvokeActionsTest {
  private static ScfTester scf;
  private static ScfFunctions functions;

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of());
    functions = new ScfFunctions(scf);
    functions.put("f");
    functions.publish("f");
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  @Test
  void configurationIsTheFunctionsOwnWhateverTheQualifier() {
    functions.put("g");
    functions.publish("g");
    scf.ok("UpdateFunctionEventInvokeConfig", update("g", 1, 600));
    for (String qualifier : new String[] {"$LATEST", "$DEFAULT", "1"}) {
      JsonNode config =
          scf.ok(
              "GetFunctionEventInvokeConfig",
              "{'FunctionName':'g','Namespace':'default','Qualifier':'" + qualifier + "'}");
      assertEquals(
          "{\"RetryConfig\":[{\"RetryNum\":1}],\"MsgTTL\":600}",
          config.path("AsyncTriggerConfig").toString());
    }
  }

  @Test
  void retriesComeAMinuteApart() {
    functions.put("paced");
    scf.ok("UpdateFunctionEventInvokeConfig", update("paced", 2, 21_600));
    JsonNode function =
        NodeApi.of(scf.node()).get("/v1/namespaces/default/functions/paced").expect(200).json();
    assertEquals(3, function.at("/retry/maxAttempts").asInt());
    assertEquals(60_000, function.at("/retry/backoffMs").asLong());
    assertEquals(60_000, function.at("/retry/maxBackoffMs").asLong());
    assertEquals(21_600_000, function.path("eventAgeMs").asLong());
  }

  @Test
  void onlyTheFirstEntryIsRead() {
    functions.put("two");
    scf.ok(
        "UpdateFunctionEventInvokeConfig",
        "{'FunctionName':'two','AsyncTriggerConfig':{'RetryConfig':[{'RetryNum':0},"
            + "{'RetryNum':-1}],'MsgTTL':60}}");
    JsonNode config = scf.ok("GetFunctionEventInvokeConfig", "{'FunctionName':'two'}");
    assertEquals(
        "{\"RetryConfig\":[{\"RetryNum\":0}],\"MsgTTL\":60}",
        config.path("AsyncTriggerConfig").toString());
  }

  @Test
  void functionThatExecutesAsynchronouslyIsNotRetried() {
    functions.put("task", "{\"AsyncRunEnable\":\"TRUE\"}");
    String message =
        scf.refused(
            "UnsupportedOperation.UpdateFunctionEventInvokeConfig",
            "UpdateFunctionEventInvokeConfig",
            update("task", 1, 600));
    assertTrue(message.contains("`task`"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-1 | 600 | LimitExceeded.RetryNum",
        "3 | 600 | LimitExceeded.RetryNum",
        "1 | 59 | LimitExceeded.MsgTTL",
        "1 | 21601 | LimitExceeded.MsgTTL",
        "9999999999 | 600 | LimitExceeded.RetryNum",
        "1.5 | 600 | InvalidParameter",
        "null | 600 | MissingParameter",
        "1 | null | MissingParameter",
      })
  void boundsAreTheCloudsAndCheckedBeforeTheFunctionIsLookedUp(
      String retries, String ttl, String code) {
    scf.refused(
        code,
        "UpdateFunctionEventInvokeConfig",
        "{'FunctionName':'gone','AsyncTriggerConfig':{'RetryConfig':[{'RetryNum':"
            + retries
            + "}],'MsgTTL':"
            + ttl
            + "}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Update | {'FunctionName':'f','AsyncTriggerConfig':{'RetryConfig':[],'MsgTTL':60}}"
            + " | InvalidParameterValue.AsyncTriggerConfig",
        "Update | {'FunctionName':'f'} | MissingParameter",
        "Update | {'FunctionName':'f','AsyncTriggerConfig':{'MsgTTL':60}} | MissingParameter",
        "Update | {'FunctionName':'f','AsyncTriggerConfig':{'RetryConfig':[{'RetryNum':1}],"
            + "'MsgTTL':60,'X':1}} | UnknownParameter",
        "Update | {'FunctionName':'gone','AsyncTriggerConfig':{'RetryConfig':[{'RetryNum':1}],"
            + "'MsgTTL':60}} | ResourceNotFound.Function",
        "Update | {'FunctionName':'f','Namespace':'gone','AsyncTriggerConfig':{'RetryConfig':"
            + "[{'RetryNum':1}],'MsgTTL':60}} | ResourceNotFound.Namespace",
        "Get | {} | MissingParameter",
        "Get | {'FunctionName':'gone'} | ResourceNotFound.Function",
        "Get | {'FunctionName':'f','Namespace':'gone'} | ResourceNotFound.Namespace",
        "Get | {'FunctionName':'f','Qualifier':'2'} | ResourceNotFound.Version",
        "Get | {'FunctionName':'f','Qualifier':'a b'} | InvalidParameterValue.Qualifier",
        "Get | {'FunctionName':'f','Namespace':'a b'} | InvalidParameterValue.Namespace",
        "Get | {'FunctionName':'a b'} | InvalidParameterValue.FunctionName",
      })
  void refusalsHaveTheirDocumentedCodes(String what, String json, String code) {
    scf.refused(code, what + "FunctionEventInvokeConfig", json);
  }

  private static String update(String function, int retries, int ttl) {
    return "{'FunctionName':'"
        + function
        + "','AsyncTriggerConfig':{'RetryConfig':[{'RetryNum':"
        + retries
        + "}],'MsgTTL':"
        + ttl
        + "}}";
  }
}
