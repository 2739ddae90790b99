package io.perdure.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds a function up until the test lets it go: its code connects to the port that its event
 * names, and waits for a byte or the end.
 */
public final class Gate implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final ServerSocket server;
  private final List<Socket> waiting = new ArrayList<>();

  /** A gate that is shut. */
  public Gate() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setSoTimeout(PATIENCE_MILLIS);
  }

  /** The event of a function that is to stop here. */
  public String event() {
    return "{\"port\": " + server.getLocalPort() + "}";
  }

  /** Returns when one more function waits here. */
  public void reached() throws IOException {
    waiting.add(server.accept());
  }

  /** Lets all go that wait. */
  public void open() throws IOException {
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
