package io.perdure.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.AsyncEventStatus;
import com.tencentcloudapi.scf.v20180416.models.GetAsyncEventStatusRequest;
import com.tencentcloudapi.scf.v20180416.models.InvokeRequest;
import io.perdure.client.FunctionSpec;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.testkit.Python;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs what the README shows of Tencent's SDK for Java. */
@ExtendWith(PerdureExtension.class)
class ScfExampleTest {
  // README begin
  /** Has a greeting said some time, and tells what has become of it. */
  static AsyncEventStatus greeting(String endpoint, String secretId, String secretKey)
      throws TencentCloudSDKException {
    HttpProfile http = new HttpProfile();
    http.setEndpoint(endpoint); // "127.0.0.1:9000": neither scheme nor path
    http.setProtocol(HttpProfile.REQ_HTTP);
    ClientProfile profile = new ClientProfile(ClientProfile.SIGN_TC3_256, http);
    ScfClient client = new ScfClient(new Credential(secretId, secretKey), "ap-guangzhou", profile);
    InvokeRequest invoke = new InvokeRequest();
    invoke.setFunctionName("hello");
    invoke.setInvocationType("Event");
    GetAsyncEventStatusRequest status = new GetAsyncEventStatusRequest();
    status.setInvokeRequestId(client.Invoke(invoke).getResult().getFunctionRequestId());
    return client.GetAsyncEventStatus(status).getResult();
  }

  // README end

  @Test
  void greetingIsAnEventOfTheNode(PerdureNode node) throws TencentCloudSDKException {
    Python.require();
    node.deploy(
        "hello",
        FunctionSpec.python3("index.main_handler").withFlavour(Flavour.SCF),
        Map.of("index.py", "def main_handler(event, context):\n    return 'hello'\n"));
    AsyncEventStatus status = greeting(node.baseUri().getAuthority(), "test-key", node.token());
    InvocationId id = InvocationId.parse(status.getInvokeRequestId()).orElseThrow();
    assertEquals(Status.SUCCEEDED, node.client().await(id).await().status());
  }
}
