package io.perdure.runtime.managed.custom;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that answers byte by byte what a test tells it to, well-formed or not. Connections that
 * bring no request are not counted.
 */
final class RawServer implements AutoCloseable {
  /** Requests in the order they came. */
  final BlockingQueue<RawRequest> requests = new LinkedBlockingQueue<>();

  /** Connections that ended while their request was being answered. */
  final BlockingQueue<RawRequest> hungUp = new LinkedBlockingQueue<>();

  private final ServerSocket server;
  private final Reaction reaction;
  private final Set<Socket> sockets = Collections.synchronizedSet(new HashSet<>());
  private final AtomicInteger connections = new AtomicInteger();

  /**
   * A request.
   *
   * @param line its first line without the version
   * @param headers names in lower case
   * @param connection number of the connection it came on, from 1
   */
  record RawRequest(String line, Map<String, String> headers, String body, int connection) {}

  /** What is done with a request; true to read the next one from the same connection. */
  interface Reaction {
    boolean to(RawRequest request, OutputStream out) throws IOException;
  }

  RawServer(int port, Reaction reaction) throws IOException {
    this.server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    this.reaction = reaction;
    start(this::accept);
  }

  /** Answers every request with {@code text}, as it is. */
  static Reaction raw(String text) {
    return (request, out) -> {
      out.write(text.getBytes(ISO_8859_1));
      return true;
    };
  }

  /** Answers {@code text} and ends the connection. */
  static Reaction rawAndClose(String text) {
    return (request, out) -> {
      out.write(text.getBytes(ISO_8859_1));
      return false;
    };
  }

  /** Answers with that status line, such as "200 OK", header lines, and body. */
  static Reaction answer(String status, String headers, String body) {
    return raw(head(status, headers, body.length()) + body);
  }

  /** The head of an answer. */
  static String head(String status, String headers, int length) {
    return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + length + "\r\n\r\n";
  }

  /** Never answers. */
  static Reaction silence() {
    return (request, out) -> true;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : Set.copyOf(sockets)) {
      socket.close();
    }
  }

  /** Takes no connection any more; those there are stay. */
  void closeListener() throws IOException {
    server.close();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        start(() -> serve(socket));
      }
    } catch (IOException e) {
      sockets.removeIf(Socket::isClosed); // the test is over
    }
  }

  private void serve(Socket socket) {
    RawRequest last = null;
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      int number = 0;
      while (true) {
        String line = line(in);
        if (line == null) {
          break;
        }
        number = number == 0 ? connections.incrementAndGet() : number;
        last = read(line, in, number);
        requests.add(last);
        if (!reaction.to(last, socket.getOutputStream())) {
          return;
        }
      }
    } catch (IOException e) {
      sockets.remove(socket);
    }
    if (last != null) {
      hungUp.add(last);
    }
  }

  private static RawRequest read(String line, InputStream in, int connection) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
      String[] pair = header.split(":", 2);
      headers.put(pair[0].toLowerCase(Locale.ROOT), pair[1].strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    String body = new String(in.readNBytes(length), ISO_8859_1);
    return new RawRequest(line.replace(" HTTP/1.1", ""), headers, body, connection);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return null;
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
  }
}
