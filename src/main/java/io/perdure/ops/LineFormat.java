package io.perdure.ops;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * A record as one line, with its end of line. Called on the thread that logs, whose name it writes.
 *
 * <p>Messages and stacks are cut at 16 384 characters, so that a line has a bound.
 */
abstract class LineFormat extends Formatter {
  private static final int TEXT_LENGTH_MAX = 16_384;

  /** RFC 3339, UTC, always with milliseconds. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** One JSON object: time, level, logger, thread, message, and error with stack if thrown. */
  static final class Json extends LineFormat {
    private final JsonFactory json = new JsonFactory();

    @Override
    public String format(LogRecord record) {
      var line = new StringWriter(256);
      try (var object = json.createGenerator(line)) {
        object.writeStartObject();
        object.writeStringField("time", time(record.getInstant()));
        object.writeStringField("level", level(record.getLevel()));
        object.writeStringField("logger", logger(record));
        object.writeStringField("thread", Thread.currentThread().getName());
        object.writeStringField("message", cut(formatMessage(record)));
        if (record.getThrown() != null) {
          object.writeStringField("error", cut(record.getThrown().toString()));
          object.writeStringField("stack", cut(stack(record.getThrown())));
        }
        object.writeEndObject();
      } catch (IOException e) {
        throw new UncheckedIOException(e); // a StringWriter has none
      }
      return line.append('\n').toString();
    }
  }

  /** Text for a terminal; control characters are escaped, lest a message drives the terminal. */
  static final class Text extends LineFormat {
    @Override
    public String format(LogRecord record) {
      var line =
          new StringBuilder(256)
              .append(time(record.getInstant()))
              .append(String.format(" %-7s ", level(record.getLevel())))
              .append(logger(record))
              .append(" [")
              .append(printable(Thread.currentThread().getName(), false))
              .append("] ")
              .append(printable(cut(formatMessage(record)), false))
              .append('\n');
      if (record.getThrown() != null) {
        line.append(printable(cut(stack(record.getThrown())), true)).append('\n');
      }
      return line.toString();
    }

    private static String printable(String text, boolean severalLines) {
      var printable = new StringBuilder(text.length());
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        boolean kept = severalLines && (c == '\n' || c == '\t');
        if (Character.isISOControl(c) && !kept) {
          printable.append(String.format("\\u%04x", (int) c));
        } else {
          printable.append(c);
        }
      }
      return printable.toString();
    }
  }

  static String time(Instant instant) {
    return TIME.format(instant);
  }

  /** The level as System.Logger names it. */
  static String level(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    if (value >= Level.WARNING.intValue()) {
      return "WARNING";
    }
    if (value >= Level.INFO.intValue()) {
      return "INFO";
    }
    return value >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
  }

  private static String logger(LogRecord record) {
    return record.getLoggerName() == null ? "" : record.getLoggerName();
  }

  private static String stack(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString().stripTrailing();
  }

  private static String cut(String text) {
    if (text == null) {
      return "";
    }
    return text.length() <= TEXT_LENGTH_MAX ? text : text.substring(0, TEXT_LENGTH_MAX) + "...";
  }
}
