package io.perdure.api;

import static java.lang.System.Logger.Level.DEBUG;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;

/**
 * A large body sent piece by piece, as fast as the caller takes it: handed over at once, the
 * connection would copy the whole of it on its event loop. Thread: that event loop.
 */
final class LargeReply {
  private static final System.Logger LOG = System.getLogger(LargeReply.class.getName());

  /** Bodies up to this are sent at once. */
  static final int PIECE_BYTES = 128 * 1024;

  private final HttpServerResponse response;
  private final Buffer body;
  private int at;
  private boolean sending;

  private LargeReply(HttpServerResponse response, Buffer body) {
    this.response = response;
    this.body = body;
  }

  /** Ends {@code response} with {@code body}. A caller who goes away meanwhile is no error. */
  static void end(HttpServerResponse response, Buffer body) {
    response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
    LargeReply reply = new LargeReply(response, body);
    response.drainHandler(drained -> reply.send());
    reply.send();
  }

  /** The connection may say that it has room more often than it was asked, and while it is told. */
  private void send() {
    if (sending || response.ended() || response.closed()) {
      return;
    }
    sending = true;
    while (at < body.length() && !response.writeQueueFull()) {
      int to = Math.min(at + PIECE_BYTES, body.length());
      Buffer piece = body.slice(at, to);
      at = to;
      (to < body.length() ? response.write(piece) : response.end(piece))
          .onFailure(e -> LOG.log(DEBUG, "the caller went away: {0}", e.getMessage()));
    }
    sending = false;
  }
}
