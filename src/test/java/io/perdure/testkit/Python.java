package io.perdure.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** The machine's Python. */
public final class Python {
  private static final boolean FOUND = found();

  private Python() {}

  /** Skips a test where there is none. */
  public static void require() {
    assumeTrue(FOUND, "skipped: there is no python3 on the PATH");
  }

  private static boolean found() {
    try {
      Process python = new ProcessBuilder("python3", "-c", "").start();
      return python.waitFor(20, TimeUnit.SECONDS) && python.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
