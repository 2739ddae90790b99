package io.perdure.ops;

import java.io.OutputStream;
import java.time.Duration;
import java.util.logging.ErrorManager;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** Formats on the thread that logs, and leaves the writing to a {@link LineWriter}. */
final class LineHandler extends Handler {
  private static final int LINES_MAX = 8192;
  private static final long CHARS_MAX = 8 << 20;
  private static final Duration FLUSH_MAX = Duration.ofSeconds(1);

  private final LineWriter writer;

  LineHandler(LineFormat format, OutputStream out) {
    setFormatter(format);
    setLevel(Level.ALL);
    writer = new LineWriter(out, LINES_MAX, CHARS_MAX, this::dropped);
  }

  @Override
  public void publish(LogRecord record) {
    if (!isLoggable(record)) {
      return;
    }
    try {
      writer.offer(getFormatter().format(record));
    } catch (RuntimeException e) { // a log line must not fail the work it tells about
      reportError("cannot log " + record.getLoggerName(), e, ErrorManager.FORMAT_FAILURE);
    }
  }

  /** Waits until all lines before are written, at most one second. */
  @Override
  public void flush() {
    if (!writer.flush(FLUSH_MAX)) {
      reportError("log lines are not written yet", null, ErrorManager.FLUSH_FAILURE);
    }
  }

  @Override
  public void close() {
    flush();
  }

  private String dropped(long lines) {
    var record = new LogRecord(Level.WARNING, lines + " log lines dropped: output is too slow");
    record.setLoggerName(LineHandler.class.getPackageName() + ".Logs");
    return getFormatter().format(record);
  }
}
