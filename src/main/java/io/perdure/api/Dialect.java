package io.perdure.api;

import io.vertx.ext.web.Router;

/** One way to speak to a node over HTTP. Thread-safe: it is mounted once per server instance. */
public interface Dialect {
  /** Adds the dialect's routes. They answer every request they take, errors included. */
  void mount(Router router);
}
