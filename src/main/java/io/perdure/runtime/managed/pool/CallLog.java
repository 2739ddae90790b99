package io.perdure.runtime.managed.pool;

import io.perdure.runtime.Tail;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** What was logged in one call; of what is too long the end is kept. */
final class CallLog {
  private final Tail tail;
  private byte last = '\n';

  CallLog(int bytesMax) {
    tail = new Tail(bytesMax);
  }

  /** Output of the function. */
  void add(Buffer output) {
    add(output.getBytes());
  }

  void add(byte[] output) {
    if (output.length > 0) {
      tail.add(output, output.length);
      last = output[output.length - 1];
    }
  }

  /** Lines of the platform, which begin on a line of their own. */
  void line(String text) {
    if (!text.isEmpty()) {
      add((last == '\n' ? text : "\n" + text).getBytes(StandardCharsets.UTF_8));
    }
  }

  byte[] bytes() {
    return tail.bytes();
  }
}
