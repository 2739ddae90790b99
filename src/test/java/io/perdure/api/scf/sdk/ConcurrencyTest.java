package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.ECHO;
import static io.perdure.api.scf.sdk.Customer.refused;
import static io.perdure.api.scf.sdk.Customer.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.DeleteReservedConcurrencyConfigRequest;
import com.tencentcloudapi.scf.v20180416.models.GetAccountRequest;
import com.tencentcloudapi.scf.v20180416.models.GetAccountResponse;
import com.tencentcloudapi.scf.v20180416.models.GetReservedConcurrencyConfigRequest;
import com.tencentcloudapi.scf.v20180416.models.NamespaceLimit;
import com.tencentcloudapi.scf.v20180416.models.NamespaceUsage;
import com.tencentcloudapi.scf.v20180416.models.PutReservedConcurrencyConfigRequest;
import com.tencentcloudapi.scf.v20180416.models.PutTotalConcurrencyConfigRequest;
import com.tencentcloudapi.scf.v20180416.models.Result;
import io.perdure.testkit.Gate;
import io.perdure.testkit.Python;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Reserved and total concurrency, and what {@code GetAccount} says. */
@Timeout(60)
class ConcurrencyTest {
  @RegisterExtension static final ScfNode NODE = ScfNode.real();

  private Customer customer;
  private ScfClient scf;

  @BeforeAll
  static void needPython() {
    Python.require();
  }

  @BeforeEach
  void connect() {
    customer = new Customer(NODE);
    scf = customer.client();
  }

  @Test
  void reservedMemoryIsKeptAndTakenBack() throws Exception {
    String name = customer.create("reserved", ECHO);
    assertNull(reserved(name));
    reserve(name, 512);
    assertEquals(512, reserved(name));
    reserve(name, 256);
    assertEquals(256, reserved(name));
    scf.DeleteReservedConcurrencyConfig(with(DeleteReservedConcurrencyConfigRequest.class, name));
    assertNull(reserved(name));
    assertEquals("1", customer.call(name, "1").getRetMsg());
  }

  @Test
  void aCallBeyondTheReservedMemoryIsRefusedWith432() throws Exception {
    String name = customer.create("narrow", Customer.GATED, "Timeout", 30);
    reserve(name, 128);
    try (Gate gate = new Gate()) {
      String running = customer.event(name, gate.event());
      gate.reached();
      Result refused = customer.invoke(name, gate.event());
      assertEquals(432, refused.getInvokeResult());
      assertTrue(refused.getErrMsg().contains("concurrency exceeded"), refused.getErrMsg());
      assertTrue(refused.getRetMsg().contains("\"statusCode\":432"), refused.getRetMsg());
      gate.open();
      assertEquals("FINISHED", customer.ended(running).getStatus());
    }
  }

  @Test
  void anEventBeyondTheReservedMemoryWaits() throws Exception {
    String name = customer.create("queue", Customer.GATED, "Timeout", 30);
    reserve(name, 128);
    try (Gate gate = new Gate()) {
      String first = customer.event(name, gate.event());
      gate.reached();
      String second = customer.event(name, gate.event());
      assertEquals("RUNNING", customer.status(second).getStatus());
      gate.open();
      gate.reached();
      gate.open();
      assertEquals("FINISHED", customer.ended(first).getStatus());
      assertEquals("FINISHED", customer.ended(second).getStatus());
    }
  }

  @Test
  void noMoreCanBeReservedThanThereIs() throws Exception {
    String name = customer.create("greedy", ECHO);
    refused("LimitExceeded.FunctionReservedConcurrencyMemory", () -> reserve(name, 1_000_000_000));
    refused("MissingParameter", () -> reserve(name, null));
    refused("ResourceNotFound.Function", () -> reserve("nobody", 128));
    refused("ResourceNotFound.Function", () -> reserved("nobody"));
    refused(
        "ResourceNotFound.Function",
        () ->
            scf.DeleteReservedConcurrencyConfig(
                with(DeleteReservedConcurrencyConfigRequest.class, "nobody")));
  }

  @Test
  void theAccountShowsWhatItUsesAndMayUse() throws Exception {
    String space = customer.namespace("counted");
    String name = customer.create("counted", ECHO, "Namespace", space);
    GetAccountResponse account = scf.GetAccount(new GetAccountRequest());
    NamespaceUsage usage =
        Arrays.stream(account.getAccountUsage().getNamespace())
            .filter(one -> one.getNamespace().equals(space))
            .findFirst()
            .orElseThrow();
    assertEquals(List.of(name), List.of(usage.getFunctions()));
    assertEquals(1, usage.getFunctionsCount());
    assertEquals(
        account.getAccountUsage().getNamespace().length,
        account.getAccountUsage().getNamespacesCount());
    assertTrue(account.getAccountUsage().getTotalConcurrencyMem() > 0);
    assertTrue(account.getAccountUsage().getTotalAllocatedConcurrencyMem() >= 0);
    assertTrue(account.getAccountUsage().getUserConcurrencyMemLimit() > 0);
    assertTrue(account.getAccountLimit().getNamespacesCount() > 0);
    NamespaceLimit limit = account.getAccountLimit().getNamespace()[0];
    assertTrue(limit.getFunctionsCount() > 0);
    assertEquals(900, limit.getTimeoutLimit());
    assertEquals(300, limit.getInitTimeoutLimit());
    assertEquals(2, limit.getRetryNumLimit());
    assertEquals(60, limit.getMinMsgTTL());
    assertEquals(21_600, limit.getMaxMsgTTL());
    assertTrue(limit.getTrigger().getTimer() > 0);
  }

  @Test
  void reservedMemoryIsCountedAsAllocated() throws Exception {
    long before = allocated();
    reserve(customer.create("allocated", ECHO), 384);
    assertEquals(before + 384, allocated());
  }

  @Test
  void totalConcurrencyIsShownByTheAccount() throws Exception {
    String space = customer.namespace("total");
    scf.PutTotalConcurrencyConfig(
        Models.of(
            PutTotalConcurrencyConfigRequest.class,
            "TotalConcurrencyMem",
            64_000,
            "Namespace",
            space));
    NamespaceUsage usage =
        Arrays.stream(scf.GetAccount(new GetAccountRequest()).getAccountUsage().getNamespace())
            .filter(one -> one.getNamespace().equals(space))
            .findFirst()
            .orElseThrow();
    assertEquals(64_000, usage.getTotalConcurrencyMem());
    refused(
        "ResourceNotFound.Namespace",
        () ->
            scf.PutTotalConcurrencyConfig(
                Models.of(
                    PutTotalConcurrencyConfigRequest.class,
                    "TotalConcurrencyMem",
                    64_000,
                    "Namespace",
                    "nowhere")));
  }

  private long allocated() throws Exception {
    return scf.GetAccount(new GetAccountRequest())
        .getAccountUsage()
        .getTotalAllocatedConcurrencyMem();
  }

  private Long reserved(String name) throws Exception {
    return scf.GetReservedConcurrencyConfig(with(GetReservedConcurrencyConfigRequest.class, name))
        .getReservedMem();
  }

  private void reserve(String name, Integer memory) throws Exception {
    scf.PutReservedConcurrencyConfig(
        with(PutReservedConcurrencyConfigRequest.class, name, "ReservedConcurrencyMem", memory));
  }
}
