package io.perdure.api.v1;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Reads a large function body: its {@code code.zip} is decoded from Base64 as it is read, instead
 * of being held as text three times its size first. Not for an event loop.
 */
final class InlineCode {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final JsonMapper TREE = JsonMapper.builder().build();

  private InlineCode() {}

  static Fields parse(byte[] body) {
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw Problem.invalid("$", "expected a JSON object");
      }
      ObjectNode object = object(json, body.length, true);
      if (json.nextToken() != null) {
        throw Problem.invalid("$", "expected JSON, there is more behind the object");
      }
      return Fields.of(object);
    } catch (JsonProcessingException e) {
      throw Fields.malformed(e);
    } catch (IOException e) {
      throw Problem.invalid("$", "expected JSON in UTF-8");
    }
  }

  /** The object that begins here; with {@code top} one that may have {@code code}. */
  private static ObjectNode object(JsonParser json, int bodyBytes, boolean top) throws IOException {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (top && name.equals("code") && value == JsonToken.START_OBJECT) {
        object.set(name, object(json, bodyBytes, false));
      } else if (!top && name.equals("zip") && value == JsonToken.VALUE_STRING) {
        object.put(name, base64(json, bodyBytes));
      } else {
        object.set(name, TREE.<JsonNode>readTree(json));
      }
    }
    return object;
  }

  private static byte[] base64(JsonParser json, int bodyBytes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(bodyBytes / 4 * 3);
    try {
      json.readBinaryValue(bytes);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw Problem.invalid("$.code.zip", "expected Base64 with its padding (RFC 4648, 4)");
    }
    return bytes.toByteArray();
  }
}
