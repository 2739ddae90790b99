package io.perdure.api.scf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.sign.Signer;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What every request goes through, whatever its action, on a whole node. */
class FrontDoorTest {
  private static ScfTester scf;

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of("rate-limit.rates", "scf.*=0,scf.ListLayers=2"));
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  @Test
  void unknownActionIsNamedInTheTextThatToolsLookFor() {
    assertEquals(
        "The request action=`Nope` is invalid or not found in service=`scf` and"
            + " version=`2018-04-16`.",
        scf.refused("InvalidAction", "Nope", "{}"));
  }

  @Test
  void unknownVersionIsRefused() {
    HttpRequest.Builder request =
        scf.signed("ListLayers", bytes("{}")).setHeader("X-TC-Version", "2017-03-12");
    assertCode("NoSuchVersion", scf.send(request));
  }

  @Test
  void bodyThatWasChangedBehindItsSignatureIsRefused() {
    HttpRequest.Builder request =
        scf.signed("ListLayers", bytes("{}")).POST(BodyPublishers.ofString("{ }"));
    assertEquals(
        "The provided credentials could not be validated. Please check your signature is correct.",
        assertCode("AuthFailure.SignatureFailure", scf.send(request)));
  }

  @Test
  void unsignedRequestIsRefusedBeforeItsParametersAreLookedAt() {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(scf.node().baseUri().resolve("/"))
            .POST(BodyPublishers.ofString("{\"Nope\":"))
            .header("Content-Type", "application/json")
            .header("X-TC-Action", "ListLayerVersions")
            .header("X-TC-Version", "2018-04-16")
            .header("X-TC-Timestamp", "1");
    assertCode("AuthFailure.InvalidAuthorization", scf.send(request));
  }

  @Test
  void browserAtTheRootIsToldWhatIsMissing() {
    HttpRequest.Builder request = HttpRequest.newBuilder(scf.node().baseUri().resolve("/"));
    assertCode("MissingParameter", scf.send(request));
  }

  @Test
  void otherMethodsAreRefusedInAnEnvelope() {
    HttpRequest.Builder request =
        scf.signed("ListLayers", bytes("{}")).method("PUT", BodyPublishers.ofString("{}"));
    assertCode("UnsupportedProtocol", scf.send(request));
  }

  @Test
  void regionThatIsNotServedIsRefusedNamingThoseThatAre() {
    HttpRequest.Builder request =
        scf.signed("ListLayerVersions", bytes("{}")).header("X-TC-Region", "mars-1");
    assertTrue(assertCode("UnsupportedRegion", scf.send(request)).contains("ap-guangzhou"));
  }

  @Test
  void callersTraceIdIsSentBack() {
    HttpResponse<byte[]> answer =
        scf.send(scf.signed("Nope", bytes("{}")).header("X-TC-TraceId", "abc-123"));
    assertEquals("abc-123", answer.headers().firstValue("X-TC-TraceId").orElse(""));
  }

  @Test
  void callsOverTheRateAreRefusedInTheTextThatToolsRead() {
    JsonNode last = scf.call("ListLayers", "{}");
    for (int i = 0; i < 2; i++) {
      assertEquals("UnsupportedOperation", last.at("/Error/Code").asText());
      last = scf.call("ListLayers", "{}");
    }
    assertEquals("RequestLimitExceeded", last.at("/Error/Code").asText());
    assertEquals(
        "Your current request times equals to `3` in a second, which exceeds the frequency limit"
            + " `2` for a second. Please reduce the frequency of calls.",
        last.at("/Error/Message").asText());
  }

  @Test
  void bodyThatIsTooLargeIsRefusedInAnEnvelope() {
    byte[] body = new byte[17 << 20];
    assertCode("RequestSizeLimitExceeded", scf.send(scf.signed("ListLayers", body)));
  }

  @Test
  void formOfManyBytesIsReadAndItsSignatureChecked() {
    Map<String, String> parameters =
        new TreeMap<>(
            Map.of(
                "Action",
                "ListLayerVersions",
                "Version",
                "2018-04-16",
                "Timestamp",
                Long.toString(Instant.now().getEpochSecond()),
                "Nonce",
                "1",
                "SecretId",
                scf.node().keyId(),
                "Text",
                "\u672a x".repeat(60_000)));
    String host = scf.node().baseUri().getAuthority();
    String signature = Signer.v1(scf.node().keySecret(), "HmacSHA1", "POST", host, parameters);
    parameters.put("Signature", signature);
    assertCode("UnsupportedOperation", scf.send(form(parameters)));

    parameters.merge("Text", "y", String::concat);
    assertCode("AuthFailure.SignatureFailure", scf.send(form(parameters)));
  }

  private static HttpRequest.Builder form(Map<String, String> parameters) {
    String form =
        parameters.entrySet().stream()
            .map(pair -> pair.getKey() + "=" + URLEncoder.encode(pair.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    return HttpRequest.newBuilder(scf.node().baseUri().resolve("/"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(form));
  }

  @Test
  void layersAreRefusedSayingWhatToUseInstead() {
    assertTrue(
        scf.refused("UnsupportedOperation", "PublishLayerVersion", "{'Anything':[1]}")
            .contains("code packages"));
  }

  private static String assertCode(String code, HttpResponse<byte[]> answer) {
    JsonNode error = ScfTester.envelope(answer).path("Error");
    assertEquals(code, error.path("Code").asText(), error::toString);
    return error.path("Message").asText();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
