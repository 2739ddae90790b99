package io.perdure.runtime.managed.pool;

import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.runtime.managed.Processes.Exit;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Says how a process ended. Pure. */
final class Exits {
  /** With -XX:+ExitOnOutOfMemoryError, which the JVM is started with. */
  private static final int JVM_OUT_OF_MEMORY = 3;

  private static final String OUT_OF_MEMORY = "OutOfMemory";
  private static final int SIGNALS = 128;
  private static final int SIGABRT = 6;
  private static final int SIGNAL_MAX = 64;
  private static final int LINES_MAX = 3;
  private static final int LINES_CHARS_MAX = 1000;
  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(1, "SIGHUP"),
          Map.entry(2, "SIGINT"),
          Map.entry(3, "SIGQUIT"),
          Map.entry(4, "SIGILL"),
          Map.entry(5, "SIGTRAP"),
          Map.entry(6, "SIGABRT"),
          Map.entry(7, "SIGBUS"),
          Map.entry(8, "SIGFPE"),
          Map.entry(9, "SIGKILL"),
          Map.entry(11, "SIGSEGV"),
          Map.entry(13, "SIGPIPE"),
          Map.entry(14, "SIGALRM"),
          Map.entry(15, "SIGTERM"),
          Map.entry(24, "SIGXCPU"),
          Map.entry(25, "SIGXFSZ"),
          Map.entry(31, "SIGSYS"));

  private Exits() {}

  /** "exit code 3", "killed by SIGKILL". */
  static String describe(Exit exit) {
    int signal = exit.code() - SIGNALS;
    return signal > 0 && signal <= SIGNAL_MAX
        ? "killed by " + NAMES.getOrDefault(signal, "signal " + signal)
        : "exit code " + exit.code();
  }

  /**
   * For a call that the process was running.
   *
   * @param language of the function
   */
  static RunError duringACall(Exit exit, Language language) {
    if (exit.cause() != null) {
      return platform(exit);
    }
    String heap = heapExhausted(exit, language);
    return heap == null
        ? new RunError(Kind.CRASH, "ProcessExit", describe(exit))
        : new RunError(Kind.CRASH, OUT_OF_MEMORY, heap);
  }

  /**
   * How a runtime ends that was told how large its heap may grow; null for another end. A function
   * that ends itself with exit code 3, or aborts, cannot be told from it.
   */
  private static String heapExhausted(Exit exit, Language language) {
    if (language == Language.JAVA && exit.code() == JVM_OUT_OF_MEMORY) {
      return "the JVM ran out of memory";
    }
    return language == Language.NODEJS && exit.code() == SIGNALS + SIGABRT
        ? "Node.js gave up, which it does when its heap is full"
        : null;
  }

  /**
   * For a process that never took a call.
   *
   * @param output what it had written
   * @param language of the function
   */
  static RunError beforeReady(Exit exit, byte[] output, Language language) {
    if (exit.cause() != null || heapExhausted(exit, language) != null) {
      return duringACall(exit, language);
    }
    String lines = lastLines(output);
    String message = describe(exit) + " before it took a call";
    return new RunError(
        Kind.CRASH, "InitExit", lines.isEmpty() ? message : message + "; it last wrote:\n" + lines);
  }

  private static RunError platform(Exit exit) {
    String detail = exit.detail() == null ? describe(exit) : exit.detail();
    return new RunError(Kind.CRASH, exit.cause(), detail);
  }

  private static String lastLines(byte[] output) {
    String text = new String(output, StandardCharsets.UTF_8).strip();
    int from = text.length();
    for (int lines = 0; lines < LINES_MAX && from > 0; lines++) {
      from = text.lastIndexOf('\n', from - 1);
    }
    String last = text.substring(Math.max(0, from)).strip();
    return last.length() <= LINES_CHARS_MAX
        ? last
        : last.substring(last.length() - LINES_CHARS_MAX);
  }
}
