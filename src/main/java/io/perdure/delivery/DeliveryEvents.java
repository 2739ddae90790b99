package io.perdure.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;
import java.util.Locale;

/**
 * What a destination is told, by the flavour of the function that was invoked. The same for every
 * attempt. Pure.
 *
 * <p>Function Compute's is that of its document (spec alibaba-fc, section 8.2); the native one has
 * the members that the README lists.
 */
final class DeliveryEvents {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String region;
  private final int bytesMax;

  /**
   * Makes events.
   *
   * @param region of Function Compute, for the names of functions
   * @param bytesMax largest event; what is larger is shortened, the result first
   */
  DeliveryEvents(String region, int bytesMax) {
    this.region = region;
    this.bytesMax = bytesMax;
  }

  /** The event of {@code of}, which has ended, as JSON. */
  byte[] event(Invocation of, Flavour flavour, byte[] payload, byte[] result) {
    return switch (flavour) {
      case NATIVE, SCF -> nativeEvent(of, payload, result);
      case FC2, FC3 -> cloudEvent(of, flavour, payload, result);
    };
  }

  // ---- native

  private byte[] nativeEvent(Invocation of, byte[] payload, byte[] result) {
    return fitted(
        BodyText.of(payload, bytesMax),
        BodyText.of(result, bytesMax),
        (asked, answered) -> {
          ObjectNode json = JSON.createObjectNode();
          json.put("version", 1);
          json.put("id", of.id().toString());
          json.put("key", of.key());
          json.put("namespace", of.namespace());
          json.put("function", of.function());
          json.put("qualifier", of.qualifier());
          json.put("status", of.status().name());
          json.put("reason", of.reason());
          error(json, of.error());
          json.put("attempts", of.attempts());
          json.put("acceptedAtMs", of.acceptedAt());
          json.put("endedAtMs", of.endedAt());
          ObjectNode labels = json.putObject("labels");
          of.labels().forEach(labels::put);
          body(json.putObject("payload"), asked);
          body(json.putObject("result"), answered);
          return json;
        });
  }

  private static void error(ObjectNode json, RunError error) {
    if (error == null) {
      json.putNull("error");
      return;
    }
    json.putObject("error")
        .put("kind", error.kind().name().toLowerCase(Locale.ROOT))
        .put("type", error.type())
        .put("message", error.message());
  }

  private static void body(ObjectNode json, BodyText body) {
    json.put("encoding", body.base64() ? "base64" : "text");
    json.put("whole", body.whole());
    json.put("content", body.text());
  }

  // ---- Function Compute

  private byte[] cloudEvent(Invocation of, Flavour flavour, byte[] payload, byte[] result) {
    BodyText answered =
        result.length == 0 && of.error() != null
            ? new BodyText(errorBody(of.error()), false, true)
            : BodyText.of(result, bytesMax);
    return fitted(
        BodyText.of(payload, bytesMax),
        answered,
        (asked, answer) -> {
          ObjectNode json = JSON.createObjectNode();
          json.put("timestamp", of.endedAt());
          json.putObject("requestContext")
              .put("requestId", of.shownRequestId())
              .put("functionArn", arn(of, flavour))
              .put("condition", condition(of))
              .put("approximateInvokeCount", of.attempts());
          json.put("requestPayload", asked.text());
          json.putObject("responseContext")
              .put("statusCode", byPlatform(of) ? 500 : 200)
              .put("functionError", functionError(of));
          json.put("responsePayload", answer.text());
          return json;
        });
  }

  private String arn(Invocation of, Flavour flavour) {
    return flavour == Flavour.FC3
        ? "acs:fc:" + region + ":" + of.account() + ":functions/" + of.function()
        : "acs:fc:::services/"
            + of.namespace()
            + "."
            + of.qualifier()
            + "/functions/"
            + of.function();
  }

  private static boolean byPlatform(Invocation of) {
    return switch (of.status()) {
      case FAILED -> of.error() != null && of.error().kind() == RunError.Kind.PLATFORM;
      default -> false;
    };
  }

  /** Empty for a success and a stop. */
  private static String condition(Invocation of) {
    return switch (of.status()) {
      case FAILED -> byPlatform(of) ? systemError(of.error()) : functionError(of);
      case EXPIRED -> "Expired";
      case INVALID -> "Invalid";
      default -> "";
    };
  }

  private static String systemError(RunError error) {
    return error.type().equals("Throttled") ? "FunctionResourceExhausted" : "InternalServerError";
  }

  private static String functionError(Invocation of) {
    return switch (of.status()) {
      case FAILED ->
          byPlatform(of) || of.error() == null
              ? ""
              : of.error().handled() ? "HandledInvocationError" : "UnhandledInvocationError";
      default -> "";
    };
  }

  private static String errorBody(RunError error) {
    return JSON.createObjectNode()
        .put("errorMessage", error.message().isEmpty() ? error.type() : error.message())
        .put("errorType", error.type())
        .toString();
  }

  // ---- size

  private interface Form {
    ObjectNode of(BodyText payload, BodyText result);
  }

  /** As little of the result is left out as must be, and then of the payload. */
  private byte[] fitted(BodyText payload, BodyText result, Form form) {
    byte[] whole = bytes(form.of(payload, result));
    if (whole.length <= bytesMax) {
      return whole;
    }
    byte[] withoutResult = bytes(form.of(payload, result.within(0)));
    if (withoutResult.length <= bytesMax) {
      return bytes(form.of(payload, result.within(bytesMax - withoutResult.length)));
    }
    byte[] bare = bytes(form.of(payload.within(0), result.within(0)));
    return bytes(form.of(payload.within(bytesMax - bare.length), result.within(0)));
  }

  private static byte[] bytes(ObjectNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an event cannot be written", e);
    }
  }
}
