package io.perdure.api.scf.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.perdure.api.Received;
import io.perdure.api.scf.wire.ScfRequest.Form;
import io.vertx.core.MultiMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScfRequestTest {
  private static final String FORM = "application/x-www-form-urlencoded";

  @Test
  void commonParametersOfJsonAreHeaders() {
    ScfRequest request =
        request(
            "POST",
            null,
            Map.of(
                "Content-Type", "application/json",
                "x-tc-action", "Invoke",
                "X-TC-Version", "2018-04-16",
                "X-TC-Timestamp", "1",
                "X-TC-Region", "ap-tokyo",
                "X-TC-Token", "t"));
    assertEquals(Form.JSON, request.form());
    assertEquals("Invoke", request.action());
    assertEquals("2018-04-16", request.version());
    assertEquals("1", request.timestamp());
    assertEquals("ap-tokyo", request.region());
    assertEquals("t", request.token());
  }

  @Test
  void commonParametersOfSignatureV1AreAmongTheOthers() {
    ScfRequest request =
        request("GET", "Action=Invoke&Version=2018-04-16&Timestamp=1&Region=ap-tokyo", Map.of());
    assertEquals(Form.FLAT_V1, request.form());
    assertEquals("Invoke", request.action());
    assertEquals("2018-04-16", request.version());
    assertEquals("ap-tokyo", request.region());
    assertNull(request.token());
  }

  @Test
  void queryOfARequestSignedInItsHeaderHasNoCommonParameters() {
    Map<String, String> headers = Map.of("Content-Type", FORM, "X-TC-Action", "GetFunction");
    assertEquals(Form.FLAT_TC3, request("GET", "FunctionName=f", headers).form());
    assertEquals("GetFunction", request("GET", "Action=X", headers).action());
  }

  @Test
  void formWithoutHeadersIsSignedTheOldWay() {
    assertEquals(Form.FLAT_V1, request("POST", null, Map.of("Content-Type", FORM)).form());
  }

  @Test
  void whatIsMissingIsNamedAsTheCallerHasToWriteIt() {
    ScfRequest json = request("POST", null, Map.of("Content-Type", "application/json"));
    assertEquals(
        "The request is missing the required parameter `X-TC-Action`.",
        assertThrows(ScfError.class, json::action).getMessage());
    ScfRequest query = request("GET", null, Map.of());
    assertEquals(
        "The request is missing the required parameter `Action`.",
        assertThrows(ScfError.class, query::action).getMessage());
  }

  @Test
  void formsThatNoActionTakesAreRefused() {
    assertEquals("UnsupportedProtocol", code("PUT", Map.of("Content-Type", "application/json")));
    assertEquals("InvalidRequest", code("POST", Map.of("Content-Type", "multipart/form-data")));
    assertEquals("InvalidRequest", code("POST", Map.of()));
  }

  private static String code(String method, Map<String, String> headers) {
    return assertThrows(ScfError.class, () -> request(method, null, headers)).code();
  }

  private static ScfRequest request(String method, String query, Map<String, String> headers) {
    MultiMap map = MultiMap.caseInsensitiveMultiMap().addAll(headers);
    return ScfRequest.of(new Received(method, "/", query, map, new byte[0]));
  }
}
