package io.perdure.runtime;

import io.perdure.invocation.RunError;
import io.perdure.runtime.Outcome.Failed;
import io.perdure.runtime.Outcome.PlatformFailed;

/** Outcomes that several kinds of runtime share, so that they are worded alike. */
public final class Outcomes {
  private Outcomes() {}

  /** The function failed with an error of {@code kind}, without a result or a log. */
  public static Failed failed(RunError.Kind kind, String type, String message) {
    return new Failed(new RunError(kind, type, message), 0, Outcome.NOTHING, Outcome.NOTHING);
  }

  /** What the function answered is larger than {@code room} admits. */
  public static Failed resultTooLarge(ResultRoom room, byte[] log) {
    RunError error = new RunError(RunError.Kind.BAD_RESPONSE, "ResultTooLarge", room.denial());
    return new Failed(error, 0, Outcome.NOTHING, log);
  }

  /** Not the function's doing. */
  public static PlatformFailed platform(String type, String message) {
    return new PlatformFailed(new RunError(RunError.Kind.PLATFORM, type, message), 0);
  }

  /** A stop came before anything was started, or nobody is left to ask how it ended. */
  public static PlatformFailed stopped(String message) {
    return platform("Stopped", message);
  }
}
