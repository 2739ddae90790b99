package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.ECHO;
import static io.perdure.api.scf.sdk.Customer.function;
import static io.perdure.api.scf.sdk.Customer.refused;
import static io.perdure.api.scf.sdk.Customer.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tencentcloudapi.common.CommonClient;
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.CreateFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.Environment;
import com.tencentcloudapi.scf.v20180416.models.Filter;
import com.tencentcloudapi.scf.v20180416.models.GetFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.InvokeFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.ListFunctionsRequest;
import com.tencentcloudapi.scf.v20180416.models.ListNamespacesRequest;
import com.tencentcloudapi.scf.v20180416.models.Tag;
import com.tencentcloudapi.scf.v20180416.models.Variable;
import io.perdure.api.auth.AccessKey;
import io.perdure.testkit.Python;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way the SDK can send a request, and what is refused before any action is reached. */
@Timeout(60)
class RequestsTest {
  @RegisterExtension static final ScfNode NODE = ScfNode.real();

  private static final String TC3 = "TC3-HMAC-SHA256";

  @ParameterizedTest
  @CsvSource({
    "TC3-HMAC-SHA256, POST, false",
    "TC3-HMAC-SHA256, POST, true",
    "TC3-HMAC-SHA256, GET, false",
    "TC3-HMAC-SHA256, GET, true",
    "HmacSHA1, POST, false",
    "HmacSHA1, GET, false",
    "HmacSHA256, POST, false",
    "HmacSHA256, GET, false",
  })
  void everySignatureAndMethodIsUnderstood(String sign, String method, boolean unsigned)
      throws Exception {
    Python.require();
    ScfClient scf = NODE.client(ScfNode.KEY, ScfNode.REGION, sign, method);
    scf.getClientProfile().setUnsignedPayload(unsigned);
    String name = NODE.fresh("signed");
    scf.CreateFunction(
        function(
            name,
            ECHO,
            "Timeout",
            11,
            "Description",
            "blanks, umlauts \u00e4, \u4f60\u597d & = + % / ?",
            "Environment",
            Models.of(
                Environment.class,
                "Variables",
                List.of(
                    Models.of(Variable.class, "Key", "A", "Value", "1 + 1 = 2"),
                    Models.of(Variable.class, "Key", "B", "Value", "&"))),
            "Tags",
            List.of(Models.of(Tag.class, "Key", "by", "Value", method))));
    var got = scf.GetFunction(with(GetFunctionRequest.class, name));
    assertEquals(11, got.getTimeout());
    assertEquals("blanks, umlauts \u00e4, \u4f60\u597d & = + % / ?", got.getDescription());
    assertEquals("1 + 1 = 2", got.getEnvironment().getVariables()[0].getValue());
    assertEquals("&", got.getEnvironment().getVariables()[1].getValue());
    var list =
        scf.ListFunctions(
            Models.of(
                ListFunctionsRequest.class,
                "SearchKey",
                name,
                "Limit",
                5,
                "Filters",
                List.of(
                    Models.of(
                        Filter.class, "Name", "Runtime", "Values", List.of("Go1", "Python3.7")))));
    assertEquals(1, list.getTotalCount());
    var result =
        scf.InvokeFunction(
                with(InvokeFunctionRequest.class, name, "Event", "{\"k\":\"\u00fc + \\\"q\\\"\"}"))
            .getResult();
    assertEquals(
        "\u00fc + \"q\"", io.perdure.testkit.NodeApi.parse(result.getRetMsg()).path("k").asText());
    refused(
        "ResourceNotFound.Function",
        () -> scf.GetFunction(with(GetFunctionRequest.class, "nobody")));
  }

  @ParameterizedTest
  @CsvSource({"TC3-HMAC-SHA256, POST", "TC3-HMAC-SHA256, GET", "HmacSHA1, POST", "HmacSHA256, GET"})
  void aWrongSecretIsRefused(String sign, String method) {
    ScfClient scf =
        NODE.client(new AccessKey(ScfNode.KEY.id(), "wrong"), ScfNode.REGION, sign, method);
    TencentCloudSDKException refusal =
        refused(
            "AuthFailure.SignatureFailure", () -> scf.ListNamespaces(new ListNamespacesRequest()));
    assertTrue(
        refusal
            .getMessage()
            .contains(
                "The provided credentials could not be validated."
                    + " Please check your signature is correct."),
        refusal::getMessage);
  }

  @ParameterizedTest
  @ValueSource(strings = {TC3, "HmacSHA1", "HmacSHA256"})
  void anUnknownKeyIsRefused(String sign) {
    ScfClient scf =
        NODE.client(new AccessKey("AKIDnobody", "secret"), ScfNode.REGION, sign, "POST");
    refused("AuthFailure.SecretIdNotFound", () -> scf.ListNamespaces(new ListNamespacesRequest()));
  }

  @Test
  void aTokenOfAPermanentKeyIsRefused() {
    ScfClient scf = NODE.client();
    scf.setCredential(new Credential(ScfNode.KEY.id(), ScfNode.KEY.secret(), "token"));
    refused("AuthFailure.TokenFailure", () -> scf.ListNamespaces(new ListNamespacesRequest()));
  }

  @Test
  void nothingIsToldAboutResourcesBeforeTheSignatureIsChecked() {
    ScfClient scf = NODE.client(new AccessKey(ScfNode.KEY.id(), "wrong"), "nowhere", TC3, "POST");
    refused(
        "AuthFailure.SignatureFailure",
        () -> scf.GetFunction(with(GetFunctionRequest.class, "nobody")));
  }

  @Test
  void anUnknownActionIsRefusedInTheWordsClientsLookFor() {
    String message =
        refused("InvalidAction", () -> NODE.client().call("Explode", "{}")).getMessage();
    assertTrue(
        message.contains(
            "The request action=`Explode` is invalid or not found in service=`scf` and"
                + " version=`2018-04-16`."),
        message);
  }

  @Test
  void anUnknownVersionIsRefused() {
    CommonClient client =
        new CommonClient(
            "scf",
            "2017-03-12",
            new Credential(ScfNode.KEY.id(), ScfNode.KEY.secret()),
            ScfNode.REGION,
            NODE.profile(TC3, "POST"));
    refused("NoSuchVersion", () -> client.call("ListFunctions", "{}"));
  }

  @Test
  void anUnknownRegionIsRefused() throws Exception {
    refused(
        "UnsupportedRegion",
        () ->
            NODE.client(ScfNode.KEY, "mars-north", TC3, "POST")
                .ListNamespaces(new ListNamespacesRequest()));
    assertTrue(
        NODE.client(ScfNode.KEY, "", TC3, "POST")
                .ListNamespaces(new ListNamespacesRequest())
                .getTotalCount()
            > 0);
    assertTrue(
        NODE.client(ScfNode.KEY, "ap-shanghai", TC3, "POST")
                .ListNamespaces(new ListNamespacesRequest())
                .getTotalCount()
            > 0);
  }

  @Test
  void parametersAreCheckedByTheTableOfTheirAction() {
    ScfClient scf = NODE.client();
    names("Colour", "UnknownParameter", "ListFunctions", "{\"Colour\":\"red\"}", scf);
    names("FunctionName", "MissingParameter", "DeleteFunction", "{}", scf);
    names("FunctionName", "MissingParameter", "DeleteFunction", "{\"FunctionName\":null}", scf);
    names("Limit", "InvalidParameter", "ListFunctions", "{\"Limit\":\"five\"}", scf);
    names("Limit", "InvalidParameter", "ListFunctions", "{\"Limit\":1.5}", scf);
    names("SearchKey", "InvalidParameter", "ListFunctions", "{\"SearchKey\":5}", scf);
    names("Filters", "InvalidParameter", "ListFunctions", "{\"Filters\":{}}", scf);
    names(
        "Colour",
        "UnknownParameter",
        "ListFunctions",
        "{\"Filters\":[{\"Name\":\"Status\",\"Values\":[\"Active\"],\"Colour\":1}]}",
        scf);
    names("Values", "MissingParameter", "ListFunctions", "{\"Filters\":[{\"Name\":\"a\"}]}", scf);
    names("orderby", "UnknownParameter", "ListFunctions", "{\"orderby\":\"AddTime\"}", scf);
    names("OrderBy", "UnknownParameter", "ListFunctions", "{\"OrderBy\":\"AddTime\"}", scf);
    names(
        "Offset", "InvalidParameter", "ListAliases", "{\"FunctionName\":\"f\",\"Offset\":1}", scf);
  }

  private static void names(
      String parameter, String code, String action, String json, ScfClient scf) {
    String message = refused(code, () -> scf.call(action, json)).getMessage();
    assertTrue(message.contains(parameter), message);
  }

  @Test
  void everyAnswerHasARequestIdOfItsOwn() throws Exception {
    ScfClient scf = NODE.client();
    String first = scf.ListNamespaces(new ListNamespacesRequest()).getRequestId();
    String second = scf.ListNamespaces(new ListNamespacesRequest()).getRequestId();
    assertTrue(first.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), first);
    assertTrue(!first.equals(second));
  }

  @Test
  void aRequestThatHasNoRuntimeIsRefused() {
    CreateFunctionRequest request = function("ancient", ECHO);
    request.setRuntime(null);
    refused("InvalidParameterValue.Runtime", () -> NODE.client().CreateFunction(request));
  }
}
