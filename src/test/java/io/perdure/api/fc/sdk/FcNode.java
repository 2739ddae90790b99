package io.perdure.api.fc.sdk;

import com.aliyun.teaopenapi.models.Config;
import com.aliyun.teaopenapi.models.OpenApiRequest;
import com.aliyun.teaopenapi.models.Params;
import com.aliyun.teautil.models.RuntimeOptions;
import com.aliyuncs.fc.client.FunctionComputeClient;
import io.perdure.api.auth.AccessKey;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.SdkNode;
import io.perdure.time.VirtualClock;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A node with two accounts whose keys Alibaba's SDKs sign with. Rates are not limited unless a test
 * sets them.
 */
final class FcNode extends SdkNode<FcNode> {
  static final String REGION = "cn-hangzhou";
  static final AccessKey KEY = new AccessKey("LTAIcustomer00000001", "secret-of-the-customer");
  static final String ACCOUNT = "1234567890123456";

  private static final String TOKEN = "native-token-of-the-customer";

  private FcNode(VirtualClock clock) {
    super(clock);
    set("rate-limit.rates", "fc.*=0");
    set("fc.region", REGION);
    account(ACCOUNT, KEY, TOKEN);
    account(
        "9234567890123456", new AccessKey("LTAIother00000000001", "another"), "token-of-another");
  }

  @Override
  protected FcNode self() {
    return this;
  }

  /** A node that lives in real time. */
  static FcNode real() {
    return new FcNode(null);
  }

  /** A node whose time stands still until {@code clock} is moved. */
  static FcNode at(VirtualClock clock) {
    return new FcNode(clock);
  }

  /** The SDK of 2023-03-30. */
  Client3 client3() {
    return client3(KEY);
  }

  /** The same with another key. */
  Client3 client3(AccessKey key) {
    try {
      return new Client3(config(key));
    } catch (Exception e) {
      throw new LinkageError("the SDK cannot be started", e);
    }
  }

  /** What the SDK of 2021-04-06 is made of, and any other of its time. */
  Client2 client2() {
    try {
      return new Client2(config(KEY));
    } catch (Exception e) {
      throw new LinkageError("the SDK cannot be started", e);
    }
  }

  private Config config(AccessKey key) {
    return new Config()
        .setAccessKeyId(key.id())
        .setAccessKeySecret(key.secret())
        .setEndpoint(endpoint())
        .setProtocol("http")
        .setReadTimeout(60_000);
  }

  /** The SDK of 2016-08-15. */
  FunctionComputeClient client1() {
    return client1(KEY);
  }

  /** The same with another key. */
  FunctionComputeClient client1(AccessKey key) {
    var client = new FunctionComputeClient(REGION, ACCOUNT, key.id(), key.secret());
    client.setEndpoint("http://" + endpoint());
    return client;
  }

  /** The native API of the customer. */
  NodeApi nativeApi() {
    return nativeApi(TOKEN);
  }

  /** The SDK's client, which notes what it is asked for. */
  static final class Client3 extends com.aliyun.fc20230330.Client {
    private final Set<String> driven = new TreeSet<>();

    private Client3(Config config) throws Exception {
      super(config);
    }

    /** Names of the operations that were called. */
    Set<String> driven() {
      return driven;
    }

    @Override
    public Map<String, ?> callApi(Params params, OpenApiRequest request, RuntimeOptions runtime)
        throws Exception {
      driven.add(params.getAction());
      return super.callApi(params, request, runtime);
    }
  }

  /** Calls operations by their path. */
  static final class Client2 extends com.aliyun.teaopenapi.Client {
    private Client2(Config config) throws Exception {
      super(config);
      _endpoint = config.getEndpoint();
    }

    /** The answer: {@code body} and {@code headers}. */
    Map<String, ?> call(String action, String method, String path, OpenApiRequest request)
        throws Exception {
      Params params =
          new Params()
              .setAction(action)
              .setVersion("2021-04-06")
              .setProtocol("HTTPS")
              .setPathname("/2021-04-06" + path)
              .setMethod(method)
              .setAuthType("AK")
              .setStyle("ROA")
              .setReqBodyType("json")
              .setBodyType(action.equals("InvokeFunction") ? "string" : "json");
      return callApi(params, request, new RuntimeOptions());
    }
  }
}
