package io.perdure.ops;

import java.util.logging.LogManager;

/**
 * A log manager that keeps its handlers to the very end.
 *
 * <p>The JDK's removes them in a shutdown hook that runs beside all others, so that whatever a
 * drain still has to say would be lost. Named in the system property {@code
 * java.util.logging.manager}, hence public; nothing else uses it.
 */
public final class LogsManager extends LogManager {
  /** Does nothing: there is one configuration, and it holds until the process ends. */
  @Override
  public void reset() {}
}
