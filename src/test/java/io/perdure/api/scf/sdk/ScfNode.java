package io.perdure.api.scf.sdk;

import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import com.tencentcloudapi.scf.v20180416.ScfClient;
import io.perdure.api.auth.AccessKey;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.config.Problems;
import io.perdure.config.Settings;
import io.perdure.node.Node;
import io.perdure.node.NodeConfig;
import io.perdure.store.DataDirectory;
import io.perdure.testkit.NodeApi;
import io.perdure.time.Clock;
import io.perdure.time.SystemClock;
import io.perdure.time.VirtualClock;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A whole node for the tests of a class, with two accounts whose keys the SDK signs with. Rates are
 * not limited unless a test sets them.
 */
final class ScfNode implements BeforeAllCallback, AfterAllCallback {
  static final String REGION = "ap-guangzhou";
  static final AccessKey KEY = new AccessKey("AKIDcustomer00000001", "secret-of-the-customer");
  static final AccessKey OTHER_KEY = new AccessKey("AKIDother00000000001", "secret-of-another-one");
  static final String ACCOUNT = "1300000001";

  private static final String TOKEN = "native-token-of-the-customer";
  private static final long PATIENCE_SECONDS = 30;

  private final Map<String, String> settings = new HashMap<>();
  private final Function<Vertx, Clock> clocks;
  private final AtomicInteger names = new AtomicInteger();
  private final Accounts.Builder accounts = Accounts.builder();
  private Path data;
  private Vertx vertx;
  private Node node;

  private ScfNode(Function<Vertx, Clock> clocks) {
    this.clocks = clocks;
    set("rate-limit.rates", "scf.*=0");
    account(ACCOUNT, KEY, TOKEN);
    account("1300000002", OTHER_KEY, "native-token-of-another");
  }

  /** A node that lives in real time. */
  static ScfNode real() {
    return new ScfNode(SystemClock::new);
  }

  /** A node whose time stands still until {@code clock} is moved. */
  static ScfNode at(VirtualClock clock) {
    return new ScfNode(vertx -> clock);
  }

  /** A clock that shows the time of its making. */
  static VirtualClock stopped() {
    return new VirtualClock(Instant.now());
  }

  /** A setting of the node, as after {@code --set}. */
  ScfNode set(String key, String value) {
    settings.put(key, value);
    return this;
  }

  /** One more account. */
  ScfNode account(String id, AccessKey key, String token) {
    accounts.add(new Account(id, "customer-" + id, List.of(key)), List.of(token));
    return this;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    data = Files.createTempDirectory("perdure-");
    open();
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    shut();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Stops the node in good order and starts it again on the same data. */
  void restart() throws Exception {
    shut();
    open();
  }

  private void open() throws Exception {
    Map<String, String> set = new HashMap<>(settings);
    set.put("http.port", "0");
    set.put("data.dir", data.toString());
    set.put("data.shards", "2");
    Problems problems = new Problems();
    NodeConfig config = new Settings(problems).set(set).read(NodeConfig::read);
    problems.throwIfAny();
    DataDirectory directory = DataDirectory.open(data, config.data().shards(), config.store());
    vertx = Vertx.vertx();
    node =
        Node.start(vertx, config, accounts.build(), directory, clocks.apply(vertx))
            .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private void shut() throws Exception {
    node.stop(0).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    vertx.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Removes what has outlived its retention. */
  void sweep() throws Exception {
    node.sweep().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** What goes into {@code HttpProfile.setEndpoint}. */
  String endpoint() {
    return "127.0.0.1:" + node.port();
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

  /** The native API: the test waits with it for what the cloud's API can only be asked. */
  NodeApi nativeApi() {
    return new NodeApi(URI.create("http://" + endpoint()), TOKEN);
  }

  /** A name nobody has on this node. */
  String fresh(String name) {
    return name + "-" + names.incrementAndGet();
  }
}
