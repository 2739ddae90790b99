package io.perdure.runtime.managed.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perdure.runtime.process.ProcessGroups;
import io.perdure.runtime.process.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UserIdsTest {
  private static final int ID = 1_999_999_000; // nobody's, and of no other test

  @TempDir Path locks;

  @BeforeEach
  void needRoot() throws Exception {
    assumeTrue(
        Integer.valueOf(0).equals(Files.getAttribute(locks, "unix:uid")), "needs to be root");
  }

  @Test
  void idIsNotTakenWhileAnotherHasIt() throws Exception {
    UserIds one = new UserIds(ID, 1, locks);
    UserIds other = new UserIds(ID, 1, locks);
    assertEquals(ID, one.take());
    assertEquals(-1, other.take());
    one.release(ID);
    assertEquals(ID, other.take());
    other.release(ID);
  }

  @Test
  void idOfADeadServerIsNotTakenBeforeItsProcessesHaveBeenKilled() throws Exception {
    Optional<Path> setsid = Programs.find("setsid", Programs.path());
    assumeTrue(setsid.isPresent(), "needs setsid");
    ProcessGroups ofTheDead = new ProcessGroups(setsid);
    ProcessHandle guard = ProcessHandle.of(ofTheDead.guard()).orElseThrow();
    Path name = Path.of("/proc", Long.toString(guard.pid()), "comm");
    // One program becomes another at first, and has no arguments for a moment when it does.
    while (!Files.readString(name).strip().equals("sh") || !ProcessGroups.isGuard(guard.pid())) {
      Thread.onSpinWait();
    }
    Files.writeString(locks.resolve(Integer.toString(ID)), Long.toString(guard.pid()));
    UserIds ids = new UserIds(ID, 1, locks);
    assertEquals(-1, ids.take());
    ofTheDead.close(); // as the end of the server does
    guard.onExit().get(30, TimeUnit.SECONDS);
    assertEquals(ID, ids.take());
    ids.release(ID);
  }

  @Test
  void whatIsNotedIsGoneWithTheRelease() throws Exception {
    UserIds ids = new UserIds(ID, 1, locks);
    assertEquals(ID, ids.take());
    ids.guardedBy(ID, 12);
    assertEquals("12", Files.readString(locks.resolve(Integer.toString(ID))));
    ids.release(ID);
    assertTrue(Files.readString(locks.resolve(Integer.toString(ID))).isEmpty());
  }
}
