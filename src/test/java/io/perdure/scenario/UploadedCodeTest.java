package io.perdure.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.CodeZip;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.NodeApi.Answer;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Functions of uploaded code on a whole node, over HTTP, waited for. */
@ExtendWith(PerdureExtension.class)
@Timeout(120)
class UploadedCodeTest {
  private static final String PYTHON =
      "\"runtime\":{\"kind\":\"python3\",\"handler\":\"index.handler\",\"memoryMb\":128}";

  @Test
  void codeRunsAndIsReplaced(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    deploy(api, "f", "def handler(event, context):\n    return {'old': event['n']}\n");
    Answer first = invoke(api, "f", "{\"n\":1}").expect(200);
    assertEquals(NodeApi.parse("{\"old\":1}"), first.json());
    assertNotNull(first.header("perdure-instance-id"));
    byte[] zip =
        CodeZip.of(Map.of("index.py", "def handler(event, context):\n    return {'new': 2}\n"))
            .getBytes();
    api.send("PUT", NodeApi.function("f") + "/code", zip).expect(200);
    assertEquals(NodeApi.parse("{\"new\":2}"), invoke(api, "f", "{}").expect(200).json());
  }

  @Test
  void failureIsToldAsTheFunctionToldIt(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    deploy(api, "f", "def handler(event, context):\n    raise ValueError('no good')\n");
    Answer answer = invoke(api, "f", "{}").expect(424);
    assertEquals("FAILED", answer.header("perdure-status"));
    assertEquals("ValueError", answer.header("perdure-error-type"));
    assertEquals("no good", answer.json().path("errorMessage").asText());
    JsonNode record = api.state(answer.header("perdure-invocation-id"));
    assertEquals("ValueError", record.at("/error/type").asText());
    assertEquals("function", record.at("/error/kind").asText());
  }

  @Test
  void versionBehindAnAliasStaysAsItWasAlsoAfterARestart(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    deploy(api, "f", "def handler(event, context):\n    return 'one'\n");
    String function = NodeApi.function("f");
    api.post(function + "/versions", "").expect(201);
    api.send("PUT", function + "/aliases/prod", "{\"version\":\"1\"}".getBytes(UTF_8)).expect(201);
    deploy(api, "f", "def handler(event, context):\n    return 'two'\n");
    node.restart();
    api = NodeApi.of(node);
    Answer prod = api.post(function + "/invoke?qualifier=prod", "").expect(200);
    assertEquals("one", prod.text());
    assertEquals("1", prod.header("perdure-version"));
    assertEquals("two", invoke(api, "f", "").expect(200).text());
  }

  @Test
  void instancesAreStartedAheadUsedAndEnded(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    deploy(
        api,
        "f",
        "import os\n\ndef handler(event, context):\n    print('in', os.getpid())\n    return 'x'\n");
    String instances = NodeApi.function("f") + "/instances";
    JsonNode warmed = api.post(instances + ":warm", "{\"count\":2}").expect(200).json();
    assertEquals(2, warmed.path("ready").asInt(), warmed::toString);
    Answer answer =
        api.post(NodeApi.function("f") + "/invoke", "", "Perdure-Log", "tail").expect(200);
    String log = new String(Base64.getDecoder().decode(answer.header("perdure-log-tail")), UTF_8);
    assertTrue(log.startsWith("in "), log);
    JsonNode listed = api.get(instances).expect(200).json().path("instances");
    assertEquals(2, listed.size(), listed::toString);
    assertTrue(listed.toString().contains(answer.header("perdure-instance-id")), listed::toString);
    api.send("DELETE", instances, new byte[0]).expect(204);
  }

  private static Answer invoke(NodeApi api, String name, String payload) {
    return api.post(NodeApi.function(name) + "/invoke", payload, "Perdure-Timeout", "60s");
  }

  private static void deploy(NodeApi api, String name, String python) {
    byte[] zip = CodeZip.of(Map.of("index.py", python)).getBytes();
    String body =
        "{" + PYTHON + ",\"code\":{\"zip\":\"" + Base64.getEncoder().encodeToString(zip) + "\"}}";
    Answer put = api.send("PUT", NodeApi.function(name), body.getBytes(UTF_8));
    boolean missing = put.status() == 400 && put.text().contains("\"$.runtime.kind\"");
    assumeTrue(!missing, () -> "skipped: " + put.text());
    assertTrue(put.status() < 300, put::text);
  }
}
