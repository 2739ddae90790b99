package io.perdure.runtime.managed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.invocation.RunError;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * How a function's failure is told: {@code {"errorMessage", "errorType", "stackTrace": [...]}}.
 *
 * @param type null when it names none
 * @param stack lines, may be empty
 */
public record ErrorObject(String type, String message, List<String> stack) {
  /** What is longer is not told as an object: its beginning is the message. */
  private static final int READ_BYTES_MAX = 256 * 1024;

  public ErrorObject {
    stack = List.copyOf(stack);
  }

  /** What is told of a failure that the program did not tell of itself. */
  public static ErrorObject of(RunError error) {
    return new ErrorObject(error.type(), error.message(), List.of());
  }

  /** Reads what a program wrote: such an object, or any text, which then is the message. */
  public static ErrorObject read(Buffer body) {
    if (body.length() > READ_BYTES_MAX) {
      String beginning = body.getString(0, RunError.MESSAGE_MAX, UTF_8.name());
      return new ErrorObject(null, beginning.strip(), List.of());
    }
    String text = body.toString(UTF_8).strip();
    if (text.startsWith("{")) {
      try {
        JsonObject json = new JsonObject(text);
        if (json.getValue("errorMessage") instanceof String message) {
          String type = json.getValue("errorType") instanceof String name ? name : null;
          return new ErrorObject(type, message, lines(json.getValue("stackTrace")));
        }
      } catch (DecodeException e) {
        return new ErrorObject(null, text, List.of()); // it only began like one
      }
    }
    return new ErrorObject(null, text, List.of());
  }

  public Buffer json() {
    return new JsonObject()
        .put("errorMessage", message)
        .put("errorType", type)
        .put("stackTrace", new JsonArray(stack))
        .toBuffer();
  }

  private static List<String> lines(Object stack) {
    List<String> lines = new ArrayList<>();
    if (stack instanceof JsonArray array) {
      array.forEach(line -> lines.add(String.valueOf(line)));
    } else if (stack instanceof String text) {
      lines.addAll(text.lines().toList());
    }
    return lines;
  }
}
