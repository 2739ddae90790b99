package io.perdure.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** {@link BenchHandler} behind the JDK's HTTP server. Prints its port. */
final class PlainJavaServer {
  private static final BenchHandler HANDLER = new BenchHandler();

  private PlainJavaServer() {}

  public static void main(String[] args) throws IOException {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", PlainJavaServer::answer);
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
    System.out.println(server.getAddress().getPort());
  }

  private static void answer(HttpExchange exchange) throws IOException {
    byte[] payload = exchange.getRequestBody().readAllBytes();
    byte[] result = HANDLER.handle(payload).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, result.length);
    exchange.getResponseBody().write(result);
    exchange.close();
  }
}
