package io.perdure.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that nobody uses at this moment, where 0 cannot be given. None that the system gives to
 * outgoing connections by itself: of those one could be taken before it is listened to.
 */
public final class FreePorts {
  private static final int FIRST = 16_384;
  private static final int END = 32_768;
  private static final int TRIES_MAX = 1_000;

  private FreePorts() {}

  /** {@code count} different ones of 127.0.0.1. */
  public static List<Integer> take(int count) {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int tries = 0; held.size() < count; tries++) {
        int port = ThreadLocalRandom.current().nextInt(FIRST, END);
        try {
          held.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
        } catch (BindException e) {
          if (tries > TRIES_MAX) {
            throw e;
          }
        }
      }
      List<Integer> ports = held.stream().map(ServerSocket::getLocalPort).toList();
      for (ServerSocket socket : held) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
