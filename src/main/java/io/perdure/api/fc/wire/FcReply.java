package io.perdure.api.fc.wire;

import io.perdure.api.JsonOut;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an operation answers. Immutable.
 *
 * @param status of HTTP
 * @param requestId sent instead of the request's own id, or null: an accepted invocation is known
 *     by its own
 * @param headers sent in exactly this spelling: some clients look for {@code X-Fc-Request-Id} with
 *     regard to case (spec alibaba-fc, section 2)
 * @param body null for none; there is no {@code Content-Type} then, which would make clients parse
 *     the empty text
 */
public record FcReply(
    int status, String requestId, Map<String, String> headers, CharSequence type, Buffer body) {
  private static final int EXPECTED_BYTES = 512;
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

  /** Done, and nothing to tell: 204. */
  public static final FcReply NO_CONTENT = empty(204);

  /** An object with the members that {@code members} writes, 200. */
  public static FcReply json(JsonOut.Writer members) {
    return new FcReply(200, null, Map.of(), JSON, JsonOut.object(EXPECTED_BYTES, members));
  }

  /** An answer without a body. */
  public static FcReply empty(int status) {
    return new FcReply(status, null, Map.of(), null, null);
  }

  /** An answer of bytes. */
  public static FcReply bytes(CharSequence type, Buffer body) {
    return new FcReply(200, null, Map.of(), type, body);
  }

  /** The same with a header; with none when {@code value} is null. */
  public FcReply with(String header, String value) {
    if (value == null) {
      return this;
    }
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new FcReply(status, requestId, more, type, body);
  }

  /** The same with that request id. */
  public FcReply withRequestId(String id) {
    return new FcReply(status, id, headers, type, body);
  }
}
