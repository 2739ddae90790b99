package io.perdure.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands of the operating system. Blocking; each has a few seconds. */
final class Shell {
  private static final int SECONDS = 20;

  private Shell() {}

  /**
   * Runs a command given as words with single spaces.
   *
   * @throws IOException with what it printed, when it fails or does not end
   */
  static void run(String words) throws IOException, InterruptedException {
    String failure = attempt(List.of(words.split(" ", -1)));
    if (failure != null) {
      throw new IOException(words + ": " + failure);
    }
  }

  /** Whether a command does what it should. */
  static boolean works(String words) throws InterruptedException {
    try {
      return attempt(List.of(words.split(" ", -1))) == null;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }

  /** Null, or why it failed. */
  private static String attempt(List<String> words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      return "does not end";
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.exitValue() == 0 ? null : "exit " + process.exitValue() + " " + said.strip();
  }
}
