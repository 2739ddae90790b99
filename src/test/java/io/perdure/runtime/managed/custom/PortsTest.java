package io.perdure.runtime.managed.custom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {
  private final Ports ports = new Ports();

  @Test
  void portIsNotGivenAgainSoon() {
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      int port = ports.any().getAsInt();
      ports.release(port);
      seen.add(port);
    }
    assertEquals(100, seen.size());
  }

  @Test
  void portThatWasGivenIsTakenUntilItIsReleased() {
    int port = ports.any().getAsInt();
    assertFalse(ports.exactly(port));
    ports.release(port);
    assertTrue(ports.exactly(port));
  }

  @Test
  void portSomebodyListensOnIsNotGiven() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertFalse(ports.exactly(other.getLocalPort()));
    }
  }

  @Test
  void portsStayBelowThoseOfOutgoingConnections() {
    int port = ports.any().getAsInt();
    assertTrue(port >= 20_000 && port < 32_768, "port " + port);
  }
}
