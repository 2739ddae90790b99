package io.perdure.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.aliyun.fc20230330.Client;
import com.aliyun.fc20230330.models.AsyncTask;
import com.aliyun.fc20230330.models.GetAsyncTaskRequest;
import com.aliyun.fc20230330.models.InvokeFunctionHeaders;
import com.aliyun.fc20230330.models.InvokeFunctionRequest;
import com.aliyun.teaopenapi.models.Config;
import com.aliyun.teautil.models.RuntimeOptions;
import io.perdure.api.auth.AccessKey;
import io.perdure.testkit.Python;
import io.perdure.testkit.SdkNode;
import io.perdure.testkit.Zips;
import io.perdure.time.VirtualClock;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs what the README shows of Alibaba's SDK for Java. */
class FcExampleTest {
  private static final AccessKey KEY = new AccessKey("LTAIreadme", "secret-of-the-readme");
  private static final String TOKEN = "native-token-of-the-readme";

  @RegisterExtension static final ReadmeNode NODE = new ReadmeNode();

  // README begin
  /** Has a greeting said some time, under an id of its own, and tells what has become of it. */
  static AsyncTask greeting(String endpoint, String keyId, String secret, String id)
      throws Exception {
    Config config = new Config().setAccessKeyId(keyId).setAccessKeySecret(secret);
    config.setEndpoint(endpoint).setProtocol("http"); // "127.0.0.1:9000": no scheme
    Client client = new Client(config);
    InvokeFunctionHeaders headers = new InvokeFunctionHeaders();
    headers.setXFcInvocationType("Async").setXFcAsyncTaskId(id);
    client.invokeFunctionWithOptions(
        "hello", new InvokeFunctionRequest(), headers, new RuntimeOptions());
    return client.getAsyncTask("hello", id, new GetAsyncTaskRequest()).getBody();
  }

  // README end

  /** A node with one account. */
  private static final class ReadmeNode extends SdkNode<ReadmeNode> {
    ReadmeNode() {
      super((VirtualClock) null);
      account("1234567890123456", KEY, TOKEN);
    }

    @Override
    protected ReadmeNode self() {
      return this;
    }
  }

  @Test
  void greetingIsATaskOfTheNode() throws Exception {
    Python.require();
    Config config = new Config().setAccessKeyId(KEY.id()).setAccessKeySecret(KEY.secret());
    Client client = new Client(config.setEndpoint(NODE.endpoint()).setProtocol("http"));
    String zip =
        Base64.getEncoder()
            .encodeToString(
                Zips.of("index.py", "def handler(event, context):\n    return 'hello'\n"));
    var function =
        Map.of(
            "functionName",
            "hello",
            "runtime",
            "python3.10",
            "handler",
            "index.handler",
            "code",
            Map.of("zipFile", zip));
    client.createFunction(
        com.aliyun.fc20230330.models.CreateFunctionRequest.build(Map.of("body", function)));
    var mode = Map.of("asyncTask", true);
    client.putAsyncInvokeConfig(
        "hello",
        com.aliyun.fc20230330.models.PutAsyncInvokeConfigRequest.build(Map.of("body", mode)));
    AsyncTask task = greeting(NODE.endpoint(), KEY.id(), KEY.secret(), "greeting-1");
    NODE.nativeApi(TOKEN).ended(task.getRequestId());
    AsyncTask ended =
        client.getAsyncTask("hello", "greeting-1", new GetAsyncTaskRequest()).getBody();
    assertEquals("Succeeded", ended.getStatus());
    assertEquals("hello", ended.getReturnPayload());
  }
}
