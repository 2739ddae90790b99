package io.perdure.api;

import io.vertx.core.http.HttpServerRequest;

/** One way to speak to a node over HTTP. Thread-safe: one serves all server instances. */
public interface Dialect {
  /**
   * Answers a request to one of the dialect's paths, errors included. Called on the event loop of
   * its connection before anything of its body was handed over.
   *
   * @return false when the path is none of this dialect's; nothing has been done then
   */
  boolean handle(HttpServerRequest request);

  /**
   * Answers, in the dialect's own form, a request to one of its paths that the server refuses
   * before any route is asked.
   *
   * @return false when the path is none of this dialect's; nothing has been answered then
   */
  default boolean refuse(HttpServerRequest request, Problem problem) {
    return false;
  }
}
