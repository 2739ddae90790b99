package io.perdure.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.InstanceMessages.Instance;
import io.perdure.bus.InstanceMessages.ListInstances;
import io.perdure.bus.InstanceMessages.Retire;
import io.perdure.bus.InstanceMessages.Warm;
import io.perdure.bus.InstanceMessages.Warmed;
import io.perdure.client.FunctionSpec;
import io.perdure.client.PerdureClient;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Event;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.testkit.Python;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Uploaded code from its call to its record, on a whole node with real processes. */
@ExtendWith(PerdureExtension.class)
@Timeout(120)
class InstancesTest {
  private PerdureNode node;
  private PerdureClient client;
  private Bus bus;

  @BeforeAll
  static void needPython() {
    Python.require();
  }

  @BeforeEach
  void connect(PerdureNode node) {
    this.node = node;
    client = node.client();
    bus = Bus.install(node.vertx());
  }

  @Test
  void resultLogInstanceAndMemoryAreRecorded() throws Exception {
    deploy("fn", "def handler(event, context):\n    print('hi')\n    return event['a'] + 1\n");
    Invocation done = run("fn", "{\"a\": 1}");
    assertEquals(Status.SUCCEEDED, done.status());
    assertTrue(done.instance().matches("i-[0-9a-f]{16}"), done.instance());
    // A bare interpreter has some megabytes; the first call may be over before the regular look.
    assertTrue(done.memoryBytes() > 2_000_000, done.memoryBytes() + " bytes");
    assertEquals("2", get(client.result(done.id())).toString());
    assertEquals("hi\n", get(client.log(done.id())).toString());
  }

  @Test
  void secondCallFindsTheInstanceWarm() throws Exception {
    deploy("fn", "n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    return n\n");
    Invocation first = run("fn", "{}");
    Invocation second = run("fn", "{}");
    assertEquals(first.instance(), second.instance());
    assertEquals("2", get(client.result(second.id())).toString());
  }

  @Test
  void newCodeRunsInANewInstance() throws Exception {
    deploy("fn", "def handler(event, context):\n    return 1\n");
    Invocation first = run("fn", "{}");
    deploy("fn", "def handler(event, context):\n    return 2\n");
    Invocation second = run("fn", "{}");
    assertNotEquals(first.instance(), second.instance());
    assertEquals("2", get(client.result(second.id())).toString());
  }

  @Test
  void exceptionIsTheFunctionsFailureAndToldAsTheResult() throws Exception {
    deploy("fn", "def handler(event, context):\n    raise ValueError('no')\n");
    Invocation done = run("fn", "{}");
    assertEquals(Status.FAILED, done.status());
    assertEquals("ValueError", done.error().type());
    JsonObject result = new JsonObject(get(client.result(done.id())));
    assertEquals("no", result.getString("errorMessage"));
  }

  @Test
  void exitWhileItRunsIsACrashAndTheNextCallWorks() throws Exception {
    deploy(
        "fn",
        "import os\ndef handler(event, context):\n    if event:\n        os._exit(3)\n    return 1\n");
    Invocation crashed = run("fn", "1");
    assertEquals(Kind.CRASH, crashed.error().kind());
    assertEquals("ProcessExit", crashed.error().type());
    assertEquals("exit code 3", crashed.error().message());
    assertEquals(Status.SUCCEEDED, run("fn", "0").status());
  }

  @Test
  void memoryBeyondTheLimitIsACrashAndTheNextCallWorks() throws Exception {
    deploy(
        "fn",
        "def handler(event, context):\n    return len(bytearray(event << 20)) + len(bytearray(9))\n");
    Invocation crashed = run("fn", "4096");
    assertEquals(Kind.CRASH, crashed.error().kind());
    assertEquals("OutOfMemory", crashed.error().type());
    Invocation next = run("fn", "1");
    assertEquals(Status.SUCCEEDED, next.status());
    assertNotEquals(crashed.instance(), next.instance());
  }

  @Test
  void codeThatCannotBeLoadedFailsTheAttemptWithWhatItSaid() throws Exception {
    deploy("fn", "import no_such_module\n");
    Invocation done = run("fn", "{}");
    assertEquals(Status.FAILED, done.status());
    assertEquals("InitError", done.error().type());
    assertTrue(done.error().message().contains("no_such_module"), done.error().message());
  }

  @Test
  void handlerThatIsNotThereIsNamed() throws Exception {
    deploy("fn", "def other(event, context):\n    return 1\n");
    assertEquals("HandlerNotFound", run("fn", "{}").error().type());
  }

  @Test
  void callBeyondItsTimeLimitEndsWithItsInstance() throws Exception {
    node.deploy(
        "fn",
        spec().withTimeout(Duration.ofSeconds(3)),
        Map.of("index.py", "import time\ndef handler(event, context):\n    time.sleep(600)\n"));
    InvocationId id = submit("fn", "{}");
    running(id);
    node.clock().advance(Duration.ofSeconds(3));
    Invocation done = get(client.await(id));
    assertEquals(Status.FAILED, done.status());
    assertEquals(Kind.TIMEOUT, done.error().kind());
  }

  @Test
  void cancelEndsTheCallAndTellsItsSteps() throws Exception {
    deploy("fn", "import time\ndef handler(event, context):\n    time.sleep(600)\n");
    InvocationId id = submit("fn", "{}");
    running(id);
    get(client.stop(id, StopMode.CANCEL, Duration.ofSeconds(5)));
    Invocation done = get(client.await(id));
    assertEquals(Status.STOPPED, done.status());
    List<Event.Type> types = done.events().stream().map(Event::type).toList();
    assertTrue(types.contains(Event.Type.STOP_DELIVERED), types::toString);
    assertTrue(types.contains(Event.Type.STOP_ACKNOWLEDGED), types::toString);
  }

  @Test
  void handlerThatExpectsSigtermEndsAGracefulStopByItself() throws Exception {
    deploy(
        "fn",
        """
        import signal, threading
        told = threading.Event()
        signal.signal(signal.SIGTERM, lambda *a: told.set())
        def handler(event, context):
            while not told.wait(0.05):
                pass
            return 'saved'
        """);
    InvocationId id = submit("fn", "{}");
    running(id);
    get(client.stop(id, StopMode.GRACEFUL, Duration.ZERO));
    Invocation done = get(client.await(id));
    assertEquals(Status.SUCCEEDED, done.status());
    assertEquals("saved", get(client.result(id)).toString());
  }

  @Test
  void stopOfWhatWaitsForItsInstanceEndsItAtOnce() throws Exception {
    deploy("fn", "import time\ntime.sleep(600)\ndef handler(event, context):\n    return 1\n");
    Function function = get(client.functions().get("fn"));
    InvocationId id = submit("fn", "{}");
    while (instances(function).stream().noneMatch(one -> one.pid() > 0)) {
      Thread.onSpinWait(); // it starts, and will for ten minutes
    }
    get(client.stop(id, StopMode.CANCEL, Duration.ofSeconds(5)));
    assertEquals(Status.STOPPED, get(client.await(id)).status());
    while (!instances(function).isEmpty()) {
      Thread.onSpinWait(); // nobody else needs it
    }
  }

  @Test
  void instancesAreStartedAheadAndEndedWhenAsked() throws Exception {
    Function function = deploy("fn", "def handler(event, context):\n    return 1\n");
    Warm warm = new Warm(function.uid(), "LATEST", 2);
    assertEquals(new Warmed(2, null), get(bus.request(Addresses.WARM, warm, 60_000)));
    List<Instance> warmed = instances(function);
    assertEquals(List.of("idle", "idle"), warmed.stream().map(Instance::state).toList());
    Invocation done = run("fn", "{}");
    assertTrue(warmed.stream().anyMatch(one -> one.id().equals(done.instance())));
    get(bus.request(Addresses.RETIRE, new Retire(function.uid())));
    while (!instances(function).isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void nothingIsLeftOfTheInstancesOfAStoppedNode() throws Exception {
    try (PerdureNode other = PerdureNode.start(Map.of())) {
      Function function =
          other.deploy(
              "fn", spec(), Map.of("index.py", "def handler(event, context):\n    return 1\n"));
      Bus its = Bus.install(other.vertx());
      get(its.request(Addresses.WARM, new Warm(function.uid(), "LATEST", 1), 60_000));
      long pid =
          get(its.request(Addresses.LIST_INSTANCES, new ListInstances(function.uid())))
              .instances()
              .get(0)
              .pid();
      assertTrue(ProcessHandle.of(pid).isPresent());
      other.restart();
      assertTrue(ProcessHandle.of(pid).isEmpty());
    }
  }

  // ---- tools

  private static FunctionSpec spec() {
    return FunctionSpec.python3("index.handler");
  }

  private Function deploy(String name, String code) {
    return node.deploy(name, spec(), Map.of("index.py", code));
  }

  private InvocationId submit(String function, String payload) throws Exception {
    return get(client.submit(function, Buffer.buffer(payload))).id();
  }

  private Invocation run(String function, String payload) throws Exception {
    return get(client.await(submit(function, payload)));
  }

  private List<Instance> instances(Function function) throws Exception {
    return get(bus.request(Addresses.LIST_INSTANCES, new ListInstances(function.uid())))
        .instances();
  }

  /** Back when the invocation runs. */
  private void running(InvocationId id) throws InterruptedException {
    BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    client.watch(id, events::add);
    for (Event event = null; event == null || event.type() != Event.Type.RUNNING; ) {
      event = events.poll(60, TimeUnit.SECONDS);
      assertTrue(event != null, "it does not run");
    }
  }

  private static <T> T get(Future<T> future) throws TimeoutException {
    return future.await(60, TimeUnit.SECONDS);
  }
}
