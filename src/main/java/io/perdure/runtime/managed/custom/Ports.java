package io.perdure.runtime.managed.custom;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for programs that have to be told one before they listen. Between the choice and the
 * program's own bind somebody else can take it; that is made unlikely: ports come from below the
 * range that systems give to outgoing connections (from 32 768 on Linux), one after the other, so
 * that none is given again soon. Blocks for as long as a bind takes; any thread.
 */
final class Ports {
  private static final int FIRST = 20_000;
  private static final int COUNT = 12_000;

  private final Set<Integer> given = new HashSet<>();
  private int next = ThreadLocalRandom.current().nextInt(COUNT); // two servers begin apart

  /** A port nobody listens on, to be released; empty when there is none. */
  synchronized OptionalInt any() {
    for (int tried = 0; tried < COUNT; tried++) {
      int port = FIRST + next;
      next = (next + 1) % COUNT;
      if (exactly(port)) {
        return OptionalInt.of(port);
      }
    }
    return OptionalInt.empty();
  }

  /** Takes {@code port}, to be released, if nobody has it. */
  synchronized boolean exactly(int port) {
    return !given.contains(port) && bindable(port) && given.add(port);
  }

  /** The program is gone. */
  synchronized void release(int port) {
    given.remove(port);
  }

  private static boolean bindable(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true); // connections of the last owner that linger do not matter
      socket.bind(new InetSocketAddress(port));
      return true;
    } catch (IOException e) {
      return false; // in use, or not for us
    }
  }
}
