package io.perdure.ops;

import io.perdure.config.Section;
import java.lang.System.Logger.Level;

/**
 * What is logged, and how.
 *
 * @param level least level of Perdure's own lines; libraries are never below {@code info}
 * @param format how a line is written
 */
public record LogConfig(Level level, Format format) {
  /** How a line is written. */
  public enum Format {
    /** {@link #TEXT} on a terminal, {@link #JSON} otherwise. */
    AUTO,
    /** One line of text for a reader, followed by the stack when something was thrown. */
    TEXT,
    /** One JSON object a line for a collector. */
    JSON
  }

  /** Reads the section {@code log}. */
  public static LogConfig read(Section log) {
    return new LogConfig(log.choice("level", Level.INFO), log.choice("format", Format.AUTO));
  }
}
