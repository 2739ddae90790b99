package io.perdure.api.v1;

import io.perdure.api.Problem;
import java.util.OptionalLong;

/**
 * What the headers of a synchronous invocation say, besides those of a submit.
 *
 * @param waitMillis longest wait, from {@code Perdure-Timeout} or {@code Prefer: wait=<seconds>}; 0
 *     for as long as the function may take
 * @param logTail whether the end of the log is asked for
 */
record InvokeHeaders(long waitMillis, boolean logTail) {
  static final String TIMEOUT = "Perdure-Timeout";
  static final String LOG = "Perdure-Log";

  static InvokeHeaders of(Call call, SubmitHeaders submit) {
    if (submit.delayMillis() != 0 || submit.dueAt() != 0) {
      throw Problem.invalid(SubmitHeaders.DELAY, "expected no delay: the result is waited for");
    }
    String timeout = call.request().getHeader(TIMEOUT);
    long wait = submit.waitMillis();
    if (timeout != null) {
      OptionalLong millis = Durations.millis(timeout);
      if (millis.isEmpty() || millis.getAsLong() == 0) {
        throw Problem.invalid(TIMEOUT, "expected a duration above 0, such as 500ms or 30s");
      }
      wait = millis.getAsLong();
    }
    String log = call.request().getHeader(LOG);
    if (log != null && !log.equalsIgnoreCase("tail") && !log.equalsIgnoreCase("none")) {
      throw Problem.invalid(LOG, "expected tail or none");
    }
    return new InvokeHeaders(wait, "tail".equalsIgnoreCase(log));
  }
}
