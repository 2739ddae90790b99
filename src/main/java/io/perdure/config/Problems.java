package io.perdure.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Everything found wrong while settings were read, in the order it was found.
 *
 * <p>A message is one line: control characters in it are escaped, since keys and values come from
 * outside and end on a terminal, and it is cut at 1000 characters.
 */
public final class Problems {
  private static final int MESSAGE_LENGTH_MAX = 1000;

  private final List<String> messages = new ArrayList<>();

  /** Notes a problem: what is wrong, where it was given, and what was expected instead. */
  public void add(String message) {
    messages.add(oneLine(message));
  }

  /** True when nothing is wrong. */
  public boolean isEmpty() {
    return messages.isEmpty();
  }

  /** All messages, each one line without an end of line. */
  public List<String> messages() {
    return List.copyOf(messages);
  }

  /**
   * Ends a start that would be wrong.
   *
   * @throws InvalidConfiguration if there is any problem; it carries all of them
   */
  public void throwIfAny() {
    if (!isEmpty()) {
      throw new InvalidConfiguration(messages());
    }
  }

  /** One problem a line. */
  @Override
  public String toString() {
    return String.join("\n", messages);
  }

  private static String oneLine(String message) {
    var line = new StringBuilder();
    for (int i = 0; i < message.length(); i++) {
      char c = message.charAt(i);
      if (line.length() >= MESSAGE_LENGTH_MAX) {
        return line.append("...").toString();
      }
      if (Character.isISOControl(c)) {
        line.append(String.format("\\u%04x", (int) c));
      } else {
        line.append(c);
      }
    }
    return line.toString();
  }
}
