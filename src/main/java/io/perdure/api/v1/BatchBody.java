package io.perdure.api.v1;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.perdure.api.JsonOut;
import io.perdure.api.Problem;
import io.perdure.api.ProblemException;
import io.perdure.invocation.Invocation;
import io.perdure.router.SubmitOutcome;
import io.perdure.router.SubmitRequest;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A batch: one JSON object a line. Blank lines do not count. A line that cannot be read has a
 * problem of its own and touches no other.
 *
 * @param requests of the lines that could be read, in order
 * @param problems by number of the line, from 0
 * @param size number of lines
 */
record BatchBody(List<SubmitRequest> requests, Map<Integer, Problem> problems, int size) {
  private static final JsonFactory JSON =
      new JsonFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
  private static final int LINE_BYTES = 160;
  private static final String EXPECTED_FIELDS =
      "no such field; known are delayMs, key, labels, payload, payloadBase64, qualifier";

  /**
   * What one line says.
   *
   * @param payload the bytes of {@code payload} as they stand in the line, or those of {@code
   *     payloadBase64}; empty when there is neither
   */
  @SuppressWarnings("ArrayRecordComponent") // payload bytes are handed over, never compared
  record Line(
      byte[] payload, String qualifier, String key, long delayMillis, Map<String, String> labels) {}

  static BatchBody parse(byte[] body, int linesMax, Function<Line, SubmitRequest> request) {
    List<SubmitRequest> requests = new ArrayList<>();
    Map<Integer, Problem> problems = new HashMap<>();
    int size = 0;
    int from = 0;
    while (from < body.length) {
      int end = from;
      while (end < body.length && body[end] != '\n') {
        end++;
      }
      if (!blank(body, from, end)) {
        if (size == linesMax) {
          throw Problem.invalid("body", "expected at most " + linesMax + " lines");
        }
        try {
          requests.add(request.apply(line(body, from, end - from)));
        } catch (ProblemException e) {
          problems.put(size, e.problem());
        }
        size++;
      }
      from = end + 1;
    }
    if (size == 0) {
      throw Problem.invalid("body", "expected a JSON object a line, got no line");
    }
    return new BatchBody(requests, problems, size);
  }

  /** A line for each line: what became of it. */
  Buffer answer(List<SubmitOutcome> outcomes) {
    return JsonOut.lines(
        LINE_BYTES * size,
        json -> {
          int asked = 0;
          for (int index = 0; index < size; index++) {
            json.writeStartObject();
            json.writeNumberField("index", index);
            Problem problem = problems.get(index);
            if (problem == null) {
              write(json, outcomes.get(asked++));
            } else {
              problem.write(json, null);
            }
            json.writeEndObject();
          }
        });
  }

  private static void write(JsonGenerator json, SubmitOutcome outcome) throws IOException {
    if (outcome.failure() != null) {
      Problem.of(outcome.failure()).write(json, null);
      return;
    }
    Invocation invocation = outcome.submitted().invocation();
    json.writeNumberField("status", outcome.submitted().created() ? 202 : 200);
    json.writeStringField("id", invocation.id().toString());
    if (invocation.key() != null) {
      json.writeStringField("key", invocation.key());
    }
  }

  private static Line line(byte[] body, int offset, int length) {
    try (JsonParser json = JSON.createParser(body, offset, length)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw Problem.invalid("$", "expected a JSON object");
      }
      Line line = members(json, body, offset);
      if (json.nextToken() != null) {
        throw Problem.invalid("$", "expected one JSON object a line, there is more behind it");
      }
      return line;
    } catch (JsonProcessingException e) {
      throw Problem.invalid(
          "$", "expected JSON, found an error at column " + e.getLocation().getColumnNr());
    } catch (IOException e) {
      throw Problem.invalid("$", "expected JSON in UTF-8");
    }
  }

  private static Line members(JsonParser json, byte[] body, int offset) throws IOException {
    byte[] payload = null;
    String key = null;
    String qualifier = null;
    long delay = 0;
    Map<String, String> labels = Map.of();
    Set<String> seen = new HashSet<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      seen.add(name);
      switch (name) {
        case "payload" -> payload = raw(json, body, offset);
        case "payloadBase64" -> payload = base64(json, value);
        case "qualifier" -> qualifier = text(json, value, "$.qualifier");
        case "key" -> key = text(json, value, "$.key");
        case "delayMs" -> delay = number(json, value);
        case "labels" -> labels = labels(json, value);
        default -> throw Problem.invalid("$." + shortened(name), EXPECTED_FIELDS);
      }
    }
    if (seen.contains("payload") && seen.contains("payloadBase64")) {
      throw Problem.invalid("$.payloadBase64", "expected either payload or payloadBase64");
    }
    return new Line(payload == null ? new byte[0] : payload, qualifier, key, delay, labels);
  }

  /** The value's own bytes, untouched: no number is rounded, no field reordered. */
  private static byte[] raw(JsonParser json, byte[] body, int offset) throws IOException {
    int from = offset + (int) json.currentTokenLocation().getByteOffset();
    json.skipChildren();
    json.finishToken();
    int to = offset + (int) json.currentLocation().getByteOffset();
    return Arrays.copyOfRange(body, from, to);
  }

  private static byte[] base64(JsonParser json, JsonToken value) throws IOException {
    String text = text(json, value, "$.payloadBase64");
    try {
      return text == null ? new byte[0] : Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("$.payloadBase64", "expected Base64 with its padding (RFC 4648, 4)");
    }
  }

  private static String text(JsonParser json, JsonToken value, String field) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return null;
    }
    if (value != JsonToken.VALUE_STRING) {
      throw Problem.invalid(field, "expected text");
    }
    return json.getText();
  }

  private static long number(JsonParser json, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return 0;
    }
    boolean fits =
        value == JsonToken.VALUE_NUMBER_INT
            && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    if (!fits) {
      throw Problem.invalid("$.delayMs", "expected a whole number of milliseconds");
    }
    return json.getLongValue();
  }

  private static Map<String, String> labels(JsonParser json, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return Map.of();
    }
    if (value != JsonToken.START_OBJECT) {
      throw Problem.invalid("$.labels", "expected an object with texts");
    }
    Map<String, String> labels = new HashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw Problem.invalid("$.labels." + shortened(name), "expected text");
      }
      labels.put(name, json.getText());
    }
    return labels;
  }

  private static boolean blank(byte[] body, int from, int to) {
    for (int i = from; i < to; i++) {
      if (body[i] != ' ' && body[i] != '\t' && body[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  private static String shortened(String text) {
    return text.length() > 64 ? text.substring(0, 64) + "..." : text;
  }
}
