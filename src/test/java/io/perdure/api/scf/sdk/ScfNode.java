package io.perdure.api.scf.sdk;

import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import com.tencentcloudapi.scf.v20180416.ScfClient;
import io.perdure.api.auth.AccessKey;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.SdkNode;
import io.perdure.time.VirtualClock;

/**
 * A node with two accounts whose keys Tencent's SDK signs with. Rates are not limited unless a test
 * sets them.
 */
final class ScfNode extends SdkNode<ScfNode> {
  static final String REGION = "ap-guangzhou";
  static final AccessKey KEY = new AccessKey("AKIDcustomer00000001", "secret-of-the-customer");
  static final AccessKey OTHER_KEY = new AccessKey("AKIDother00000000001", "secret-of-another-one");
  static final String ACCOUNT = "1300000001";

  private static final String TOKEN = "native-token-of-the-customer";

  private ScfNode(VirtualClock clock) {
    super(clock);
    set("rate-limit.rates", "scf.*=0");
    account(ACCOUNT, KEY, TOKEN);
    account("1300000002", OTHER_KEY, "native-token-of-another");
  }

  @Override
  protected ScfNode self() {
    return this;
  }

  /** A node that lives in real time. */
  static ScfNode real() {
    return new ScfNode(null);
  }

  /** A node whose time stands still until {@code clock} is moved. */
  static ScfNode at(VirtualClock clock) {
    return new ScfNode(clock);
  }

  /** The client of the customer as most have it: TC3, POST. */
  ScfClient client() {
    return client(KEY, REGION, ClientProfile.SIGN_TC3_256, HttpProfile.REQ_POST);
  }

  /** A client that differs in something. */
  ScfClient client(AccessKey key, String region, String signMethod, String httpMethod) {
    return new ScfClient(
        new Credential(key.id(), key.secret()), region, profile(signMethod, httpMethod));
  }

  /** Settings of a client. */
  ClientProfile profile(String signMethod, String httpMethod) {
    HttpProfile http = new HttpProfile();
    http.setProtocol(HttpProfile.REQ_HTTP);
    http.setEndpoint(endpoint());
    http.setReqMethod(httpMethod);
    http.setReadTimeout(60);
    return new ClientProfile(signMethod, http);
  }

  /** The native API of the customer. */
  NodeApi nativeApi() {
    return nativeApi(TOKEN);
  }
}
