package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.refused;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.GetAsyncEventStatusRequest;
import io.perdure.time.VirtualClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The cloud's rates, on a node whose second lasts until the test ends it. */
@Timeout(60)
class RateLimitTest {
  private static final VirtualClock CLOCK = ScfNode.stopped();

  @RegisterExtension
  static final ScfNode NODE =
      ScfNode.at(CLOCK).set("rate-limit.rates", "scf.GetFunction=100,scf.*=20");

  @Test
  void theTwentyFirstCallOfASecondIsRefusedInTheWordsThatClientsParse() {
    GetAsyncEventStatusRequest request =
        Models.of(GetAsyncEventStatusRequest.class, "InvokeRequestId", "nothing");
    ScfClient scf = NODE.client();
    for (int i = 0; i < 20; i++) {
      refused("ResourceNotFound.AsyncEvent", () -> scf.GetAsyncEventStatus(request));
    }
    String message =
        refused("RequestLimitExceeded", () -> scf.GetAsyncEventStatus(request)).getMessage();
    assertTrue(
        message.contains(
            "Your current request times equals to `21` in a second, which exceeds the frequency"
                + " limit `20` for a second. Please reduce the frequency of calls."),
        message);
    ScfClient other = NODE.client(ScfNode.OTHER_KEY, ScfNode.REGION, "TC3-HMAC-SHA256", "POST");
    refused("ResourceNotFound.AsyncEvent", () -> other.GetAsyncEventStatus(request));
    for (String action : List.of("ListAsyncEvents", "TerminateAsyncEvent")) {
      refused("MissingParameter", () -> scf.call(action, "{}"));
    }
    CLOCK.advance(Duration.ofSeconds(1));
    refused("ResourceNotFound.AsyncEvent", () -> scf.GetAsyncEventStatus(request));
  }
}
