package io.perdure.runtime.command;

import static io.perdure.runtime.Attempts.await;
import static io.perdure.runtime.Attempts.call;
import static io.perdure.runtime.Attempts.function;
import static io.perdure.runtime.Attempts.next;
import static io.perdure.runtime.Attempts.outcome;
import static io.perdure.runtime.Attempts.start;
import static io.perdure.runtime.Attempts.stop;
import static io.perdure.runtime.Attempts.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Attempts;
import io.perdure.runtime.Call;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Running;
import io.perdure.runtime.process.ProcessGroups;
import io.perdure.runtime.process.Programs;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class CommandRuntimeTest {
  private final VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(1000));

  @TempDir private Path temp;
  private Path directory;
  private Vertx vertx;
  private CommandRuntime runtime;

  @BeforeEach
  void open(Vertx vertx) {
    this.vertx = vertx;
    this.directory = temp.resolve("attempts");
    runtime = new CommandRuntime(vertx, new CommandConfig(directory, 4), clock);
  }

  @AfterEach
  void close() throws Exception {
    await(runtime.close());
  }

  // ---- input and output

  @Test
  void stdinIsThePayloadAndStdoutTheResult() throws Exception {
    Outcome.Succeeded outcome = succeeded(sh("tr a-z A-Z; echo note >&2"), "hello");
    assertEquals("HELLO", text(outcome.result()));
    assertEquals("note\n", text(outcome.log()));
  }

  @Test
  void emptyPayloadIsAnEmptyStdin() throws Exception {
    assertEquals("0", text(succeeded(sh("wc -c | tr -d ' \\n'"), "").result()));
  }

  @Test
  void largePayloadComesThroughWhole() throws Exception {
    byte[] payload = new byte[3_000_000];
    Call call = call(function(1, "fn", sh("cat")), payload, 3_000_000, 100);
    Outcome outcome = outcome(vertx, runtime, call);
    assertEquals(3_000_000, assertInstanceOf(Outcome.Succeeded.class, outcome).result().length);
  }

  @Test
  void processThatNeverReadsItsStdinSucceeds() throws Exception {
    byte[] payload = new byte[1_000_000];
    Call call = call(function(1, "fn", sh("echo done")), payload, 1000, 100);
    assertInstanceOf(Outcome.Succeeded.class, outcome(vertx, runtime, call));
  }

  @Test
  void processThatClosesItsStdinEarlySucceeds() throws Exception {
    byte[] payload = new byte[1_000_000];
    Call call =
        call(function(1, "fn", sh("head -c 1 >/dev/null; exec <&-; echo ok")), payload, 1000, 100);
    assertInstanceOf(Outcome.Succeeded.class, outcome(vertx, runtime, call));
  }

  @Test
  void argumentsAreHandedOverUntouched() throws Exception {
    RuntimeSpec spec =
        new RuntimeSpec.Command(List.of("printf", "%s|", "a b", "$HOME", "", "*", "'"), Map.of());
    assertEquals("a b|$HOME||*|'|", text(succeeded(spec, "").result()));
  }

  @Test
  void resultOfExactlyTheLimitIsKept() throws Exception {
    assertEquals(1000, succeeded(sh("head -c 1000 /dev/zero"), "").result().length);
  }

  @Test
  void endlessOutputIsCutOffAndTheProcessKilled() throws Exception {
    Outcome.Failed failed = failed(sh("echo $$ >&2; exec yes"));
    assertEquals(Kind.BAD_RESPONSE, failed.error().kind());
    assertEquals("ResultTooLarge", failed.error().type());
    assertEquals(0, failed.result().length);
    assertGone(Long.parseLong(text(failed.log()).strip()));
  }

  @Test
  void ofALongLogTheEndIsKept() throws Exception {
    Outcome.Succeeded outcome =
        succeeded(sh("seq 1 100000 >&2; echo the end >&2; echo result"), "");
    String log = text(outcome.log());
    assertEquals(100, log.length());
    assertTrue(log.endsWith("100000\nthe end\n"), log);
    assertEquals("result\n", text(outcome.result()));
  }

  // ---- environment

  @Test
  void environmentIsCleanedAndSaysWhatIsCalled() throws Exception {
    RuntimeSpec spec =
        new RuntimeSpec.Command(List.of("env"), Map.of("GREETING", "hello", "LANG", "C"));
    Call call = call(function(1, "fn", spec), new byte[0], 4000, 100);
    Outcome.Succeeded outcome =
        assertInstanceOf(Outcome.Succeeded.class, outcome(vertx, runtime, call));
    Map<String, String> env = variables(text(outcome.result()));
    assertEquals("hello", env.remove("GREETING"));
    assertEquals("C", env.remove("LANG"));
    assertEquals(System.getenv("PATH"), env.remove("PATH"));
    assertEquals(call.invocation().id().toString(), env.remove("PERDURE_INVOCATION_ID"));
    assertEquals("2", env.remove("PERDURE_ATTEMPT"));
    assertEquals("fn", env.remove("PERDURE_FUNCTION"));
    assertEquals("default", env.remove("PERDURE_NAMESPACE"));
    assertEquals("61000", env.remove("PERDURE_DEADLINE"));
    assertTrue(env.remove("TRACEPARENT").startsWith(Attempts.TRACE.substring(0, 36)));
    assertTrue(env.remove("HOME").startsWith(directory.toString()));
    env.keySet().removeAll(List.of("TZ", "PWD", "OLDPWD", "SHLVL", "_"));
    assertEquals(Map.of(), env);
  }

  @Test
  void functionCannotPretendToBeAnother() throws Exception {
    RuntimeSpec spec =
        new RuntimeSpec.Command(
            List.of("sh", "-c", "echo $PERDURE_FUNCTION"), Map.of("PERDURE_FUNCTION", "admin"));
    assertEquals("fn\n", text(succeeded(spec, "").result()));
  }

  @Test
  void attemptRunsInAnEmptyDirectoryThatIsRemoved() throws Exception {
    Outcome.Succeeded outcome =
        succeeded(sh("ls -A | wc -l | tr -d ' '; pwd; mkdir -p a/b; echo x > a/b/c"), "payload");
    List<String> lines = text(outcome.result()).lines().toList();
    assertEquals("0", lines.get(0));
    assertTrue(lines.get(1).startsWith(directory.toRealPath().toString()), lines.get(1));
    assertFalse(Files.exists(Path.of(lines.get(1)).getParent()));
  }

  @Test
  void removalFollowsNoLinks() throws Exception {
    Path precious = Files.writeString(temp.resolve("precious"), "keep me");
    succeeded(sh("ln -s " + temp + " there; ln -s " + precious + " file"), "");
    assertEquals("keep me", Files.readString(precious));
  }

  @Test
  void whatAnEarlierRunLeftIsRemoved() throws Exception {
    await(runtime.close());
    Path old = Files.createDirectories(directory.resolve("old/home"));
    Files.writeString(old.resolve("file"), "x");
    runtime = new CommandRuntime(vertx, new CommandConfig(directory, 1), clock);
    succeeded(sh("true"), ""); // the one thread has removed before it starts anything
    assertFalse(Files.exists(directory.resolve("old")));
  }

  // ---- outcomes

  @Test
  void exitCodeIsAFailureWithTheLastLineOfTheLog() throws Exception {
    Outcome.Failed failed =
        failed(sh("echo partial; echo first >&2; echo no such page >&2; exit 3"));
    assertEquals(
        new RunError(Kind.FUNCTION, "ExitCode", "exit code 3: no such page"), failed.error());
    assertEquals("partial\n", text(failed.result()));
    assertEquals("first\nno such page\n", text(failed.log()));
  }

  @Test
  void exitCodeWithoutLogStandsAlone() throws Exception {
    assertEquals("exit code 255", failed(sh("exit 255")).error().message());
  }

  @Test
  void endBySignalIsACrash() throws Exception {
    assertEquals(
        new RunError(Kind.CRASH, "Signal 9", "ended by signal 9"),
        failed(sh("kill -9 $$")).error());
  }

  @Test
  void missingProgramIsTheFunctionsFailure() throws Exception {
    RunError error = failed(new RuntimeSpec.Command(List.of("no-such-program"), Map.of())).error();
    assertEquals(Kind.FUNCTION, error.kind());
    assertEquals("CannotStart", error.type());
    assertTrue(error.message().startsWith("no program 'no-such-program' on the PATH"));
  }

  @Test
  void fileThatIsNotExecutableIsTheFunctionsFailure() throws Exception {
    Path file = Files.writeString(temp.resolve("text"), "just text");
    RunError error = failed(new RuntimeSpec.Command(List.of(file.toString()), Map.of())).error();
    assertEquals("CannotStart", error.type());
    assertEquals(file + " is not an executable file", error.message());
  }

  @Test
  void missingInterpreterIsTheFunctionsFailure() throws Exception {
    Path script = script("#!/no/such/interpreter\n");
    RunError error = failed(new RuntimeSpec.Command(List.of(script.toString()), Map.of())).error();
    assertEquals(Kind.FUNCTION, error.kind());
    assertEquals("CannotStart", error.type());
    assertTrue(error.message().contains(script.toString()), error.message());
  }

  @Test
  void relativeProgramIsLookedForInTheAttemptsDirectory() throws Exception {
    RunError error = failed(new RuntimeSpec.Command(List.of("./run.sh"), Map.of())).error();
    assertEquals("CannotStart", error.type());
    assertTrue(error.message().contains("own empty directory"), error.message());
  }

  @Test
  void impossibleEnvironmentIsTheFunctionsFailure() throws Exception {
    RuntimeSpec spec = new RuntimeSpec.Command(List.of("true"), Map.of("A=B", "x"));
    assertEquals("CannotStart", failed(spec).error().type());
  }

  @Test
  void programIsFoundOnThePathOfTheFunction() throws Exception {
    Path script = script("#!/bin/sh\necho found\n");
    RuntimeSpec spec =
        new RuntimeSpec.Command(
            List.of(script.getFileName().toString()),
            Map.of("PATH", script.getParent() + ":/usr/bin:/bin"));
    assertEquals("found\n", text(succeeded(spec, "").result()));
  }

  @Test
  void unusableWorkDirectoryIsThePlatformsFailure() throws Exception {
    Path file = Files.writeString(temp.resolve("file"), "in the way");
    CommandRuntime broken = new CommandRuntime(vertx, new CommandConfig(file, 1), clock);
    Outcome outcome = outcome(vertx, broken, call(sh("true"), ""));
    await(broken.close());
    assertEquals(
        "CannotStart", assertInstanceOf(Outcome.PlatformFailed.class, outcome).error().type());
  }

  @Test
  void instanceNamesTheProcess() throws Exception {
    Running running = start(vertx, runtime, call(sh("echo pid $$"), ""));
    await(running.started());
    String instance = running.instance();
    Outcome outcome = await(running.outcome());
    assertEquals(
        instance + "\n", text(assertInstanceOf(Outcome.Succeeded.class, outcome).result()));
  }

  @Test
  void manyAttemptsAtOnceEachGetTheirOwnOutput() throws Exception {
    List<Future<Outcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      outcomes.add(start(vertx, runtime, call(sh("cat"), "payload " + i)).outcome());
    }
    for (int i = 0; i < 40; i++) {
      Outcome outcome = await(outcomes.get(i));
      assertEquals(
          "payload " + i, text(assertInstanceOf(Outcome.Succeeded.class, outcome).result()));
    }
  }

  // ---- stop

  @Test
  void cancelTerminatesTheProcessAndItsGrandchildren() throws Exception {
    assumeSetsid();
    Waiting waiting = waiting("(trap '' HUP; exec sleep 1000 >/dev/null 2>&1 <&-) & echo $! ");
    BlockingQueue<String> steps = stop(vertx, waiting.running, StopMode.CANCEL, 5000);
    String pid = waiting.running.instance().substring("pid ".length());
    assertEquals("DELIVERED SIGTERM to group " + pid, next(steps));
    assertEquals("ACKNOWLEDGED ended by signal 15", next(steps));
    assertEquals("Signal 15", crashed(waiting.running).type());
    assertGone(waiting.printed);
  }

  @Test
  void processMayEndCleanlyWithinItsGrace() throws Exception {
    Waiting waiting = waiting("trap 'echo cleaned up; exit 0' TERM; echo $$ ");
    BlockingQueue<String> steps = stop(vertx, waiting.running, StopMode.CANCEL, 5000);
    next(steps);
    assertEquals("ACKNOWLEDGED exited with code 0", next(steps));
    assertInstanceOf(Outcome.Succeeded.class, await(waiting.running.outcome()));
  }

  @Test
  void processThatIgnoresTheStopIsKilledAfterItsGrace() throws Exception {
    Waiting waiting = waiting("trap '' TERM; echo $$ ");
    BlockingQueue<String> steps = stop(vertx, waiting.running, StopMode.CANCEL, 5000);
    assertTrue(next(steps).startsWith("DELIVERED SIGTERM"));
    assertFalse(waiting.running.outcome().isComplete());
    clock.advance(Duration.ofSeconds(5));
    assertTrue(next(steps).startsWith("DELIVERED SIGKILL"));
    assertEquals("Signal 9", crashed(waiting.running).type());
  }

  @Test
  void secondStopMayShortenTheGrace() throws Exception {
    Waiting waiting = waiting("trap '' TERM; echo $$ ");
    next(stop(vertx, waiting.running, StopMode.CANCEL, 60_000));
    next(stop(vertx, waiting.running, StopMode.CANCEL, 1000));
    clock.advance(Duration.ofSeconds(1));
    assertEquals("Signal 9", crashed(waiting.running).type());
  }

  @Test
  void cancelWithoutGraceKillsAtOnce() throws Exception {
    Waiting waiting = waiting("trap '' TERM; echo $$ ");
    assertTrue(
        next(stop(vertx, waiting.running, StopMode.CANCEL, 0)).startsWith("DELIVERED SIGKILL"));
    assertEquals("Signal 9", crashed(waiting.running).type());
  }

  @Test
  void gracefulStopOnlyTells() throws Exception {
    Waiting waiting = waiting("trap 'echo told; exit 0' TERM; echo $$ ");
    String step = next(stop(vertx, waiting.running, StopMode.GRACEFUL, 0));
    assertTrue(step.startsWith("DELIVERED SIGTERM"), step);
    Outcome.Succeeded outcome =
        assertInstanceOf(Outcome.Succeeded.class, await(waiting.running.outcome()));
    assertTrue(text(outcome.result()).endsWith("told\n"));
  }

  @Test
  void attemptCancelledBeforeItsProcessStartsNeverRuns() throws Exception {
    Path ran = temp.resolve("ran");
    Running running =
        Attempts.on(
            vertx,
            () -> {
              Running started = runtime.start(call(sh("sleep 1000; touch " + ran), ""));
              started.stop(StopMode.CANCEL, 0, (step, detail) -> {});
              return started;
            });
    await(running.outcome());
    assertFalse(Files.exists(ran));
  }

  @Test
  void stopAfterTheEndIsNothing() throws Exception {
    Running running = start(vertx, runtime, call(sh("true"), ""));
    await(running.outcome());
    assertTrue(stop(vertx, running, StopMode.CANCEL, 0).isEmpty());
  }

  // ---- what is left behind

  @Test
  void backgroundChildThatHoldsStdoutEndsWithTheMainProcess() throws Exception {
    assumeSetsid();
    Outcome.Succeeded outcome = succeeded(sh("sleep 1000 & echo $!"), "");
    assertGone(Long.parseLong(text(outcome.result()).strip()));
  }

  @Test
  void backgroundChildThatFloodsStdoutEndsWithTheMainProcess() throws Exception {
    assumeSetsid();
    Call call = call(function(1, "fn", sh("yes & echo $! >&2")), new byte[0], 64 << 20, 100);
    Outcome outcome = outcome(vertx, runtime, call);
    assertGone(
        Long.parseLong(text(assertInstanceOf(Outcome.Succeeded.class, outcome).log()).strip()));
  }

  @Test
  void childThatLeftItsGroupDoesNotHoldTheAttempt() throws Exception {
    assumeSetsid();
    Outcome.Succeeded outcome = succeeded(sh("setsid sleep 1000 & echo $!"), "");
    long escaped = Long.parseLong(text(outcome.result()).strip());
    ProcessHandle.of(escaped).ifPresent(ProcessHandle::destroyForcibly);
    assertGone(escaped);
  }

  @Test
  void closeKillsWhatRunsAndRemovesTheDirectories() throws Exception {
    Waiting waiting = waiting("trap '' TERM; echo $$ ");
    await(runtime.close());
    assertEquals("Signal 9", crashed(waiting.running).type());
    assertGone(waiting.printed);
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void nothingIsStartedAfterClose() throws Exception {
    await(runtime.close());
    assertInstanceOf(Outcome.PlatformFailed.class, outcome(vertx, runtime, call(sh("true"), "")));
  }

  @Test
  void withoutSetsidTheDescendantsAreSignalled() throws Exception {
    await(runtime.close());
    runtime = new CommandRuntime(vertx, new CommandConfig(directory, 2), clock, Optional.empty());
    Waiting waiting = waiting("sleep 1000 & echo $! ");
    String pid = waiting.running.instance().substring("pid ".length());
    assertEquals(
        "DELIVERED SIGTERM to process " + pid + " and its descendants",
        next(stop(vertx, waiting.running, StopMode.CANCEL, 5000)));
    await(waiting.running.outcome());
    assertGone(waiting.printed);
  }

  @Test
  void orphansAreKilledWhenTheServerIsGone() throws Exception {
    assumeSetsid();
    ProcessGroups groups = new ProcessGroups(Programs.find("setsid", System.getenv("PATH")));
    Path sleep = Programs.find("sleep", System.getenv("PATH")).orElseThrow();
    Process orphan = new ProcessBuilder(groups.command(sleep, List.of("1000"))).start();
    groups.started(orphan);
    groups.close(); // what the end of the server does to the shell's stdin
    assertTrue(orphan.waitFor(Attempts.PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  // ---- tools

  /** A process that has printed a number and waits. */
  private record Waiting(Running running, long printed) {}

  /** Runs {@code script}, which ends in a command that prints a number, then waits for ever. */
  private Waiting waiting(String script) throws Exception {
    Path file = temp.resolve("printed");
    Path done = temp.resolve("done.fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", done.toString()).start().waitFor());
    // Writing to the pipe waits for this test to read it: so it needs no polling.
    String whole =
        script + "| tee " + file + "; echo > " + done + "; while :; do sleep 1000 & wait; done";
    Running running = start(vertx, runtime, call(sh(whole), ""));
    Files.readString(done);
    await(running.started());
    return new Waiting(running, Long.parseLong(Files.readString(file).strip()));
  }

  private static RuntimeSpec sh(String script) {
    return new RuntimeSpec.Command(List.of("sh", "-c", script), Map.of());
  }

  private Path script(String text) throws IOException {
    Path script = Files.writeString(temp.resolve("script.sh"), text, UTF_8);
    assertTrue(script.toFile().setExecutable(true));
    return script;
  }

  private Outcome.Succeeded succeeded(RuntimeSpec spec, String payload) throws Exception {
    return assertInstanceOf(Outcome.Succeeded.class, outcome(vertx, runtime, call(spec, payload)));
  }

  private Outcome.Failed failed(RuntimeSpec spec) throws Exception {
    return assertInstanceOf(Outcome.Failed.class, outcome(vertx, runtime, call(spec, "")));
  }

  private static RunError crashed(Running running) throws Exception {
    RunError error = assertInstanceOf(Outcome.Failed.class, await(running.outcome())).error();
    assertEquals(Kind.CRASH, error.kind());
    return error;
  }

  /** A zombie counts as gone: in a container there may be nobody to collect it. */
  private static void assertGone(long pid) throws IOException {
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(Attempts.PATIENCE_SECONDS);
    while (ProcessHandle.of(pid).isPresent() && !zombie(pid)) {
      assertTrue(System.nanoTime() < patience, "process " + pid + " goes on");
      Thread.onSpinWait();
    }
  }

  private static boolean zombie(long pid) throws IOException {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
    } catch (NoSuchFileException e) {
      return false; // no Linux, or gone: the next look tells
    }
  }

  private static void assumeSetsid() {
    assumeTrue(
        Programs.find("setsid", System.getenv("PATH")).isPresent(),
        "no setsid on this machine: groups of processes cannot be made");
  }

  private static Map<String, String> variables(String env) {
    Map<String, String> variables = new HashMap<>();
    env.lines()
        .forEach(
            line -> {
              int equals = line.indexOf('=');
              variables.put(line.substring(0, equals), line.substring(equals + 1));
            });
    return variables;
  }
}
