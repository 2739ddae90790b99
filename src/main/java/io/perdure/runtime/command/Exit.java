package io.perdure.runtime.command;

import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.runtime.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * How a process ended. Java and shells alike report an end by signal N as exit code 128 + N.
 *
 * @param code 0 to 255
 * @param complaint how whatever starts the program says on stderr that it cannot, if it can
 */
record Exit(int code, Optional<String> complaint) {
  private static final int SIGNALS = 128;
  private static final int SIGNAL_MAX = 64;
  private static final int LINE_CHARS_MAX = 500;

  /** What it means, with what it wrote. */
  Outcome outcome(byte[] stdout, byte[] stderr) {
    if (code == 0) {
      return new Outcome.Succeeded(stdout, stderr);
    }
    String last = lastLine(stderr);
    RunError error;
    if (signal() > 0) {
      error = new RunError(Kind.CRASH, "Signal " + signal(), with(describe(), last));
    } else if ((code == 126 || code == 127) && complaint.filter(last::startsWith).isPresent()) {
      String reason = last.substring(complaint.get().length());
      error = new RunError(Kind.FUNCTION, "CannotStart", "cannot execute " + reason);
    } else {
      error = new RunError(Kind.FUNCTION, "ExitCode", with("exit code " + code, last));
    }
    return new Outcome.Failed(error, 0, stdout, stderr);
  }

  /** For the record of a stop. */
  String describe() {
    return signal() > 0 ? "ended by signal " + signal() : "exited with code " + code;
  }

  private int signal() {
    return code > SIGNALS && code <= SIGNALS + SIGNAL_MAX ? code - SIGNALS : 0;
  }

  private static String with(String what, String line) {
    return line.isEmpty() ? what : what + ": " + line;
  }

  private static String lastLine(byte[] stderr) {
    String text = new String(stderr, StandardCharsets.UTF_8).stripTrailing();
    String line = text.substring(text.lastIndexOf('\n') + 1).strip();
    return line.length() <= LINE_CHARS_MAX ? line : line.substring(0, LINE_CHARS_MAX - 3) + "...";
  }
}
