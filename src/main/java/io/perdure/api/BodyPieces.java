package io.perdure.api;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;

/**
 * One body that is handed on in pieces while it arrives: the caller is not read from while a piece
 * is being taken, so no more than one is held. Thread: the context of its connection.
 */
final class BodyPieces {
  private final HttpServerRequest request;
  private final Vertx vertx = Vertx.currentContext().owner();
  private final Bodies.Sink sink;
  private final long pauseMillis;
  private final Promise<Long> done = Promise.promise();
  private final byte[] piece;
  private int length;
  private long taken;
  private boolean taking;
  private boolean ended;
  private boolean heard;
  private long timer;

  BodyPieces(HttpServerRequest request, Bodies.Sink sink, int pieceBytes, long pauseMillis) {
    this.request = request;
    this.sink = sink;
    this.piece = new byte[pieceBytes];
    this.pauseMillis = pauseMillis;
  }

  Future<Long> read() {
    timer = vertx.setPeriodic(pauseMillis, late -> checkPause());
    request.exceptionHandler(gone -> end(Bodies.aborted()));
    request.endHandler(
        none -> {
          ended = true;
          goOn();
        });
    request.handler(this::append);
    request.resume();
    return done.future().onComplete(over -> vertx.cancelTimer(timer));
  }

  private void append(Buffer chunk) {
    heard = true;
    if (!done.future().isComplete()) { // else refused already: what still comes is dropped
      append(chunk, 0);
    }
  }

  private void append(Buffer chunk, int from) {
    int fits = Math.min(piece.length - length, chunk.length() - from);
    chunk.getBytes(from, from + fits, piece, length);
    length += fits;
    if (length < piece.length) {
      return;
    }
    request.pause();
    take()
        .onSuccess(
            taken -> {
              heard = true; // the pause was ours
              append(chunk, from + fits);
              if (!taking) {
                request.resume();
              }
            });
  }

  /** Hands on what there is. Its failure ends the reading, too. */
  private Future<?> take() {
    byte[] bytes = Arrays.copyOf(piece, length);
    long offset = taken;
    taken += length;
    length = 0;
    taking = true;
    return sink.take(offset, bytes)
        .onComplete(
            result -> {
              taking = false;
              if (result.failed()) {
                end(result.cause());
                request.resume();
              }
            });
  }

  /** The end is never heard while a piece is being taken: the request is paused then. */
  private void goOn() {
    if (length == 0) {
      done.tryComplete(taken);
    } else if (!done.future().isComplete()) {
      take().onSuccess(last -> done.tryComplete(taken));
    }
  }

  private void checkPause() {
    if (!heard && !taking && !ended) {
      end(Bodies.tooSlow(pauseMillis));
    }
    heard = false;
  }

  private void end(Throwable cause) {
    done.tryFail(cause);
  }
}
