package io.perdure.api.fc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.CodeZip;
import io.perdure.client.FunctionSpec;
import io.perdure.invocation.Event;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RuntimeSpec.Managed.Hook;
import io.perdure.testkit.Python;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Stops of tasks that run in instances: the pre-stop hook if there is one, then the kill. */
@Timeout(120)
class TaskStopTest {
  private static final String SOURCE =
      """
      import signal, time
      signal.signal(signal.SIGTERM, signal.SIG_IGN)
      def handler(event, context):
          while True:
              time.sleep(1)
      def pre_stop(context):
          pass
      """;

  private static FcTasks tasks;

  @BeforeAll
  static void start() {
    Python.require();
    tasks = new FcTasks(FcTester.start(Map.of()));
  }

  @AfterAll
  static void stop() {
    if (tasks != null) {
      tasks.fc.close();
    }
  }

  private static Invocation running(String name, FunctionSpec spec) {
    FcTasks.done(
        tasks
            .fc
            .node()
            .client()
            .functions()
            .deploy(name, spec, CodeZip.of(Map.of("index.py", SOURCE))));
    tasks.task(name, null, null);
    Invocation task = tasks.submit(name, "a", "");
    tasks.after(task, Event.Type.RUNNING, 1);
    return task;
  }

  private static List<String> delivered(Invocation task) {
    return FcTasks.done(tasks.fc.node().client().get(task.id())).events().stream()
        .filter(event -> event.type() == Event.Type.STOP_DELIVERED)
        .map(Event::detail)
        .toList();
  }

  @Test
  void taskWithoutAHookIsKilledAtOnce() {
    Invocation task = running("plain", FcRuns.python());
    tasks.stop("plain", "a");
    JsonNode record = tasks.ended("plain", task);
    assertEquals(List.of("Enqueued", "Running", "Stopping", "Stopped"), FcTasks.events(record));
    assertTrue(delivered(task).get(0).startsWith("SIGKILL"), () -> delivered(task).toString());
  }

  @Test
  void hookHasItsTimeBeforeTheKill() {
    Invocation task =
        running(
            "hooked",
            FcRuns.python().withManaged(next -> next.preStop = new Hook("index.pre_stop", 2_000)));
    tasks.stop("hooked", "a");
    tasks.after(task, Event.Type.STOP_DELIVERED, 1);
    assertEquals("Stopping", tasks.get("hooked", "a").path("status").asText());
    tasks.stop("hooked", "a"); // changes nothing
    tasks.fc.node().clock().advance(Duration.ofSeconds(2));
    JsonNode record = tasks.ended("hooked", task);
    assertEquals(List.of("Enqueued", "Running", "Stopping", "Stopped"), FcTasks.events(record));
    assertTrue(delivered(task).contains("pre-stop hook"), () -> delivered(task).toString());
  }
}
