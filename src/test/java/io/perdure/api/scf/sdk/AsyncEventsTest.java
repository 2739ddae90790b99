package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.BROKEN;
import static io.perdure.api.scf.sdk.Customer.ECHO;
import static io.perdure.api.scf.sdk.Customer.refused;
import static io.perdure.api.scf.sdk.Customer.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.AsyncEventStatus;
import com.tencentcloudapi.scf.v20180416.models.DeleteFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.GetAsyncEventStatusRequest;
import com.tencentcloudapi.scf.v20180416.models.InvokeRequest;
import com.tencentcloudapi.scf.v20180416.models.InvokeResponse;
import com.tencentcloudapi.scf.v20180416.models.Result;
import com.tencentcloudapi.scf.v20180416.models.TerminateAsyncEventRequest;
import io.perdure.testkit.Gate;
import io.perdure.testkit.Python;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asynchronous events: their status and their termination. */
@Timeout(90)
class AsyncEventsTest {
  @RegisterExtension static final ScfNode NODE = ScfNode.real();

  /** Notices SIGTERM, tidies up and returns. */
  private static final String GRACEFUL =
      """
      import signal, socket
      class Terminated(Exception):
          pass
      def on_signal(number, frame):
          raise Terminated()
      def main_handler(event, context):
          signal.signal(signal.SIGTERM, on_signal)
          try:
              socket.create_connection(("127.0.0.1", event["port"])).recv(1)
              return "released"
          except Terminated:
              return "tidied up"
      """;

  /** Dies of SIGTERM, as a process does that does not handle it. */
  private static final String CARELESS =
      """
      import signal, socket
      signal.signal(signal.SIGTERM, signal.SIG_DFL)
      """
          + Customer.GATED;

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
  void anEventIsAnsweredWithItsIdAlone() throws Exception {
    String name = customer.create("accepted", ECHO, "AsyncRunEnable", "TRUE");
    InvokeResponse answer =
        scf.Invoke(
            with(
                InvokeRequest.class,
                name,
                "InvocationType",
                "Event",
                "ClientContext",
                "{\"a\":1}"));
    Result result = answer.getResult();
    assertEquals(answer.getRequestId(), result.getFunctionRequestId());
    assertEquals("", result.getRetMsg());
    assertEquals("", result.getErrMsg());
    assertEquals("", result.getLog());
    assertEquals(0, result.getInvokeResult());
    assertEquals(0, result.getMemUsage());
    assertEquals(0, result.getDuration());
    assertEquals(0, result.getBillDuration());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRUE", "FALSE"})
  void anEventIsRunningUntilItHasFinished(String async) throws Exception {
    String name = customer.create("gated", Customer.GATED, "Timeout", 30, "AsyncRunEnable", async);
    try (Gate gate = new Gate()) {
      String id = customer.event(name, gate.event());
      gate.reached();
      AsyncEventStatus running = customer.status(id);
      assertEquals("RUNNING", running.getStatus());
      assertEquals(0, running.getStatusCode());
      assertEquals(id, running.getInvokeRequestId());
      gate.open();
      AsyncEventStatus finished = customer.ended(id);
      assertEquals("FINISHED", finished.getStatus());
      assertEquals(200, finished.getStatusCode());
      assertEquals(id, finished.getInvokeRequestId());
    }
  }

  @Test
  void aFailedEventHasTheCodeOfItsCause() throws Exception {
    String name = customer.create("broken", BROKEN, "AsyncRunEnable", "TRUE");
    AsyncEventStatus failed = customer.ended(customer.event(name, "{}"));
    assertEquals("FAILED", failed.getStatus());
    assertEquals(430, failed.getStatusCode());
    String slow =
        customer.create(
            "slow",
            "import time\ndef main_handler(event, context):\n    time.sleep(60)\n",
            "AsyncRunEnable",
            "TRUE",
            "Timeout",
            1);
    assertEquals(433, customer.ended(customer.event(slow, "{}")).getStatusCode());
    String exits =
        customer.create(
            "exits",
            "import os\ndef main_handler(event, context):\n    os._exit(1)\n",
            "AsyncRunEnable",
            "TRUE");
    assertEquals(439, customer.ended(customer.event(exits, "{}")).getStatusCode());
  }

  @Test
  void oneIdIsUsedEverywhere() throws Exception {
    String name =
        customer.create(
            "ids", "def main_handler(event, context):\n    return context['request_id']\n");
    String id = customer.event(name, "{}");
    customer.ended(id);
    assertEquals(
        "\"" + id + "\"",
        NODE.nativeApi().get("/v1/invocations/" + id + "/result").expect(200).text());
    assertTrue(id.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), id);
  }

  @Test
  void anEventOutlivesARestart() throws Exception {
    String name = customer.create("kept", ECHO, "AsyncRunEnable", "TRUE");
    String id = customer.event(name, "{}");
    customer.ended(id);
    NODE.restart();
    Customer again = new Customer(NODE);
    assertEquals("FINISHED", again.status(id).getStatus());
    assertEquals(200, again.status(id).getStatusCode());
  }

  @Test
  void anEventAbove128KibibytesIsRefused() throws Exception {
    String name = customer.create("small", ECHO);
    refused(
        "InvalidParameter.RequestTooLarge",
        () -> customer.event(name, "\"" + "z".repeat(128 * 1024) + "\""));
    String id = customer.event(name, "\"" + "z".repeat(128 * 1024 - 2) + "\"");
    assertEquals("FINISHED", customer.ended(id).getStatus());
    refused("InvalidParameterValue.Param", () -> customer.event(name, "{"));
  }

  @Test
  void anUnknownEventIsNotFound() {
    refused(
        "ResourceNotFound.AsyncEvent",
        () -> customer.status("0e3b5ef8-1111-4222-8333-444455556666"));
    refused("ResourceNotFound.AsyncEvent", () -> customer.status("no-id-at-all"));
    refused("MissingParameter", () -> scf.GetAsyncEventStatus(new GetAsyncEventStatusRequest()));
  }

  @Test
  void anEventOfAnotherAccountIsNotFound() throws Exception {
    String name = customer.create("private", ECHO, "AsyncRunEnable", "TRUE");
    String id = customer.event(name, "{}");
    ScfClient other = NODE.client(ScfNode.OTHER_KEY, ScfNode.REGION, "TC3-HMAC-SHA256", "POST");
    refused(
        "ResourceNotFound.AsyncEvent",
        () ->
            other.GetAsyncEventStatus(
                Models.of(GetAsyncEventStatusRequest.class, "InvokeRequestId", id)));
  }

  @Test
  void anEventOfADeletedFunctionSaysSo() throws Exception {
    String name = customer.create("deleted", ECHO, "AsyncRunEnable", "TRUE");
    String id = customer.event(name, "{}");
    customer.ended(id);
    scf.DeleteFunction(with(DeleteFunctionRequest.class, name));
    refused("ResourceNotFound.Function", () -> customer.status(id));
  }

  @Test
  void aCallThatWasWaitedForIsNoEvent() throws Exception {
    String name = customer.create("waited", ECHO);
    String id = customer.call(name, "{}").getFunctionRequestId();
    refused("ResourceNotFound.AsyncEvent", () -> customer.status(id));
  }

  @Test
  void aTerminatedEventIsAbortedAtOnce() throws Exception {
    String name =
        customer.create("aborted", Customer.GATED, "AsyncRunEnable", "TRUE", "Timeout", 600);
    try (Gate gate = new Gate()) {
      String id = customer.event(name, gate.event());
      gate.reached();
      terminate(name, id);
      AsyncEventStatus aborted = customer.status(id);
      assertEquals("ABORTED", aborted.getStatus());
      assertEquals(499, aborted.getStatusCode());
      refused("FailedOperation.AsyncEventStatus", () -> terminate(name, id));
    }
  }

  @Test
  void aTerminatedEventOfAPlainFunctionIsNotRetried() throws Exception {
    String name = customer.create("plain", Customer.GATED, "Timeout", 600);
    try (Gate gate = new Gate()) {
      String id = customer.event(name, gate.event());
      gate.reached();
      terminate(name, id);
      assertEquals("ABORTED", customer.status(id).getStatus());
    }
  }

  @Test
  void anEventThatWaitsForItsRetryIsAborted() throws Exception {
    String name = customer.create("waits", BROKEN);
    String id = customer.event(name, "{}");
    NODE.nativeApi().reaches(id, io.perdure.invocation.Status.RETRYING);
    assertEquals("RUNNING", customer.status(id).getStatus());
    terminate(name, id);
    assertEquals("ABORTED", customer.status(id).getStatus());
  }

  @Test
  void aGracefulShutdownLetsTheHandlerReturn() throws Exception {
    String name = customer.create("graceful", GRACEFUL, "AsyncRunEnable", "TRUE", "Timeout", 600);
    try (Gate gate = new Gate()) {
      String id = customer.event(name, gate.event());
      gate.reached();
      terminate(name, id, "GraceShutdown", true);
      AsyncEventStatus ended = customer.ended(id);
      assertEquals("FINISHED", ended.getStatus());
      assertEquals(200, ended.getStatusCode());
      assertEquals(
          "\"tidied up\"",
          NODE.nativeApi().get("/v1/invocations/" + id + "/result").expect(200).text());
      String log = NODE.nativeApi().get("/v1/invocations/" + id + "/log").expect(200).text();
      assertTrue(log.contains("[PLATFORM] Signal received successfully."), log);
    }
  }

  @Test
  void aGracefulShutdownOfAProcessThatDiesOfItIs439() throws Exception {
    String name = customer.create("careless", CARELESS, "AsyncRunEnable", "TRUE", "Timeout", 600);
    try (Gate gate = new Gate()) {
      String id = customer.event(name, gate.event());
      gate.reached();
      terminate(name, id, "GraceShutdown", true);
      AsyncEventStatus ended = customer.ended(id);
      assertEquals("FAILED", ended.getStatus());
      assertEquals(439, ended.getStatusCode());
    }
  }

  @Test
  void whatCannotBeTerminatedIsRefused() throws Exception {
    String name = customer.create("done", ECHO, "AsyncRunEnable", "TRUE");
    String id = customer.event(name, "{}");
    customer.ended(id);
    refused("FailedOperation.AsyncEventStatus", () -> terminate(name, id));
    refused("FailedOperation.AsyncEventStatus", () -> terminate(name, id, "GraceShutdown", true));
    refused("ResourceNotFound.AsyncEvent", () -> terminate(name, "nothing"));
    refused("ResourceNotFound.Function", () -> terminate("nobody", id));
    refused("ResourceNotFound.Namespace", () -> terminate(name, id, "Namespace", "nowhere"));
    String other = customer.create("other", ECHO);
    refused("ResourceNotFound.AsyncEvent", () -> terminate(other, id));
    assertEquals("FINISHED", customer.status(id).getStatus());
  }

  @Test
  void manyEventsAreAllRun() throws Exception {
    String name = customer.create("many", ECHO, "AsyncRunEnable", "TRUE");
    // not in the pool that all of this JVM have in common: the nodes need it
    ExecutorService callers = Executors.newFixedThreadPool(4);
    try {
      var ids = new ArrayList<Future<String>>();
      for (int i = 0; i < 40; i++) {
        ids.add(callers.submit(() -> customer.event(name, "{}")));
      }
      var distinct = new HashSet<String>();
      for (Future<String> id : ids) {
        String one = id.get(30, TimeUnit.SECONDS);
        distinct.add(one);
        assertEquals("FINISHED", customer.ended(one).getStatus());
      }
      assertEquals(40, distinct.size());
    } finally {
      callers.shutdownNow();
    }
  }

  private void terminate(String name, String id, Object... more) throws Exception {
    TerminateAsyncEventRequest request = with(TerminateAsyncEventRequest.class, name, more);
    request.setInvokeRequestId(id);
    scf.TerminateAsyncEvent(request);
  }
}
