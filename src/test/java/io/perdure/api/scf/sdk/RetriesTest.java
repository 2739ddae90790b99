package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.BROKEN;
import static io.perdure.api.scf.sdk.Customer.ECHO;
import static io.perdure.api.scf.sdk.Customer.refused;
import static io.perdure.api.scf.sdk.Customer.with;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.AsyncEvent;
import com.tencentcloudapi.scf.v20180416.models.AsyncEventStatus;
import com.tencentcloudapi.scf.v20180416.models.AsyncTriggerConfig;
import com.tencentcloudapi.scf.v20180416.models.CreateTriggerRequest;
import com.tencentcloudapi.scf.v20180416.models.GetRequestStatusRequest;
import com.tencentcloudapi.scf.v20180416.models.GetRequestStatusResponse;
import com.tencentcloudapi.scf.v20180416.models.ListAsyncEventsRequest;
import com.tencentcloudapi.scf.v20180416.models.ListAsyncEventsResponse;
import com.tencentcloudapi.scf.v20180416.models.PutReservedConcurrencyConfigRequest;
import com.tencentcloudapi.scf.v20180416.models.RequestStatus;
import com.tencentcloudapi.scf.v20180416.models.RetryConfig;
import com.tencentcloudapi.scf.v20180416.models.UpdateFunctionEventInvokeConfigRequest;
import io.perdure.invocation.Status;
import io.perdure.testkit.Gate;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.Python;
import io.perdure.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Retries, retention and timers, on a node whose time the test moves. Signatures are checked with
 * the time of the day all the while.
 */
@Timeout(90)
class RetriesTest {
  private static final VirtualClock CLOCK = new VirtualClock(Instant.parse("2026-03-01T00:30:00Z"));

  @RegisterExtension static final ScfNode NODE = ScfNode.at(CLOCK);

  private Customer customer;
  private ScfClient scf;
  private NodeApi nativeApi;

  @BeforeAll
  static void needPython() {
    Python.require();
  }

  @BeforeEach
  void connect() {
    customer = new Customer(NODE);
    scf = customer.client();
    nativeApi = NODE.nativeApi();
  }

  @Test
  void aFailedEventIsTriedTwiceMoreAMinuteApart() throws Exception {
    String name = customer.create("fails", BROKEN);
    String id = customer.event(name, "{}");
    for (int attempt = 1; attempt < 3; attempt++) {
      nativeApi.reaches(id, Status.RETRYING, attempt);
      assertStatus(id, "RUNNING", 0);
      CLOCK.advance(Duration.ofMillis(59_999));
      assertEquals(attempt, nativeApi.state(id).path("attempts").asInt());
      CLOCK.advance(Duration.ofMillis(1));
    }
    nativeApi.ended(id);
    assertStatus(id, "FAILED", 430);
    GetRequestStatusResponse attempts =
        scf.GetRequestStatus(with(GetRequestStatusRequest.class, name, "FunctionRequestId", id));
    assertEquals(3, attempts.getTotalCount());
    for (int i = 0; i < 3; i++) {
      RequestStatus attempt = attempts.getData()[i];
      assertEquals(i, attempt.getRetryNum());
      assertEquals(-1, attempt.getRetCode());
      assertEquals(id, attempt.getRequestId());
    }
  }

  @Test
  void anEventWithoutRetriesFailsAtOnce() throws Exception {
    String name = customer.create("once", BROKEN);
    configure(name, 0, 600);
    String id = customer.event(name, "{}");
    nativeApi.ended(id);
    assertStatus(id, "FAILED", 430);
    assertEquals(1, nativeApi.state(id).path("attempts").asInt());
  }

  @Test
  void anEventThatCouldNotStartWithinItsAgeFails() throws Exception {
    String name = customer.create("narrow", Customer.GATED, "Timeout", 900);
    scf.PutReservedConcurrencyConfig(
        with(PutReservedConcurrencyConfigRequest.class, name, "ReservedConcurrencyMem", 128));
    configure(name, 0, 60);
    try (Gate gate = new Gate()) {
      String running = customer.event(name, gate.event());
      gate.reached();
      String waiting = customer.event(name, gate.event());
      CLOCK.advance(Duration.ofSeconds(61));
      NODE.sweep();
      nativeApi.ended(waiting);
      assertStatus(waiting, "FAILED", 432);
      assertStatus(running, "RUNNING", 0);
      gate.open();
      nativeApi.ended(running);
      assertStatus(running, "FINISHED", 200);
    }
  }

  @Test
  void aFunctionThatRunsAsynchronouslyIsNotTriedAgain() throws Exception {
    String name = customer.create("async", BROKEN, "AsyncRunEnable", "TRUE");
    String id = customer.event(name, "{}");
    nativeApi.ended(id);
    assertStatus(id, "FAILED", 430);
    assertEquals(1, nativeApi.state(id).path("attempts").asInt());
  }

  @Test
  void anEventIsKeptFor72HoursFromItsEnd() throws Exception {
    String name = customer.create("kept", ECHO, "AsyncRunEnable", "TRUE");
    String id = customer.event(name, "{}");
    nativeApi.ended(id);
    CLOCK.advance(Duration.ofDays(3).minusMillis(1));
    NODE.sweep();
    assertStatus(id, "FINISHED", 200);
    CLOCK.advance(Duration.ofMillis(1));
    refused("ResourceNotFound.AsyncEvent", () -> customer.status(id));
    NODE.sweep();
    refused("ResourceNotFound.AsyncEvent", () -> customer.status(id));
    assertEquals(0, events(name).getTotalCount());
  }

  @Test
  void aTimerFiresWithTheEventOfTheCloud() throws Exception {
    String name =
        customer.create(
            "timer",
            """
            import socket
            def main_handler(event, context):
                s = socket.create_connection(("127.0.0.1", int(event["Message"])))
                s.recv(1)
                return event
            """,
            "Timeout",
            60);
    try (Gate gate = new Gate()) {
      String port = NodeApi.parse(gate.event()).path("port").asText();
      scf.CreateTrigger(
          with(
              CreateTriggerRequest.class,
              name,
              "TriggerName",
              "hourly",
              "Type",
              "timer",
              "TriggerDesc",
              "0 0 * * * * *",
              "CustomArgument",
              port));
      Instant now = CLOCK.instant();
      Instant hour = now.truncatedTo(ChronoUnit.HOURS).plus(Duration.ofHours(1));
      CLOCK.advance(Duration.between(now, hour));
      gate.reached();
      gate.open();
      assertEquals(1, events(name).getTotalCount());
      AsyncEvent event = events(name).getEventList()[0];
      assertEquals("TRIGGER_TIMER", event.getInvokeType());
      String id = event.getInvokeRequestId();
      nativeApi.ended(id);
      JsonNode result =
          NodeApi.parse(nativeApi.get("/v1/invocations/" + id + "/result").expect(200).text());
      assertEquals("Timer", result.path("Type").asText());
      assertEquals("hourly", result.path("TriggerName").asText());
      assertEquals(port, result.path("Message").asText());
      assertEquals(hour.toString(), result.path("Time").asText());
    }
  }

  private ListAsyncEventsResponse events(String name) throws Exception {
    return scf.ListAsyncEvents(with(ListAsyncEventsRequest.class, name));
  }

  private void configure(String name, int retries, int ageSeconds) throws Exception {
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
                ageSeconds)));
  }

  private void assertStatus(String id, String status, int code) throws Exception {
    AsyncEventStatus got = customer.status(id);
    assertEquals(status, got.getStatus());
    assertEquals(code, got.getStatusCode());
  }
}
