package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.ECHO;
import static io.perdure.api.scf.sdk.Customer.refused;
import static io.perdure.api.scf.sdk.Customer.with;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.AsyncTriggerConfig;
import com.tencentcloudapi.scf.v20180416.models.GetFunctionEventInvokeConfigRequest;
import com.tencentcloudapi.scf.v20180416.models.PublishVersionRequest;
import com.tencentcloudapi.scf.v20180416.models.RetryConfig;
import com.tencentcloudapi.scf.v20180416.models.UpdateFunctionEventInvokeConfigRequest;
import io.perdure.testkit.Python;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Retries and age of events. */
@Timeout(60)
class EventInvokeConfigTest {
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
  void twoRetriesInSixHoursAreTheDefault() throws Exception {
    AsyncTriggerConfig config = get(customer.create("defaults", ECHO));
    assertEquals(2, config.getRetryConfig()[0].getRetryNum());
    assertEquals(21_600, config.getMsgTTL());
  }

  @Test
  void whatIsSetIsShownForEveryQualifier() throws Exception {
    String name = customer.create("configured", ECHO);
    scf.PublishVersion(with(PublishVersionRequest.class, name));
    update(name, 0, 60);
    for (String qualifier : List.of("$LATEST", "1")) {
      AsyncTriggerConfig config = get(name, "Qualifier", qualifier);
      assertEquals(0, config.getRetryConfig()[0].getRetryNum());
      assertEquals(60, config.getMsgTTL());
    }
  }

  @Test
  void whatIsOutOfRangeIsRefused() throws Exception {
    String name = customer.create("ranged", ECHO);
    refused("LimitExceeded.RetryNum", () -> update(name, 3, 60));
    refused("LimitExceeded.RetryNum", () -> update(name, -1, 60));
    refused("LimitExceeded.MsgTTL", () -> update(name, 1, 59));
    refused("LimitExceeded.MsgTTL", () -> update(name, 1, 21_601));
    assertEquals(2, get(name).getRetryConfig()[0].getRetryNum());
  }

  @Test
  void whatIsMissingIsRefused() throws Exception {
    String name = customer.create("partly", ECHO);
    refused(
        "MissingParameter",
        () ->
            scf.UpdateFunctionEventInvokeConfig(
                with(UpdateFunctionEventInvokeConfigRequest.class, name)));
    refused(
        "MissingParameter",
        () ->
            scf.UpdateFunctionEventInvokeConfig(
                with(
                    UpdateFunctionEventInvokeConfigRequest.class,
                    name,
                    "AsyncTriggerConfig",
                    Models.of(AsyncTriggerConfig.class, "MsgTTL", 60))));
    refused(
        "InvalidParameterValue.AsyncTriggerConfig",
        () ->
            scf.UpdateFunctionEventInvokeConfig(
                with(
                    UpdateFunctionEventInvokeConfigRequest.class,
                    name,
                    "AsyncTriggerConfig",
                    Models.of(AsyncTriggerConfig.class, "MsgTTL", 60, "RetryConfig", List.of()))));
  }

  @Test
  void functionsThatRunAsynchronouslyHaveNoRetries() throws Exception {
    String name = customer.create("once", ECHO, "AsyncRunEnable", "TRUE");
    refused("UnsupportedOperation.UpdateFunctionEventInvokeConfig", () -> update(name, 1, 60));
  }

  @Test
  void whatIsUnknownIsNotFound() throws Exception {
    String name = customer.create("known", ECHO);
    refused("ResourceNotFound.Function", () -> get("nobody"));
    refused("ResourceNotFound.Function", () -> update("nobody", 1, 60));
    refused("ResourceNotFound.Namespace", () -> get(name, "Namespace", "nowhere"));
    refused("ResourceNotFound.Version", () -> get(name, "Qualifier", "9"));
  }

  private AsyncTriggerConfig get(String name, Object... more) throws Exception {
    return scf.GetFunctionEventInvokeConfig(
            with(GetFunctionEventInvokeConfigRequest.class, name, more))
        .getAsyncTriggerConfig();
  }

  private void update(String name, int retries, int ttl) throws Exception {
    scf.UpdateFunctionEventInvokeConfig(
        with(
            UpdateFunctionEventInvokeConfigRequest.class,
            name,
            "AsyncTriggerConfig",
            Models.of(
                AsyncTriggerConfig.class,
                "RetryConfig",
                List.of(Models.of(RetryConfig.class, "RetryNum", retries)),
                "MsgTTL",
                ttl)));
  }
}
