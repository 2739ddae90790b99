package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.BROKEN;
import static io.perdure.api.scf.sdk.Customer.ECHO;
import static io.perdure.api.scf.sdk.Customer.assertTime;
import static io.perdure.api.scf.sdk.Customer.refused;
import static io.perdure.api.scf.sdk.Customer.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.FunctionLog;
import com.tencentcloudapi.scf.v20180416.models.GetFunctionLogsRequest;
import com.tencentcloudapi.scf.v20180416.models.GetFunctionLogsResponse;
import com.tencentcloudapi.scf.v20180416.models.GetRequestStatusRequest;
import com.tencentcloudapi.scf.v20180416.models.GetRequestStatusResponse;
import com.tencentcloudapi.scf.v20180416.models.LogFilter;
import com.tencentcloudapi.scf.v20180416.models.RequestStatus;
import io.perdure.testkit.Gate;
import io.perdure.testkit.Python;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code GetRequestStatus} and {@code GetFunctionLogs}. */
@Timeout(60)
class RequestStatusTest {
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
  void aCallThatWasWaitedForHasAStatus() throws Exception {
    String name = customer.create("called", ECHO);
    String id = customer.call(name, "{\"a\":1}").getFunctionRequestId();
    GetRequestStatusResponse answer = status(name, id);
    assertEquals(1, answer.getTotalCount());
    RequestStatus status = answer.getData()[0];
    assertEquals(name, status.getFunctionName());
    assertEquals(id, status.getRequestId());
    assertEquals("{\"a\": 1}", status.getRetMsg().replaceAll(":\\s*", ": "));
    assertEquals(0, status.getRetCode());
    assertEquals(0, status.getRetryNum());
    assertTrue(status.getDuration() > 0);
    assertTrue(status.getMemUsage() > 1 && status.getMemUsage() < 128, "MB");
    assertTime(status.getStartTime());
  }

  @Test
  void aRunningEventHasCode1AndAFailedOneMinus1() throws Exception {
    String name = customer.create("gated", Customer.GATED, "Timeout", 60);
    try (Gate gate = new Gate()) {
      String id = customer.event(name, gate.event());
      gate.reached();
      assertEquals(1, status(name, id).getData()[0].getRetCode());
      gate.open();
      customer.ended(id);
      assertEquals(0, status(name, id).getData()[0].getRetCode());
    }
    String broken = customer.create("broken", BROKEN, "AsyncRunEnable", "TRUE");
    String id = customer.event(broken, "{}");
    customer.ended(id);
    RequestStatus failed = status(broken, id).getData()[0];
    assertEquals(-1, failed.getRetCode());
    assertTrue(failed.getRetMsg().contains("\"statusCode\":430"), failed.getRetMsg());
  }

  @Test
  void whatIsUnknownIsAnEmptyList() throws Exception {
    String name = customer.create("quiet", ECHO);
    GetRequestStatusResponse answer = status(name, "0e3b5ef8-1111-4222-8333-444455556666");
    assertEquals(0, answer.getTotalCount());
    assertEquals(0, answer.getData().length);
    String other = customer.create("other", ECHO);
    String id = customer.call(other, "1").getFunctionRequestId();
    assertEquals(0, status(name, id).getTotalCount());
    refused("ResourceNotFound.Function", () -> status("nobody", id));
  }

  @Test
  void theIntervalIsChecked() throws Exception {
    String name = customer.create("dated", ECHO);
    String id = customer.call(name, "1").getFunctionRequestId();
    assertEquals(
        1,
        status(name, id, "StartTime", "2020-01-01 00:00:00", "EndTime", "2099-01-01 00:00:00")
            .getTotalCount());
    assertEquals(
        0,
        status(name, id, "StartTime", "2020-01-01 00:00:00", "EndTime", "2020-01-02 00:00:00")
            .getTotalCount());
    refused(
        "InvalidParameterValue.StartTimeOrEndTime",
        () -> status(name, id, "StartTime", "2026-01-01 00:00:00"));
    refused(
        "InvalidParameterValue.StartTimeOrEndTime",
        () ->
            status(name, id, "StartTime", "2026-01-02 00:00:00", "EndTime", "2026-01-01 00:00:00"));
    refused(
        "InvalidParameterValue.DateTime",
        () -> status(name, id, "StartTime", "today", "EndTime", "tomorrow"));
    refused(
        "MissingParameter", () -> scf.GetRequestStatus(with(GetRequestStatusRequest.class, name)));
  }

  @Test
  void logsShowEveryRun() throws Exception {
    String name = customer.create("logged", ECHO);
    String id = customer.call(name, "\"first\"").getFunctionRequestId();
    String second = customer.event(name, "\"second\"");
    customer.ended(second);
    GetFunctionLogsResponse all = logs(name);
    assertEquals(2, all.getTotalCount());
    FunctionLog log =
        Arrays.stream(all.getData())
            .filter(one -> one.getRequestId().equals(id))
            .findFirst()
            .orElseThrow();
    assertEquals(name, log.getFunctionName());
    assertEquals(0, log.getRetCode());
    assertEquals(1, log.getInvokeFinished());
    assertEquals(0, log.getRetryNum());
    assertEquals("\"first\"", log.getRetMsg());
    assertTrue(log.getLog().contains("got first"), log.getLog());
    assertTrue(log.getDuration() > 0);
    assertTrue(log.getBillDuration() >= log.getDuration());
    assertTrue(log.getMemUsage() > 1_000_000, "bytes");
    assertTime(log.getStartTime());
    assertEquals(1, logs(name, "FunctionRequestId", second).getTotalCount());
  }

  @Test
  void logsAreOrderedAndPaged() throws Exception {
    String name = customer.create("paged", ECHO);
    var ids = new java.util.ArrayList<String>();
    for (int i = 0; i < 3; i++) {
      ids.add(customer.call(name, "1").getFunctionRequestId());
    }
    assertEquals(ids, ids(logs(name, "Order", "asc", "OrderBy", "start_time")));
    GetFunctionLogsResponse page =
        logs(name, "Order", "asc", "OrderBy", "start_time", "Offset", 1, "Limit", 1);
    assertEquals(List.of(ids.get(1)), ids(page));
    assertEquals(3, page.getTotalCount());
  }

  @ParameterizedTest
  @CsvSource({"is0, good", "not0, bad", "UserCodeException, bad"})
  void logsAreFilteredByOutcome(String filter, String expected) throws Exception {
    String name =
        customer.create(
            "mixed",
            """
            def main_handler(event, context):
                if event == "bad":
                    raise ValueError("no good")
                return event
            """);
    String good = customer.call(name, "\"good\"").getFunctionRequestId();
    String bad = customer.call(name, "\"bad\"").getFunctionRequestId();
    assertEquals(
        Set.of(expected.equals("good") ? good : bad),
        new TreeSet<>(ids(logs(name, "Filter", Models.of(LogFilter.class, "RetCode", filter)))));
  }

  private GetRequestStatusResponse status(String name, String id, Object... more) throws Exception {
    GetRequestStatusRequest request = with(GetRequestStatusRequest.class, name, more);
    request.setFunctionRequestId(id);
    return scf.GetRequestStatus(request);
  }

  private GetFunctionLogsResponse logs(String name, Object... more) throws Exception {
    return scf.GetFunctionLogs(with(GetFunctionLogsRequest.class, name, more));
  }

  private static List<String> ids(GetFunctionLogsResponse page) {
    return Arrays.stream(page.getData()).map(FunctionLog::getRequestId).toList();
  }
}
