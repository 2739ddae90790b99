package io.perdure.router;

import io.perdure.invocation.Invocation;
import java.util.Map;

/**
 * A wish to run a function, as any surface gives it; {@link Router#submit} checks it.
 *
 * @param qualifier version or alias, null for {@link Invocation#LATEST}
 * @param key unique within the function, 1 to 256 printable ASCII characters, or null
 * @param delayMillis not to be started before that time from now, 0 to 365 days
 * @param dueAt not to be started before, milliseconds since the epoch, at most 365 days ahead; 0
 *     for none. Of the two times the later counts
 * @param labels at most 32; names of 1 to 63 of {@code A-Z a-z 0-9 . _ -}, values of at most 256
 *     characters
 * @param traceparent of W3C Trace Context, or null; dropped when it is malformed
 * @param mode {@link Invocation.Mode#SYNC} for a caller that waits for the one attempt; such a
 *     request has neither delay nor time
 * @param tracked true to have it shown as a task whatever its function's settings say, else null
 * @param depth how many deliveries led to it, 0 for what a caller submits
 * @param requestId the surface's own id of this request, or null
 * @param payload its bytes; not to be changed any more
 */
@SuppressWarnings("ArrayRecordComponent") // payload bytes are handed over, never compared
public record SubmitRequest(
    String account,
    String namespace,
    String function,
    String qualifier,
    String key,
    long delayMillis,
    long dueAt,
    Map<String, String> labels,
    String traceparent,
    Invocation.Origin origin,
    Invocation.Mode mode,
    Boolean tracked,
    int depth,
    String requestId,
    byte[] payload) {

  /** What a caller submits, shown as a task if its function's settings say so. */
  public SubmitRequest(
      String account,
      String namespace,
      String function,
      String qualifier,
      String key,
      long delayMillis,
      long dueAt,
      Map<String, String> labels,
      String traceparent,
      Invocation.Origin origin,
      Invocation.Mode mode,
      String requestId,
      byte[] payload) {
    this(
        account,
        namespace,
        function,
        qualifier,
        key,
        delayMillis,
        dueAt,
        labels,
        traceparent,
        origin,
        mode,
        null,
        0,
        requestId,
        payload);
  }
}
