package io.perdure.api.fc.operation;

import io.perdure.invocation.Utf8;
import java.util.Base64;

/** Payloads and results as a task's record shows them: as text. Pure. */
final class TaskText {
  private TaskText() {}

  /** The text they are in UTF-8, or else their Base64. */
  static String of(byte[] bytes) {
    return Utf8.decode(bytes).orElseGet(() -> Base64.getEncoder().encodeToString(bytes));
  }

  /** The same of their beginning: as many characters as fit into {@code most} bytes. */
  static String of(byte[] bytes, int most) {
    String text = of(Utf8.beginning(bytes, most));
    return text.length() <= most ? text : text.substring(0, most / 4 * 4);
  }
}
