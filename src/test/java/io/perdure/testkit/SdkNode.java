package io.perdure.testkit;

import io.perdure.api.auth.AccessKey;
import io.perdure.api.auth.Account;
import io.perdure.time.VirtualClock;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A whole node for the tests of a class, with accounts whose keys a cloud's SDK signs with. What is
 * particular to a dialect is in its subclass.
 *
 * <p>With {@code -Dperdure.nodes=3} it is a cluster of three nodes instead, which classes with the
 * same settings and accounts share; each request goes to another node than the one before.
 *
 * @param <N> the subclass
 */
public abstract class SdkNode<N extends SdkNode<N>> implements BeforeAllCallback, AfterAllCallback {
  /** Of so many nodes it is a cluster, which takes each request at another one. */
  public static final int NODES = Integer.getInteger("perdure.nodes", 1);

  private static final AtomicInteger NAMES = new AtomicInteger();

  private final Map<String, String> settings = new HashMap<>();
  private final VirtualClock clock;
  private final List<SdkSite.Customer> customers = new ArrayList<>();
  private SdkSite site;

  /** A node whose time stands still until {@code clock} is moved; null for real time. */
  protected SdkNode(VirtualClock clock) {
    this.clock = clock;
  }

  /** This, as what it is. */
  protected abstract N self();

  /** A clock that shows the time of its making. */
  public static VirtualClock stopped() {
    return new VirtualClock(Instant.now());
  }

  /** A setting of the node, as after {@code --set}. */
  public N set(String key, String value) {
    settings.put(key, value);
    return self();
  }

  /** One more account. */
  public N account(String id, AccessKey key, String token) {
    customers.add(new SdkSite.Customer(new Account(id, "customer-" + id, List.of(key)), token));
    return self();
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    if (NODES == 1) {
      site = new SdkSite.Alone(settings, customers, clock);
    } else {
      Assumptions.assumeTrue(clock == null, "skipped: the time of a cluster is not moved");
      site = SdkSite.Shared.of(context, NODES, settings, customers);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (site != null) {
      site.left();
    }
  }

  /** Stops the node in good order and starts it again on the same data; each of many in turn. */
  public void restart() throws Exception {
    site.restart();
  }

  /** Removes what has outlived its retention. */
  public void sweep() throws Exception {
    site.sweep();
  }

  /** Host and port where HTTP is served. */
  public String endpoint() {
    return "127.0.0.1:" + site.port();
  }

  /** The native API of an account: a test waits with it for what the cloud's cannot be asked. */
  public NodeApi nativeApi(String token) {
    return new NodeApi(URI.create("http://" + endpoint()), token);
  }

  /** A name nobody has on this node. */
  public String fresh(String name) {
    return name + "-" + NAMES.incrementAndGet();
  }
}
