package io.perdure.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * A value as somebody gave it.
 *
 * @param json the value; text when it is not typed
 * @param typed true when the value has a JSON type (the file), false when it is plain text
 * @param source where it was given, as a message names it
 */
record Given(JsonNode json, boolean typed, String source) {
  private static final int SHOWN_LENGTH_MAX = 80;

  static Given text(String text, String source) {
    return new Given(TextNode.valueOf(text), false, source);
  }

  /** JSON {@code null} in the file, or a variable set to nothing: as if it had not been given. */
  boolean isNothing() {
    return json.isNull();
  }

  /** The value for a message, cut when it is long. */
  String shown() {
    String text = typed ? json.toString() : json.textValue();
    return text.length() <= SHOWN_LENGTH_MAX ? text : text.substring(0, SHOWN_LENGTH_MAX) + "...";
  }
}
