package io.perdure.runtime.http;

import static io.perdure.config.Rule.between;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.perdure.config.Section;
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
  public static final HttpConfig DEFAULT = new HttpConfig(256, ofSeconds(5), ofSeconds(4));

  /** Reads the section {@code executor.http}. */
  public static HttpConfig read(Section http) {
    return new HttpConfig(
        http.integer("connections-per-host", DEFAULT.connectionsPerHost, between(1, 10_000)),
        http.duration(
            "connect-timeout", DEFAULT.connectTimeout, between(ofMillis(100), ofSeconds(60))),
        http.duration("keep-alive", DEFAULT.keepAlive, between(Duration.ZERO, ofMinutes(5))));
  }
}
