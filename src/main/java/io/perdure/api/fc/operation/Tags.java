package io.perdure.api.fc.operation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.Props;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tags as requests and answers have them: a list of objects with {@code key} and {@code value}. */
final class Tags {
  private static final String TAGS = "tags";

  private Tags() {}

  /** {@code tags} of a body; none when they are absent. */
  static Map<String, String> of(Props body) {
    Map<String, String> tags = new LinkedHashMap<>();
    if (body.has(TAGS)) {
      for (Props tag : body.objects(TAGS)) {
        String key = tag.requireText("key");
        String value = tag.text("value");
        if (tags.put(key, value == null ? "" : value) != null) {
          throw body.invalid(TAGS, "each key once, not " + key + " twice");
        }
      }
    }
    return tags;
  }

  /** Those that a list is asked for by, as JSON in a parameter of the query; null for none. */
  static Map<String, String> wanted(String json) {
    if (json == null) {
      return Map.of();
    }
    try {
      return of(Props.read(("{\"" + TAGS + "\":" + json + "}").getBytes(UTF_8)));
    } catch (FcError e) {
      throw FcError.invalid(TAGS, "a list of objects with key and value, as JSON");
    }
  }

  /** Writes them. */
  static void write(JsonGenerator json, Map<String, String> tags) throws IOException {
    json.writeArrayFieldStart(TAGS);
    for (Map.Entry<String, String> tag : tags.entrySet()) {
      json.writeStartObject();
      json.writeStringField("key", tag.getKey());
      json.writeStringField("value", tag.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
