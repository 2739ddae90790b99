package io.perdure.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.Executors;

/**
 * Stands for a service of one's own that a function of kind {@code http} calls: answers a POST with
 * its body in capital letters. The JDK's server, on a daemon thread of its own.
 */
final class ShoutServer {
  /** A longer body is cut: an example must not fill the memory of a node. */
  private static final int BODY_BYTES_MAX = 1 << 20;

  private ShoutServer() {}

  /** Starts on a free port of the loopback interface and gives its URL. */
  static String start() throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer server = HttpServer.create(address, 0);
    server.setExecutor(
        Executors.newSingleThreadExecutor(
            task -> {
              var thread = new Thread(task, "shout");
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext("/", ShoutServer::answer);
    server.start();
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/shout";
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String text = new String(exchange.getRequestBody().readNBytes(BODY_BYTES_MAX), UTF_8);
      byte[] shouted = text.toUpperCase(Locale.ROOT).getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(200, shouted.length == 0 ? -1 : shouted.length);
      exchange.getResponseBody().write(shouted);
    }
  }
}
