package io.perdure.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perdure.client.CodeZip;
import io.perdure.client.FunctionSpec;
import io.perdure.client.Functions;
import io.perdure.client.PerdureClient;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.client.Submission;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Route;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs what the README shows of making functions over the event bus. */
@ExtendWith(PerdureExtension.class)
class FunctionsExampleTest {
  @TempDir Path dir;

  // README begin
  /** Deploys a zip, puts it behind an alias as a version that stays, and asks for one greeting. */
  static Future<String> greeting(Vertx vertx, Path zip) {
    PerdureClient perdure = PerdureClient.create(vertx);
    Functions functions = perdure.functions();
    FunctionSpec hello = FunctionSpec.python3("index.handler").withMemoryMb(128);
    return functions
        .uploadCode(zip) // in pieces
        .compose(code -> functions.put("hello", hello.withCode(code)))
        .compose(function -> functions.publishVersion("hello", "first"))
        .compose(version -> functions.putAlias("hello", "prod", Route.to(version.number())))
        .compose(
            alias ->
                perdure.invoke(
                    Submission.of("hello").withQualifier("prod"),
                    Buffer.buffer("{\"name\": \"world\"}"),
                    Duration.ofSeconds(30)))
        .map(invoked -> invoked.result().toString());
  }

  // README end

  @Test
  void greetingComesFromTheCodeInTheZip(PerdureNode node) throws IOException {
    String code = "def handler(event, context):\n    return {'hello': event['name']}\n";
    Path zip = dir.resolve("hello.zip");
    Files.write(zip, CodeZip.of(Map.of("index.py", code)).getBytes());
    String said;
    try {
      said = greeting(node.vertx(), zip).await();
    } catch (FailureException e) {
      boolean missing =
          e.failure() instanceof Failure.Invalid i && i.field().equals("runtime.kind");
      assumeTrue(!missing, "skipped: " + e.getMessage());
      throw e;
    }
    assertEquals("world", new JsonObject(said).getString("hello"));
  }
}
