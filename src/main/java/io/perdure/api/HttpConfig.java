package io.perdure.api;

import static io.perdure.config.Rule.between;

import io.perdure.config.Rule;
import io.perdure.config.Section;
import java.time.Duration;

/**
 * The HTTP server.
 *
 * @param host address to bind
 * @param port 0 to 65535, 0 for any free one
 * @param instances event loops that serve it, 0 to 256; 0 for one per processor
 * @param idleTimeout a connection without traffic for so long is closed, 65 s to 1 h; also one
 *     whose caller waits for a result, so no wait is longer
 * @param bodyTimeout how long a request's body may take to arrive, 1 s to 10 min
 * @param headerBytesMax largest head of a request, 4 KiB to 1 MiB
 * @param uriBytesMax longest first line of a request, 1 KiB to 1 MiB
 * @param bodyBytesMax bytes of bodies held at once over all requests, 64 MiB to 1 TiB
 */
public record HttpConfig(
    String host,
    int port,
    int instances,
    Duration idleTimeout,
    Duration bodyTimeout,
    int headerBytesMax,
    int uriBytesMax,
    long bodyBytesMax) {

  private static final long MIB = 1L << 20;

  /** The defaults, on any free port: for tests and who embeds a node. */
  public static final HttpConfig ANY_PORT =
      new HttpConfig(
          "127.0.0.1",
          0,
          1,
          Duration.ofMinutes(16),
          Duration.ofSeconds(30),
          16 * 1024,
          40 * 1024,
          128 * MIB);

  /** Reads the section {@code http}. */
  public static HttpConfig read(Section http) {
    return new HttpConfig(
        http.text("host", "127.0.0.1", Rule.nonEmpty()),
        http.integer("port", 9000, between(0, 65_535)),
        http.integer("instances", 0, between(0, 256)),
        http.duration(
            "idle-timeout",
            Duration.ofMinutes(16),
            between(Duration.ofSeconds(65), Duration.ofHours(1))),
        http.duration(
            "body-timeout",
            Duration.ofSeconds(30),
            between(Duration.ofSeconds(1), Duration.ofMinutes(10))),
        (int) http.bytes("header-bytes-max", 16 * 1024, between(4_096L, MIB)),
        (int) http.bytes("uri-bytes-max", 40 * 1024, between(1_024L, MIB)),
        http.bytes("body-bytes-max", 128 * MIB, between(64 * MIB, MIB * MIB)));
  }

  /** The same limits for another port, served by one event loop. */
  public HttpConfig onPort(int other) {
    return new HttpConfig(
        host, other, 1, idleTimeout, bodyTimeout, headerBytesMax, uriBytesMax, bodyBytesMax);
  }

  int instancesOrProcessors() {
    return instances == 0 ? Runtime.getRuntime().availableProcessors() : instances;
  }
}
