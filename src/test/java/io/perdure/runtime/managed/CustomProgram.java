package io.perdure.runtime.managed;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Programs as people would write them for a custom runtime: started by a {@code bootstrap} in a
 * process of their own, with the JVM that runs the tests, for that one is always there.
 */
public final class CustomProgram {
  private CustomProgram() {}

  /** An executable file {@code name} in {@code code} that runs the program {@code mode}. */
  static void install(Path code, String name, String mode) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = Path.of("target/test-classes").toAbsolutePath().toString();
    script(
        code.resolve(name),
        String.join(
            " ",
            "#!/bin/sh\nexec",
            "'" + java + "'",
            "-Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx64m -cp",
            "'" + classes + "'",
            CustomProgram.class.getName(),
            mode,
            "\n"));
  }

  /** An executable file with that text. */
  static void script(Path file, String text) throws IOException {
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
      case "sleep" -> Thread.currentThread().join();
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
      switch (event.body()) {
        case "fail" -> post(http, api + "invocation/error", "it failed");
        case "exit" -> System.exit(3);
        default ->
            post(
                http,
                api + "invocation/response",
                System.getenv("_HANDLER") + " " + event.body().toUpperCase(Locale.ROOT));
      }
    }
  }

  private static void post(HttpClient http, String url, String body)
      throws IOException, InterruptedException {
    http.send(
        HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.discarding());
  }

  private static void serve(int port) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
    server.createContext("/", CustomProgram::echo);
    server.start();
    System.out.println("listening");
  }

  private static void echo(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    if (body.equals("exit")) {
      System.exit(3);
    }
    byte[] answer =
        (exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body).getBytes(UTF_8);
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }
}
