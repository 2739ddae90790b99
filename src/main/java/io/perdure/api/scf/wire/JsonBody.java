package io.perdure.api.scf.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.JsonIn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Reads a body of JSON along its table: what the table has as Base64 is decoded as it is read,
 * instead of being held as text first.
 */
final class JsonBody {

  private JsonBody() {}

  /** The object that the body is; an empty body is an empty object. */
  static ObjectNode read(byte[] body, Shape shape) {
    if (body.length == 0) {
      return JsonNodeFactory.instance.objectNode();
    }
    try (JsonParser json = JsonIn.FACTORY.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw notJson("the body must be a JSON object");
      }
      ObjectNode object = object(json, shape, "");
      if (json.nextToken() != null) {
        throw notJson("there is more behind the JSON object");
      }
      return object;
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      throw notJson(
          "the body is not valid JSON"
              + (at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr()));
    } catch (IOException e) {
      throw notJson("the body is not UTF-8");
    }
  }

  private static ScfError notJson(String why) {
    return new ScfError("InvalidParameter", "The request cannot be read: " + why + ".");
  }

  private static ObjectNode object(JsonParser json, Shape shape, String path) throws IOException {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      Field field = shape.field(name);
      if (field != null && field.type() == Field.Type.BASE64 && value == JsonToken.VALUE_STRING) {
        object.put(name, base64(json, field, path + name));
      } else if (field != null && field.shape() != null && value == JsonToken.START_OBJECT) {
        object.set(name, object(json, field.shape(), path + name + "."));
      } else {
        object.set(name, JsonIn.TREE.<JsonNode>readTree(json));
      }
    }
    return object;
  }

  private static byte[] base64(JsonParser json, Field field, String path) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      json.readBinaryValue(bytes);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw notBase64(field, path);
    }
    return bytes.toByteArray();
  }

  static ScfError notBase64(Field field, String path) {
    return ScfError.invalidValue(
        field.invalid(), path, "expected Base64 with its padding (RFC 4648, section 4)");
  }
}
