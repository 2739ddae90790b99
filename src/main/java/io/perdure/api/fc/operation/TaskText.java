package io.perdure.api.fc.operation;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.invocation.Utf8;
import java.io.IOException;
import java.util.Base64;

/** A payload or result as a task's record shows it: as text. Immutable. */
final class TaskText {
  /** Of what is not there, or not wanted. */
  static final TaskText EMPTY = new TaskText("", null, 0);

  private final String text; // null when it is none
  private final byte[] base64;
  private final int length;

  private TaskText(String text, byte[] base64, int length) {
    this.text = text;
    this.base64 = base64;
    this.length = length;
  }

  /** The text that {@code bytes} are in UTF-8, or else their Base64. */
  static TaskText of(byte[] bytes) {
    return of(bytes, Integer.MAX_VALUE);
  }

  /** The same of their beginning: as many characters as fit into {@code most} bytes. */
  static TaskText of(byte[] bytes, int most) {
    byte[] shown = Utf8.beginning(bytes, most);
    return Utf8.decode(shown)
        .map(text -> new TaskText(text, null, 0))
        .orElseGet(
            () -> {
              byte[] base64 = Base64.getEncoder().encode(shown);
              return new TaskText(null, base64, Math.min(base64.length, most / 4 * 4));
            });
  }

  /** Writes the member. */
  void write(JsonGenerator json, String name) throws IOException {
    json.writeFieldName(name);
    if (text == null) {
      json.writeRawUTF8String(base64, 0, length); // it has nothing to escape
    } else {
      json.writeString(text);
    }
  }
}
