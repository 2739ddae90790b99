package io.perdure.ops;

import io.perdure.ops.LogConfig.Format;
import java.io.Console;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.util.logging.Handler;
import java.util.logging.Logger;

/**
 * Sets up java.util.logging, where the lines of {@link System.Logger}, Vert.x and Netty all end.
 *
 * <p>java.util.logging because the JDK has it: no library of ours or of Vert.x needs another one.
 * Lines are written by a thread of their own and dropped, with a count, rather than waited for.
 * After {@code kill -9} the last few may be missing; they are no part of the durable state.
 */
public final class Logs {
  private static final String MANAGER = "java.util.logging.manager";

  /** Kept here because the log manager itself holds loggers, and so their levels, weakly. */
  private static final Logger ROOT;

  private static final Logger OWN;

  static {
    if (!configuredOutside() && System.getProperty(MANAGER) == null) {
      System.setProperty(MANAGER, LogsManager.class.getName());
    }
    ROOT = Logger.getLogger("");
    OWN = Logger.getLogger("io.perdure");
  }

  private Logs() {}

  /**
   * Sends all logging to {@code out} from now on. To be called before the first logger is made, or
   * lines logged while the process ends are lost. Who has configured java.util.logging with its own
   * system properties has the last word: then this does nothing.
   */
  public static synchronized void install(LogConfig config, PrintStream out) {
    if (configuredOutside()) {
      return;
    }
    for (Handler earlier : ROOT.getHandlers()) {
      ROOT.removeHandler(earlier);
      earlier.close();
    }
    ROOT.addHandler(new LineHandler(format(config.format(), onTerminal()), out));
    setLevels(config.level(), OWN, ROOT);
    Runtime.getRuntime().addShutdownHook(new Thread(Logs::flush, "perdure-log-flush"));
  }

  /**
   * Waits until everything logged so far is written, at most one second. The last thing to do
   * before {@link Runtime#halt}; {@link System#exit} does it by itself.
   */
  public static void flush() {
    for (Handler handler : ROOT.getHandlers()) {
      handler.flush();
    }
  }

  static LineFormat format(Format format, boolean onTerminal) {
    return switch (format) {
      case TEXT -> new LineFormat.Text();
      case JSON -> new LineFormat.Json();
      case AUTO -> format(onTerminal ? Format.TEXT : Format.JSON, onTerminal);
    };
  }

  /**
   * Levels for our own loggers and for all others; those are never below info, as debug lines of
   * Netty would drown ours.
   */
  static void setLevels(Level level, Logger own, Logger others) {
    own.setLevel(toJul(level));
    others.setLevel(toJul(level.compareTo(Level.INFO) < 0 ? Level.INFO : level));
  }

  private static java.util.logging.Level toJul(Level level) {
    return switch (level) {
      case ALL -> java.util.logging.Level.ALL;
      case TRACE -> java.util.logging.Level.FINER;
      case DEBUG -> java.util.logging.Level.FINE;
      case INFO -> java.util.logging.Level.INFO;
      case WARNING -> java.util.logging.Level.WARNING;
      case ERROR -> java.util.logging.Level.SEVERE;
      case OFF -> java.util.logging.Level.OFF;
    };
  }

  /**
   * Whether a person is watching. Up to JDK 21 there is a console only on a terminal; later ones
   * may have it always, and a method to ask, which JDK 17 cannot name.
   */
  @SuppressWarnings("SystemConsoleNull") // the case that it warns of is handled
  private static boolean onTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true; // JDK 21 or earlier
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  private static boolean configuredOutside() {
    return System.getProperty("java.util.logging.config.file") != null
        || System.getProperty("java.util.logging.config.class") != null;
  }
}
