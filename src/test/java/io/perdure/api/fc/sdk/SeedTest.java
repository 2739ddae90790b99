package io.perdure.api.fc.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.aliyun.teaopenapi.models.OpenApiRequest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.perdure.testkit.Python;
import io.perdure.testkit.Zips;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From nothing to the record of a task, by 2021-04-06, with what its SDKs are made of. */
@Timeout(60)
class SeedTest {
  @RegisterExtension static final FcNode NODE = FcNode.real();

  private static final JsonMapper JSON = new JsonMapper();
  private static final String TASK_ID = "X-Fc-Stateful-Async-Invocation-Id";

  @Test
  void aTaskOfPythonLeavesItsWholeRecord() throws Exception {
    Python.require();
    wholeRecord("python3", "index.py", Customer.ECHO);
  }

  @Test
  void aTaskOfNodejsLeavesItsWholeRecord() throws Exception {
    assumeTrue(onPath("node"), "skipped: there is no node on the PATH");
    wholeRecord("nodejs16", "index.js", "exports.handler = (e, context, done) => done(null, e)");
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  private static void wholeRecord(String runtime, String file, String code) throws Exception {
    FcNode.Client2 fc = NODE.client2();
    String service = NODE.fresh("demo");
    String functions = "/services/" + service + "/functions";
    fc.call("CreateService", "POST", "/services", body(Map.of("serviceName", service)));
    String zip = Base64.getEncoder().encodeToString(Zips.of(file, code));
    Map<String, Object> function =
        Map.of(
            "functionName",
            "hello",
            "runtime",
            runtime,
            "handler",
            "index.handler",
            "code",
            Map.of("zipFile", zip));
    fc.call("CreateFunction", "POST", functions, body(function));
    fc.call(
        "PutFunctionAsyncInvokeConfig",
        "PUT",
        functions + "/hello/async-invoke-config",
        body(Map.of("statefulInvocation", true)));
    var invoke = new OpenApiRequest().setBody("{\"k\":1}");
    invoke.setHeaders(Map.of("X-Fc-Invocation-Type", "Async", TASK_ID, "task-1"));
    Map<String, ?> accepted =
        fc.call("InvokeFunction", "POST", functions + "/hello/invocations", invoke);
    JsonNode headers = JSON.valueToTree(accepted.get("headers"));
    String requestId = headers.path("x-fc-request-id").asText();
    NODE.nativeApi().ended(requestId);
    JsonNode task =
        JSON.valueToTree(
            fc.call(
                    "GetStatefulAsyncInvocation",
                    "GET",
                    functions + "/hello/stateful-async-invocations/task-1",
                    new OpenApiRequest())
                .get("body"));
    assertEquals("Succeeded", task.path("status").asText(), task::toString);
    assertEquals("task-1", task.path("invocationId").asText());
    assertEquals(requestId, task.path("requestId").asText());
    assertEquals(service, task.path("serviceName").asText());
    assertEquals("LATEST", task.path("qualifier").asText());
    assertEquals("{\"k\":1}", task.path("invocationPayload").asText());
    assertEquals("{\"k\":1}", task.path("returnPayload").asText());
    assertTrue(task.path("endTime").asLong() >= task.path("startedTime").asLong());
    assertEquals(List.of("Enqueued", "Running", "Succeeded"), statuses(task));
  }

  private static List<String> statuses(JsonNode task) {
    List<String> statuses = new ArrayList<>();
    task.path("events").forEach(event -> statuses.add(event.path("status").asText()));
    statuses.remove("Dequeued");
    return statuses;
  }

  private static OpenApiRequest body(Map<String, ?> fields) {
    return new OpenApiRequest().setBody(fields);
  }
}
