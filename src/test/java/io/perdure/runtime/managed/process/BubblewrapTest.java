package io.perdure.runtime.managed.process;

import static io.perdure.runtime.managed.process.Instances.LIMITS;
import static io.perdure.runtime.managed.process.Instances.assertExit;
import static io.perdure.runtime.managed.process.Instances.assertGone;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perdure.runtime.managed.Processes;
import io.perdure.runtime.managed.Processes.Place;
import io.perdure.runtime.managed.Processes.Signal;
import io.perdure.runtime.managed.process.Instances.Started;
import io.perdure.runtime.managed.process.IsolationConfig.Sandbox;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a function sees of the machine from within bubblewrap. */
@ExtendWith(VertxExtension.class)
class BubblewrapTest {
  @TempDir private Path temp;
  private Path data;
  private Instances instances;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    IsolationConfig config = config().withSandbox(Sandbox.BUBBLEWRAP);
    try {
      Isolation.find(config);
    } catch (Isolation.Unusable e) {
      assumeTrue(false, e.getMessage());
    }
    data = Files.createDirectory(temp.resolve("data"));
    Files.writeString(data.resolve("file"), "x");
    instances = Instances.open(vertx, config, temp, List.of(data));
  }

  IsolationConfig config() {
    return Instances.config();
  }

  @AfterEach
  void close() throws Exception {
    if (instances != null) {
      instances.close();
    }
  }

  @Test
  void onlyItsOwnProcessesAreThere() throws Exception {
    assertEquals("1\n2\n", instances.sh("ls -d /proc/[0-9] | cut -c7- | head -2").written());
  }

  @Test
  void dataDirectoryIsEmpty() throws Exception {
    assertEquals("empty\n", instances.sh("ls " + data + "; echo empty").written());
  }

  @Test
  void otherInstancesAreNotThere() throws Exception {
    Place other = instances.place();
    String seen = instances.sh("ls " + other.work() + " 2>/dev/null; ls ..").written();
    assertFalse(seen.contains(other.work().getFileName().toString()), seen);
  }

  @Test
  void machineIsReadOnlyButForItsOwnDirectoryAndTmp() throws Exception {
    Started started =
        instances.sh(
            "touch /usr/x 2>/dev/null || echo refused; touch here; touch /tmp/there; echo ok");
    assertEquals("refused\nok\n", started.written());
    assertTrue(Files.exists(started.place().work().resolve("here")));
    assertFalse(Files.exists(Path.of("/tmp/there")));
  }

  @Test
  void socketsOfTheServerCanBeReached() throws Exception {
    Path sockets = Files.createDirectories(temp.resolve("managed/s"));
    Path socket = sockets.resolve("1");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
      Started started =
          instances.python(
              "import socket; socket.socket(socket.AF_UNIX).connect('"
                  + socket
                  + "'); print('ok')");
      assertEquals("ok\n", started.written());
    }
  }

  @Test
  void environmentAndExitCodeComeThrough() throws Exception {
    Started started =
        instances.start(
            instances.place(), List.of("sh", "-c", "echo $A; exit 7"), Map.of("A", "b"), LIMITS);
    assertEquals("b\n", started.written());
    assertExit(7, started.exit());
  }

  @Test
  void sigtermIsForTheProgramToHandle() throws Exception {
    Started started =
        instances.sh(
            "trap 'echo heard; exit 4' TERM; echo ready; while :; do sleep 1000 & wait; done");
    started.line("ready");
    started.process().signal(Signal.TERM);
    started.line("heard");
    assertExit(4, started.exit());
  }

  @Test
  void killEndsAllOfIt() throws Exception {
    Started started = instances.sh("setsid sleep 1000 & echo ready; exec sleep 1000");
    started.line("ready");
    List<Long> inside =
        ProcessHandle.of(started.process().pid())
            .orElseThrow()
            .descendants()
            .map(ProcessHandle::pid)
            .toList();
    assertTrue(inside.size() >= 2, inside::toString);
    started.process().signal(Signal.KILL);
    assertExit(128 + 9, started.exit());
    for (long pid : inside) {
      assertGone(pid);
    }
  }

  @Test
  void memoryIsLimitedToo() throws Exception {
    Started started =
        instances.python(
            instances.place(),
            "import time; hoard = b'x' * (200 << 20); time.sleep(1000)",
            new Processes.Limits(64, 64, 64, 256, 0, 0));
    assertEquals("OutOfMemory", started.exit().cause());
  }
}
