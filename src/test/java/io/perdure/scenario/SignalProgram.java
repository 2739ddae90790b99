package io.perdure.scenario;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CountDownLatch;

/**
 * What waits for SIGTERM, as a Java function and as a custom runtime of one class. Runs in a
 * process of its own and tells the test, whose port is in BEACON, when it is ready.
 */
public final class SignalProgram {
  /** The function: event "keep" expects the signal, any other does not. */
  public String mainHandler(String event) throws Exception {
    return await(event.contains("keep"));
  }

  /** A custom runtime that takes events the same way. */
  public static void main(String[] args) throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    String api =
        "http://"
            + System.getenv("SCF_RUNTIME_API")
            + ":"
            + System.getenv("SCF_RUNTIME_API_PORT")
            + "/runtime/";
    post(http, api + "init/ready", "");
    HttpRequest next = HttpRequest.newBuilder(URI.create(api + "invocation/next")).build();
    String event = http.send(next, BodyHandlers.ofString()).body();
    post(http, api + "invocation/response", await(event.contains("keep")));
  }

  private static void post(HttpClient http, String url, String body)
      throws IOException, InterruptedException {
    http.send(
        HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.discarding());
  }

  private static String await(boolean signal) throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    if (signal) {
      handle(told);
    }
    int port = Integer.parseInt(System.getenv("BEACON"));
    try (Socket beacon = new Socket(InetAddress.getLoopbackAddress(), port)) {
      beacon.getOutputStream().write(1);
    }
    told.await();
    System.out.println("saving");
    return "saved";
  }

  /** By its name: the compiler warns of this API, which has no successor. */
  private static void handle(CountDownLatch told) throws Exception {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    Object counts =
        Proxy.newProxyInstance(
            handler.getClassLoader(),
            new Class<?>[] {handler},
            (proxy, method, arguments) -> {
              told.countDown();
              return null;
            });
    Method handle = signal.getMethod("handle", signal, handler);
    handle.invoke(null, signal.getConstructor(String.class).newInstance("TERM"), counts);
  }
}
