package io.perdure.runtime;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.streams.ReadStream;

/**
 * A payload piece by piece, as fast as it is taken: a large one is not copied at once, and others
 * have their turn in between. One event loop.
 */
public final class PayloadStream implements ReadStream<Buffer> {
  private static final int PIECE_BYTES = 128 * 1024;

  private final byte[] payload;
  private int at;
  private long demand = Long.MAX_VALUE;
  private boolean flowing;
  private boolean ended;
  private Handler<Buffer> handler;
  private Handler<Void> endHandler;

  private PayloadStream(byte[] payload) {
    this.payload = payload;
  }

  /** Sends {@code request} with {@code payload} as its body. */
  public static Future<HttpClientResponse> send(HttpClientRequest request, byte[] payload) {
    if (payload.length <= PIECE_BYTES) {
      return request.send(Buffer.buffer(payload));
    }
    request.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(payload.length));
    return request.send(new PayloadStream(payload));
  }

  /** How many pieces {@link #piece} gives. */
  public static int pieces(byte[] payload) {
    return (payload.length + PIECE_BYTES - 1) / PIECE_BYTES;
  }

  /** A copy of one piece, counted from 0. */
  public static Buffer piece(byte[] payload, int number) {
    int from = number * PIECE_BYTES;
    int length = Math.min(PIECE_BYTES, payload.length - from);
    return Buffer.buffer(length).appendBytes(payload, from, length);
  }

  @Override
  public PayloadStream handler(Handler<Buffer> taker) {
    handler = taker;
    flow();
    return this;
  }

  @Override
  public PayloadStream endHandler(Handler<Void> told) {
    endHandler = told;
    return this;
  }

  /** What is in memory cannot fail. */
  @Override
  public PayloadStream exceptionHandler(Handler<Throwable> told) {
    return this;
  }

  @Override
  public PayloadStream pause() {
    demand = 0;
    return this;
  }

  @Override
  public PayloadStream resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public PayloadStream fetch(long amount) {
    demand = amount > Long.MAX_VALUE - demand ? Long.MAX_VALUE : demand + amount;
    flow();
    return this;
  }

  private void flow() {
    if (flowing) {
      return; // whoever takes a piece may ask for the next one
    }
    flowing = true;
    while (demand > 0 && handler != null && at < pieces(payload)) {
      demand -= demand == Long.MAX_VALUE ? 0 : 1;
      handler.handle(piece(payload, at++));
    }
    flowing = false;
    if (at == pieces(payload) && demand > 0 && handler != null && !ended) {
      ended = true;
      if (endHandler != null) {
        endHandler.handle(null);
      }
    }
  }
}
