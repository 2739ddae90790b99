package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.function;
import static io.perdure.testkit.NodeApi.invocation;
import static io.perdure.testkit.NodeApi.status;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Status;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.Zips;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Code from its upload to its removal, on a whole node. */
@ExtendWith(PerdureExtension.class)
@Timeout(60)
class CodeTest {
  /** Speaks as a bootstrap does. */
  private static final byte[] CODE = Zips.zip().file("bootstrap", 0755, bootstrap()).bytes();

  private static byte[] bootstrap() {
    return """
        #!/usr/bin/env python3
        import os, urllib.request
        api = "http://%s:%s" % (os.environ["SCF_RUNTIME_API"], os.environ["SCF_RUNTIME_API_PORT"])
        urllib.request.urlopen(urllib.request.Request(api + "/runtime/init/ready", b" "))
        while True:
            event = urllib.request.urlopen(api + "/runtime/invocation/next").read()
            urllib.request.urlopen(
                urllib.request.Request(api + "/runtime/invocation/response", event.upper()))
        """
        .getBytes(UTF_8);
  }

  private static String custom(String code) {
    return "{\"runtime\":{\"kind\":\"custom\"},\"flavour\":\"scf\",\"code\":{" + code + "}}";
  }

  private static String inline(byte[] zip) {
    return "\"zip\":\"" + Base64.getEncoder().encodeToString(zip) + "\"";
  }

  @Test
  void codeRunsBeforeAndAfterARestart(PerdureNode node) {
    assumeTrue(
        Stream.of("/usr/bin/python3", "/usr/local/bin/python3")
            .anyMatch(python -> Files.isExecutable(Path.of(python))),
        "there is no python3 for the bootstrap");
    NodeApi api = NodeApi.of(node);
    api.putFunction("shout", custom(inline(CODE)));
    assertEquals("ONE", result(api, "one"));

    node.restart();
    api = NodeApi.of(node);
    assertEquals("TWO", result(api, "two"));
    assertArrayEquals(CODE, api.get(function("shout") + "/code").expect(200).body());
  }

  private static String result(NodeApi api, String payload) {
    String id = api.submit("shout", payload);
    JsonNode ended = api.ended(id);
    assertEquals(Status.SUCCEEDED, status(ended), ended::toString);
    return api.get(invocation(id) + "/result").expect(200).text();
  }

  @Test
  void codeGoesAnHourAfterItsLastFunction(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    api.putFunction("shout", custom(inline(CODE)));
    String sha256 =
        api.get(function("shout")).expect(200).json().path("code").path("sha256").asText();
    node.clock().advance(Duration.ofHours(2));
    api.putFunction("other", custom("\"sha256\":\"" + sha256 + "\""));
    api.send("DELETE", function("shout"), new byte[0]).expect(204);
    api.send("DELETE", function("other"), new byte[0]).expect(204);
    node.clock().advance(Duration.ofMinutes(62));

    String again = custom("\"sha256\":\"" + sha256 + "\"");
    api.send("PUT", function("shout"), again.getBytes(UTF_8), "Content-Type", "application/json")
        .problem(404, "not-found");
  }

  @Test
  void codeWithoutTheFileItBeginsWithIsRefused(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    JsonNode problem =
        api.send(
                "PUT",
                function("shout"),
                custom(inline(Zips.of("readme", "x")))
                    .replace("\"scf\"", "\"native\"")
                    .getBytes(UTF_8),
                "Content-Type",
                "application/json")
            .problem(400, "invalid");

    assertTrue(
        problem.toString().contains("the runtime needs bootstrap, which"), problem::toString);
  }
}
