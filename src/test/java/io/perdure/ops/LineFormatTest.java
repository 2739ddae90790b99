package io.perdure.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineFormatTest {
  private final LineFormat json = new LineFormat.Json();
  private final LineFormat text = new LineFormat.Text();

  @BeforeEach
  void nameThread() {
    Thread.currentThread().setName("main");
  }

  @Test
  void jsonLineHasTimeLevelLoggerThreadAndMessage() {
    assertEquals(
        "{\"time\":\"2026-01-02T03:04:05.060Z\",\"level\":\"WARNING\",\"logger\":\"io.perdure.a.B\","
            + "\"thread\":\"main\",\"message\":\"disk is full\"}\n",
        json.format(record(Level.WARNING, "disk is full")));
  }

  @Test
  void textLineHasTheSameForAReader() {
    assertEquals(
        "2026-01-02T03:04:05.060Z INFO    io.perdure.a.B [main] ready\n",
        text.format(record(Level.INFO, "ready")));
  }

  @Test
  void timeHasMillisecondsEvenWhenTheyAreZero() {
    assertEquals(
        "2026-01-02T03:04:05.000Z", LineFormat.time(Instant.parse("2026-01-02T03:04:05Z")));
  }

  @Test
  void thrownErrorIsOneJsonLineWithItsStackAndCause() throws IOException {
    var record = record(Level.SEVERE, "failed");
    record.setThrown(new IllegalStateException("no\n\"room\"", new IOException("disk")));
    String line = json.format(record);
    assertEquals(line.length() - 1, line.indexOf('\n'));
    JsonNode read = JsonMapper.builder().build().readTree(line);
    assertEquals("java.lang.IllegalStateException: no\n\"room\"", read.get("error").textValue());
    assertTrue(read.get("stack").textValue().contains("Caused by: java.io.IOException: disk"));
    assertTrue(read.get("stack").textValue().contains("at io.perdure.ops.LineFormatTest"));
  }

  @Test
  void thrownErrorFollowsItsTextLine() {
    var record = record(Level.SEVERE, "failed");
    record.setThrown(new IllegalStateException("no room"));
    String[] lines = text.format(record).split("\n", -1);
    assertEquals("2026-01-02T03:04:05.060Z ERROR   io.perdure.a.B [main] failed", lines[0]);
    assertEquals("java.lang.IllegalStateException: no room", lines[1]);
    assertTrue(lines[2].startsWith("\tat "), lines[2]);
  }

  @Test
  void messageCannotForgeALineOrDriveTheTerminal() throws IOException {
    var record = record(Level.INFO, "a\n2026 ERROR forged \u001b[2J");
    assertTrue(text.format(record).endsWith("a\\u000a2026 ERROR forged \\u001b[2J\n"));
    JsonNode read = JsonMapper.builder().build().readTree(json.format(record));
    assertEquals("a\n2026 ERROR forged \u001b[2J", read.get("message").textValue());
  }

  @Test
  void parametersArePutIntoTheMessage() {
    var record = record(Level.INFO, "{0} of {1}");
    record.setParameters(new Object[] {"one", "two"});
    assertTrue(text.format(record).endsWith("one of two\n"));
  }

  @Test
  void recordWithoutLoggerOrMessageIsStillALine() {
    var record = new LogRecord(Level.INFO, null);
    assertTrue(json.format(record).contains("\"logger\":\"\""));
    assertTrue(text.format(record).endsWith("[main] \n"));
  }

  @Test
  void lineHasABound() {
    var record = record(Level.INFO, "x".repeat(1 << 20));
    record.setThrown(new IllegalStateException("y".repeat(1 << 20)));
    assertTrue(json.format(record).length() < 60_000);
    assertTrue(text.format(record).length() < 60_000);
  }

  @ParameterizedTest
  @CsvSource({
    "SEVERE, ERROR",
    "WARNING, WARNING",
    "INFO, INFO",
    "CONFIG, DEBUG",
    "FINE, DEBUG",
    "FINER, TRACE",
    "FINEST, TRACE"
  })
  void levelIsNamedAsSystemLoggerDoes(String jul, String expected) {
    assertEquals(expected, LineFormat.level(Level.parse(jul)));
  }

  @Test
  void automaticFormatIsTextOnATerminalAndJsonOtherwise() {
    assertTrue(Logs.format(LogConfig.Format.AUTO, true) instanceof LineFormat.Text);
    assertFalse(Logs.format(LogConfig.Format.AUTO, false) instanceof LineFormat.Text);
    assertTrue(Logs.format(LogConfig.Format.TEXT, false) instanceof LineFormat.Text);
    assertFalse(Logs.format(LogConfig.Format.JSON, true) instanceof LineFormat.Text);
  }

  private static LogRecord record(Level level, String message) {
    var record = new LogRecord(level, message);
    record.setInstant(Instant.parse("2026-01-02T03:04:05.060999Z"));
    record.setLoggerName("io.perdure.a.B");
    return record;
  }
}
