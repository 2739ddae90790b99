package io.perdure.runtime.managed.process;

import static io.perdure.runtime.Attempts.await;
import static io.perdure.runtime.managed.process.Instances.LIMITS;
import static io.perdure.runtime.managed.process.Instances.assertExit;
import static io.perdure.runtime.managed.process.Instances.assertGone;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perdure.runtime.managed.CodeDirectories.CodeDirectory;
import io.perdure.runtime.managed.Processes.Limits;
import io.perdure.runtime.managed.Processes.Place;
import io.perdure.runtime.managed.Processes.Signal;
import io.perdure.runtime.managed.process.Instances.Started;
import io.perdure.runtime.managed.process.IsolationConfig.Choice;
import io.perdure.store.DataDirectory;
import io.perdure.store.StoreConfig;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What functions must not get at when the server runs as root: each test tries. */
@ExtendWith(VertxExtension.class)
class OwnUsersTest {
  @TempDir private Path temp;
  private Vertx vertx;
  private Instances instances;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    assumeTrue(
        Instances.root(),
        "not root, or without setpriv: instances cannot be given users of their own");
    this.vertx = vertx;
    instances = open(Choice.FALSE); // else the tests' own directory would be out of sight
  }

  private Instances open(Choice privateTmp) throws Exception {
    return Instances.open(vertx, Instances.config().withPrivateTmp(privateTmp), temp);
  }

  @AfterEach
  void close() throws Exception {
    if (instances != null) {
      instances.close();
    }
  }

  @Test
  void instancesAreDifferentUsersWithoutAnyPrivilege() throws Exception {
    String script = "id -u; id -G; grep -e CapEff -e CapBnd -e NoNewPrivs /proc/self/status";
    List<String> one = instances.sh(script).written().lines().toList();
    List<String> two = instances.sh(script).written().lines().toList();
    assertNotEquals(one.get(0), two.get(0));
    assertEquals(one.get(0) + " " + Instances.CODE_GROUP, one.get(1));
    assertEquals("CapEff:\t0000000000000000", one.get(2));
    assertEquals("CapBnd:\t0000000000000000", one.get(3));
    assertEquals("NoNewPrivs:\t1", one.get(4));
  }

  @Test
  void dataDirectoryCannotBeRead() throws Exception {
    Path data = temp.resolve("data");
    DataDirectory.open(data, 1, StoreConfig.DEFAULT).close();
    assertEquals("refused\n", tries("ls " + data));
    assertEquals("refused\n", tries("cat " + data.resolve("format.json")));
  }

  @Test
  void serversEnvironmentAndMemoryCannotBeRead() throws Exception {
    long server = ProcessHandle.current().pid();
    assertEquals("refused\n", tries("cat /proc/" + server + "/environ"));
    assertEquals("refused\n", tries("head -c 1 /proc/" + server + "/mem"));
    assertEquals("refused\n", tries("ls /proc/" + server + "/fd"));
    assertEquals("refused\n", tries("kill -0 " + server));
  }

  @Test
  void otherInstancesOfTheSameFunctionAreOutOfReach() throws Exception {
    CodeDirectory code = instances.code("same", Instances.CODE_GROUP);
    Place place = instances.place(code);
    Started other =
        instances.start(
            place,
            List.of("sh", "-c", "echo private > mine; chmod 666 mine; echo ready; sleep 1000"),
            Map.of("SECRET", "s3cret"),
            LIMITS);
    other.line("ready");
    long pid = other.process().pid();
    assertEquals("refused\n", tries("cat " + place.work().resolve("mine")));
    assertEquals("refused\n", tries("cat /proc/" + pid + "/environ"));
    assertEquals("refused\n", tries("kill -KILL " + pid));
    assertEquals("refused\n", tries("ls /proc/" + pid + "/root/"));
    assertFalse(other.process().exited().isComplete());
  }

  @Test
  void codeOfAnotherFunctionCannotBeRead() throws Exception {
    CodeDirectory other = instances.code("other", Instances.CODE_GROUP + 1);
    Files.writeString(other.path().resolve("secret.py"), "x");
    assertEquals("refused\n", tries("cat " + other.path().resolve("secret.py")));
  }

  @Test
  void ownCodeCanBeReadButNotChanged() throws Exception {
    CodeDirectory code = instances.code("own", Instances.CODE_GROUP);
    Path file = Files.writeString(code.path().resolve("handler.py"), "code");
    Started started =
        instances.start(
            instances.place(code),
            List.of("sh", "-c", "cat " + file + "; echo x > " + file + " || echo refused"),
            Map.of(),
            LIMITS);
    assertTrue(started.written().startsWith("code"));
    assertTrue(started.written().endsWith("refused\n"));
    assertEquals("code", Files.readString(file));
  }

  @Test
  void variablesOfAFunctionDoNotReachWhatRunsAsRoot() throws Exception {
    Path evil = temp.resolve("evil");
    Files.writeString(evil, "id -u > " + temp.resolve("who") + "\n");
    Map<String, String> env =
        Map.of(
            "LD_PRELOAD",
            "/no/such/library.so",
            "BASH_ENV",
            evil.toString(),
            "ENV",
            evil.toString(),
            "SHELLOPTS",
            "xtrace",
            "PS4",
            "$(id -u > " + temp.resolve("who") + ")");
    Started started = instances.start(instances.place(), List.of("id", "-u"), env, LIMITS);
    List<String> lines = started.written().lines().toList();
    assertEquals(2, lines.size(), lines::toString); // the complaint about the library comes once
    assertTrue(lines.get(0).contains("/no/such/library.so"));
    assertFalse(Files.exists(temp.resolve("who")));
  }

  @Test
  void grandchildThatLeftItsSessionEndsWithTheInstance() throws Exception {
    Started started =
        instances.sh("setsid sh -c 'sleep 1000 & echo pid $!; exit' & wait; sleep 0.3");
    long escaped = Long.parseLong(started.line("pid "));
    assertExit(0, started.exit());
    assertGone(escaped);
  }

  @Test
  void tmpIsItsOwnAndGoneAfterwards() throws Exception {
    instances.close();
    instances = open(Choice.AUTO);
    assumeTrue(instances.isolation.privateTmp(), "this kernel lets nobody mount anything");
    Started one = instances.sh("echo x > /tmp/perdure-shared; ls /tmp /dev/shm; echo done");
    Started two = instances.sh("echo y > /tmp/perdure-shared; cat /tmp/perdure-shared");
    assertEquals("/dev/shm:\n\n/tmp:\njunit", one.written().substring(0, 22));
    assertEquals("y\n", two.written());
    assertFalse(Files.exists(Path.of("/tmp/perdure-shared")));
  }

  @Test
  void whatItLeftInDirectoriesOfEverybodyIsRemoved() throws Exception {
    Started started = instances.sh("d=$(mktemp -d -p /var/tmp); echo x > $d/f; echo $d");
    Path left = Path.of(started.written().strip());
    assertTrue(Files.exists(left));
    await(started.place().remove());
    assertFalse(Files.exists(left));
  }

  @Test
  void directoriesOfEverybodyCountForTheQuota() throws Exception {
    Started started =
        instances.python(
            instances.place(),
            """
            import tempfile, time
            for i in range(3):
                with tempfile.NamedTemporaryFile(dir='/var/tmp', delete=False) as f:
                    f.write(b'x' * (10 << 20))
            time.sleep(1000)
            """,
            new Limits(256, 16, 64, 256, 0, 0));
    assertEquals("DiskQuotaExceeded", started.exit().cause());
    await(started.place().remove());
  }

  @Test
  void forkBombIsBoundedByTheKernel() throws Exception {
    Started started =
        instances.python(
            instances.place(),
            """
            import os, time
            children = 0
            try:
                while True:
                    if os.fork() == 0: time.sleep(1000)
                    children += 1
            except OSError as e:
                print('children', children, flush=True)
            time.sleep(1000)
            """,
            new Limits(256, 64, 40, 256, 0, 0));
    int children = Integer.parseInt(started.line("children "));
    assertTrue(children > 20 && children < 40, () -> "children: " + children);
    started.process().signal(Signal.KILL);
    started.exit();
  }

  @Test
  void programInAClosedDirectoryIsNamedAsOutOfReach() throws Exception {
    Path closed = Files.createDirectory(temp.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    Path program = Files.copy(Path.of("/bin/true"), closed.resolve("program"));
    Place place = instances.place();
    var failure =
        assertThrows(
            ExecutionException.class,
            () -> instances.start(place, List.of(program.toString()), Map.of(), LIMITS));
    assertEquals(
        "CannotStart: "
            + program
            + " is out of reach for other users, who may not enter "
            + closed.toRealPath(),
        failure.getCause().getMessage());
  }

  @Test
  void userIdsInUseByAnotherServerAreLeftAlone() throws Exception {
    IsolationConfig few = Instances.config().withIds(29_000, 1);
    Instances first = Instances.open(vertx, few, Files.createDirectory(temp.resolve("1")));
    Instances second = Instances.open(vertx, few, Files.createDirectory(temp.resolve("2")));
    Place taken = first.place();
    var failure = assertThrows(ExecutionException.class, second::place);
    assertTrue(failure.getCause().getMessage().contains("no user id is free"));
    await(taken.remove());
    await(second.place().remove());
    first.close();
    second.close();
  }

  @Test
  void killedServerLeavesNothingBehindThatRuns() throws Exception {
    Process server =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx64m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                KilledServer.class.getName(),
                Files.createDirectory(temp.resolve("server")).toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out =
        new BufferedReader(
            new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
      long leader = Long.parseLong(out.readLine());
      long escaped = Long.parseLong(out.readLine());
      assertTrue(Instances.alive(leader) && Instances.alive(escaped));
      server.destroyForcibly();
      assertGone(leader);
      assertGone(escaped);
    } finally {
      server.destroyForcibly();
    }
  }

  /** A server with one instance, one of whose processes has left the group; waits to be killed. */
  static final class KilledServer {
    private KilledServer() {}

    public static void main(String[] args) throws Exception {
      Instances instances = Instances.open(Vertx.vertx(), Instances.config(), Path.of(args[0]));
      Started started =
          instances.sh("setsid sh -c 'echo pid $$; exec sleep 1000' & echo; exec sleep 1000");
      String escaped = started.line("pid ");
      System.out.println(started.process().pid());
      System.out.println(escaped);
    }
  }

  /** Runs {@code command} in an instance; what it says, or "refused". */
  private String tries(String command) throws Exception {
    return instances.sh(command + " 2>/dev/null || echo refused").written();
  }
}
