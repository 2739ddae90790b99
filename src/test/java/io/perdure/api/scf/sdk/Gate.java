package io.perdure.api.scf.sdk;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds a function up until the test lets it go: its code connects and waits for a byte or the end.
 */
final class Gate implements AutoCloseable {
  /** Python; waits when the event names a port. */
  static final String CODE =
      """
      import os, socket
      def main_handler(event, context):
          s = socket.create_connection(("127.0.0.1", event["port"]))
          s.recv(1)
          return "released"
      """;

  private static final int PATIENCE_MILLIS = 30_000;

  private final ServerSocket server;
  private final List<Socket> waiting = new ArrayList<>();

  Gate() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setSoTimeout(PATIENCE_MILLIS);
  }

  /** The event of a function that is to stop here. */
  String event() {
    return "{\"port\": " + server.getLocalPort() + "}";
  }

  /** Returns when one more function waits here. */
  void reached() throws IOException {
    waiting.add(server.accept());
  }

  /** Lets all go that wait. */
  void open() throws IOException {
    for (Socket socket : waiting) {
      socket.close();
    }
    waiting.clear();
  }

  @Override
  public void close() throws IOException {
    open();
    server.close();
  }
}
