package io.perdure.api;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.CodeMessages.CodeRead;
import io.perdure.bus.CodeMessages.ReadCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** One code package on its way out: the next piece is asked for when the caller took this one. */
public final class CodeDownload {
  private static final CharSequence ZIP = HttpHeaders.createOptimized("application/zip");

  private final Bus bus;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final String sha256;
  private final String where;
  private final Promise<Void> done = Promise.promise();

  private CodeDownload(Bus bus, HttpServerRequest request, String sha256, String where) {
    this.bus = bus;
    this.request = request;
    this.response = request.response();
    this.sha256 = sha256;
    this.where = where;
  }

  /**
   * Answers {@code request} with the package, or for HEAD with its headers alone. Fails only while
   * nothing has been sent.
   *
   * @param bytes size of the package
   * @param where for the log
   */
  public static Future<Void> send(
      Bus bus, HttpServerRequest request, String sha256, long bytes, String where) {
    request
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, ZIP)
        .putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(bytes));
    return request.method().equals(HttpMethod.HEAD)
        ? request.response().end()
        : new CodeDownload(bus, request, sha256, where).run();
  }

  private Future<Void> run() {
    response.closeHandler(gone -> done.tryComplete());
    response.exceptionHandler(gone -> done.tryComplete());
    next(0);
    return done.future();
  }

  private void next(int chunk) {
    if (done.future().isComplete()) {
      return;
    }
    bus.request(Addresses.READ_CODE, new ReadCode(sha256, chunk))
        .onSuccess(piece -> send(piece, chunk))
        .onFailure(this::broken);
  }

  private void send(CodeRead piece, int chunk) {
    Future<Void> sent = response.write(Buffer.buffer(piece.bytes()));
    if (piece.last()) {
      response.end().onComplete(ended -> done.tryComplete());
    } else {
      sent.onSuccess(written -> next(chunk + 1)).onFailure(gone -> done.tryComplete());
    }
  }

  /** Before the first byte that is an answer; behind it the caller must not take it for whole. */
  private void broken(Throwable cause) {
    if (!response.headWritten()) {
      response
          .headers()
          .remove(HttpHeaders.CONTENT_TYPE)
          .remove(HttpHeaders.CONTENT_LENGTH)
          .remove(HttpHeaders.ETAG);
      done.tryFail(cause);
      return;
    }
    Problem.of(cause, where); // logs what is a bug
    request.connection().close().onComplete(closed -> done.tryComplete());
  }
}
