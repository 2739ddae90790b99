package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.v1.HttpCalls.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Functions that run uploaded code: their settings, and the ways their code comes. */
class ManagedFunctionTest {
  private static final String FUNCTIONS = "/v1/namespaces/default/functions/";
  private static final String PYTHON =
      "\"runtime\":{\"kind\":\"python3\",\"handler\":\"index.handler\"}";

  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  @Test
  void newFunctionHasNoCodeAndTheDefaults() {
    JsonNode json = put("fresh", "{" + PYTHON + "}").expect(201).json();
    assertTrue(json.path("code").isNull(), json::toString);
    assertEquals("native", json.path("flavour").asText());
    assertEquals("LATEST", json.path("version").asText());
    JsonNode runtime = json.path("runtime");
    assertEquals("python3", runtime.path("name").asText());
    assertEquals(256, runtime.path("memoryMb").asInt());
    assertEquals(512, runtime.path("diskMb").asInt());
    assertEquals(1, runtime.path("instanceConcurrency").asInt());
    assertEquals(65_000, runtime.path("initTimeoutMs").asInt());
    assertEquals(300_000, runtime.path("idleMs").asInt());
    assertTrue(runtime.path("initializer").isNull());
    assertTrue(runtime.path("preStop").isNull());
  }

  @Test
  void everySettingIsKeptAndCanBeSentBack() {
    Answer made =
        put(
                "full",
                """
                {"flavour":"fc3","description":"resizes","tags":{"team":"blue","env":"prod"},
                 "runtime":{"kind":"nodejs20","handler":"lib/index.main","initializer":"index.init",
                   "initTimeoutMs":9000,"preStop":{"handler":"index.stop","timeoutMs":4000},
                   "env":{"SIZE":"200"},"memoryMb":512,"diskMb":1024,"instanceConcurrency":10,
                   "idleMs":60000},
                 "code":{"zip":"%s"},"timeoutMs":5000}
                """
                    .formatted(base64("PK full")))
            .expect(201);
    JsonNode json = made.json();
    assertEquals("fc3", json.path("flavour").asText());
    assertEquals("resizes", json.path("description").asText());
    assertEquals("blue", json.at("/tags/team").asText());
    JsonNode runtime = json.path("runtime");
    assertEquals("nodejs", runtime.path("kind").asText());
    assertEquals("nodejs20", runtime.path("name").asText());
    assertEquals("index.init", runtime.path("initializer").asText());
    assertEquals(4_000, runtime.at("/preStop/timeoutMs").asInt());
    assertEquals("200", runtime.at("/env/SIZE").asText());
    assertEquals(10, runtime.path("instanceConcurrency").asInt());
    assertEquals(7, json.at("/code/bytes").asInt());
    assertEquals(made.text(), put("full", made.text()).expect(200).text());
  }

  @Test
  void customRuntimesSpeakAsTheirFlavourDoes() {
    String custom = "\"runtime\":{\"kind\":\"custom\"}";
    assertEquals("http", protocol("c1", "{" + custom + "}"));
    assertEquals("runtime-api", protocol("c2", "{\"flavour\":\"scf\"," + custom + "}"));
    assertEquals(
        "runtime-api",
        protocol("c3", "{\"runtime\":{\"kind\":\"custom\",\"protocol\":\"runtime-api\"}}"));
    String shown = SERVER.http().get(FUNCTIONS + "c3").expect(200).text();
    assertEquals(shown, put("c3", shown).expect(200).text());
  }

  private static String protocol(String name, String body) {
    return put(name, body).expect(201).json().at("/runtime/protocol").asText();
  }

  @Test
  void webServerKeepsItsCommandAndPort() {
    JsonNode json =
        put(
                "site",
                "{\"runtime\":{\"kind\":\"web\",\"command\":[\"python3\",\"app.py\"],"
                    + "\"port\":9000}}")
            .expect(201)
            .json();
    assertEquals("[\"python3\",\"app.py\"]", json.at("/runtime/command").toString());
    assertEquals(9_000, json.at("/runtime/port").asInt());
  }

  @Test
  void flavourStaysWhenABodyNamesNone() {
    put("kept", "{\"flavour\":\"scf\"," + PYTHON + "}").expect(201);
    JsonNode json = put("kept", "{" + PYTHON + ",\"timeoutMs\":7}").expect(200).json();
    assertEquals("scf", json.path("flavour").asText());
  }

  @Test
  void codeStaysWhenABodyNamesNone() {
    put("steady", "{" + PYTHON + ",\"code\":{\"zip\":\"" + base64("PK steady") + "\"}}")
        .expect(201);
    JsonNode json = put("steady", "{" + PYTHON + ",\"timeoutMs\":7}").expect(200).json();
    assertEquals(9, json.at("/code/bytes").asInt());
  }

  @Test
  void storedCodeIsTakenByItsHash() {
    JsonNode first =
        put("one", "{" + PYTHON + ",\"code\":{\"zip\":\"" + base64("PK shared") + "\"}}")
            .expect(201)
            .json();
    String hash = first.at("/code/sha256").asText();
    JsonNode second =
        put("two", "{" + PYTHON + ",\"code\":{\"sha256\":\"" + hash + "\"}}").expect(201).json();
    assertEquals(first.path("code"), second.path("code"));
    String unknown = "0".repeat(64);
    put("three", "{" + PYTHON + ",\"code\":{\"sha256\":\"" + unknown + "\"}}")
        .problem(404, "not-found");
  }

  @Test
  void largeCodeInABodyIsTakenWhole() {
    byte[] zip = new byte[700_000];
    new Random(1).nextBytes(zip);
    zip[0] = 'P';
    zip[1] = 'K';
    String body =
        "{" + PYTHON + ",\"code\":{\"zip\":\"" + Base64.getEncoder().encodeToString(zip) + "\"}}";
    JsonNode json = put("large", body).expect(201).json();
    assertEquals(ServedPackages.sha256(zip), json.at("/code/sha256").asText());
    assertArrayEquals(zip, SERVER.http().get(FUNCTIONS + "large/code").expect(200).body());
  }

  @Test
  void largeBodyIsRefusedNamingThePlace() {
    String padding = "\"description\":\"" + "d".repeat(200_000) + "\"";
    assertEquals("$.description", refused("{" + PYTHON + "," + padding + "}"));
    assertEquals("$.zap", refused("{" + PYTHON + "," + padding + ",\"zap\":1}"));
    assertEquals("$", refused("{" + PYTHON + "," + padding + "} {}"));
    assertEquals("$", refused("[" + " ".repeat(200_000) + "]"));
    assertEquals(
        "$.code.zip",
        refused("{" + PYTHON + ",\"code\":{\"zip\":\"" + "*".repeat(200_000) + "\"}}"));
  }

  private static String refused(String body) {
    return put("refused", body).problem(400, "invalid").path("field").asText();
  }

  @Test
  void brokenZipIsRefusedAndForgotten() {
    int uploads = SERVER.packages.uploads.size();
    put("broken", "{" + PYTHON + ",\"code\":{\"zip\":\"" + base64("no zip") + "\"}}")
        .problem(400, "invalid");
    assertEquals(uploads, SERVER.packages.uploads.size());
    SERVER.http().get(FUNCTIONS + "broken").problem(404, "not-found");
  }

  @Test
  void describedFunctionLosesItsDescriptionWhenItIsReplacedWithoutOne() {
    put("told", "{" + PYTHON + ",\"description\":\"first\"}").expect(201);
    JsonNode json = put("told", "{" + PYTHON + "}").expect(200).json();
    assertEquals("", json.path("description").asText());
  }

  @Test
  void functionWithoutCodeHasNone() {
    put("plain", "{\"runtime\":{\"kind\":\"http\",\"url\":\"http://f/\"}}").expect(201);
    SERVER.http().get(FUNCTIONS + "plain/code").problem(409, "conflict");
    SERVER
        .http()
        .send("PUT", FUNCTIONS + "plain/code", BodyPublishers.ofString("PK"))
        .problem(409, "conflict");
    put("bare", "{" + PYTHON + "}").expect(201);
    SERVER.http().get(FUNCTIONS + "bare/code").problem(404, "not-found");
    assertNull(SERVER.http().get(FUNCTIONS + "bare/code").header("etag"));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Answer put(String name, String body) {
    return SERVER.http().json("PUT", FUNCTIONS + name, body);
  }
}
