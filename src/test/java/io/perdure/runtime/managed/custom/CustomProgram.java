package io.perdure.runtime.managed.custom;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * Programs as people would write them for a custom runtime: started by a {@code bootstrap} in a
 * process of their own, with the JVM that runs the tests, for that one is always there.
 */
public final class CustomProgram {
  private CustomProgram() {}

  /** An executable file {@code name} in {@code code} that runs the program {@code mode}. */
  public static void install(Path code, String name, String mode) throws IOException {
    install(code, name, mode, "");
  }

  /**
   * The same with lines of shell before it. The program is below {@code code} too: whoever runs it
   * may read nothing else of ours.
   */
  public static void install(Path code, String name, String mode, String before)
      throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String file = CustomProgram.class.getName().replace('.', '/') + ".class";
    Files.createDirectories(code.resolve(file).getParent());
    try (InputStream in = CustomProgram.class.getResourceAsStream("/" + file)) {
      Files.copy(in, code.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    script(
        code.resolve(name),
        """
        #!/bin/sh
        %s
        exec '%s' -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx64m \\
          -cp "${0%%/*}" %s %s
        """
            .formatted(before, java, CustomProgram.class.getName(), mode));
  }

  /** An executable file with that text. */
  public static void script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("cannot make it executable: " + file);
    }
  }

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "fetch" -> fetch();
      case "serve" -> serve(Integer.parseInt(System.getenv("PORT")));
      case "serve-elsewhere" -> serve(0);
      case "copy" -> serve(Integer.parseInt(System.getenv("PORT")), CustomProgram::copy);
      case "hang" -> hang();
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  /** Fetches invocations and answers each in upper case; "fail" fails, "exit" ends the process. */
  private static void fetch() throws IOException, InterruptedException {
    HttpClient http = HttpClient.newHttpClient();
    String api =
        "http://"
            + System.getenv("SCF_RUNTIME_API")
            + ":"
            + System.getenv("SCF_RUNTIME_API_PORT")
            + "/runtime/";
    post(http, api + "init/ready", "");
    while (true) {
      HttpResponse<String> event =
          http.send(
              HttpRequest.newBuilder(URI.create(api + "invocation/next")).build(),
              BodyHandlers.ofString());
      work(event.body());
      switch (event.body()) {
        case "fail" -> post(http, api + "invocation/error", "it failed");
        case "exit" -> System.exit(3);
        case "hang" -> hang();
        case "large" -> post(http, api + "invocation/response", "x".repeat(7_000_000));
        default ->
            post(
                http,
                api + "invocation/response",
                System.getenv("_HANDLER") + " " + event.body().toUpperCase(Locale.ROOT));
      }
    }
  }

  /** "work" takes a moment, in which something can happen. */
  private static void work(String payload) {
    if (payload.startsWith("work")) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static void post(HttpClient http, String url, String body)
      throws IOException, InterruptedException {
    http.send(
        HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.discarding());
  }

  /** Tells the test, whose port is in BEACON, and does nothing for ever. */
  private static void hang() throws IOException {
    try (Socket beacon =
        new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(System.getenv("BEACON")))) {
      beacon.getOutputStream().write(1);
    }
    while (true) {
      LockSupport.park();
    }
  }

  private static void serve(int port) throws IOException {
    serve(port, CustomProgram::echo);
  }

  private static void serve(int port, HttpHandler handler) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
    server.createContext("/", handler);
    server.start();
    System.out.println("listening");
  }

  /** Sends back what comes while it comes. */
  private static void copy(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    exchange.getRequestBody().transferTo(exchange.getResponseBody());
    exchange.close();
  }

  private static void echo(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    if (body.equals("exit")) {
      System.exit(3);
    }
    if (body.equals("hang")) {
      hang();
    }
    work(body);
    System.out.println("serving " + body);
    System.out.flush();
    byte[] answer =
        (exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body).getBytes(UTF_8);
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }
}
