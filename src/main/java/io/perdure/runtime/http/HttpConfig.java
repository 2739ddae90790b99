package io.perdure.runtime.http;

import java.time.Duration;

/**
 * Connections to functions behind a URL.
 *
 * @param connectionsPerHost most connections to one host and port, 1 to 10 000; attempts beyond
 *     wait for one within their time limit, and the executor's concurrency bounds how many wait
 * @param connectTimeout longest wait for a connection to be made, 100 ms to 60 s
 * @param keepAlive how long an idle connection is kept, 0 (one request a connection) to 5 min
 */
public record HttpConfig(int connectionsPerHost, Duration connectTimeout, Duration keepAlive) {
  /** What is used unless something else is set. */
  public static final HttpConfig DEFAULT =
      new HttpConfig(256, Duration.ofSeconds(5), Duration.ofSeconds(4));
}
