package io.perdure.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.client.FunctionSpec;
import io.perdure.client.Invoked;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Status;
import io.perdure.testkit.Python;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Functions in Python as the documentation of both clouds shows them, on a whole node. */
@ExtendWith(PerdureExtension.class)
@Timeout(120)
class PythonVendorsTest {
  private static final String SCF_SAMPLE =
      """
          # -*- coding: utf8 -*-
          import json
          def main_handler(event, context):
              print('Received event: ' + json.dumps(event, indent = 2))
              print('Received context: ' + str(context))
              print('value1 = ' + event['key1'])
              return('Hello World')
          """;
  private static final String FC_SAMPLE =
      """
          # -*- coding: utf-8 -*-
          import logging, json
          counter = 0
          def my_initializer(context):
              logger = logging.getLogger()
              logger.info('initializing')
              global counter
              counter = 10
          def handler(event, context):
              evt = json.loads(event)
              logger = logging.getLogger()
              logger.info('hello %s', evt['key'])
              global counter
              counter += 1
              return str(counter) + ' ' + context.function.name
          """;

  @BeforeAll
  static void needPython() {
    Python.require();
  }

  @Test
  void sampleOfScfRuns(PerdureNode node) throws Exception {
    node.deploy(
        "scf",
        FunctionSpec.python3("index.main_handler").withFlavour(Flavour.SCF),
        Map.of("index.py", SCF_SAMPLE));
    Invoked invoked = invoke(node, "scf", "{\"key1\": \"test value 1\"}");
    assertEquals("\"Hello World\"", invoked.result().toString());
    String log = invoked.log().toString();
    assertTrue(log.contains("value1 = test value 1"), log);
    assertTrue(log.contains("'request_id': '" + invoked.invocation().id() + "'"), log);
    Invoked failed = invoke(node, "scf", "{}");
    assertEquals(Status.FAILED, failed.invocation().status());
    assertEquals("KeyError", failed.invocation().error().type());
    assertEquals("'key1'", new JsonObject(failed.result()).getString("errorMessage"));
  }

  @Test
  void sampleOfFunctionComputeRuns(PerdureNode node) throws Exception {
    node.deploy(
        "fc",
        FunctionSpec.python3("index.handler")
            .withFlavour(Flavour.FC3)
            .withInitializer("index.my_initializer"),
        Map.of("index.py", FC_SAMPLE));
    Invoked invoked = invoke(node, "fc", "{\"key\": \"world\"}");
    assertEquals("11 fc", invoked.result().toString());
    String log = invoked.log().toString();
    assertTrue(log.contains("[INFO] initializing"), log);
    assertTrue(log.contains(invoked.invocation().id() + " [INFO] hello world"), log);
  }

  @Test
  void callsThatShareAnInstanceHaveLogsOfTheirOwn(PerdureNode node) throws Exception {
    node.deploy(
        "shared",
        FunctionSpec.python3("index.handler").withInstanceConcurrency(10),
        Map.of(
            "index.py",
            """
          import time
          def handler(event, context):
              print('begin', event)
              time.sleep(0.01)
              print('end', event)
              return event
          """));
    List<Future<Invoked>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(node.client().invoke("shared", Buffer.buffer("" + i)));
    }
    for (int i = 0; i < 50; i++) {
      Invoked invoked = all.get(i).await(60, TimeUnit.SECONDS);
      assertEquals("" + i, invoked.result().toString());
      assertEquals("begin " + i + "\nend " + i + "\n", invoked.log().toString());
    }
  }

  private static Invoked invoke(PerdureNode node, String function, String payload)
      throws Exception {
    Invoked invoked =
        node.client().invoke(function, Buffer.buffer(payload)).await(60, TimeUnit.SECONDS);
    assertFalse(invoked.invocation().attempts() == 0);
    return invoked;
  }
}
