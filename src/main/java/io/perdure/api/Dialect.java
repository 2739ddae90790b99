package io.perdure.api;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;

/** One way to speak to a node over HTTP. Thread-safe: it is mounted once per server instance. */
public interface Dialect {
  /**
   * Adds the dialect's routes: few, by the beginning of a path, for each one in front costs every
   * request. They answer all they take, errors included, and read bodies themselves; they are
   * called on the event loop of the connection, before anything of the body was handed over.
   */
  void mount(Router router);

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
