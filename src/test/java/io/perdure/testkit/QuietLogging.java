package io.perdure.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;

/**
 * Logging of the tests: warnings and errors, to stderr; of Ratis nothing, which reports with a
 * stack whenever a member is not there, and tests take members away all the time. Named to {@code
 * java.util.logging} by the build, which makes an instance when the first logger is asked for.
 */
public final class QuietLogging {
  /** Configures {@code java.util.logging} of this JVM. */
  public QuietLogging() throws IOException {
    String settings =
        """
        handlers = java.util.logging.ConsoleHandler
        .level = WARNING
        org.apache.ratis.level = OFF
        java.util.logging.ConsoleHandler.level = WARNING
        java.util.logging.ConsoleHandler.formatter = java.util.logging.SimpleFormatter
        java.util.logging.SimpleFormatter.format = %1$tT.%1$tL %4$s %3$s: %5$s%6$s%n
        """;
    LogManager.getLogManager()
        .readConfiguration(
            new ByteArrayInputStream(settings.getBytes(StandardCharsets.ISO_8859_1)));
  }
}
