package io.perdure.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.perdure.invocation.Destination.ToAddress;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.perdure.testkit.Seeds;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeliveryEventsTest {
  private static final byte[] NOTHING = {};
  private static final int BYTES_MAX = 4_096;

  private final DeliveryEvents events = new DeliveryEvents("cn-hangzhou", BYTES_MAX);
  private final InvocationBuilder of = Outcomes.succeeded(new ToAddress("a"));

  private JsonNode event(Flavour flavour, byte[] payload, byte[] result) {
    byte[] event = events.event(of.build(), flavour, payload, result);
    assertTrue(event.length <= BYTES_MAX, event.length + " bytes");
    try {
      return new ObjectMapper().readTree(event);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + new String(event, UTF_8), e);
    }
  }

  private void failed(RunError.Kind kind, String type, boolean handled) {
    of.status = Status.FAILED;
    of.error = new RunError(kind, type, "it broke", handled);
  }

  @Test
  void eventOfAFunctionWithoutServiceIsThatOfTheDocument() {
    of.namespace = "$fc3";
    of.requestId = "req-1";
    JsonNode event = event(Flavour.FC3, "in".getBytes(UTF_8), "out".getBytes(UTF_8));
    assertEquals(
        "{\"timestamp\":1790000000002,\"requestContext\":{\"requestId\":\"req-1\","
            + "\"functionArn\":\"acs:fc:cn-hangzhou:acc:functions/work\",\"condition\":\"\","
            + "\"approximateInvokeCount\":1},\"requestPayload\":\"in\","
            + "\"responseContext\":{\"statusCode\":200,\"functionError\":\"\"},"
            + "\"responsePayload\":\"out\"}",
        event.toString());
  }

  @Test
  void eventOfAServicesFunctionNamesServiceAndQualifier() {
    of.namespace = "svc";
    of.qualifier = "prod";
    JsonNode event = event(Flavour.FC2, NOTHING, NOTHING);
    assertEquals(
        "acs:fc:::services/svc.prod/functions/work",
        event.at("/requestContext/functionArn").asText());
    assertEquals(of.id.toString(), event.at("/requestContext/requestId").asText());
  }

  @Test
  void failureOfTheFunctionIsTold() {
    failed(RunError.Kind.FUNCTION, "ValueError", false);
    of.attempts = 3;
    JsonNode event = event(Flavour.FC3, NOTHING, NOTHING);
    assertEquals("UnhandledInvocationError", event.at("/requestContext/condition").asText());
    assertEquals("UnhandledInvocationError", event.at("/responseContext/functionError").asText());
    assertEquals(200, event.at("/responseContext/statusCode").asInt());
    assertEquals(3, event.at("/requestContext/approximateInvokeCount").asInt());
    assertEquals(
        "{\"errorMessage\":\"it broke\",\"errorType\":\"ValueError\"}",
        event.path("responsePayload").asText());
    failed(RunError.Kind.FUNCTION, "Error", true);
    assertEquals(
        "HandledInvocationError",
        event(Flavour.FC3, NOTHING, NOTHING).at("/responseContext/functionError").asText());
  }

  @Test
  void whatTheFunctionAnsweredInSpiteOfItsFailureIsPassedOn() {
    failed(RunError.Kind.FUNCTION, "ValueError", false);
    JsonNode event = event(Flavour.FC3, NOTHING, "{\"errorMessage\":\"x\"}".getBytes(UTF_8));
    assertEquals("{\"errorMessage\":\"x\"}", event.path("responsePayload").asText());
  }

  @Test
  void failureOfThePlatformIsASystemError() {
    failed(RunError.Kind.PLATFORM, "NodeLost", false);
    JsonNode event = event(Flavour.FC3, NOTHING, NOTHING);
    assertEquals("InternalServerError", event.at("/requestContext/condition").asText());
    assertEquals(500, event.at("/responseContext/statusCode").asInt());
    assertEquals("", event.at("/responseContext/functionError").asText());
    failed(RunError.Kind.PLATFORM, "Throttled", false);
    assertEquals(
        "FunctionResourceExhausted",
        event(Flavour.FC2, NOTHING, NOTHING).at("/requestContext/condition").asText());
  }

  @Test
  void stopExpiryAndDeletionAreTold() {
    for (Map.Entry<Status, String> expected :
        Map.of(Status.STOPPED, "", Status.EXPIRED, "Expired", Status.INVALID, "Invalid")
            .entrySet()) {
      of.status = expected.getKey();
      JsonNode event = event(Flavour.FC3, NOTHING, NOTHING);
      assertEquals(expected.getValue(), event.at("/requestContext/condition").asText());
      assertEquals("", event.at("/responseContext/functionError").asText());
    }
  }

  @Test
  void nativeEventHasNamesOfItsOwn() {
    of.labels = Map.of("team", "media");
    failed(RunError.Kind.TIMEOUT, "Timeout", false);
    JsonNode event = event(Flavour.SCF, "in".getBytes(UTF_8), NOTHING);
    assertEquals(1, event.path("version").asInt());
    assertEquals("FAILED", event.path("status").asText());
    assertEquals("timeout", event.at("/error/kind").asText());
    assertEquals("it broke", event.at("/error/message").asText());
    assertEquals("media", event.at("/labels/team").asText());
    assertEquals(
        "{\"encoding\":\"text\",\"whole\":true,\"content\":\"in\"}",
        event.path("payload").toString());
  }

  @Test
  void bodyThatIsNoTextIsBase64() {
    byte[] bytes = {(byte) 0xff, 0, 1};
    JsonNode event = event(Flavour.NATIVE, bytes, bytes);
    assertEquals("base64", event.at("/payload/encoding").asText());
    assertEquals(Base64.getEncoder().encodeToString(bytes), event.at("/result/content").asText());
  }

  @Test
  void resultIsShortenedBeforeThePayload() {
    byte[] large = "ä".repeat(BYTES_MAX).getBytes(UTF_8);
    byte[] payload = "p".repeat(1_000).getBytes(UTF_8);
    JsonNode event = event(Flavour.NATIVE, payload, large);
    assertTrue(event.at("/payload/whole").asBoolean());
    assertFalse(event.at("/result/whole").asBoolean());
    String kept = event.at("/result/content").asText();
    assertTrue(kept.length() > 1_000 && "ä".repeat(BYTES_MAX).startsWith(kept), kept);
    JsonNode both = event(Flavour.NATIVE, large, large);
    assertEquals("", both.at("/result/content").asText());
    assertTrue(both.at("/payload/content").asText().length() > 1_000);
  }

  @Test
  void eventIsNeverLargerThanTheLimitWhateverIsInIt() {
    Seeds.each(
        50,
        random -> {
          byte[] payload = new byte[random.nextInt(3 * BYTES_MAX)];
          byte[] result = new byte[random.nextInt(3 * BYTES_MAX)];
          int alphabet = 1 + random.nextInt(256);
          for (byte[] body : new byte[][] {payload, result}) {
            for (int i = 0; i < body.length; i++) {
              body[i] = (byte) random.nextInt(alphabet);
            }
          }
          for (Flavour flavour : Flavour.values()) {
            event(flavour, payload, result);
          }
        });
  }
}
