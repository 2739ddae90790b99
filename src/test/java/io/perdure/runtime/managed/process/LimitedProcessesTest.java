package io.perdure.runtime.managed.process;

import static io.perdure.runtime.Attempts.await;
import static io.perdure.runtime.managed.process.Instances.LIMITS;
import static io.perdure.runtime.managed.process.Instances.assertExit;
import static io.perdure.runtime.managed.process.Instances.assertGone;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perdure.invocation.RunError;
import io.perdure.runtime.managed.Processes.Limits;
import io.perdure.runtime.managed.Processes.Place;
import io.perdure.runtime.managed.Processes.Signal;
import io.perdure.runtime.managed.StartFailure;
import io.perdure.runtime.managed.process.Instances.Started;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a process is started with, and how it ends: as root with users of their own, else without.
 */
@ExtendWith(VertxExtension.class)
class LimitedProcessesTest {
  @TempDir private Path temp;
  private Instances instances;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    instances = Instances.open(vertx, config(), temp);
  }

  /** Overridden by the test that runs all this once more without users of their own. */
  IsolationConfig config() {
    return Instances.config();
  }

  @AfterEach
  void close() throws Exception {
    instances.close();
  }

  // ---- what it starts with

  @Test
  void environmentIsWhatWasGivenAndNothingElse() throws Exception {
    Map<String, String> env = new TreeMap<>();
    env.put("PATH", "/usr/bin:/bin");
    env.put("LD_LIBRARY_PATH", "/code/lib");
    env.put("SHELLOPTS_", "xtrace");
    env.put("EMPTY", "");
    env.put("i", "1");
    env.put("TEXT", "a  b\n'$(c)' \"=d\\");
    Started started = instances.start(instances.place(), List.of("env", "-0"), env, LIMITS);
    Map<String, String> seen = new TreeMap<>();
    for (String one : started.written().split("\0", 0)) {
      int equals = one.indexOf('=');
      seen.put(one.substring(0, equals), one.substring(equals + 1));
    }
    seen.remove("_"); // some shells add it on their own
    assertEquals(env, seen);
  }

  @Test
  void noDescriptorIsInherited() throws Exception {
    Path open = Files.writeString(temp.resolve("open"), "x");
    try (var held = Files.newInputStream(open)) {
      assertEquals('x', held.read());
      String links = instances.sh("for f in /proc/$$/fd/*; do readlink $f; done").written();
      List<String> lines = links.lines().toList();
      assertEquals(3, lines.size(), links);
      assertEquals("/dev/null", lines.get(0));
      assertEquals(lines.get(1), lines.get(2));
    }
  }

  @Test
  void startsInTheGivenDirectoryWithoutRightsForOthers() throws Exception {
    Started started = instances.sh("pwd; umask; touch file; nice");
    String work = started.place().work().toString();
    assertEquals(work + "\n0077\n5\n", started.written());
    assertTrue(Files.exists(started.place().work().resolve("file")));
  }

  @Test
  void bothStreamsComeInOrder() throws Exception {
    String script = "for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done";
    String expected = "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\nout 4\nerr 4\nout 5\nerr 5\n";
    assertEquals(expected, instances.sh(script).written());
  }

  @Test
  void standardOutputCanBeOpenedOnceMore() throws Exception {
    assertEquals("again\n", instances.sh("echo again > /dev/stdout").written());
  }

  @Test
  void programThatIsMissingIsNamed() throws Exception {
    Place place = instances.place();
    RunError error =
        failure(() -> instances.start(place, List.of("no-such-program"), Map.of(), LIMITS));
    assertEquals("CannotStart", error.type());
    assertTrue(error.message().contains("no-such-program"), error.message());
    await(place.remove());
  }

  // ---- how it ends

  @Test
  void exitCodeAndSignalAreTold() throws Exception {
    assertExit(3, instances.sh("exit 3").exit());
    assertExit(128 + 9, instances.sh("kill -KILL $$").exit());
    assertNull(instances.sh("kill -KILL $$").exit().cause());
  }

  @Test
  void whatItStartedEndsWithIt() throws Exception {
    Started started = instances.sh("sleep 1000 & echo pid $!; exit 0");
    long child = Long.parseLong(started.line("pid "));
    assertExit(0, started.exit());
    assertGone(child);
  }

  @Test
  void processThatIgnoresSigtermIsKilled() throws Exception {
    Started started =
        instances.sh("trap 'echo heard' TERM; echo ready; while :; do sleep 1000 & wait; done");
    started.line("ready");
    started.process().signal(Signal.TERM);
    started.line("heard");
    assertFalse(started.process().exited().isComplete());
    started.process().signal(Signal.KILL);
    assertExit(128 + 9, started.exit());
    assertNull(started.exit().cause());
  }

  @Test
  void directoryIsGoneAfterwardsWhateverWasMadeOfIt() throws Exception {
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.writeString(outside.resolve("kept"), "x");
    Started started =
        instances.sh(
            "ln -s " + outside + " link; mkdir -p a/b; touch a/b/f; chmod 0 a/b; chmod 500 a");
    started.exit();
    await(started.place().remove());
    assertFalse(Files.exists(started.place().work()));
    assertTrue(Files.exists(outside.resolve("kept")));
  }

  @Test
  void directoriesDeeperThanAPathCanNameAreRemoved() throws Exception {
    Started started =
        instances.python(
            """
            import os
            for i in range(200):
                os.mkdir('d' * 100)
                os.chdir('d' * 100)
            """);
    assertExit(0, started.exit());
    await(started.place().remove());
    assertFalse(Files.exists(started.place().work()));
  }

  @Test
  void whatAnEarlierRunLeftIsRemoved(Vertx vertx) throws Exception {
    instances.close();
    Path left = Files.createDirectories(temp.resolve("managed/instances/old"));
    Files.writeString(left.resolve("file"), "x");
    instances = Instances.open(vertx, config(), temp);
    assertFalse(Files.exists(left));
    assertEquals("ok\n", instances.sh("echo ok").written());
  }

  @Test
  void directoryOfAnotherServerIsLeftAlone(Vertx vertx) throws Exception {
    Started started = instances.sh("echo ready; exec sleep 1000");
    started.line("ready");
    RunError error = failure(() -> Instances.open(vertx, config(), temp));
    assertTrue(error.message().contains("is in use by another server"), error.message());
    assertTrue(Files.exists(started.place().work()));
  }

  @Test
  void closeEndsWhatRunsAndRemovesTheDirectories() throws Exception {
    Started started = instances.sh("echo ready; exec sleep 1000");
    started.line("ready");
    instances.close();
    assertExit(128 + 9, started.exit());
    assertFalse(Files.exists(started.place().work()));
    assertFalse(Files.exists(temp.resolve("managed/instances")));
  }

  // ---- output

  @Test
  void drainedTellsThatAllIsGivenThatWasWritten() throws Exception {
    Started started =
        instances.sh(
            "mkfifo done; seq 1 5000; echo > done; echo never-waited-for; exec sleep 1000");
    while (!Files.exists(started.place().work().resolve("done"))) {
      Thread.onSpinWait();
    }
    Files.readString(started.place().work().resolve("done")); // waits for somebody to write
    await(started.process().drained());
    assertTrue(started.seen().text().contains("\n5000\n"));
    started.process().signal(Signal.KILL);
  }

  @Test
  void floodOfOutputIsTakenAtItsReadersPace() throws Exception {
    Started started = instances.sh("exec yes");
    started.seen().awaitBytes(3_000_000);
    await(started.process().drained());
    started.process().signal(Signal.KILL);
    assertExit(128 + 9, started.exit());
  }

  // ---- limits

  @Test
  void moreMemoryThanAllowedEndsIt() throws Exception {
    Started started =
        instances.python(
            instances.place(),
            """
            import time
            hoard = bytearray(1 << 30)
            for at in range(0, 1 << 30, 4096): hoard[at] = 1
            time.sleep(1000)
            """,
            limits(64, 64));
    assertExit(128 + 9, started.exit());
    assertEquals("OutOfMemory", started.exit().cause());
    assertTrue(started.exit().detail().endsWith("64 MB may be of memory"));
    assertTrue(started.process().memoryBytesMax() > 64 << 20);
  }

  @Test
  void memoryOfAllProcessesCountsTogether() throws Exception {
    Started started =
        instances.python(
            instances.place(),
            """
            import os, time
            for i in range(4):
                if os.fork() == 0: break
            hoard = b'x' * (30 << 20)
            time.sleep(1000)
            """,
            limits(100, 64));
    assertEquals("OutOfMemory", started.exit().cause());
  }

  @Test
  void memoryThatProcessesShareCountsOnce() throws Exception {
    Started started =
        instances.python(
            instances.place(),
            """
            import os, time
            hoard = b'x' * (60 << 20)
            for i in range(4):
                if os.fork() == 0:
                    time.sleep(1000)
            print('ready', flush=True)
            time.sleep(1.5) # several looks
            """,
            limits(150, 64));
    started.line("ready");
    assumeTrue(
        canRead("/proc/" + started.process().pid() + "/smaps_rollup"),
        "without CAP_SYS_PTRACE, or on an old kernel, nobody tells what is shared");
    assertExit(0, started.exit());
    assertTrue(started.process().memoryBytesMax() > 60 << 20);
    assertTrue(started.process().memoryBytesMax() < 150 << 20);
  }

  @Test
  void whatOneProcessMayReserveIsRefusedByTheKernel() throws Exception {
    Started started =
        instances.python(
            instances.place(),
            """
            try:
                bytearray(1 << 30)
            except MemoryError:
                print('refused')
            """,
            new Limits(64, 64, 64, 256, 0, 128));
    assertEquals("refused\n", started.written());
  }

  @Test
  void oneFileAsLargeAsTheQuotaIsRefusedByTheKernel() throws Exception {
    Started started =
        instances.python(
            instances.place(),
            """
            try:
                with open('big', 'wb') as f:
                    for i in range(40): f.write(b'x' * (1 << 20))
            except OSError as e:
                print(e.strerror)
            """,
            limits(256, 32));
    assertEquals("File too large\n", started.written());
  }

  @Test
  void manySmallFilesOverTheQuotaEndIt() throws Exception {
    Started started =
        instances.python(
            instances.place(),
            """
            import os, time
            os.mkdir('many')
            for i in range(1500):
                with open('many/%d' % i, 'w') as f: f.write('x')
            time.sleep(1000)
            """,
            limits(256, 4));
    assertExit(128 + 9, started.exit());
    assertEquals("DiskQuotaExceeded", started.exit().cause());
    assertTrue(started.exit().detail().startsWith("more than 4 MB in "));
  }

  @Test
  void openFilesAreLimited() throws Exception {
    Started started =
        instances.python(
            instances.place(),
            """
            files = []
            try:
                while True: files.append(open('/dev/null'))
            except OSError as e:
                print(e.strerror, len(files) <= 50)
            """,
            new Limits(256, 64, 64, 50, 0, 0));
    assertEquals("Too many open files True\n", started.written());
  }

  @Test
  void timeOnTheProcessorIsLimited() throws Exception {
    Started started =
        instances.start(
            instances.place(),
            List.of("sh", "-c", "while :; do :; done"),
            Map.of(),
            new Limits(256, 64, 64, 50, 1, 0));
    assertExit(128 + 24, started.exit()); // SIGXCPU
  }

  @Test
  void forkBombNeitherSpreadsNorOutlivesItsInstance() throws Exception {
    Started started =
        instances.python(
            instances.place(),
            """
            import os, time
            print('session', os.getsid(0), flush=True)
            refused = 0
            while refused < 10:
                try:
                    if os.fork() == 0: refused = 0
                except OSError:
                    refused += 1
            time.sleep(1000)
            """,
            new Limits(256, 64, 40, 256, 0, 0));
    long session = Long.parseLong(started.line("session "));
    assertTrue(processesOf(session) <= 4_000);
    started.process().signal(Signal.KILL);
    started.exit();
    assertEquals("ok\n", instances.sh("echo ok").written());
    while (processesOf(session) > 0) {
      Thread.onSpinWait();
    }
  }

  private static boolean canRead(String file) {
    try {
      return Files.readString(Path.of(file)).contains("Pss_Anon");
    } catch (IOException e) {
      return false;
    }
  }

  private static long processesOf(long session) {
    Proc proc = new Proc();
    long count = 0;
    for (long pid : proc.pids()) {
      Proc.Status status = proc.status(pid);
      count += status != null && !status.dead() && status.session() == session ? 1 : 0;
    }
    return count;
  }

  // ---- what is missing

  @Test
  void withoutPrlimitNothingIsStartedAndTheReasonSaysWhatToInstall() throws Exception {
    Tools all = Tools.find();
    Tools some =
        new Tools(
            all.setsid(),
            java.util.Optional.empty(),
            all.nice(),
            all.setpriv(),
            all.unshare(),
            all.env(),
            all.bwrap(),
            all.mkfifo());
    String problem = Isolation.find(config(), some).problem().orElseThrow();
    assertEquals(
        "functions from uploaded code need prlimit: install util-linux"
            + " (Debian, Ubuntu, Alpine and Fedora)",
        problem);
  }

  @Test
  void sandboxThatIsNotInstalledIsRefusedAtTheStart() {
    Tools all = Tools.find();
    Tools some =
        new Tools(
            all.setsid(),
            all.prlimit(),
            all.nice(),
            all.setpriv(),
            all.unshare(),
            all.env(),
            java.util.Optional.empty(),
            all.mkfifo());
    IsolationConfig wanted = config().withSandbox(IsolationConfig.Sandbox.BUBBLEWRAP);
    var refused =
        assertThrows(Isolation.Unusable.class, () -> Isolation.find(wanted, some)).getMessage();
    assertEquals(
        "runtime.managed.isolation.sandbox is bubblewrap, but there is no bwrap on the PATH:"
            + " install bubblewrap",
        refused);
  }

  @Test
  void directoryThatOthersMayWriteToIsRefused(Vertx vertx) throws Exception {
    Path open = Files.createDirectory(temp.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    RunError error =
        failure(
            () ->
                await(LimitedProcesses.open(vertx, Isolation.find(config()), open, List.of(), 1)));
    assertTrue(error.message().contains("nobody else may write there"), error.message());
  }

  private static Limits limits(int memoryMb, int diskMb) {
    return new Limits(memoryMb, diskMb, 64, 256, 0, 0);
  }

  private static RunError failure(org.junit.jupiter.api.function.Executable action) {
    Throwable cause = assertThrows(ExecutionException.class, action).getCause();
    return assertInstanceOf(StartFailure.class, cause).error();
  }
}
